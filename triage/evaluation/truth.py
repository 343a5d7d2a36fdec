"""The rules against their sources: every row of a truth table, stated here a second time and in another way.

Sources: Palermo Protocol 2000, Art. 3; ILO and EC operational indicators of trafficking, 2009 (read by
secondary paths: two that agree for the rule on a dimension, one for the Moldova classes).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product

from triage.assess import Age, palermo, positive
from triage.indicators import indicators

COUNTS = range(5)
# The four printed alternatives, as the marks that have to be found among a dimension's own.
ALTERNATIVES = frozenset(
    "".join(sorted(marks)) for marks in ("SS", "SM", "SW", "MMM", "MMW")
)  # "one strong and one medium or weak" is two of these
# What the treaty asks for: 3(a) for anybody, 3(c) for who is under 18. An age that is not known is
# an adult's until a child is likely.
ELEMENTS: dict[Age, frozenset[str]] = {
    "adult": frozenset({"act", "means", "purpose"}),
    "unknown": frozenset({"act", "means", "purpose"}),
    "child": frozenset({"act", "purpose"}),
}

DimensionRule = Callable[[int, int, int], bool]
Rows = Iterable[tuple[str, object, object]]


@dataclass(frozen=True, slots=True)
class Check:
    """A table gone through. `mismatches` say which row, what is stated and what came out."""

    name: str
    rows: int
    mismatches: tuple[str, ...]


def rule_checks(rule: DimensionRule = positive) -> tuple[Check, ...]:
    """The rule on a dimension, the ILO's consequences of it, and the treaty's test."""
    return (
        check("ILO rule on a dimension, 0 to 4 strong, medium and weak", _dimension_rows(rule)),
        check("consequences of the ILO rule", _consequences(rule)),
        check("Palermo Protocol Art. 3: age, act, means, purpose", _palermo_rows()),
    )


def check(name: str, rows: Rows) -> Check:
    """Count `rows` of (row, stated, found) and keep those where the two differ."""
    rows = list(rows)
    wrong = (
        f"{row}: {stated} is stated, {found} found"
        for row, stated, found in rows
        if stated != found
    )
    return Check(name, len(rows), tuple(wrong))


def stated_positive(strong: int, medium: int, weak: int) -> bool:
    """By brute force: whether any two or three of the marks are one of the printed alternatives."""
    marks = "S" * strong + "M" * medium + "W" * weak
    chosen = (c for size in (2, 3) for c in combinations(marks, size))
    return any("".join(sorted(c)) in ALTERNATIVES for c in chosen)


def _dimension_rows(rule: DimensionRule) -> Rows:
    for counts in product(COUNTS, repeat=3):
        yield f"{counts}", stated_positive(*counts), rule(*counts)


def _consequences(rule: DimensionRule) -> Rows:
    yield "one strong alone", False, rule(1, 0, 0)
    yield "two medium alone", False, rule(0, 2, 0)
    for weak in COUNTS:
        yield f"one medium and {weak} weak", False, rule(0, 1, weak)
        yield f"{weak} weak alone", False, rule(0, 0, weak)
    weak_for_children = [
        c for c, i in indicators().items() if i.strength.get("child_labour") == "weak"
    ]
    yield "weak ratings on the list for child labour", [], weak_for_children
    for counts in product(COUNTS, repeat=3):
        for more in _one_more(counts):
            yield f"{counts} and one more", True, rule(*more) or not rule(*counts)


def _one_more(counts: tuple[int, ...]) -> Iterator[tuple[int, int, int]]:
    strong, medium, weak = counts
    yield strong + 1, medium, weak
    yield strong, medium + 1, weak
    yield strong, medium, weak + 1


def _palermo_rows() -> Rows:
    for age, needed in ELEMENTS.items():
        for act, means, purpose in product((False, True), repeat=3):
            shown = {
                n
                for n, is_shown in zip(
                    ("act", "means", "purpose"), (act, means, purpose), strict=True
                )
                if is_shown
            }
            found = palermo(age, act=act, means=means, purpose=purpose)
            yield f"{age}, {sorted(shown)}", needed <= shown, found
