"""The supervisor's page, the clock on a case, and the alarm where machines look."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from hotline import escalation
from hotline.models import Case, Staff


@pytest.fixture
def sue(another):
    return another().is_hired("sue", "supervisor", "Sue")


@pytest.fixture
def ticks(deps, clock):
    """Minutes pass, and the clock is looked at in each."""

    def passing(minutes):
        for _ in range(minutes):
            clock.passes(minutes=1)
            with deps.sessions.begin() as session:
                escalation.tick(session, deps.line_id, clock())

    return passing


def make_urgent(sessions, case_id, urgency=1):
    with sessions.begin() as session:
        session.execute(update(Case).where(Case.id == case_id).values(urgency=urgency))


def test_it_shows_who_waits_and_what_was_missed(sue, a_case, sessions, ticks):
    case_id = a_case()
    assert f"Case {case_id}" in sue.get("/watch").text
    assert 'class="case u2 missed"' not in sue.get("/watch").text
    make_urgent(sessions, case_id)
    ticks(6)
    page = sue.get("/watch/now").text
    assert "supervisors were told" in page
    assert "1 for too long" in page
    assert "Alarm" not in page
    ticks(12)
    page = sue.get("/watch/now").text
    assert 'data-alarms="1"' in page
    assert "Alarm: a case has waited through every step" in page


def test_the_alarm_is_a_number_for_machines_and_names_nobody(sue, a_case, sessions, ticks, browser):
    make_urgent(sessions, a_case())
    assert "\nwaypost_cases_alarm 0.0" in browser.get("/metrics").text
    ticks(20)
    assert "\nwaypost_cases_alarm 1.0" in browser.get("/metrics").text


def test_it_shows_what_everybody_carries_against_their_limits(
    sue, another, a_case, sessions, clock
):
    another().is_hired("ana", name="Ana")
    case_id = a_case()
    with sessions.begin() as session:
        ana = session.scalars(select(Staff).where(Staff.login == "ana")).one()
        ana.most_cases, ana.most_urgent = 1, 1
        session.execute(
            update(Case)
            .where(Case.id == case_id)
            .values(state="taken", taken_by=ana.id, taken_at=clock(), urgency=1)
        )
    row = sue.get("/watch").text.split('<th scope="row"><bdi>Ana</bdi>')[1].split("</tr>")[0]
    assert "1 of 1" in row
    assert "at the limit" in row
    assert "without a break" in row


def test_a_long_stretch_is_marked_and_a_break_ends_it(sue, another, sessions, clock):
    ana = another().is_hired("ana", name="Ana")
    for _ in range(10):
        clock.passes(minutes=25)
        ana.get("/rota")
    sue.signs_in("sue", "five words nobody would guess")
    assert "▲" in row_of(sue, "Ana")
    ana.post("/rota/away", next="/rota")
    assert "on a break" in row_of(sue, "Ana")
    ana.post("/rota/back", next="/rota")
    assert "▲" not in row_of(sue, "Ana")


def row_of(browser, name):
    page = browser.get("/watch").text
    return page.split(f'<th scope="row"><bdi>{name}</bdi>')[1].split("</tr>")[0]


def test_small_numbers_of_the_last_weeks_are_not_shown_on_a_real_line(sue, a_case):
    a_case()
    weeks = sue.get("/watch").text.split('id="weeks-title"')[1]
    assert "fewer than 10" in weeks
    assert ">1<" not in weeks


def test_nobody_else_opens_it(another):
    for role in ("caseworker", "partner", "auditor", "campaign_officer"):
        somebody = another().is_hired(f"one.{role}", role)
        assert somebody.get("/watch").status_code == 403
        assert somebody.get("/watch/now").status_code == 403


class TestOnACase:
    def data(self, browser, case_id):
        return browser.get(f"/desk/cases/{case_id}/data?after=0").json

    def test_its_caseworker_sees_until_when_and_says_that_there_is_nothing_to_answer(
        self, keyholder, a_case, texts, sessions, clock, deps
    ):
        ana, _ = keyholder("ana", "Ana")
        case_id = a_case()
        ana.post(f"/desk/cases/{case_id}/take")
        due = self.data(ana, case_id)["answer_by"]
        with sessions() as session:
            urgency = session.get_one(Case, case_id).urgency
        assert (
            due == (clock() + timedelta(minutes={1: 5, 2: 15, 3: 60, 4: 120}[urgency])).isoformat()
        )
        done = ana.post(
            f"/desk/cases/{case_id}/nothing-to-answer", headers={"Accept": "application/json"}
        )
        assert done.status_code == 200
        assert self.data(ana, case_id)["answer_by"] == ""
        texts("one more thing")
        assert self.data(ana, case_id)["answer_by"] != ""

    def test_nobody_else_says_so(self, keyholder, a_case):
        ana, _ = keyholder("ana", "Ana")
        case_id = a_case()
        ana.post(f"/desk/cases/{case_id}/take")
        ben, _ = keyholder("ben", "Ben")
        refused = ben.post(
            f"/desk/cases/{case_id}/nothing-to-answer", headers={"Accept": "application/json"}
        )
        assert refused.status_code == 409
        assert self.data(ana, case_id)["answer_by"] != ""
        assert self.data(ben, case_id)["answer_by"] == ""
