"""Whoever has all that was published tries to find a number under k, and fails; elsewhere they would not."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from hotline import counts, periods, releases
from hotline.channels import SMS, TELEGRAM
from hotline.counts import Count
from hotline.suppression import Figures, Table, protected
from tests.hotline.attack import Attack, every_world, read

K = 10
SMALL = set(range(K))
LANGUAGES = ("en", "ar", "es", "fr", "")  # in the order of the demonstration line
DAYS = 7 * 9
MONDAY = datetime(2026, 1, 5, 12, tzinfo=UTC)
# Each is also one of the next: public knowledge of whoever has the code.
RELATED = ("contacts", "conversations", "texts_in")


@pytest.fixture
def line(sessions, line_id):
    """Nine weeks of a small line, published week by week."""
    rng = np.random.default_rng(7)
    channels = [SMS, TELEGRAM]
    with sessions.begin() as session:
        releases.set_period(session, line_id, "week")
        for day in range(DAYS):
            now = MONDAY + timedelta(days=day)
            happened = []
            for _ in range(rng.poisson(6)):
                channel = rng.choice(channels, p=(0.8, 0.2))
                language = rng.choice(LANGUAGES, p=(0.5, 0.12, 0.15, 0.2, 0.03))
                more = (1, 1 + rng.poisson(0.2), 2 + rng.poisson(2))
                for event, n in zip(RELATED, more, strict=True):
                    happened += [Count(event, str(channel), str(language))] * n
            counts.increase(session, line_id, now, happened)
            releases.publish(session, line_id, now, K)
        releases.publish(session, line_id, MONDAY + timedelta(days=DAYS + 2), K)
    with sessions() as session:
        return session, line_id, releases.published(session, line_id, K)


def lists(release):
    days = [day.isoformat() for day in periods.days(release.since, release.until)]
    return {"language": LANGUAGES, "channel": [SMS, TELEGRAM], "day": days}


def truth(session, line_id, release):
    days = periods.days(release.since, release.until)
    return counts.tables(session, line_id, days, [SMS, TELEGRAM], LANGUAGES[:-1])


def small_ones(numbers, true):
    for dimension, each in numbers.items():
        for value, number in each.items():
            if true[dimension][value] < K:
                yield number, true[dimension][value]


def test_from_everything_published_no_small_number_can_be_told_from_another(line):
    session, line_id, published = line
    assert len(published) == 9
    tried = 0
    for release in published:
        true = truth(session, line_id, release)
        for event, figures in release.events.items():
            attack = Attack()
            numbers = read(attack, figures, lists(release), K)
            for number, _ in small_ones(numbers, true[event]):
                least, most = attack.range_of(number)
                assert least == 0
                assert most >= K - 1
                tried += 1
    assert tried > 150


def test_nor_can_it_be_ruled_out_to_have_any_one_value(line):
    session, line_id, published = line
    for release in published[:2]:
        true = truth(session, line_id, release)
        for event, figures in release.events.items():
            attack = Attack()
            numbers = read(attack, figures, lists(release), K)
            for number, _ in small_ones(numbers, true[event]):
                assert {n for n in SMALL if attack.may_be(number, n)} == SMALL


def test_who_also_compares_events_that_belong_together_recovers_no_number(line):
    """A contact is a conversation, and that a text: some values can be ruled out, see docs/counts.md."""
    session, line_id, published = line
    for release in published:
        true = truth(session, line_id, release)
        attack = Attack()
        numbers = {
            event: read(attack, figures, lists(release), K)
            for event, figures in release.events.items()
        }
        for less, more in pairwise(RELATED):
            for dimension, each in numbers[less].items():
                for value, number in each.items():
                    attack.knows({numbers[more][dimension][value]: 1, number: -1}, 0)
        for event, each in numbers.items():
            for number, n in small_ones(each, true[event]):
                least, most = attack.range_of(number)
                assert least <= n
                assert least < min(most, K - 1)


@pytest.mark.parametrize(
    ("sizes", "k", "most"),
    [((3, 2, 3), 3, 18), ((4, 2), 3, 20), ((2, 2, 4), 3, 17), ((3, 3), 4, 26)],
)
def test_every_way_to_count_that_is_published_alike_leaves_every_small_value_open(sizes, k, most):
    tried = 0
    for _, totals, found in every_world(sizes, k, most):
        if max(totals) == most:
            continue  # there may be more ways to count than were tried
        for published in found:
            ways = [numbers for total in totals for numbers in published[total]]
            for place in zip(*ways, strict=True):
                small = {n for n in place if n < k}
                assert small in (set(), set(range(k)))
                tried += bool(small)
    assert tried > 500


def test_both_ways_of_attacking_find_the_same():
    for tables, totals, found in every_world((3, 3), 3, 14):
        if max(totals) == 14:
            continue
        figures = Figures(0, dict(zip(("language", "channel"), tables, strict=True)))
        values = {"language": ["0", "1", "2"], "channel": ["0", "1", "2"]}
        attack = Attack()
        numbers = read(attack, figures, values, 3)
        for dimension, published in zip(values, found, strict=True):
            ways = [way for total in totals for way in published[total]]
            for value, place in zip(values[dimension], zip(*ways, strict=True), strict=True):
                number = numbers[dimension][value]
                assert attack.range_of(number) == (min(place), max(place))


# The same attack on what is not done here.


def hidden_and_added_up(numbers, *, step=1):
    """Small values hidden, everything else as it is, and what is hidden added up: no complementary cells."""
    small = [value for value, n in numbers.items() if n < K]
    shown = tuple((value, n - n % step) for value, n in numbers.items() if value not in small)
    together = sum(numbers[value] for value in small)
    return Table(shown, tuple(small), together - together % step)


def recovered(table, *, step=1):
    attack = Attack()
    for value, n in table.shown:
        assert value not in table.hidden
        attack.number(n, n + step - 1)
    hidden = [attack.number(0, K - 1) for _ in table.hidden]
    attack.knows(dict.fromkeys(hidden, 1), table.other, table.other + step - 1)
    return [attack.range_of(number) for number in hidden]


def test_it_finds_a_small_number_beside_a_true_total():
    assert recovered(hidden_and_added_up({"en": 64, "fr": 21, "ar": 3})) == [(3, 3)]


def test_it_finds_them_when_only_small_ones_are_hidden_and_all_is_rounded():
    week = {f"2026-11-{day:02}": 9 for day in range(1, 11)} | {"2026-11-11": 57}
    assert recovered(hidden_and_added_up(week, step=10), step=10) == [(9, 9)] * 10


def test_it_finds_one_in_a_table_that_is_read_before_and_after_somebody_wrote():
    """Even our own rules do not help a live table: a value that appears was k - 1 the moment before."""

    def readings(ar):
        before = {"en": 64, "fr": 21, "ar": ar}
        return [protected({"language": each}, K) for each in (before, before | {"ar": ar + 1})]

    seen = readings(9)
    assert [n for n in SMALL if readings(n) == seen] == [9]
