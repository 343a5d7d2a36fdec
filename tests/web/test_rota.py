"""The rota's pages: who sees what, and who changes it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from hotline import away, clocks, rota
from hotline.models import Holiday, Shift, ShiftChange, Staff


def number(sessions, login):
    with sessions() as session:
        return session.scalar(select(Staff.id).where(Staff.login == login))


def count(sessions, table):
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table))


@pytest.fixture
def sue(another):
    return another().is_hired("sue", "supervisor", "Sue")


@pytest.fixture
def ana(another):
    return another().is_hired("ana", "caseworker", "Ana")


def puts(browser, staff_id, **more):
    wanted = {"team": "general", "kind": "duty", "starts": "22:00", "ends": "06:00", "zone": "UTC"}
    return browser.post("/rota/shifts", staff=staff_id, weekday=["0", "1"], **(wanted | more))


class TestRota:
    def test_a_supervisor_puts_a_shift_on_and_sees_it_with_its_gaps(self, sue, ana, sessions):
        assert "There is no rota yet" in sue.get("/rota").text
        assert puts(sue, number(sessions, "ana")).status_code == 302
        page = sue.get("/rota").text
        assert count(sessions, Shift) == 2
        assert "22:00–06:00" in page
        assert "(next day)" in page
        assert "nobody on duty: General team" in page
        assert 'class="is-duty"' in page

    def test_a_gap_is_told_apart_where_somebody_can_be_called(self, sue, ana, sessions):
        puts(sue, number(sessions, "ana"))
        puts(sue, number(sessions, "sue"), kind="call", starts="10:00", ends="12:00")
        monday = sue.get("/rota?week=2026-03-02").text.split('<section class="day')[1]
        said = [" ".join(li.split("</bdi>")[0].rsplit(">")[-1:]) for li in monday.split("<li")[1:4]]
        assert said == ["00:00–10:00", "10:00–12:00", "12:00–22:00"]
        assert monday.count("only on call: General team") == 1

    def test_in_the_picture_every_day_has_all_its_hours(self, sue, ana, sessions):
        puts(sue, number(sessions, "ana"))
        page = sue.get("/rota").text
        for row in page.split('<tr class="cover">')[1:]:
            cells = row.split("</tr>")[0].split('colspan="')[1:]
            assert sum(int(cell.split('"')[0]) for cell in cells) == 48

    def test_a_caseworker_sees_their_own_shifts_and_nobody_elses(self, sue, ana, another, sessions):
        puts(sue, number(sessions, "ana"))
        puts(sue, number(sessions, "sue"), starts="06:00", ends="14:00")
        page = ana.get("/rota").text
        assert "22:00–06:00" in page
        assert "06:00–14:00" not in page
        assert "Add shifts" not in page
        assert "nobody on duty" not in page

    def test_who_may_not_change_the_rota_is_refused(self, ana, sessions):
        assert puts(ana, number(sessions, "ana")).status_code == 403
        assert ana.get("/rota/clocks").status_code == 403
        assert ana.post("/rota/clocks/1").status_code == 403
        assert count(sessions, Shift) == 0

    def test_a_partner_sees_who_is_there_of_their_team_only(self, another, sessions):
        pia = another().is_hired("pia", "partner", "Pia")
        with sessions.begin() as session:
            session.get_one(Staff, number(sessions, "pia")).teams = ["shelter"]
        page = pia.get("/rota").text
        assert "General team" not in page

    def test_one_day_is_given_to_somebody_else_or_to_nobody(self, sue, ana, sessions):
        puts(sue, number(sessions, "ana"))
        with sessions() as session:
            shift_id = session.scalar(select(Shift.id).where(Shift.weekday == 0))
        path = f"/rota/shifts/{shift_id}/days/2026-03-02"
        sue.post(path, staff=number(sessions, "sue"))
        assert "changed for this day" in sue.get("/rota?week=2026-03-02").text
        sue.post(path, staff="")
        page = sue.get("/rota?week=2026-03-02").text
        assert "falls out, nobody does it" in page
        assert count(sessions, ShiftChange) == 1
        sue.post(f"/rota/shifts/{shift_id}/remove")
        assert count(sessions, ShiftChange) == 0

    def test_what_is_refused_says_why_and_changes_nothing(self, sue, ana, sessions):
        puts(sue, number(sessions, "ana"), zone="Mars/Olympus")
        assert "There is no such time zone" in sue.get("/rota").text
        puts(sue, number(sessions, "ana"), starts="nonsense")
        assert "Give a kind and two times" in sue.get("/rota").text
        assert count(sessions, Shift) == 0

    @pytest.mark.parametrize("week", ["nonsense", "2026-13-40"])
    def test_a_week_that_is_none_is_refused(self, sue, week):
        assert sue.get(f"/rota?week={week}").status_code == 400

    def test_a_week_too_far_away_is_this_one(self, sue):
        assert sue.get("/rota?week=9999-12-31").status_code == 200

    def test_holidays_are_added_filled_in_and_removed(self, sue, sessions):
        sue.post("/rota/holidays", day="2026-03-04", name="Founders <b>")
        assert "Founders &lt;b&gt;" in sue.get("/rota?week=2026-03-02").text
        sue.post("/rota/holidays/2026-03-04/remove")
        assert count(sessions, Holiday) == 0
        sue.post("/rota/holidays/public", country="CH", year="2027")
        with sessions() as session:
            assert session.get(Holiday, (1, date(2027, 1, 1))) is not None

    def test_now_says_who_is_there_and_when_somebody_will_be(self, sue, ana, sessions, clock):
        puts(sue, number(sessions, "ana"))
        page = sue.get("/rota").text
        assert "Nobody is on duty." in page
        assert "Next: Monday, 22:00" in page
        clock.passes(hours=13)
        sue.signs_in("sue", "five words nobody would guess")
        now = sue.get("/rota").text.split('id="now-title"')[1].split("</section>")[0]
        assert "Ana" in now


class TestAway:
    def test_a_break_is_one_press_and_so_is_its_end(self, ana, sessions):
        ana.post("/rota/away", next="/desk")
        with sessions() as session:
            assert away.why(session, number(sessions, "ana")) == "break"
        page = ana.get("/desk").text
        assert "You are on a break." in page
        done = ana.post("/rota/back", next="/desk")
        assert done.location == "/desk"
        assert "You are on a break." not in ana.get("/desk").text

    def test_nobody_is_led_elsewhere_by_it(self, ana):
        assert ana.post("/rota/away", next="https://evil.example/").location == "/"


class TestClocks:
    def test_a_supervisor_sets_them_and_goes_back(self, sue, deps, line_id):
        page = sue.get("/rota/clocks").text
        assert 'name="back"' in page
        sue.post("/rota/clocks/1", back="1", call="2", supervisors="3", alarm="4", always="on")
        with deps.sessions() as session:
            times = clocks.of_line(session, line_id)[1]
        assert (times.back, times.alarm) == (timedelta(minutes=1), timedelta(minutes=4))
        assert "The clocks were changed." in sue.get("/rota/clocks").text
        sue.post("/rota/clocks/1/reset")
        with deps.sessions() as session:
            assert clocks.of_line(session, line_id) == clocks.defaults()

    def test_times_in_no_order_are_refused(self, sue, deps, line_id):
        sue.post("/rota/clocks/1", back="9", call="2", supervisors="3", alarm="4")
        assert "Each step comes after the one before" in sue.get("/rota/clocks").text
        with deps.sessions() as session:
            assert not clocks.of_line(session, line_id)[1].own


def test_the_rota_is_read_from_right_to_left(another, sessions):
    noor = another().is_hired("noor", "supervisor", "Noor", "ar")
    puts(noor, number(sessions, "noor"))
    page = noor.get("/rota")
    assert 'dir="rtl"' in page.text
    assert '<bdi class="hours">22:00–06:00</bdi>' in page.text
    assert rota.DUTY == "duty"
