"""The desk: who sees what, and what a caseworker can do."""

from html import unescape

import pytest
from sqlalchemy import select, update

from hotline import outbox
from hotline.models import Case, Contact, Outbox
from locales import handle
from tests.keys import BrowserKeys

WORDS = "I need to get out"
PHONES = [f"tel:+1202555010{n}" for n in range(1, 9)]


def told(somebody, case_id, after=0):
    answer = somebody.get(f"/desk/cases/{case_id}/data?after={after}", Accept="application/json")
    assert answer.status_code == 200
    return answer.json


@pytest.fixture
def keys():
    """The keys in the browser of who enrols with them."""
    return BrowserKeys()


def said(keys, data):
    """What the browser shows of the thread."""
    return keys.open(data)["messages"]


def reply(somebody, case_id, text):
    return somebody.post(
        f"/desk/cases/{case_id}/reply", text=text, headers={"Accept": "application/json"}
    )


def test_the_most_urgent_case_is_on_top(browser, a_case, sessions):
    numbers = [a_case(phone) for phone in PHONES[:4]]
    urgencies = [3, 1, 4, 2]
    with sessions.begin() as session:
        for number, urgency in zip(numbers, urgencies, strict=True):
            session.execute(update(Case).where(Case.id == number).values(urgency=urgency))
    page = browser.is_hired("sam").get("/desk").text
    order = sorted(numbers, key=lambda number: page.index(f'/desk/cases/{number}"'))
    assert [urgencies[numbers.index(number)] for number in order] == [1, 2, 3, 4]


def test_nothing_the_server_hands_out_holds_words_of_a_contact(browser, a_case, keys):
    case_id = a_case()
    browser.is_hired("sam")
    keys.enrol(browser.post_json)
    browser.post(f"/desk/cases/{case_id}/take")
    for path in ("/desk", "/desk/list", f"/desk/cases/{case_id}", f"/desk/cases/{case_id}/data"):
        page = browser.get(path).text
        assert WORDS not in page
        assert "Asked for a person" not in page
    data = told(browser, case_id)
    assert WORDS in said(keys, data)
    assert keys.open(data)["summary"] == {"path": "person"}
    assert browser.get("/desk/words.json").json["path.person"] == "Asked for a person"


def test_the_summary_is_for_every_caseworker_the_thread_for_who_took_it(another, a_case):
    case_id = a_case()
    sam, noor, ana = (
        another().is_hired("sam"),
        another().is_hired("noor"),
        another().is_hired("ana", "supervisor"),
    )
    for somebody in (sam, noor):
        data = told(somebody, case_id)
        assert data["summary"]
        assert data["messages"] == []
        assert not data["may"]["read"]
    sam.post(f"/desk/cases/{case_id}/take")
    assert told(sam, case_id)["messages"]
    assert told(noor, case_id)["messages"] == []
    assert told(ana, case_id)["messages"]
    assert not told(ana, case_id)["may"]["write"]


def test_a_case_is_taken_once_and_who_comes_second_is_told_kindly(another, a_case):
    case_id = a_case()
    sam, noor = another().is_hired("sam"), another().is_hired("noor")
    assert sam.post(f"/desk/cases/{case_id}/take").status_code == 302
    noor.post(f"/desk/cases/{case_id}/take")
    page = noor.get(f"/desk/cases/{case_id}").text
    assert "Somebody has already taken this case." in page
    assert told(noor, case_id)["taker"] == "Sam"
    assert reply(noor, case_id, "hello").json == {"refused": "Take this case first."}


def test_a_reply_is_queued_for_the_contact_and_shows_what_became_of_it(
    browser, a_case, sessions, vault, clock, keys
):
    case_id = a_case()
    browser.is_hired("sam")
    keys.enrol(browser.post_json)
    browser.post(f"/desk/cases/{case_id}/take")
    before = told(browser, case_id)["messages"][-1]["id"]
    assert reply(browser, case_id, "Are you\r\nsafe?").json == {"refused": ""}
    data = told(browser, case_id, before)
    assert said(keys, data) == ["Are you\nsafe?"]
    number = str(data["messages"][0]["id"])
    assert data["deliveries"][number] == {"state": "queued", "label": "Queued"}
    with sessions.begin() as session:
        claimed = outbox.claim(session, vault, "simulator", 50, clock())
        outcomes = [outbox.Outcome(c, "accepted", f"p{c.id}", 1) for c in claimed]
        outbox.settle(session, vault, outcomes, clock())
    assert [c.body.text for c in claimed][-1] == "Are you\nsafe?"
    assert told(browser, case_id, 10**9)["deliveries"][number]["state"] == "accepted"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Write something first."),
        (" \n\x00", "Write something first."),
        ("x" * 1601, "This is too long: at most 1,600 characters."),
    ],
)
def test_a_reply_that_cannot_be_sent_is_refused_with_one_line(browser, a_case, text, why):
    case_id = a_case()
    browser.is_hired("sam")
    browser.post(f"/desk/cases/{case_id}/take")
    answer = reply(browser, case_id, text)
    assert (answer.status_code, answer.json) == (409, {"refused": why})


def test_a_plain_form_works_without_script(browser, a_case, keys):
    case_id = a_case()
    browser.is_hired("sam")
    keys.enrol(browser.post_json)
    browser.post(f"/desk/cases/{case_id}/take")
    assert (
        browser.post(f"/desk/cases/{case_id}/reply", text="").location == f"/desk/cases/{case_id}"
    )
    assert "Write something first." in browser.get(f"/desk/cases/{case_id}").text
    browser.post(f"/desk/cases/{case_id}/reply", text="hello")
    assert "hello" in said(keys, told(browser, case_id))


def test_while_the_safe_word_is_up_nothing_can_be_sent(browser, a_case, texts, sessions):
    case_id = a_case()
    browser.is_hired("sam")
    browser.post(f"/desk/cases/{case_id}/take")
    with sessions.begin() as session:
        session.execute(update(Case).where(Case.id == case_id).values(covered=True))
    assert told(browser, case_id)["covered"]
    page = browser.get(f"/desk/cases/{case_id}").text
    assert "data-send disabled" in page
    assert "Do not write now" in browser.get("/desk").text
    assert reply(browser, case_id, "hello").status_code == 409
    with sessions() as session:
        assert all("hello" not in str(row) for row in session.scalars(select(Outbox.error)))


def test_a_case_given_back_waits_again_and_its_words_close(browser, a_case):
    case_id = a_case()
    browser.is_hired("sam")
    browser.post(f"/desk/cases/{case_id}/take")
    browser.post(f"/desk/cases/{case_id}/give-back")
    data = told(browser, case_id)
    assert data["state"] == "waiting"
    assert data["messages"] == []
    assert data["may"]["take"]


def test_a_closed_case_stays_readable_for_who_closed_it_and_takes_no_words(browser, a_case, keys):
    case_id = a_case()
    browser.is_hired("sam")
    keys.enrol(browser.post_json)
    browser.post(f"/desk/cases/{case_id}/take")
    browser.post(f"/desk/cases/{case_id}/close")
    data = told(browser, case_id)
    assert (data["state"], data["may"]["write"]) == ("closed", False)
    assert WORDS in said(keys, data)
    assert reply(browser, case_id, "one more").json == {"refused": "This case is closed."}
    assert f'/desk/cases/{case_id}"' in browser.get("/desk?closed=1").text
    assert f'/desk/cases/{case_id}"' not in browser.get("/desk").text


def test_who_asked_to_be_forgotten_is_gone_when_somebody_has_seen_it(another, a_case, texts, keys):
    case_id = a_case()
    sam, noor = another().is_hired("sam"), another().is_hired("noor")
    keys.enrol(sam.post_json)
    sam.post(f"/desk/cases/{case_id}/take")
    assert told(sam, case_id)["handle"]
    texts("delete", "1")
    data = told(sam, case_id)
    assert (data["forgotten"], data["handle"], data["state"]) == (True, "", "taken")
    assert [data["may"][act] for act in ("acknowledge", "write", "close", "pass")] == [
        True, False, False, False,
    ]  # fmt: skip
    assert WORDS in said(keys, data)
    assert "nobody can be written to" in reply(sam, case_id, "wait").json["refused"]
    path, json = f"/desk/cases/{case_id}/acknowledge", {"Accept": "application/json"}
    assert noor.post(path, headers=json).status_code == 409
    assert sam.post(path, headers=json).status_code == 200
    data = told(sam, case_id)
    assert (data["state"], data["messages"], data["keys"]) == ("closed", [], [])
    assert (data["public_key"], data["summary"], data["answers"]) == ("", "", "")


def test_a_waiting_case_of_who_is_forgotten_can_be_seen_by_anybody_and_taken_by_nobody(
    browser, a_case, texts
):
    case_id = a_case()
    texts("delete", "1")
    browser.is_hired("sam")
    assert "The contact asked to be forgotten" not in browser.get("/desk").text
    may = told(browser, case_id)["may"]
    assert (may["take"], may["acknowledge"]) == (False, True)
    browser.post(f"/desk/cases/{case_id}/take")
    assert told(browser, case_id)["state"] == "waiting"
    browser.post(f"/desk/cases/{case_id}/acknowledge")
    assert told(browser, case_id)["state"] == "closed"


def test_the_answers_hold_needs_findings_and_what_was_not_asked(browser, texts, sessions, keys):
    texts("hello", "1", "1", "2", "no", "skip", "yes", "yes", "yes", "1")
    with sessions() as session:
        case_id = session.scalar(select(Case.id))
    browser.is_hired("sam")
    keys.enrol(browser.post_json)
    found = keys.open(told(browser, case_id))["answers"]
    words = browser.get("/desk/words.json").json
    assert len(found["needs"]) == 1
    assert "trafficking" in words[f"outcome.{found['outcome']}"]
    reported = {
        words[f"indicator.{code}"]: words[f"strength.{found['strengths'][code]}"]
        for dimension in found["dimensions"]
        for code in dimension["codes"]
    }
    assert reported["Others keep their papers"] == "strong (ILO)"
    # Ours has no rating, so none is shown.
    assert reported["Is forced to work or serve against their will"] == "not rated"
    assert [found[name] for name in ("act", "means", "purpose")] == [True, True, True]
    assert [words[f"question.{name}"] for name in found["not_answered"]] == ["Under 18"]
    assert len(found["not_asked"]) == 8


@pytest.mark.parametrize(
    "body", [None, [], {}, {"team": "child"}, {"team": "child", "team_key": "x", "sealed": "?"}]
)
def test_what_is_no_sealed_key_is_not_passed_on(browser, a_case, body):
    case_id = a_case()
    browser.is_hired("sam")
    browser.post(f"/desk/cases/{case_id}/take")
    assert browser.post_json(f"/desk/cases/{case_id}/pass", body).status_code == 400
    assert told(browser, case_id)["state"] == "taken"


def test_a_case_is_called_by_two_words_in_the_readers_language(another, a_case, sessions):
    case_id = a_case()
    with sessions.begin() as session:
        session.execute(update(Contact).values(handle=20_000))
    for login, language in (("sam", "en"), ("layla", "ar")):
        somebody = another().is_hired(login, language=language)
        called = told(somebody, case_id)["handle"]
        assert called == handle(20_000, language)
        assert called in unescape(somebody.get("/desk").text)


def test_a_case_of_another_number_is_not_there(browser):
    browser.is_hired("sam")
    for path in ("/desk/cases/999", "/desk/cases/999/data", "/desk/cases/999/events"):
        assert browser.get(path).status_code == 404
    assert browser.post("/desk/cases/999/take").status_code == 404
    assert browser.post("/desk/cases/99999999999999999999999/take").status_code in (404, 409)


def test_somebody_who_listens_hears_that_something_changed(browser, a_case, texts):
    case_id = a_case()
    browser.is_hired("sam")
    answer = browser.client.get(
        f"/desk/cases/{case_id}/events", headers={"Accept": "text/event-stream"}, buffered=False
    )
    assert answer.mimetype == "text/event-stream"
    events = answer.iter_encoded()
    assert b"ready" in next(events)
    texts("are you there?")
    heard = next(events)
    assert heard == b"event: changed\ndata:\n\n"
    answer.close()


def test_in_arabic_the_page_is_mirrored_and_says_reasons_in_arabic(browser, a_case):
    case_id = a_case()
    browser.is_hired("sam", language="ar")
    assert 'dir="rtl"' in browser.get(f"/desk/cases/{case_id}").text
    assert told(browser, case_id)["urgency"]["label"] != "Normal"
