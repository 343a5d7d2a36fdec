"""Noise instead of suppression: how much there is, what it costs, and that it is drawn once."""

import sys
from datetime import UTC, datetime, timedelta

import pytest

from hotline import counts, noise, releases
from hotline.counts import EVENTS, Count
from hotline.noise import NoiseRefused
from hotline.suppression import DIMENSIONS

MARCH = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CHANNELS, LANGUAGES = ("sms", "telegram"), ("en", "fr")


@pytest.fixture
def counted(sessions, line_id):
    def count(n, at=MARCH):
        with sessions.begin() as session:
            counts.increase(session, line_id, at, [Count("contacts", "sms", "en")] * n)

    return count


@pytest.fixture
def publish(sessions, line_id):
    def made(at, epsilon):
        with sessions.begin() as session:
            return releases.publish(session, line_id, at, 10, epsilon=epsilon)

    return made


def tables(sessions, line_id):
    with sessions() as session:
        return counts.tables(session, line_id, [MARCH.date()], CHANNELS, LANGUAGES)


def flat(counted):
    return [
        n
        for event in EVENTS
        for dimension in DIMENSIONS
        for n in counted[event][dimension].values()
    ]


def test_one_counted_thing_changes_three_numbers_by_one(counted, sessions, line_id):
    before = flat(tables(sessions, line_id))
    counted(1)
    after = flat(tables(sessions, line_id))
    changes = [abs(a - b) for a, b in zip(after, before, strict=True)]
    assert sum(changes) == len(DIMENSIONS)
    assert max(changes) == 1


@pytest.mark.parametrize(("epsilon", "within"), [(0.25, 36), (0.5, 18), (1.0, 9), (2.0, 4)])
def test_95_of_100_numbers_are_as_near_to_the_truth_as_is_said(epsilon, within):
    assert noise.within(epsilon) == within
    many = {d: dict.fromkeys(map(str, range(3000)), 1000) for d in DIMENSIONS}
    figures = noise.noisy({"contacts": many}, epsilon)["contacts"]
    off = [abs(n - 1000) for d in DIMENSIONS for _, n in figures.tables[d].shown]
    near = sum(each <= within for each in off) / len(off)
    nearer = sum(each < within for each in off) / len(off)
    assert near > 0.94
    assert nearer < 0.96


def test_every_value_of_every_list_gets_a_number_and_none_is_below_zero(counted, publish):
    counted(40)
    (release,) = publish(MARCH + timedelta(days=40), 0.1)
    assert tuple(release.events) == EVENTS
    for figures in release.events.values():
        assert [len(figures.tables[d].shown) for d in DIMENSIONS] == [5, 2, 31]
        assert all(n >= 0 for table in figures.tables.values() for _, n in table.shown)
        assert all(not table.hidden for table in figures.tables.values())


def test_it_is_drawn_once_and_kept_with_what_it_spent(counted, publish, sessions, line_id):
    counted(40)
    april = MARCH + timedelta(days=40)
    (made,) = publish(april, 1.0)
    assert publish(april, 1.0) == []
    with sessions() as session:
        assert releases.published(session, line_id, 10) == [made]
        assert releases.spent(session, line_id, 2026) == 1.0
        assert releases.spent(session, line_id, 2027) == 0.0


def test_a_years_budget_is_not_exceeded_and_a_new_year_has_its_own(
    counted, publish, sessions, line_id
):
    counted(40)
    publish(datetime(2026, 6, 2, tzinfo=UTC), 3.0)
    with pytest.raises(NoiseRefused, match=r"have spent 9 of 12: there is not 3\.5 left"):
        publish(datetime(2026, 7, 2, tzinfo=UTC), 3.5)
    with sessions() as session:
        assert len(releases.published(session, line_id, 10)) == 3
    assert len(publish(datetime(2026, 7, 2, tzinfo=UTC), 3.0)) == 1
    with pytest.raises(NoiseRefused):
        publish(datetime(2026, 8, 2, tzinfo=UTC), 0.01)
    publish(datetime(2027, 1, 2, tzinfo=UTC), None)
    assert len(publish(datetime(2027, 2, 2, tzinfo=UTC), 3.0)) == 1


@pytest.mark.parametrize("epsilon", [0.0, -1.0, 10.5, float("nan"), float("inf")])
def test_an_epsilon_that_makes_no_sense_is_refused(counted, publish, epsilon):
    counted(40)
    with pytest.raises(NoiseRefused):
        publish(MARCH + timedelta(days=40), epsilon)


def test_without_opendp_it_says_what_to_install(counted, publish, monkeypatch):
    counted(40)
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    with pytest.raises(NoiseRefused, match=r"pip install 'waypost\[dp\]'"):
        publish(MARCH + timedelta(days=40), 1.0)
