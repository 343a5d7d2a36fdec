"""Who is there when: shifts, single days, holidays, who is away."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from hotline import audit, away, holidays, rota, shifts, staff
from hotline.models import Shift, StaffSession
from hotline.shifts import RotaRefused
from tests.hotline.rotas import Line

ZURICH = ZoneInfo("Europe/Zurich")


@pytest.fixture
def line(sessions, line_id, now):
    return Line(sessions, line_id, now)


def at(text):
    """A moment of the week of Monday 2 March 2026: "Mon 09:30"."""
    day, _, hour = text.partition(" ")
    n = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(day)
    return datetime(2026, 3, 2 + n, int(hour[:2]), int(hour[3:]), tzinfo=UTC)


def signs_in(sessions, staff_id, seen_at):
    with sessions.begin() as session:
        token = f"{staff_id}-{seen_at}".encode()
        session.add(
            StaffSession(token_hash=token, staff_id=staff_id, started_at=seen_at, seen_at=seen_at)
        )


class TestWithoutARota:
    def test_who_is_signed_in_is_on_duty(self, line, sessions, now):
        ana, ben = line.hires("ana"), line.hires("ben")
        signs_in(sessions, ana, now - timedelta(minutes=5))
        signs_in(sessions, ben, now - timedelta(minutes=11))
        assert line.asks(rota.on_duty, "general", now) == [ana]
        assert line.asks(rota.is_open, "general", now)
        assert line.asks(rota.next_start, "general", now) is None

    def test_a_partner_and_who_does_no_cases_are_not_on_duty_for_the_first_line(
        self, line, sessions, now
    ):
        for each in (line.hires("pia", "partner", ["shelter"]), line.hires("olga", "auditor")):
            signs_in(sessions, each, now)
        assert line.asks(rota.on_duty, "general", now) == []

    def test_a_shift_of_one_team_leaves_the_other_teams_without_a_rota(self, line, sessions, now):
        pia, ana = line.hires("pia", "partner", ["shelter"]), line.hires("ana")
        signs_in(sessions, pia, now)
        line.puts(ana, "20:00-21:00")
        assert line.asks(rota.on_duty, "shelter", now) == [pia]
        assert line.asks(rota.on_duty, "general", now) == []


class TestShifts:
    def test_somebody_is_on_duty_from_their_first_minute_to_their_last(self, line):
        ana = line.hires("ana")
        line.puts(ana, "09:00-17:00", weekdays=(0,))
        for when, there in (
            ("Mon 08:59", []),
            ("Mon 09:00", [ana]),
            ("Mon 16:59", [ana]),
            ("Mon 17:00", []),
            ("Tue 10:00", []),
        ):
            assert line.asks(rota.on_duty, "general", at(when)) == there, when

    def test_a_night_shift_goes_on_into_the_next_day(self, line):
        ana = line.hires("ana")
        line.puts(ana, "22:00-06:00", weekdays=(6,))
        assert line.asks(rota.on_duty, "general", at("Mon 05:59")) == [ana]
        assert line.asks(rota.on_duty, "general", at("Tue 05:59")) == []

    def test_times_are_those_of_the_shifts_own_wall(self, line):
        ana = line.hires("ana")
        line.puts(ana, "09:00-17:00", time_zone="Asia/Bishkek")
        assert line.asks(rota.on_duty, "general", at("Wed 03:00")) == [ana]
        assert line.asks(rota.on_duty, "general", at("Wed 11:00")) == []

    def test_who_is_on_call_is_not_on_duty(self, line):
        ana = line.hires("ana")
        line.puts(ana, "00:00-00:00", kind=rota.CALL)
        line.puts(ana, "20:00-21:00")
        assert line.asks(rota.on_duty, "general", at("Wed 03:00")) == []
        assert line.asks(rota.on_call, "general", at("Wed 03:00")) == [ana]

    def test_the_general_team_stands_in_where_nobody_trained_for_children_is_there(self, line):
        ana, mia = line.hires("ana"), line.hires("mia", "child_specialist")
        line.puts(ana, "00:00-00:00")
        line.puts(mia, "09:00-17:00", team="child")
        assert line.asks(rota.on_duty, "child", at("Wed 10:00")) == [mia]
        assert line.asks(rota.on_duty, "child", at("Wed 20:00")) == [ana]

    def test_who_was_shut_out_has_no_shift_any_more(self, line, sessions):
        ana = line.hires("ana")
        line.puts(ana, "00:00-00:00")
        with sessions.begin() as session:
            staff.disable(session, "ana")
        assert line.asks(rota.on_duty, "general", at("Wed 10:00")) == []

    def test_the_next_shift_is_the_first_that_starts_later(self, line):
        ana = line.hires("ana")
        line.puts(ana, "09:00-17:00", weekdays=(0, 1))
        assert line.asks(rota.next_start, "general", at("Mon 08:00")) == at("Mon 09:00")
        assert line.asks(rota.next_start, "general", at("Mon 09:00")) == at("Tue 09:00")
        assert line.asks(rota.next_start, "general", at("Fri 12:00")) == at(
            "Mon 09:00"
        ) + timedelta(days=7)

    def test_who_is_away_is_not_on_duty_and_is_again_when_back(self, line, sessions, line_id, now):
        ana = line.hires("ana")
        line.puts(ana, "00:00-00:00")
        with sessions.begin() as session:
            away.go(session, line_id, ana, away.BREAK, now)
            away.go(session, line_id, ana, away.SILENT, now)
            assert away.why(session, ana) == away.BREAK
        assert line.asks(rota.on_duty, "general", now) == []
        # The line is open all the same: they come back.
        assert line.asks(rota.is_open, "general", now)
        with sessions.begin() as session:
            away.come_back(session, ana, now)
            assert away.last_back(session, line_id) == {ana: now}
        assert line.asks(rota.on_duty, "general", now) == [ana]


class TestSingleDays:
    def change(self, line, sessions, day, staff_id):
        with sessions.begin() as session:
            shift = session.scalars(select(Shift)).one()
            by = shift.staff_id
            shifts.change_day(session, line.line_id, shift.id, day, staff_id, line.now, by=by)

    def test_somebody_else_does_it_on_that_day_only(self, line, sessions):
        ana, ben = line.hires("ana"), line.hires("ben")
        line.puts(ana, "09:00-17:00", weekdays=(1,))
        self.change(line, sessions, date(2026, 3, 3), ben)
        assert line.asks(rota.on_duty, "general", at("Tue 10:00")) == [ben]
        assert line.asks(rota.on_duty, "general", at("Tue 10:00") + timedelta(days=7)) == [ana]
        self.change(line, sessions, date(2026, 3, 3), ana)
        assert line.asks(rota.on_duty, "general", at("Tue 10:00")) == [ana]

    def test_who_is_ill_leaves_a_gap_that_is_seen(self, line, sessions):
        line.puts(line.hires("ana"), "09:00-17:00", weekdays=(1,))
        self.change(line, sessions, date(2026, 3, 3), None)
        assert line.asks(rota.on_duty, "general", at("Tue 10:00")) == []
        missing = line.asks(rota.dropped, at("Tue 00:00"), at("Wed 00:00"))
        assert [span.starts for span in missing] == [at("Tue 09:00")]
        following = at("Tue 09:00") + timedelta(days=7)
        assert line.asks(rota.next_start, "general", at("Mon 18:00")) == following

    def test_an_extra_shift_is_on_its_day_and_no_other(self, line):
        ana = line.hires("ana")
        line.puts(ana, "09:00-17:00", day=date(2026, 3, 7))
        assert line.asks(rota.on_duty, "general", at("Sat 10:00")) == [ana]
        assert line.asks(rota.on_duty, "general", at("Sat 10:00") + timedelta(days=7)) == []


class TestHolidays:
    def test_weekly_shifts_fall_out_and_those_for_holidays_do_not(self, line, sessions):
        ana, ben, cem = line.hires("ana"), line.hires("ben"), line.hires("cem")
        line.puts(ana, "09:00-17:00")
        line.puts(ben, "09:00-17:00", on_holidays=True)
        line.puts(cem, "09:00-17:00", day=date(2026, 3, 4))
        with sessions.begin() as session:
            holidays.add(session, line.line_id, {date(2026, 3, 4): "Founders"}, line.now, by=ana)
        assert line.asks(rota.on_duty, "general", at("Wed 10:00")) == [ben, cem]
        with sessions.begin() as session:
            holidays.remove(session, line.line_id, date(2026, 3, 4), line.now, by=ana)
        assert line.asks(rota.on_duty, "general", at("Wed 10:00")) == [ana, ben, cem]

    def test_a_country_fills_them_in_and_what_is_there_keeps_its_name(self, line, sessions, now):
        ana = line.hires("ana", "supervisor")
        new_year = date(2027, 1, 1)
        with sessions.begin() as session:
            holidays.add(session, line.line_id, {new_year: "Ours"}, now, by=ana)
            found = holidays.public("CH", 2027, now)
            holidays.add(session, line.line_id, found, now, by=ana)
            named = {row.day: row.name for row in holidays.listed(session, line.line_id, new_year)}
        assert named[new_year] == "Ours"
        assert date(2027, 8, 1) in named
        assert set(named) == set(found)

    @pytest.mark.parametrize(("country", "year"), [("XX", 2026), ("CH", 2020), ("CH", 2040)])
    def test_what_nobody_knows_is_refused(self, now, country, year):
        with pytest.raises(RotaRefused, match="country"):
            holidays.public(country, year, now)


class TestRefusals:
    @pytest.mark.parametrize(
        ("wrong", "why"),
        [
            ({"kind": "sleep"}, "times"),
            ({"starts": 1440}, "times"),
            ({"ends": -1}, "times"),
            ({"time_zone": "Mars/Olympus"}, "zone"),
            ({"weekdays": ()}, "days"),
            ({"weekdays": (7,)}, "days"),
            ({"team": "shelter"}, "not_of_team"),
            ({"staff_id": 9999}, "not_of_team"),
        ],
    )
    def test_what_is_no_shift_is_refused(self, line, sessions, wrong, why):
        given = {
            "team": "general",
            "staff_id": line.hires("ana"),
            "kind": "duty",
            "starts": 0,
            "ends": 60,
            "time_zone": "UTC",
            "weekdays": (0,),
        }
        with sessions.begin() as session, pytest.raises(RotaRefused, match=why):
            shifts.add(session, line.line_id, shifts.Wanted(**given | wrong), line.now, by=1)
        with sessions() as session:
            assert session.scalar(select(func.count()).select_from(Shift)) == 0

    def test_an_auditor_and_a_partner_have_no_shift_on_the_first_line(self, line):
        for role in ("auditor", "partner", "campaign_officer"):
            with pytest.raises(RotaRefused, match="not_of_team"):
                line.puts(line.hires(f"one.{role}", role), "09:00-17:00")


def test_every_change_is_in_the_record(line, sessions):
    ana = line.hires("ana")
    line.puts(ana, "09:00-17:00", weekdays=(0,))
    with sessions.begin() as session:
        shift_id = session.scalars(select(Shift)).one().id
        shifts.change_day(session, line.line_id, shift_id, date(2026, 3, 2), None, line.now, by=ana)
        shifts.remove(session, line.line_id, shift_id, line.now, by=ana)
    with sessions() as session:
        noted = [row.about["kind"] for row, _ in audit.listed(session, line.line_id)]
        assert noted == ["removed", "day_changed", "added"]
        assert session.scalar(select(func.count()).select_from(Shift)) == 0


hours = st.integers(0, 23).map(lambda n: n * 60)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(hours, min_size=1, max_size=4, unique=True), st.integers(0, 365 * 24 * 4))
def test_shifts_that_follow_each_other_on_the_wall_leave_nobody_alone_all_year(
    sessions, line_id, now, cuts, quarter
):
    line = Line(sessions, line_id, now)
    cuts = sorted(cuts)
    with sessions.begin() as session:
        session.execute(delete(Shift))
        known = next((p.id for p in staff.listed(session, line_id)), None)
    ana = known or line.hires("ana")
    for starts, ends in zip(cuts, [*cuts[1:], cuts[0]], strict=True):
        line.puts(
            ana,
            f"{starts // 60:02d}:00-{ends // 60:02d}:00",
            time_zone="Europe/Zurich",
        )
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarter)
    assert line.asks(rota.on_duty, "general", moment) == [ana]
    week = timedelta(days=7)
    assert rota.gaps(line.asks(rota.spans, moment, moment + week), moment, moment + week) == []
