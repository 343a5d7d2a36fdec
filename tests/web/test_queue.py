"""The list of cases and the button that gives the next one."""

import re

import pytest
from sqlalchemy import insert, select, update

from hotline.models import Case, Staff
from web import caselist

PHONES = [f"tel:+1202555{n:04d}" for n in range(101, 200)]
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def cases(a_case):
    return lambda number: [a_case(phone) for phone in PHONES[:number]]


@pytest.fixture
def crowd(sessions, line_id, now):
    """So many cases that a list does not show all of them; gives their numbers, the oldest first."""

    def made(number, **values):
        plain = {
            "line_id": line_id,
            "channel": "simulator",
            "language": "en",
            "team": "general",
            "urgency": 3,
            "state": "waiting",
            "opened_at": now,
            "changed_at": now,
        }
        with sessions.begin() as session:
            rows = [plain | values for _ in range(number)]
            return sorted(session.scalars(insert(Case).returning(Case.id), rows))

    return made


@pytest.fixture
def make(sessions):
    """Change a case behind the desk's back."""

    def changed(number, **values):
        with sessions.begin() as session:
            session.execute(update(Case).where(Case.id == number).values(**values))

    return changed


@pytest.fixture
def settle(sessions):
    """Change what somebody of the staff is."""

    def changed(login, **values):
        with sessions.begin() as session:
            row = session.scalar(select(Staff).where(Staff.login == login))
            for name, value in values.items():
                setattr(row, name, value)

    return changed


def listed(page):
    """Groups of the list as a browser without scripts sees them: name to case numbers."""
    groups = re.findall(r'data-group="(\w+)"(.*?)</section>', page, re.DOTALL)
    return {name: [int(n) for n in re.findall(r'data-case="(\d+)"', part)] for name, part in groups}


def changes(somebody, since="", **also):
    query = "&".join(f"also={number}" for number in also.get("also", ()))
    answer = somebody.get(f"/desk/list?since={since}&{query}", **SCRIPT)
    assert answer.status_code == 200
    return answer.json


def groups(told):
    return {group["name"]: group["cases"] for group in told["groups"]}


def test_taking_the_next_leads_straight_to_the_case(browser, cases, make):
    first, second = cases(2)
    make(first, urgency=2)
    make(second, urgency=1)
    browser.is_hired("sam")
    answer = browser.post("/desk/next")
    assert (answer.status_code, answer.location) == (303, f"/desk/cases/{second}")
    assert browser.post("/desk/next").location == f"/desk/cases/{first}"
    assert listed(browser.get("/desk").text) == {
        "waiting": [],
        "mine": [second, first],
        "others": [],
    }


def test_when_there_is_nothing_to_take_the_page_says_why(browser, cases, settle):
    browser.is_hired("sam")
    assert "Nobody is waiting." in browser.get("/desk").text
    number, _ = cases(2)
    settle("sam", most_cases=1, most_urgent=1)
    browser.post("/desk/next")
    answer = browser.post("/desk/next")
    assert answer.location == "/desk"
    assert "as many cases as your limit allows" in browser.get("/desk").text
    assert listed(browser.get("/desk").text)["mine"] == [number]


def test_an_urgent_case_in_a_language_nobody_speaks_is_given_and_the_page_says_so(
    browser, cases, make, settle
):
    (number,) = cases(1)
    make(number, urgency=1, language="fr")
    browser.is_hired("sam")
    settle("sam", speaks=["en"])
    assert "Nobody who is signed in speaks the language" in browser.get("/desk").text
    browser.post("/desk/next")
    page = browser.get(f"/desk/cases/{number}").text
    assert "You were given the case so that it is not left" in page


def test_a_case_is_not_picked_from_the_list_by_a_caseworker(browser, cases, make):
    first, second = cases(2)
    make(first, urgency=1)
    make(second, urgency=2)
    browser.is_hired("sam")
    assert 'form="pick"' not in browser.get("/desk").text
    refused = browser.post(f"/desk/cases/{second}/take", headers=SCRIPT)
    assert (refused.status_code, refused.json) == (
        409,
        {"refused": "Another case comes first. Take the next one from the list."},
    )
    assert not browser.get(f"/desk/cases/{second}/data", **SCRIPT).json["may"]["take"]
    assert browser.get(f"/desk/cases/{first}/data", **SCRIPT).json["may"]["take"]


def test_a_supervisor_picks_a_case_and_is_led_to_it(browser, cases, make):
    first, second = cases(2)
    make(first, urgency=1)
    browser.is_hired("ana", "supervisor")
    page = browser.get("/desk").text
    assert f'form="pick" formaction="/desk/cases/{second}/take"' in page
    assert browser.post(f"/desk/cases/{second}/take").location == f"/desk/cases/{second}"
    assert listed(browser.get("/desk").text)["mine"] == [second]


def test_somebody_is_told_only_what_changed_since_they_looked(browser, another, cases, make, texts):
    first, second = cases(2)
    browser.is_hired("sam")
    told = changes(browser)
    assert groups(told) == {"waiting": [first, second], "mine": [], "others": []}
    assert set(told["rows"]) == {str(first), str(second)}
    assert changes(browser, told["stamp"]).keys() == {"stamp", "outlook"}
    noor = another().is_hired("noor")
    noor.post("/desk/next")
    browser.get("/desk")
    now = changes(browser, told["stamp"])
    assert groups(now) == {"waiting": [second], "mine": [], "others": [first]}
    assert set(now["rows"]) == {str(first)}


def test_a_row_that_a_browser_lacks_is_given_when_it_asks(browser, cases):
    first, _second = cases(2)
    browser.is_hired("sam")
    stamp = changes(browser)["stamp"]
    assert set(changes(browser, stamp, also=[first])["rows"]) == {str(first)}


@pytest.mark.parametrize("since", ["", "x", "0.1", "x.y", "." * 200, "abcdef01.999999999999999999"])
def test_who_names_no_look_of_ours_is_told_everything(browser, cases, since):
    (number,) = cases(1)
    browser.is_hired("sam")
    assert set(changes(browser, since)["rows"]) == {str(number)}


def test_words_nobody_answered_are_marked_at_ones_own_case_until_they_are(browser, cases, texts):
    (number,) = cases(1)
    browser.is_hired("sam")
    browser.post("/desk/next")
    browser.post(f"/desk/cases/{number}/reply", text="I am here.")
    assert "not answered" not in browser.get("/desk").text
    texts("are you there?", address=PHONES[0])
    assert "New words, not answered" in browser.get("/desk").text
    assert "not answered" in changes(browser)["rows"][str(number)]


def test_more_cases_than_fit_are_never_left_out_silently(browser, crowd):
    numbers = crowd(caselist.SHOWN + 12)
    browser.is_hired("sam")
    page = browser.get("/desk").text
    assert listed(page)["waiting"] == numbers[: caselist.SHOWN]
    assert 'href="/desk?all=1">12 more</a>' in page
    assert f'data-waiting="{len(numbers)}"' in page
    assert listed(browser.get("/desk?all=1").text)["waiting"] == numbers
    told = browser.get("/desk/list?all=1", **SCRIPT).json
    assert groups(told)["waiting"] == numbers


def test_closed_cases_are_paged_and_none_is_left_out(browser, crowd, now):
    numbers = crowd(2 * caselist.SHOWN + 1, state="closed", closed_at=now)
    browser.is_hired("sam")
    seen, path = [], "/desk?closed=1"
    while path:
        page = browser.get(path).text
        assert f"data-number>{len(numbers)}<" in page
        seen += listed(page)["closed"]
        found = re.search(r'data-more><a class="button second" href="([^"]+)"', page)
        path = found and found[1].replace("&amp;", "&")
    assert seen == numbers[::-1]


def test_a_partner_sees_and_is_told_of_their_teams_cases_only(
    browser, cases, make, settle, sessions, line_id
):
    ours, theirs = cases(2)
    make(theirs, team="shelter")
    browser.is_hired("pat", "partner")
    settle("pat", teams=["shelter"])
    assert listed(browser.get("/desk").text)["waiting"] == [theirs]
    told = changes(browser)
    assert groups(told)["waiting"] == [theirs]
    assert set(changes(browser, told["stamp"], also=[ours, theirs])["rows"]) == {str(theirs)}
    assert browser.post("/desk/next").location == f"/desk/cases/{theirs}"
    assert browser.post("/desk/next").location == "/desk"
    assert "other" not in changes(browser)["outlook"]


def test_urgency_is_said_in_words_and_has_a_shape(browser, cases, make):
    (number,) = cases(1)
    make(number, urgency=1)
    browser.is_hired("sam")
    assert '<span class="urgency u1">Now</span>' in browser.get("/desk").text
    css = browser.get("/static/waypost.css").text
    assert all(f".urgency.u{n}::before" in css for n in (1, 2, 3, 4))


def test_the_list_of_another_reader_is_in_their_language(another, cases):
    cases(1)
    sam, layla = another().is_hired("sam"), another().is_hired("layla", language="ar")
    assert "English" in sam.get("/desk").text
    assert "الإنجليزية" in layla.get("/desk").text
    assert "English" in sam.get("/desk").text
