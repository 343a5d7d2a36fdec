"""How one event's numbers of one period may be published, so that none under k can be worked out.

Three tables of one dimension each, never a crossed one. The dimensions have closed lists of values, and what
is hidden depends on nothing but the numbers and the order of those lists. docs/counts.md has the reasons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

DIMENSIONS: Final = ("language", "channel", "day")

# How often each value of a dimension was counted, zeros included, in the order of the closed list.
Numbers = Mapping[str, int]
# One event's numbers by dimension. Every dimension adds up to the same total.
Counted = Mapping[str, Numbers]


@dataclass(frozen=True, slots=True)
class Table:
    """What is published by one dimension. The `hidden` values are added up in `other`."""

    shown: tuple[tuple[str, int], ...]
    hidden: tuple[str, ...] = ()
    other: int = 0

    @property
    def total(self) -> int:
        return sum(n for _, n in self.shown) + self.other

    def as_json(self) -> dict[str, Any]:
        # Pairs in a list: JSONB keeps no order of keys.
        return {"shown": [list(pair) for pair in self.shown]} | (
            {"hidden": list(self.hidden), "other": self.other} if self.hidden else {}
        )

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Table":
        shown = tuple((str(value), int(n)) for value, n in kept["shown"])
        return cls(shown, tuple(kept.get("hidden", ())), int(kept.get("other", 0)))


@dataclass(frozen=True, slots=True)
class Figures:
    """What is published of one event: a table by each dimension, and a total that adds nothing to them."""

    total: int
    tables: Mapping[str, Table]


def protected(counted: Counted, k: int) -> Figures | None:
    """One event's numbers as they may be published; None when there are fewer than `k` altogether.

    With `k` 1 there is nothing to protect.
    """
    totals = {sum(numbers.values()) for numbers in counted.values()}
    if len(totals) != 1:
        raise ValueError("tables of one event that do not add up to the same total")
    if totals.pop() < k:
        return None
    tables = {dimension: _table(numbers, k) for dimension, numbers in counted.items()}
    return Figures(max(table.total for table in tables.values()), tables)


def added(tables: Sequence[Table]) -> Table:
    """Published tables added up, number by number; only what none of them shows is hidden."""
    shown: dict[str, int] = {}
    for value, n in (pair for table in tables for pair in table.shown):
        shown[value] = shown.get(value, 0) + n
    hidden = dict.fromkeys(value for table in tables for value in table.hidden)
    return Table(
        shown=tuple(shown.items()),
        hidden=tuple(value for value in hidden if value not in shown),
        other=sum(table.other for table in tables),
    )


def _table(numbers: Numbers, k: int) -> Table:
    hidden = _hidden(numbers, k)
    return Table(
        shown=tuple((value, _down(n, k)) for value, n in numbers.items() if value not in hidden),
        hidden=tuple(value for value in numbers if value in hidden),
        other=_down(sum(numbers[value] for value in hidden), k),
    )


def _hidden(numbers: Numbers, k: int) -> set[str]:
    """The small values, and from the end of the list as many large ones as hide them.

    At least one large value is among them: whatever a small one is, that one can be the rest. Together they
    are 2k or more, so that this holds even for somebody who knows the exact total.
    """
    hidden = {value for value, n in numbers.items() if n < k} if k > 1 else set[str]()
    large = [value for value in numbers if value not in hidden]
    if not hidden:
        return hidden
    hidden |= set(large[-1:])
    if sum(numbers[value] for value in hidden) < 2 * k:
        hidden |= set(large[-2:-1])
    return hidden


def _down(n: int, k: int) -> int:
    return n - n % k
