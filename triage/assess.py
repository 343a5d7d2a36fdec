"""What was said adds up to: needs and danger first, then indicators, then an order in the queue.

Nothing here labels a person or refuses anybody, and a further yes never lowers anything.

The rule for urgency, the most urgent of:
  1 now        danger, thoughts of suicide, somebody else in danger
  2 today      a child; a doctor, a bed or food is needed; trafficking, or control by force, is possible
  3 next days  any other stated need; exploitation or false recruitment is possible; single indications
  4 no hurry   nothing of these so far
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from triage.indicators import (
    AT_DESTINATION,
    AT_RECRUITMENT,
    DIMENSIONS,
    EXPLOITATION,
    STRENGTHS,
    Indicator,
    indicators,
    needs,
)

NOW, SOON, NORMAL, LOW = 1, 2, 3, 4
ADULT_TEAM, CHILD_TEAM = "general", "child"
# With fewer answers nothing can be said either way.
ENOUGH = 5

Age = Literal["adult", "child", "unknown"]
Outcome = Literal[
    "not_enough_known",
    "nothing_reported",
    "some_indications",
    "possible_recruitment",
    "possible_exploitation",
    "possible_coercion",
    "possible_trafficking",
]
# From least to most; a further yes only ever leads further down this table.
URGENCY_OF: Mapping[Outcome, int] = {
    "not_enough_known": LOW,
    "nothing_reported": LOW,
    "some_indications": NORMAL,
    "possible_recruitment": NORMAL,
    "possible_exploitation": NORMAL,
    "possible_coercion": SOON,
    "possible_trafficking": SOON,
}
OUTCOMES: tuple[Outcome, ...] = tuple(URGENCY_OF)


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of the ILO indicators: how many yes of each strength, and what they make.

    `positive` is the ILO rule on known strengths. `indicated` is what routes: the same rule with an
    unknown strength taken as medium, or a purpose that the Protocol names itself. `codes` are the
    indicators said yes to.
    """

    name: str
    strong: int
    medium: int
    weak: int
    unknown: int
    positive: bool
    indicated: bool
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """Findings to hand to a person.

    `reasons` are message ids of the staff catalog. `outcome` is empty where nothing is to be weighed,
    as for an absent person. `met` is the Palermo test on what was said: a false one means that not
    enough is known, never "not a victim". `not_answered` and `not_asked` are question ids.
    """

    urgency: int
    team: str
    specialism: str
    outcome: Outcome | Literal[""]
    age: Age
    needs: tuple[str, ...]
    act: bool
    means: bool
    purpose: bool
    met: bool
    populations: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    reasons: tuple[str, ...]
    not_answered: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()


def positive(strong: int, medium: int, weak: int) -> bool:
    """The ILO rule: two strong; one strong and any other; three medium; two medium and a weak one."""
    return (
        strong >= 2  # noqa: PLR2004 - the rule's own numbers
        or (strong >= 1 and strong + medium + weak >= 2)  # noqa: PLR2004
        or medium >= 3  # noqa: PLR2004
        or (medium >= 2 and weak >= 1)  # noqa: PLR2004
    )


def palermo(age: Age, *, act: bool, means: bool, purpose: bool) -> bool:
    """Palermo Protocol Art. 3: an adult needs act, means and purpose; a child act and purpose.

    Consent is no part of it: once a means was used it does not matter, and a child cannot give it.
    An unknown age is an adult's here; `assess` makes it a child's where a child is likely.
    """
    return act and purpose and (means or age == "child")


def assess(
    yes: Collection[str],
    *,
    answered: int,
    age: Age = "unknown",
    populations: Collection[str] = ("adult_labour",),
    stated: Collection[str] = (),
    scored: bool = True,
) -> Assessment:
    """Weigh `yes` (indicator codes) and `stated` (needs); `answered` counts questions with an answer.

    A dimension counts as the most that any of `populations` makes of it. Unknown codes and needs are a
    KeyError: they are the caller's mistake.
    """
    known = needs()
    stated = [name for name in known if name in set(stated)]
    child = age == "child" or "child" in stated
    likely = not child and age == "unknown" and any(p.startswith("child") for p in populations)
    if child or likely:
        age = "child"
        if "child" not in stated:
            stated = [name for name in known if name in {*stated, "child"}]
    found = _dimensions(frozenset(yes), tuple(populations)) if scored else ()
    act, means, purpose = _elements(yes, found, age)
    met = palermo(age, act=act, means=means, purpose=purpose)
    outcome = _outcome(found, met, yes, answered) if scored else ""
    urgent = URGENCY_OF[outcome] if outcome else LOW
    first = known[stated[0]] if stated else None
    return Assessment(
        urgency=min(urgent, first.urgency) if first else urgent,
        team=CHILD_TEAM if any(known[n].team == CHILD_TEAM for n in stated) else ADULT_TEAM,
        specialism=first.specialism if first else "general",
        outcome=outcome,
        age=age,
        needs=tuple(stated),
        act=act,
        means=means,
        purpose=purpose,
        met=met,
        populations=tuple(populations),
        dimensions=found,
        reasons=tuple(_reasons(stated, yes, age, met=met, likely=likely)),
    )


@lru_cache(maxsize=4096)
def _dimensions(yes: frozenset[str], populations: tuple[str, ...]) -> tuple[Dimension, ...]:
    by_name: dict[str, list[Indicator]] = {name: [] for name in DIMENSIONS}
    known = indicators()
    for code in sorted(yes):
        if (indicator := known[code]).dimension:
            by_name[indicator.dimension].append(indicator)
    return tuple(_dimension(name, said, populations) for name, said in by_name.items())


def _dimension(name: str, said: list[Indicator], populations: tuple[str, ...]) -> Dimension:
    treaty = any(indicator.treaty for indicator in said)
    codes = tuple(indicator.code for indicator in said)
    found = (_by_strength(name, said, population, treaty, codes) for population in populations)
    return max(found, key=lambda d: (d.indicated, d.positive, d.strong, d.medium))


def _by_strength(
    name: str, said: list[Indicator], population: str, treaty: bool, codes: tuple[str, ...]
) -> Dimension:
    strengths = [indicator.strength.get(population) for indicator in said]
    strong, medium, weak, unknown = (strengths.count(s) for s in (*STRENGTHS, None))
    indicated = treaty or positive(strong, medium + unknown, weak)
    by_rule = positive(strong, medium, weak)
    return Dimension(name, strong, medium, weak, unknown, by_rule, indicated, codes)


def _elements(
    yes: Iterable[str], found: tuple[Dimension, ...], age: Age
) -> tuple[bool, bool, bool]:
    """Act, means and purpose.

    The act is what was said to be one, or presumed: false or forced recruitment is recruitment, who
    is controlled where they are was received or harboured, and so was a child who is exploited.
    """
    indicated = {dimension.name for dimension in found if dimension.indicated}
    spoken = {dimension.name for dimension in found if dimension.codes}
    purpose = EXPLOITATION in indicated
    means = bool(indicated - {EXPLOITATION})
    known = indicators()
    act = (
        any(known[code].element == "act" for code in yes)
        or bool(spoken - {EXPLOITATION})
        or (age == "child" and purpose)
    )
    return act, means, purpose


def _outcome(
    found: tuple[Dimension, ...], met: bool, yes: Collection[str], answered: int
) -> Outcome:
    indicated = {dimension.name for dimension in found if dimension.indicated}
    known = indicators()
    if met:
        return "possible_trafficking"
    if indicated.intersection(AT_DESTINATION):
        return "possible_coercion"
    if EXPLOITATION in indicated:
        return "possible_exploitation"
    if indicated.intersection(AT_RECRUITMENT):
        return "possible_recruitment"
    # That somebody else arranged a journey indicates nothing by itself.
    if any(known[code].element != "act" for code in yes):
        return "some_indications"
    return "nothing_reported" if answered >= ENOUGH else "not_enough_known"


def _reasons(
    stated: Iterable[str], yes: Iterable[str], age: Age, *, met: bool, likely: bool
) -> Iterable[str]:
    if likely:
        yield "rule.child_likely"
    yield from (f"need.{name}" for name in stated)
    if met:
        yield "rule.palermo_child" if age == "child" else "rule.palermo_adult"
    said = set(yes)
    yield from (f"indicator.{code}" for code in indicators() if code in said)
