"""What all dimensions together make of a person, every combination, against a table stated another way.

The order of the findings and the presumption of the act are our own, conservative towards help; the four
Moldova classes are the ILO's published example (one secondary source).
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Protocol

from triage.assess import ENOUGH, Age, Assessment, assess
from triage.evaluation.truth import Check, Rows, check, stated_positive
from triage.indicators import (
    AT_DESTINATION,
    AT_RECRUITMENT,
    DIMENSIONS,
    EXPLOITATION,
    STRENGTHS,
    indicators,
)

# How much is said in a dimension: nothing, one indication (never enough by the rule), or enough by it.
NOTHING, ONE, ENOUGH_SAID = "nothing", "one", "enough"
AGES: tuple[Age, ...] = ("adult", "child", "unknown")
MOST_OF_EACH = 4
# recruitment, exploitation, coercion at destination: what the ILO calls it, and what that is with us.
MOLDOVA = (
    ("", False, False, "successful migrant", "nothing_reported"),
    ("", True, False, "exploited migrant", "possible_exploitation"),
    ("deceptive_recruitment", True, False, "deceived and exploited", "possible_trafficking"),
    ("deceptive_recruitment", True, True, "trafficked for forced labour", "possible_trafficking"),
    ("coercive_recruitment", True, True, "trafficked for forced labour", "possible_trafficking"),
)


class Assess(Protocol):
    def __call__(
        self,
        yes: Collection[str],
        *,
        answered: int,
        age: Age = ...,
        populations: Collection[str] = ...,
    ) -> Assessment: ...


def person_checks(assessing: Assess = assess) -> tuple[Check, ...]:
    return (
        check("the ILO rule as the engine counts it, per dimension and list", _counted(assessing)),
        check("findings on a person: six dimensions, age, enough answers", _findings(assessing)),
        check("the ILO's Moldova classes", _moldova(assessing)),
    )


def stated_finding(said: Mapping[str, str], age: Age, *, enough_answers: bool) -> str:
    """The finding by a list of conditions, the first that holds."""
    full = {dimension for dimension, much in said.items() if much == ENOUGH_SAID}
    exploited = EXPLOITATION in full
    conditions = (
        ("possible_trafficking", exploited and (age == "child" or len(full) > 1)),
        ("possible_coercion", any(dimension in full for dimension in AT_DESTINATION)),
        ("possible_exploitation", exploited),
        ("possible_recruitment", any(dimension in full for dimension in AT_RECRUITMENT)),
        ("some_indications", any(much != NOTHING for much in said.values())),
        ("nothing_reported", enough_answers),
    )
    return next((name for name, holds in conditions if holds), "not_enough_known")


def _counted(assessing: Assess) -> Rows:
    """Each dimension of each labour list with as many real indicators of each strength as it has."""
    for population, name in product(("adult_labour", "child_labour"), DIMENSIONS):
        codes = {s: _rated(name, population, s) for s in STRENGTHS}
        for counts in product(*(range(min(len(codes[s]), MOST_OF_EACH) + 1) for s in STRENGTHS)):
            yes = [c for s, n in zip(STRENGTHS, counts, strict=True) for c in codes[s][:n]]
            found = assessing(yes, answered=ENOUGH, age="adult", populations=(population,))
            by_rule = {dimension.name: dimension.positive for dimension in found.dimensions}
            yield f"{population} {name} {counts}", stated_positive(*counts), by_rule[name]


def _findings(assessing: Assess) -> Rows:
    for muchness in product((NOTHING, ONE, ENOUGH_SAID), repeat=len(DIMENSIONS)):
        said: dict[str, str] = dict(zip(DIMENSIONS, muchness, strict=True))
        yes = list(_indications(said))
        for age, answered in product(AGES, (ENOUGH - 1, ENOUGH)):
            stated = stated_finding(said, age, enough_answers=answered >= ENOUGH)
            yield (
                f"{said} {age} {answered}",
                stated,
                assessing(yes, answered=answered, age=age).outcome,
            )


def _moldova(assessing: Assess) -> Rows:
    for recruitment, exploited, coerced, name, stated in MOLDOVA:
        full = {recruitment: True, EXPLOITATION: exploited, "coercion_at_destination": coerced}
        said = {d: ENOUGH_SAID if full.get(d) else NOTHING for d in DIMENSIONS}
        yield (
            name,
            stated,
            assessing(list(_indications(said)), answered=ENOUGH, age="adult").outcome,
        )


def _indications(said: Mapping[str, str]) -> Iterator[str]:
    """Codes by which each dimension holds as much as is said of it, on the list for adults' labour."""
    for name, much in said.items():
        medium = _rated(name, "adult_labour", "medium")
        yield from {NOTHING: (), ONE: medium[:1], ENOUGH_SAID: medium[:3]}[much]


def _rated(dimension: str, population: str, strength: str) -> list[str]:
    rows = indicators().values()
    return [
        i.code for i in rows if i.dimension == dimension and i.strength.get(population) == strength
    ]
