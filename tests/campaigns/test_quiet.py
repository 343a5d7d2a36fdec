"""Nobody is texted at night or on a quiet day: over every zone and every change of the clocks."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers.tzdata import TIMEZONE_DATA

from campaigns.quiet import DAYTIME, Window, known, next_allowed, next_window

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONES = sorted(zone for zone in available_timezones() if known(zone))
# Every set of zones that a phone number may be of.
REGIONS = sorted({zones for zones in TIMEZONE_DATA.values() if len(zones) > 1})
AMERICA = next(zones for zones in REGIONS if {"Pacific/Guam", "Pacific/Honolulu"} <= set(zones))
SECONDS = (
    int(datetime(2010, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2037, 12, 1, tzinfo=UTC).timestamp()),
)
MOMENTS = st.integers(*SECONDS).map(lambda second: datetime.fromtimestamp(second, UTC))
CLOCKS = st.integers(0, 24 * 60).map(lambda m: f"{m // 60:02}:{m % 60:02}")
WEEKDAYS = st.frozensets(st.integers(0, 6), max_size=6)
HOURS = st.builds(Window, CLOCKS, CLOCKS).filter(lambda window: window.valid)


@st.composite
def windows_from(draw, moments=MOMENTS):
    """A moment, and a window whose quiet dates are around it."""
    now, hours, weekdays = draw(moments), draw(HOURS), draw(WEEKDAYS)
    dates = draw(st.frozensets(st.integers(-2, 9).map(lambda n: now.date() + n * DAY), max_size=5))
    return now, Window(hours.opens, hours.closes, weekdays, dates)


def wall(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def allowed(moment: datetime, zones: Sequence[str], window: Window) -> bool:
    """By the clock and the calendar on every wall."""
    walls = [wall(moment, zone) for zone in zones]
    opens, closes = clock(window.opens), clock(window.closes)
    return all(
        opens <= (each.hour, each.minute) < closes
        and each.weekday() not in window.quiet_weekdays
        and each.date() not in window.quiet_dates
        for each in walls
    )


@cache
def clock(hhmm: str) -> tuple[int, int]:
    hours, minutes = hhmm.split(":")
    return int(hours), int(minutes)


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE


def openings(start: datetime, end: datetime, zone: str, window: Window) -> list[bool]:
    """For each minute between, whether it is in a window, as one asks for the next and the next."""
    found = [False] * ((end - start) // MINUTE)
    now = start
    while now < end:
        opens, closes = next_window(now, zone, window)
        assert closes is not None
        first, last = (opens - start) // MINUTE, (closes - start) // MINUTE
        found[first:last] = [True] * len(found[first:last])
        now = closes
    return found


def runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """From where to where the flags stand."""
    edges = [n for n, (one, other) in enumerate(pairwise([False, *flags, False])) if one != other]
    return list(zip(edges[::2], edges[1::2], strict=True))


# ---- one zone


@given(windows_from(), st.sampled_from(ZONES))
@settings(max_examples=250, deadline=None)
def test_a_message_waits_for_the_first_moment_at_which_clock_and_calendar_allow_it(given_, zone):
    now, window = given_
    opens, closes = next_window(now, zone, window)
    assert opens >= now
    assert not any(
        allowed(each, [zone], window) for each in minutes(now, min(opens, now + 2 * DAY))
    )
    assert opens == now or not allowed(opens - MINUTE, [zone], window)
    if closes is not None:
        assert all(
            allowed(each, [zone], window) for each in minutes(opens, min(closes, opens + DAY))
        )
        assert allowed(closes - timedelta(seconds=1), [zone], window)
        assert not allowed(closes, [zone], window) or closes - opens > 3 * DAY


@given(MOMENTS, st.sampled_from(ZONES))
@settings(max_examples=400, deadline=None)
def test_by_day_a_message_goes_at_once_and_by_night_it_waits_less_than_a_day(now, zone):
    opens = next_allowed(now, zone, DAYTIME)
    if allowed(now, [zone], DAYTIME):
        assert opens == now
    else:
        assert now < opens
        assert wall(opens, zone).hour == 8
        # Half the world lost a day once; the rest waits for tomorrow's morning at most.
        assert opens - now <= timedelta(hours=38)


def changes_in(year: int) -> Iterator[tuple[str, datetime]]:
    """Every change of the clocks of every zone."""
    first = datetime(year, 1, 1, tzinfo=UTC)
    days = [first + n * DAY for n in range(366)]
    for zone in ZONES:
        offsets = [wall(day, zone).utcoffset() for day in days]
        for n, (before, after) in enumerate(pairwise(offsets)):
            if before != after:
                yield zone, _first_other(days[n], zone)


def _first_other(start: datetime, zone: str) -> datetime:
    """When the clocks have changed since, within a day."""
    before = wall(start, zone).utcoffset()
    later = minutes(start, start + DAY + MINUTE)
    return next(each for each in later if wall(each, zone).utcoffset() != before)


AROUND_A_CHANGE = [Window("01:00", "02:30"), Window("02:15", "03:15"), Window("00:00", "01:30")]


@pytest.mark.parametrize("year", [2011, 2026])
def test_at_every_change_of_the_clocks_in_every_zone_the_wall_is_obeyed_to_the_minute(year):
    seen = 0
    for zone, change in changes_in(year):
        start, end = change - 2 * HOUR, change + 2 * HOUR
        for window in AROUND_A_CHANGE:
            by_wall = [allowed(each, [zone], window) for each in minutes(start, end)]
            assert openings(start, end, zone, window) == by_wall, (zone, change)
        seen += 1
    assert seen > 300


NIGHT_WORK = Window("01:15", "03:20", frozenset({4}), frozenset({date(2026, 4, 5)}))
WORKDAYS = Window("00:00", "24:00", frozenset({5, 6}), frozenset({date(2011, 12, 28)}))


@pytest.mark.parametrize(
    ("zone", "year", "window"),
    [
        ("Australia/Lord_Howe", 2026, NIGHT_WORK),  # half an hour's change, in the south
        ("Pacific/Apia", 2011, WORKDAYS),  # a day that never was, between quiet ones
        ("Asia/Kathmandu", 2026, WORKDAYS),
        ("America/St_Johns", 2026, NIGHT_WORK),
        ("America/Santiago", 2026, Window("00:00", "01:00", frozenset({0}))),  # changes at midnight
        ("America/Havana", 2026, Window("23:30", "24:00")),
        ("Africa/Casablanca", 2026, NIGHT_WORK),  # Ramadan
    ],
)
def test_for_a_whole_year_every_minute_is_open_or_quiet_as_the_wall_says(zone, year, window):
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    by_wall = [allowed(each, [zone], window) for each in minutes(start, end)]
    assert openings(start, end, zone, window) == by_wall


def test_any_time_is_any_time():
    night = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    assert next_window(night, "Europe/London", Window("00:00", "24:00")) == (night, None)


def test_a_night_in_kathmandu_ends_when_it_does_there():
    night = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
    assert next_allowed(night, "Asia/Kathmandu", DAYTIME) == datetime(2026, 3, 3, 2, 15, tzinfo=UTC)


def test_friday_evening_waits_for_monday_where_the_week_ends_and_a_holiday_for_the_day_after():
    friday = datetime(2026, 3, 6, 20, 30, tzinfo=UTC)
    window = Window("08:00", "20:00", frozenset({5, 6}), frozenset({date(2026, 3, 9)}))
    assert next_allowed(friday, "Europe/London", window) == datetime(2026, 3, 10, 8, tzinfo=UTC)
    # In Auckland it is Saturday already, and it will be Tuesday sooner.
    assert next_allowed(friday, "Pacific/Auckland", window) == datetime(2026, 3, 9, 19, tzinfo=UTC)


# ---- several zones


@given(windows_from(), st.lists(st.sampled_from(ZONES), min_size=2, max_size=3, unique=True))
@settings(max_examples=120, deadline=None)
def test_of_several_zones_it_is_sent_when_all_of_them_allow_it_for_an_hour(given_, zones):
    now, window = given_
    opens, closes = next_window(now, " ".join(zones), window)
    if closes is None:
        assert window.always
        return
    span = minutes(opens, min(closes, opens + DAY))
    if all(allowed(each, zones, window) for each in span):
        # What passed meanwhile was too short to be sure.
        waited = min(opens, now + 2 * DAY)
        flags = [allowed(each, zones, window) for each in minutes(now - HOUR, waited)]
        assert all(end - start < 60 for start, end in runs(flags) if end > 60)
    else:
        flags = [allowed(each, zones, window) for each in minutes(now - HOUR, now + 7 * DAY)]
        assert all(end - start < 60 for start, end in runs(flags))


@given(windows_from(), st.lists(st.sampled_from(ZONES), min_size=2, max_size=8, unique=True))
@example(
    # The clocks change in Hobart: hours that are wide enough were open for the last time yesterday.
    given_=(datetime(2021, 4, 3, 14, 0, tzinfo=UTC), Window("00:00", "01:00")),
    zones=["America/Managua", "Africa/Algiers", "Australia/Hobart"],
)
@settings(max_examples=60, deadline=None)
def test_however_far_apart_the_zones_are_there_is_always_a_next_hour(given_, zones):
    now, window = given_
    opens, closes = next_window(now, " ".join(zones), window)
    assert opens >= now
    assert closes is None or closes > opens
    assert opens - now < timedelta(days=80)


@pytest.mark.parametrize("zones", REGIONS, ids=lambda zones: f"{zones[0]} and {len(zones) - 1}")
def test_whatever_zone_a_number_may_be_of_it_is_daytime_there_when_it_is_texted(zones):
    for week in range(53):
        now = datetime(2026, 1, 1, 3, tzinfo=UTC) + week * 7 * DAY
        opens, closes = next_window(now, " ".join(zones), DAYTIME)
        assert closes is not None
        assert allowed(opens, zones, DAYTIME)
        assert allowed(closes - MINUTE, zones, DAYTIME)
        assert closes - opens >= HOUR
        assert opens - now < DAY


def test_the_order_of_zones_and_naming_one_twice_changes_nothing():
    night = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
    asked = ("Asia/Almaty Europe/Moscow", "Europe/Moscow Asia/Almaty Europe/Moscow")
    assert len({next_window(night, zones, DAYTIME) for zones in asked}) == 1
    assert next_allowed(night, asked[0], DAYTIME) == datetime(2026, 3, 3, 5, tzinfo=UTC)


def test_hours_that_never_meet_are_widened_by_day_and_no_further_than_needed():
    # Kaliningrad is ten hours behind Kamchatka: from 10:00 here to 18:00 there is nothing left.
    zones, office = ("Europe/Kaliningrad", "Asia/Kamchatka"), Window("10:00", "18:00")
    night = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    opens, closes = next_window(night, " ".join(zones), office)
    assert [f"{wall(opens, zone):%H:%M}" for zone in zones] == ["08:30", "18:30"]
    assert closes is not None
    assert [f"{wall(closes, zone):%H:%M}" for zone in zones] == ["09:30", "19:30"]


def test_hours_in_the_evening_are_widened_towards_the_afternoon_and_not_into_the_night():
    zones, evening = ("Asia/Karachi", "Etc/GMT"), Window("18:00", "21:00")
    opens, closes = next_window(datetime(2026, 3, 2, 1, tzinfo=UTC), " ".join(zones), evening)
    assert closes is not None
    assert [f"{wall(opens, zone):%H:%M}" for zone in zones] == ["20:00", "15:00"]
    assert [f"{wall(closes, zone):%H:%M}" for zone in zones] == ["21:00", "16:00"]


def test_a_day_that_is_quiet_somewhere_is_used_only_when_no_day_is_open_everywhere():
    # When it is day in Guam and in Honolulu, it is a day later in Guam.
    night = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    weekends = Window("08:00", "21:00", frozenset({5, 6}))
    opens = next_allowed(night, " ".join(AMERICA), weekends)
    assert allowed(opens, AMERICA, weekends)
    only_fridays = Window("08:00", "21:00", frozenset({0, 1, 2, 3, 5, 6}))
    opens = next_allowed(night, " ".join(AMERICA), only_fridays)
    assert allowed(opens, AMERICA, DAYTIME)
    days = {wall(opens, zone).weekday() for zone in AMERICA}
    assert days == {3, 4}
    # The hours are kept as they are if they meet at all.
    islands, friday = ("Pacific/Guam", "Pacific/Honolulu"), only_fridays.quiet_weekdays
    opens = next_allowed(night, " ".join(islands), Window("10:00", "17:00", friday))
    assert [f"{wall(opens, zone):%a %H:%M}" for zone in islands] == ["Fri 10:00", "Thu 14:00"]


def test_where_it_is_never_day_everywhere_it_is_as_early_or_late_as_need_be_and_no_more():
    # No country has such zones; a third of the way around the world from each other.
    zones, night = ("Etc/GMT", "Etc/GMT-8", "Etc/GMT+8"), datetime(2026, 3, 2, 3, tzinfo=UTC)
    opens, closes = next_window(night, " ".join(zones), DAYTIME)
    assert closes is not None
    shown = sorted(f"{wall(each, z):%H:%M}" for z in zones for each in (opens, closes - MINUTE))
    assert (shown[0], shown[-1]) == ("06:00", "22:59")


# ---- what is a window


@pytest.mark.parametrize(
    "clocks",
    [
        ("09:00", "09:00"),
        ("21:00", "08:00"),
        ("8:00", "9:00"),
        ("", ""),
        ("08:00", "08:30"),
        ("00:00", "24:01"),
        ("٠٨:٠٠", "٢١:٠٠"),
    ],
)
def test_a_window_that_is_none_is_not_valid(clocks):
    assert not Window(*clocks).valid


def test_a_week_without_a_day_or_a_year_of_quiet_dates_is_no_window():
    assert Window("08:00", "21:00", frozenset({0, 1, 2, 3, 4, 5})).valid
    assert not Window("08:00", "21:00", frozenset(range(7))).valid
    assert not Window("08:00", "21:00", frozenset({7})).valid
    days = frozenset(date(2026, 1, 1) + n * DAY for n in range(367))
    assert not Window("08:00", "21:00", frozenset(), days).valid


def test_a_year_of_quiet_dates_ends():
    days = frozenset(date(2026, 1, 1) + n * DAY for n in range(365))
    window = Window("08:00", "21:00", frozenset(range(4)), days)
    opens = next_allowed(datetime(2026, 1, 1, tzinfo=UTC), "Africa/Lagos", window)
    assert opens == datetime(2027, 1, 1, 7, tzinfo=UTC)


def test_places_are_known_and_inventions_are_not():
    assert known("Africa/Lagos")
    assert known("UTC")
    assert not known("Mars/Base")
    assert not known("")
    assert not known("../etc/passwd")
