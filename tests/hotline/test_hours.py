"""Opening hours: what is read is written the same, and what cannot be told is refused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline import hours
from hotline.hours import Hours, HoursUnusable
from locales import count_segments, languages

ZURICH = "Europe/Zurich"


def at(text, zone=ZURICH):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("24/7", "24/7"),
        (
            "Mo-Fr 09:00-17:00; Sa 10:00-12:00,14:00-16:00",
            "Mo-Fr 09:00-17:00; Sa 10:00-12:00,14:00-16:00",
        ),
        ("mo - fr 9:00 - 17:00;", "Mo-Fr 09:00-17:00"),
        ("Mo,We 08:00-12:00", "Mo,We 08:00-12:00"),
        ("Sa-Su 00:00-24:00", "Sa,Su 00:00-24:00"),
        ("Fr-Mo 22:00-06:00", "Mo,Fr-Su 22:00-06:00"),
    ],
)
def test_what_people_write_has_one_plain_form(written, plain):
    assert str(hours.read(written)) == plain
    assert hours.read(plain) == hours.read(written)


@pytest.mark.parametrize(
    "written",
    [
        *("", "always", "Mo", "09:00-17:00", "Mo-Fr", "Mo-Xx 09:00-10:00", "Mo-Fr 9-17"),
        *("Mo 25:00-26:00", "Mo 09:60-10:00", "Mo 10:00-10:00", "Mo 24:00-10:00", "Mo 09:00-24:30"),
        *("PH off", "Jan-Mar Mo 09:00-10:00", "Mo-Fr sunrise-sunset", "Mo-We-Fr 09:00-10:00"),
        *("Mo 09:00-10:00; Mo 12:00-13:00", "Mo-We 09:00-10:00; Tu 09:00-10:00"),
        *("Mo 09:00-12:00,11:00-13:00", "Mo 09:00-10:00,,11:00-12:00"),
    ],
)
def test_what_cannot_be_told_in_every_language_is_refused(written):
    with pytest.raises(HoursUnusable):
        hours.read(written)


def test_it_is_open_by_the_clock_on_the_wall_there():
    week = hours.read("Mo-Fr 09:00-17:00")
    assert week.open_at(at("2026-03-02T09:00"), ZURICH)
    assert not week.open_at(at("2026-03-02T08:59"), ZURICH)
    assert not week.open_at(at("2026-03-02T17:00"), ZURICH)
    assert not week.open_at(at("2026-03-01T12:00"), ZURICH)
    # In July the wall is two hours ahead of UTC, in January one.
    assert week.open_at(datetime(2026, 7, 1, 7, 0, tzinfo=UTC), ZURICH)
    assert not week.open_at(datetime(2026, 1, 7, 7, 59, tzinfo=UTC), ZURICH)


def test_a_night_goes_on_after_midnight_and_over_the_end_of_the_week():
    week = hours.read("Su 22:00-06:00")
    assert week.open_at(at("2026-03-01T23:30"), ZURICH)
    assert week.open_at(at("2026-03-02T05:59"), ZURICH)
    assert not week.open_at(at("2026-03-02T06:00"), ZURICH)
    assert not week.open_at(at("2026-03-01T05:00"), ZURICH)


def test_it_says_when_it_opens_next():
    week = hours.read("Mo-Fr 09:00-17:00")
    assert week.next_open(at("2026-03-06T18:00"), ZURICH) == at("2026-03-09T09:00")
    assert week.next_open(at("2026-03-06T12:00"), ZURICH) is None
    # Over the night on which the clocks go forward.
    assert week.next_open(at("2026-03-28T12:00"), ZURICH) == at("2026-03-30T09:00")


def test_what_is_always_open_needs_no_clock():
    assert Hours().open_at(datetime(2026, 1, 1, tzinfo=UTC), "")
    assert Hours().next_open(datetime(2026, 1, 1, tzinfo=UTC), "") is None


def test_days_are_told_in_the_readers_words():
    week = hours.read("Mo-Fr 09:00-17:00; Su 10:00-12:00")
    assert week.said("en") == "Mon-Fri 09:00-17:00, Sun 10:00-12:00"
    told = {week.said(language) for language in languages("contact")}
    # Short names are the same in Ukrainian and Bulgarian, and CLDR has French ones for Haitian Creole.
    assert len(told) == len(languages("contact")) - 2
    # In the SMS alphabet where the language is.
    assert count_segments(week.said("en")).encoding == "GSM-7"
    assert count_segments(week.said("fr")).encoding == "GSM-7"


days = st.sampled_from(hours.DAYS)
clock = st.integers(0, 24 * 4 - 1).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")


@given(days, days, clock, clock, st.integers(0, 700 * 24 * 60))
def test_it_is_open_when_it_opens_and_shut_just_before(first, last, opens, closes, minute):
    if opens == closes:
        return
    week = hours.read(f"{first}-{last} {opens}-{closes}")
    assert hours.read(str(week)) == week
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    after = week.next_open(now, "UTC")
    if after is None:
        assert week.open_at(now, "UTC")
    else:
        assert after > now - timedelta(minutes=1)
        assert week.open_at(after, "UTC")
        assert not week.open_at(after - timedelta(minutes=1), "UTC")
