"""Live pages: one stream for all that a browser has open."""

import pytest
from sqlalchemy import update

from hotline.models import Staff
from web import streams

STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def listens():
    """Opens a stream; gives its answer and what it says, event by event. All are closed at the end."""
    answers = []

    def opened(somebody, path):
        answer = somebody.client.get(path, headers=STREAM, buffered=False)
        answers.append(answer)
        return answer, answer.iter_encoded()

    yield opened
    for answer in answers:
        answer.close()


def together(*paths):
    return "/listen?" + "&".join(f"to={path}" for path in paths)


def test_one_stream_tells_which_of_the_pages_changed(browser, a_case, texts, listens):
    case_id = a_case()
    browser.is_hired("sam")
    _, events = listens(browser, together("/desk/keys/events", f"/desk/cases/{case_id}/events"))
    assert next(events).endswith(b"event: ready\ndata: 0 1\n\n")
    texts("are you there?")
    assert next(events) == b"event: changed\ndata: 1\n\n"


def test_what_a_member_may_not_open_is_not_listened_for(browser, another, a_case, listens):
    case_id = a_case()
    browser.is_hired("sam")
    asked = ("/desk/events", "/desk/cases/999/events", "/desk", "/nowhere", "/desk/cases/x/events")
    _, events = listens(browser, together(*asked))
    assert next(events).endswith(b"event: ready\ndata: 0\n\n")
    officer = another().is_hired("olga", "campaign_officer")
    _, events = listens(officer, together("/desk/events", f"/desk/cases/{case_id}/events"))
    assert next(events).endswith(b"event: ready\ndata:\n\n")


def test_a_partner_hears_of_no_case_that_is_not_theirs(another, a_case, sessions, listens):
    case_id = a_case()
    pat = another().is_hired("pat", "partner")
    with sessions.begin() as session:
        session.execute(update(Staff).where(Staff.login == "pat").values(teams=["shelter"]))
    _, events = listens(pat, together(f"/desk/cases/{case_id}/events"))
    assert next(events).endswith(b"event: ready\ndata:\n\n")


def test_nobody_listens_without_signing_in(browser):
    assert browser.client.get("/listen?to=/desk/events", headers=STREAM).status_code == 401


def test_with_too_many_streams_open_a_page_is_told_to_ask_by_the_clock(browser, listens):
    browser.is_hired("sam")
    opened = [listens(browser, "/desk/events")[0] for _ in range(streams.MOST_STREAMS)]
    assert {answer.status_code for answer in opened} == {200}
    assert browser.client.get("/desk/events", headers=STREAM).status_code == 503
    opened[0].close()
    assert listens(browser, "/desk/events")[0].status_code == 200
