"""A period is published once, when it is over, and shares no day with another."""

import re
import threading
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hotline
from hotline import counts, periods, releases
from hotline.counts import EVENTS, Count
from hotline.models import Counter
from hotline.published import rows, together
from hotline.suppression import Table

K = 10
MARCH = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def counted(sessions, line_id):
    def count(event, n, at=MARCH, channel="sms", language="en"):
        with sessions.begin() as session:
            counts.increase(session, line_id, at, [Count(event, channel, language)] * n)

    return count


@pytest.fixture
def publish(sessions, line_id):
    def made(at, k=K, **more):
        with sessions.begin() as session:
            return releases.publish(session, line_id, at, k, **more)

    return made


@pytest.fixture
def published(sessions, line_id):
    def all_of(k=K):
        with sessions() as session:
            return releases.published(session, line_id, k)

    return all_of


@pytest.fixture
def by(sessions, line_id):
    def period(length):
        with sessions.begin() as session:
            releases.set_period(session, line_id, length)

    return period


def spans(found):
    return [(each.since.isoformat(), each.until.isoformat()) for each in found]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(periods.PERIODS))
def test_every_day_is_in_one_period(day, period):
    first, last = periods.first_day(period, day), periods.last_day(period, day)
    assert first <= day <= last
    assert all(periods.first_day(period, each) == first for each in periods.days(first, last))
    assert periods.first_day(period, last + timedelta(days=1)) == last + timedelta(days=1)
    assert len(periods.days(first, last)) in ((7,) if period == "week" else (28, 29, 30, 31))


def test_a_month_is_published_when_it_is_over_and_has_rested_a_day(counted, publish):
    counted("contacts", 57)
    assert publish(datetime(2026, 4, 1, 23, 59, tzinfo=UTC)) == []
    made = publish(datetime(2026, 4, 2, 0, 17, tzinfo=UTC))
    assert spans(made) == [("2026-03-01", "2026-03-31")]
    assert made[0].events["contacts"].total == 50
    assert publish(datetime(2026, 4, 2, 1, 17, tzinfo=UTC)) == []


def test_by_hand_it_is_published_as_soon_as_it_is_over_and_not_before(counted, publish):
    counted("contacts", 57)
    at_once = {"rest": timedelta(0)}
    assert publish(datetime(2026, 3, 31, 23, 59, tzinfo=UTC), **at_once) == []
    assert len(publish(datetime(2026, 4, 1, 0, 0, tzinfo=UTC), **at_once)) == 1


def test_nothing_is_published_before_anything_was_counted(publish):
    assert publish(MARCH + timedelta(days=400)) == []


def test_periods_long_past_are_made_up_for_quiet_ones_too(counted, publish, published):
    counted("contacts", 20)
    counted("contacts", 30, datetime(2026, 6, 30, 23, 0, tzinfo=UTC))
    made = publish(datetime(2026, 7, 15, tzinfo=UTC))
    assert [len(each.events) for each in made] == [1, 0, 0, 1]
    assert published() == made[::-1]


def test_no_two_releases_share_a_day_however_the_period_is_changed(counted, publish, published, by):
    counted("contacts", 20)
    now = MARCH
    for length in ("week", "month", "week", "week", "month", "month", "week") * 3:
        by(length)
        publish(now)
        now += timedelta(days=11)
    found = published()[::-1]
    assert len(found) > 12
    assert found[0].since == date(2026, 3, 2)
    for before, after in pairwise(found):
        assert after.since == before.until + timedelta(days=1)


def test_a_release_never_changes_when_counters_change_afterwards(counted, publish, published):
    counted("contacts", 57)
    april = datetime(2026, 4, 5, tzinfo=UTC)
    (made,) = publish(april)
    counted("contacts", 100)
    counted("screenings", 100)
    assert publish(april) == []
    assert published() == [made]


def test_two_who_publish_at_once_make_one_release(counted, publish, published):
    counted("contacts", 57)
    both = [threading.Thread(target=publish, args=(MARCH + timedelta(days=40),)) for _ in "ab"]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(published()) == 1


def test_the_tables_are_of_one_dimension_each_and_come_back_in_their_order(
    counted, publish, published
):
    counted("contacts", 30)
    counted("contacts", 21, MARCH + timedelta(days=1), language="fr")
    counted("contacts", 2, MARCH + timedelta(days=2), channel="telegram", language="")
    publish(MARCH + timedelta(days=40))
    (release,) = published()
    tables = release.events["contacts"].tables
    assert tables["language"] == Table((("en", 30),), ("ar", "es", "fr", ""), 20)
    assert tables["channel"] == Table((), ("sms", "telegram"), 50)
    assert tables["day"].shown == (("2026-03-02", 30),)
    assert tables["day"].other == 20
    assert list(rows(release))[:3] == [
        ("2026-03-01", "2026-03-31", "contacts", "total", "", "50"),
        ("2026-03-01", "2026-03-31", "contacts", "language", "en", "30"),
        ("2026-03-01", "2026-03-31", "contacts", "language", "ar", "hidden"),
    ]


def test_real_people_are_never_in_an_exact_number(counted, publish, published, sessions, line_id):
    counted("contacts", 3)
    counted("contacts", 4, channel="simulator")
    with sessions() as session:
        now = releases.running(session, line_id, MARCH)
    assert now.events["contacts"].total == 4
    (invented,) = publish(MARCH + timedelta(days=40), k=1)
    assert invented.events["contacts"].total == 4
    assert published(K) == []
    assert published(1) == [invented]


def test_what_the_lists_do_not_name_comes_out_nowhere(counted, publish):
    counted("contacts", 30)
    counted("contacts", 30, language="Aisha")
    counted("contacts", 30, channel="+41791234567")
    (release,) = publish(MARCH + timedelta(days=40))
    assert release.events["contacts"].total == 60
    assert "Aisha" not in repr(release)
    assert "+41791234567" not in repr(release)


def test_a_year_is_the_sum_of_what_was_published(counted, publish, published):
    for month, n in ((3, 57), (4, 9), (5, 25)):
        counted("contacts", n, datetime(2026, month, 5, tzinfo=UTC))
    publish(datetime(2026, 6, 2, tzinfo=UTC))
    year = together(published())
    assert (year.since, year.until) == (date(2026, 3, 1), date(2026, 5, 31))
    assert year.events["contacts"].total == 50 + 0 + 20
    assert year.events["contacts"].tables["day"].total <= 70


# A counter could not name a person if it wanted to.


def test_a_counter_has_these_columns_and_no_other():
    assert {column.name: str(column.type) for column in Counter.__table__.columns} == {
        "line_id": "BIGINT",
        "day": "DATE",
        "event": "TEXT",
        "channel": "TEXT",
        "language": "TEXT",
        "campaign_id": "BIGINT",
        "slot": "SMALLINT",
        "n": "BIGINT",
    }


@pytest.mark.parametrize("event", ["Aisha", "+41791234567", "", "contacts "])
def test_an_event_that_is_not_on_the_list_is_refused(counted, event):
    with pytest.raises(ValueError, match="not a counted event"):
        counted(event, 1)
    assert event not in EVENTS


def test_true_numbers_are_read_in_one_place():
    root = Path(hotline.__file__).parents[1]
    reads = re.compile(r"from hotline\.models import (\([^)]*|.*)\bCounter\b|FROM counters")
    readers = [
        path.relative_to(root).as_posix()
        for room in ("bot", "campaigns", "hotline", "ops", "sms", "web")
        for path in (root / room).rglob("*.py")
        if "models" not in path.parts and reads.search(path.read_text(encoding="utf-8"))
    ]
    assert readers == ["hotline/counts.py"]
