"""Nobody is texted at night: over every zone and every change of the clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.quiet import DAYTIME, Window, known, next_allowed, next_window

ZONES = sorted(zone for zone in available_timezones() if known(zone))
SECONDS = (
    int(datetime(2010, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2037, 12, 30, tzinfo=UTC).timestamp()),
)
MOMENTS = st.integers(*SECONDS).map(lambda second: datetime.fromtimestamp(second, UTC))
CLOCKS = st.integers(0, 24 * 60).map(lambda m: f"{m // 60:02}:{m % 60:02}")
WINDOWS = st.builds(Window, CLOCKS, CLOCKS).filter(lambda window: window.valid)


def wall(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


@given(MOMENTS, st.sampled_from(ZONES), WINDOWS)
@settings(max_examples=600, deadline=None)
def test_what_is_allowed_is_never_in_the_past_and_always_within_the_window(now, zone, window):
    opens, closes = next_window(now, zone, window)
    assert opens >= now
    if not window.always:
        assert closes is not None
        last = closes - timedelta(seconds=1)
        assert window.opens <= wall(opens, zone) < window.closes
        assert window.opens <= wall(last, zone) < window.closes
        assert closes - opens <= timedelta(hours=26)


@given(MOMENTS, st.sampled_from(ZONES))
@settings(max_examples=400, deadline=None)
def test_by_day_a_message_goes_at_once_and_by_night_it_waits_less_than_a_day(now, zone):
    allowed = next_allowed(now, zone, DAYTIME)
    if "08:00" <= wall(now, zone) < "21:00":
        assert allowed == now
    else:
        assert now < allowed
        assert wall(allowed, zone)[:2] == "08"
        # Half the world lost a day once; the rest waits for tomorrow's morning at most.
        assert allowed - now <= timedelta(hours=38)


def test_any_time_is_any_time():
    night = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    assert next_window(night, "Europe/London", Window("00:00", "24:00")) == (night, None)


def test_a_night_in_kathmandu_ends_when_it_does_there():
    night = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
    assert next_allowed(night, "Asia/Kathmandu", DAYTIME) == datetime(2026, 3, 3, 2, 15, tzinfo=UTC)


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


def test_places_are_known_and_inventions_are_not():
    assert known("Africa/Lagos")
    assert known("UTC")
    assert not known("Mars/Base")
    assert not known("")
    assert not known("../etc/passwd")
