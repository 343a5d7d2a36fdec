"""The page of a case: writing to a contact, when that may be, and what became of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from hotline import outbox
from hotline.models import Audit, Case, CaseMessage, Outbox
from tests.keys import BrowserKeys

JSON = {"Accept": "application/json"}


class Desk:
    """Sam, who has taken a case, at the page of that case."""

    def __init__(self, browser, case_id, keys, deps, clock):
        self.browser, self.case_id, self.keys = browser, case_id, keys
        self.deps, self.clock = deps, clock

    def told(self, after=0):
        return self.browser.get(f"/desk/cases/{self.case_id}/data?after={after}", **JSON).json

    def does(self, what, **form):
        return self.browser.post(f"/desk/cases/{self.case_id}/{what}", headers=JSON, **form)

    def replies(self, text="Are you well?", **form):
        return self.does("reply", text=text, **form)

    def sees(self):
        """Texts of the thread that one of ours wrote, with what became of each."""
        told = self.told()
        words = dict(
            zip([m["id"] for m in told["messages"]], self.keys.open(told)["messages"], strict=True)
        )
        return [
            (words[m["id"]], told["deliveries"].get(str(m["id"]), {}).get("state", ""))
            for m in told["messages"]
            if m["author"] == "staff"
        ]

    def waits(self, **how_long):
        """Time passes with somebody at the keyboard."""
        end = self.clock() + timedelta(**how_long)
        while self.clock() < end:
            self.clock.now = min(end, self.clock() + timedelta(minutes=20))
            self.browser.get("/desk/words.json")

    def delivers(self):
        """What has to go out goes out; gives the words."""
        with self.deps.sessions.begin() as session:
            claimed = outbox.claim(session, self.deps.vault, "simulator", 50, self.clock())
            done = [outbox.Outcome(c, "accepted", f"p{c.id}", 1) for c in claimed]
            outbox.settle(session, self.deps.vault, done, self.clock())
        return [row.body.text for row in claimed]


@pytest.fixture
def desk(browser, a_case, deps, clock):
    case_id = a_case()
    browser.is_hired("sam")
    keys = BrowserKeys()
    keys.enrol(browser.post_json)
    browser.post(f"/desk/cases/{case_id}/take")
    found = Desk(browser, case_id, keys, deps, clock)
    found.delivers()
    return found


NIGHT = {"day": ["0", "1", "2", "3", "4"], "from": "18:00", "until": "20:00", "zone": "UTC"}


@pytest.fixture
def unsafe(desk):
    """The same, an hour and a half later, outside the hours that the contact called safe."""
    assert desk.does("times", **NIGHT).status_code == 302
    desk.waits(minutes=90)
    return desk


def test_a_reply_that_a_browser_sends_twice_is_there_once(desk):
    for _ in range(3):
        assert desk.replies(name="5f0c-a").json == {"refused": ""}
    assert desk.sees() == [("Are you well?", "queued")]
    (message,) = [m for m in desk.told()["messages"] if m["author"] == "staff"]
    assert message["name"] == "5f0c-a"
    assert desk.delivers() == ["Are you well?"]


@pytest.mark.parametrize("name", ["A", "x" * 41, "a b", "é", "'"])
def test_a_name_that_no_browser_of_ours_gives_is_refused(desk, name):
    assert desk.replies(name=name).status_code == 400
    assert desk.sees() == []


def test_the_same_name_in_another_case_is_another_reply(desk, a_case):
    other = a_case("tel:+12025550102")
    desk.browser.post(f"/desk/cases/{other}/take")
    desk.replies("one", name="same")
    desk.browser.post(f"/desk/cases/{other}/reply", text="two", name="same", headers=JSON)
    assert sorted(words for words in desk.delivers() if words in {"one", "two"}) == ["one", "two"]


def test_at_an_unsafe_time_a_reply_is_refused_with_when_it_opens(unsafe):
    answer = unsafe.replies()
    assert answer.status_code == 409
    assert answer.json["refused"] == (
        "Not sent: this is not a safe time for the contact. It opens 2 Mar 2026, 18:00 (UTC)."
    )
    assert unsafe.told()["writing"]["opens"] == "2026-03-02T18:00:00+00:00"
    assert unsafe.sees() == []
    # Without script the line stands on the page.
    unsafe.browser.post(f"/desk/cases/{unsafe.case_id}/reply", text="hello")
    assert "It opens 2 Mar 2026, 18:00" in unsafe.browser.get(f"/desk/cases/{unsafe.case_id}").text


def test_a_reply_for_a_safe_time_waits_in_the_thread_and_leaves_then(unsafe):
    assert unsafe.replies(when="safe").json == {"refused": ""}
    assert unsafe.sees() == [("Are you well?", "kept")]
    (told,) = [d for d in unsafe.told()["deliveries"].values() if d["state"] == "kept"]
    assert told == {
        "state": "kept",
        "label": "Waits until {time}",
        "until": "2026-03-02T18:00:00+00:00",
    }
    assert unsafe.delivers() == []
    unsafe.waits(hours=6)
    assert unsafe.delivers() == []
    unsafe.waits(seconds=(datetime(2026, 3, 2, 18, tzinfo=UTC) - unsafe.clock()).total_seconds())
    assert unsafe.delivers() == ["Are you well?"]
    assert unsafe.sees() == [("Are you well?", "accepted")]


def test_what_waits_can_be_taken_back_by_who_has_the_case(unsafe, another):
    unsafe.replies(when="safe")
    (message,) = [m for m in unsafe.told()["messages"] if m["author"] == "staff"]
    path = f"messages/{message['id']}/withdraw"
    noor = another().is_hired("noor")
    assert noor.post(f"/desk/cases/{unsafe.case_id}/{path}", headers=JSON).status_code == 409
    assert unsafe.sees() == [("Are you well?", "kept")]
    assert unsafe.does(path).json == {"refused": ""}
    assert unsafe.sees() == [("Are you well?", "suppressed")]
    assert unsafe.does(path).json == {"refused": "This message does not wait any more."}
    unsafe.clock.passes(days=2)
    assert unsafe.delivers() == []


def test_a_message_of_another_case_cannot_be_taken_back_from_this_one(unsafe, a_case):
    unsafe.replies(when="safe")
    (message,) = [m for m in unsafe.told()["messages"] if m["author"] == "staff"]
    other = a_case("tel:+12025550102")
    unsafe.browser.post(f"/desk/cases/{other}/take")
    path = f"/desk/cases/{other}/messages/{message['id']}/withdraw"
    assert unsafe.browser.post(path, headers=JSON).status_code == 409
    assert unsafe.sees() == [("Are you well?", "kept")]


def test_who_writes_to_us_at_an_unsafe_time_may_be_answered(unsafe, texts):
    texts("are you there?")
    told = unsafe.told()["writing"]
    assert told["opens"] is None
    assert told["closes"] == (unsafe.clock() + timedelta(hours=1)).isoformat()
    assert unsafe.replies().json == {"refused": ""}
    unsafe.waits(hours=1)
    assert unsafe.replies().status_code == 409


def test_a_pause_is_one_press_and_new_words_of_the_contact_end_it(desk, texts):
    desk.clock.passes(seconds=1)
    assert desk.does("pause", hours="3").json == {"refused": ""}
    assert desk.replies().status_code == 409
    assert "note.times_agreed" in desk.keys.open(desk.told())["messages"]
    desk.clock.passes(seconds=1)
    texts("one more thing")
    assert desk.replies().json == {"refused": ""}


def test_a_pause_that_is_lifted_is_over(desk):
    desk.does("pause", hours="24")
    assert desk.told()["writing"]["not_before"]
    assert desk.does("pause", hours="").json == {"refused": ""}
    assert desk.told()["writing"]["not_before"] is None
    assert desk.replies().json == {"refused": ""}


@pytest.mark.parametrize("hours", ["2", "-1", "x", "1.5"])
def test_a_pause_of_another_length_is_refused(desk, hours):
    assert desk.does("pause", hours=hours).status_code == 400


def test_the_page_of_times_offers_the_contacts_zone_and_shows_what_was_agreed(desk):
    page = desk.browser.get(f"/desk/cases/{desk.case_id}/times").text
    assert re.search(r'<option value="America/New_York" selected>', page)
    desk.does("times", **(NIGHT | {"zone": "Asia/Riyadh"}))
    page = desk.browser.get(f"/desk/cases/{desk.case_id}/times").text
    assert re.search(r'<option value="Asia/Riyadh" selected>', page)
    assert len(re.findall(r'name="day" value="\d" checked', page)) == 5
    assert 'value="18:00"' in page
    assert desk.told()["writing"]["hours"] == "Mon-Fri 18:00-20:00"


def test_no_day_chosen_means_any_time(unsafe):
    unsafe.does("times", zone="UTC")
    assert unsafe.told()["writing"] == {
        "opens": None,
        "closes": None,
        "zone": "",
        "place": "",
        "hours": "",
        "not_before": None,
    }
    assert unsafe.replies().json == {"refused": ""}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"zone": "Mars/Phobos"}, "Choose a time zone."),
        ({"zone": "../etc/passwd"}, "Choose a time zone."),
        ({"from": "18:00", "until": "18:00"}, "two different times"),
        ({"from": "18:07"}, "in steps of 15 minutes"),
        ({"from": ""}, "two different times"),
        ({"not_before": "soon"}, "two different times"),
        ({"not_before": "2026-06-01T10:00"}, "At most 60 days"),
    ],
)
def test_times_that_cannot_be_are_refused_with_one_line(desk, changed, why):
    answer = desk.browser.post(f"/desk/cases/{desk.case_id}/times", **(NIGHT | changed))
    assert answer.status_code == 400
    assert why in answer.text
    assert desk.told()["writing"]["hours"] == ""


def test_who_does_not_have_the_case_notes_no_times(desk, another):
    noor = another().is_hired("noor")
    assert noor.get(f"/desk/cases/{desk.case_id}/times").status_code == 404
    assert (
        noor.post(f"/desk/cases/{desk.case_id}/pause", hours="3", headers=JSON).status_code == 409
    )
    assert noor.post(f"/desk/cases/{desk.case_id}/times", **NIGHT).status_code in (400, 404)
    with desk.deps.sessions() as session:
        assert session.scalar(select(Case.agreed_sealed)) is None


def test_that_times_were_noted_is_on_the_record_and_which_is_not(unsafe):
    with unsafe.deps.sessions() as session:
        noted = session.scalars(select(Audit).where(Audit.act == "case.times_agreed")).all()
    assert [(row.case_id, row.about) for row in noted] == [(unsafe.case_id, {})]


def test_a_message_that_failed_is_sent_again_once_however_often_it_is_pressed(desk):
    desk.replies(name="first")
    (message,) = [m for m in desk.told()["messages"] if m["author"] == "staff"]
    with desk.deps.sessions.begin() as session:
        session.execute(
            update(Outbox)
            .where(Outbox.id == select(func.max(Outbox.id)).scalar_subquery())
            .values(state="failed")
        )
    for _ in range(2):
        desk.replies(name=f"again-{message['id']}")
    assert desk.delivers() == ["Are you well?"]
    assert [state for _, state in desk.sees()] == ["failed", "accepted"]


def test_while_the_safe_word_is_up_nothing_waits_either(unsafe, texts):
    unsafe.replies(when="safe")
    texts("sun")
    assert unsafe.told()["covered"]
    assert unsafe.replies("more", when="safe").status_code == 409
    assert [state for _, state in unsafe.sees()] == ["suppressed"]
    unsafe.clock.passes(days=1)
    assert "Are you well?" not in unsafe.delivers()


def test_nothing_of_what_was_agreed_is_readable_in_the_database(desk):
    desk.does("times", **(NIGHT | {"zone": "Asia/Riyadh"}))
    with desk.deps.sessions() as session:
        case = session.scalar(select(Case))
        kept = [str(getattr(case, column.name)) for column in Case.__table__.columns]
        kept += [str(row.about) for row in session.scalars(select(Audit))]
        bodies = session.scalars(select(CaseMessage.body_sealed)).all()
    assert not any("Riyadh" in text or "18:00" in text for text in kept)
    assert not any(b"times_agreed" in body for body in bodies)
