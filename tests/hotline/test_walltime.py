"""Shifts on the wall, at every change of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from hotline import walltime

# North and south, half an hour, at midnight, none at all, and some days skipped for good.
ZONES = [
    "Europe/Zurich",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Atlantic/Azores",
    "Pacific/Chatham",
    "UTC",
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
minutes = st.integers(0, walltime.MINUTES - 1)


@given(zones, days, minutes, minutes)
def test_a_shift_ends_after_it_starts_and_lasts_as_long_as_on_the_wall_give_or_take_an_hour(
    zone, day, starts, ends
):
    since, until = walltime.span(day, starts, ends, zone)
    wall = timedelta(minutes=(ends - starts) % walltime.MINUTES or walltime.MINUTES)
    assert since <= until
    assert abs((until - since) - wall) <= timedelta(hours=1)


@given(zones, days, minutes, minutes, minutes)
def test_between_two_shifts_that_meet_on_the_wall_there_is_never_a_gap(
    zone, day, starts, meets, ends
):
    _, until = walltime.span(day, starts, meets, zone)
    following = day if meets > starts else day + timedelta(days=1)
    since, _ = walltime.span(following, meets, ends, zone)
    assert since <= until


@given(zones, days, minutes)
def test_a_shift_starts_when_the_wall_says_so_wherever_it_does(zone, day, starts):
    since, _ = walltime.span(day, starts, starts, zone)
    wall = since.astimezone(zone).replace(tzinfo=None)
    asked = datetime.combine(day, datetime.min.time()) + timedelta(minutes=starts)
    skipped = asked.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    assert wall == skipped
    assert wall - asked in (timedelta(), timedelta(minutes=30), timedelta(hours=1))


@given(zones, days)
def test_days_follow_each_other_without_a_gap(zone, day):
    tomorrow = walltime.midnight(day + timedelta(days=1), zone)
    assert timedelta(hours=22) < tomorrow - walltime.midnight(day, zone) < timedelta(hours=26)
    assert tomorrow.astimezone(zone).date() == day + timedelta(days=1)


def test_the_night_on_which_clocks_go_forward_is_an_hour_shorter():
    zone = ZoneInfo("Europe/Zurich")
    since, until = walltime.span(date(2026, 3, 28), 22 * 60, 6 * 60, zone)
    assert since == datetime(2026, 3, 28, 21, tzinfo=UTC)
    assert until - since == timedelta(hours=7)


def test_the_night_on_which_clocks_go_back_is_an_hour_longer():
    zone = ZoneInfo("Europe/Zurich")
    since, until = walltime.span(date(2026, 10, 24), 22 * 60, 6 * 60, zone)
    assert until - since == timedelta(hours=9)


def test_in_an_hour_that_comes_twice_both_are_covered():
    zone = ZoneInfo("Europe/Zurich")
    _, until = walltime.span(date(2026, 10, 24), 22 * 60, 2 * 60 + 30, zone)
    since, _ = walltime.span(date(2026, 10, 25), 2 * 60 + 30, 6 * 60, zone)
    assert until - since == timedelta(hours=1)
