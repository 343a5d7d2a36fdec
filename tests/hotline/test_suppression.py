"""The rules by which numbers are shown, and why a hidden one stays hidden."""

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from hotline.suppression import Table, added, protected

SMALL_OR_LARGE = st.one_of(st.integers(0, 12), st.integers(0, 300))


@st.composite
def numbers(draw, most=14):
    """A table of one dimension: a closed list of values, each counted so many times."""
    found = draw(st.lists(SMALL_OR_LARGE, min_size=1, max_size=most))
    return {f"{place:02}": n for place, n in enumerate(found)}


def table(counted, k):
    figures = protected({"day": counted}, k)
    return figures and figures.tables["day"]


@given(numbers(), st.integers(1, 12))
def test_every_published_number_is_a_multiple_of_k_and_never_more_than_the_truth(counted, k):
    found = table(counted, k)
    assume(found)
    assert all(n % k == 0 and n <= counted[value] for value, n in found.shown)
    assert found.other % k == 0
    assert found.other <= sum(counted[value] for value in found.hidden)
    assert found.total <= sum(counted.values())


@given(numbers(), st.integers(2, 12))
def test_no_number_under_k_is_shown_and_a_zero_is_one(counted, k):
    found = table(counted, k)
    assume(found)
    assert all(counted[value] >= k for value, _ in found.shown)
    assert {value for value, _ in found.shown} | set(found.hidden) == set(counted)


@given(numbers(), st.integers(2, 12))
def test_beside_a_small_number_at_most_two_large_ones_are_hidden_the_last_of_the_list(counted, k):
    found = table(counted, k)
    assume(found)
    large = [value for value, n in counted.items() if n >= k]
    hidden = [value for value in large if value in found.hidden]
    assert hidden == large[len(large) - len(hidden) :]
    assert len(hidden) <= 2
    assert bool(hidden) == bool(found.hidden and large)


@given(numbers(), st.integers(1, 12))
def test_fewer_than_k_altogether_are_not_published_at_all(counted, k):
    assert (table(counted, k) is None) == (sum(counted.values()) < k)


@given(numbers())
def test_invented_people_are_counted_out_exactly(counted):
    assume(sum(counted.values()))
    assert table(counted, 1) == Table(tuple(counted.items()))


@given(numbers(), st.integers(2, 12))
@settings(max_examples=300)
@example({f"{n:02}": 9 for n in range(10)}, 10)
@example({"00": 19, "01": 10, "02": 0}, 10)
def test_whatever_a_hidden_number_under_k_is_another_table_is_published_alike(counted, k):
    """For every value from 0 to k - 1, and with the same total, so that no other table contradicts it."""
    found = table(counted, k)
    assume(found)
    for value in found.hidden:
        if counted[value] < k:
            assert all(_another(counted, found, value, n, k) for n in range(k))


def _another(counted, found, value, n, k):
    """Whether one other hidden value can be all the rest, and the same is published."""
    rest = sum(counted[each] for each in found.hidden) - n
    empty = counted | dict.fromkeys(found.hidden, 0)
    return any(
        table(empty | {value: n, other: rest}, k) == found
        for other in found.hidden
        if other != value
    )


def test_the_example_of_the_documentation():
    """docs/counts.md."""
    days = {f"2026-11-{day:02}": 4 if day <= 12 else 3 for day in range(1, 31)}
    figures = protected(
        {
            "language": {"en": 64, "ar": 3, "es": 14, "fr": 21, "": 0},
            "channel": {"sms": 83, "telegram": 19},
            "day": days,
        },
        10,
    )
    assert figures.tables == {
        "language": Table((("en", 60), ("es", 10)), ("ar", "fr", ""), 20),
        "channel": Table((("sms", 80), ("telegram", 10))),
        "day": Table((), tuple(days), 100),
    }
    assert figures.total == 100


def test_tables_that_do_not_count_the_same_things_are_refused():
    with pytest.raises(ValueError):
        protected({"language": {"en": 20}, "day": {"2026-11-01": 21}}, 10)


@given(st.lists(numbers(), min_size=1, max_size=4))
def test_periods_added_up_are_the_sum_of_what_was_published(periods):
    published = [found for each in periods if (found := table(each, 10))]
    both = added(published)
    assert both.total == sum(each.total for each in published)
    assert not {value for value, _ in both.shown} & set(both.hidden)


@given(numbers(), st.integers(1, 12))
def test_what_is_kept_is_read_back_as_it_was(counted, k):
    found = table(counted, k)
    assume(found)
    assert Table.from_json(found.as_json()) == found
