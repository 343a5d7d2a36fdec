"""A simulated population with a known truth: people drawn by class, whose lives decide what they are.

All chances are assumptions, written with their reasons in population.toml. The same seed draws the same
people. Drawn, not recorded: no real person is in here.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, cast

from triage.indicators import indicators

ASSUMED = Path(__file__).with_name("population.toml")
GROWN_UP = 18
CHILDREN, ADULTS = (10, GROWN_UP - 1), (GROWN_UP, 60)
# A penalty that is threatened or felt, by the ILO's indicators of forced labour (2012): movement restricted
# (3), violence (5), threats (6), papers kept (7), debt (9). Wages held back alone are left out: a claim
# for pay.
MENACES = frozenset({"FL03", "FL05", "FL06", "FL07", "FL09"})


@dataclass(frozen=True, slots=True)
class Class:
    """How a kind of life is drawn: chances of each indicator, of danger, of being a child, of each need."""

    name: str
    share: float
    danger: float
    child: float
    need: Mapping[str, float]
    chances: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Noise:
    """What goes wrong at each question: skipped, left for good, or misread for its opposite.

    `typed` is the share of answers that are written in words.
    """

    skip: float
    leave: float
    misread: float
    typed: float


@dataclass(frozen=True, slots=True)
class Assumptions:
    classes: tuple[Class, ...]
    noise: Noise
    gravity: tuple[float, float]
    most: float
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A life: `yes` are the indicators that are true of it, `needs` what is needed, the danger included."""

    number: int
    drawn_as: str
    language: str
    age: int
    yes: frozenset[str]
    needs: frozenset[str]

    @property
    def trafficked(self) -> bool:
        return trafficked(self.yes, self.age)


def trafficked(yes: frozenset[str], age: int) -> bool:
    """Palermo Protocol Art. 3 in its own wording: any act, any means, any purpose, however strong.

    Act: somebody recruited, moved or took the person in. Means: any of force, coercion, deception, or a
    vulnerability abused; not needed for who is under 18. Purpose: one the treaty names, or forced labour as
    the ILO's Convention 29 has it: exploited while under the menace of a penalty. An intent not carried
    out shows in nobody's life, so it is not counted. Nothing of the assessment is used.
    """
    rows = [indicators()[code] for code in yes]
    act = any(row.element == "act" for row in rows)
    means = any(row.element == "means" for row in rows)
    named = any(row.treaty for row in rows)
    exploited = any(row.element == "purpose" for row in rows)
    menaced = any(
        row.dimension == "coercion_at_destination" and row.forced_labour in MENACES for row in rows
    )
    return act and (means or age < GROWN_UP) and (named or (exploited and menaced))


def population(people: int, seed: int) -> tuple[Person, ...]:
    """`people` lives; languages take turns, so each has as many."""
    random = Random(seed)  # noqa: S311 - a simulation that has to repeat itself
    return tuple(_people(random, assumptions(), people))


def _people(random: Random, assumed: Assumptions, people: int) -> Iterator[Person]:
    shares = [kind.share for kind in assumed.classes]
    for number in range(people):
        kind = random.choices(assumed.classes, shares)[0]
        language = assumed.languages[number % len(assumed.languages)]
        gravity = random.uniform(*assumed.gravity)
        child = random.random() < kind.child
        yes = frozenset(
            code
            for code, chance in kind.chances.items()
            if random.random() < min(chance * gravity, assumed.most)
        )
        yield Person(
            number,
            kind.name,
            language,
            random.randint(*(CHILDREN if child else ADULTS)),
            yes,
            frozenset(_needs(random, kind, gravity, child=child)),
        )


def _needs(random: Random, kind: Class, gravity: float, *, child: bool) -> Iterator[str]:
    if random.random() < kind.danger * gravity:
        yield "danger"
    if child:
        yield "child"
    none = 1 - sum(kind.need.values())
    if pressing := random.choices((*kind.need, ""), (*kind.need.values(), none))[0]:
        yield pressing


@lru_cache
def assumptions() -> Assumptions:
    """What population.toml assumes."""
    data: dict[str, Any] = tomllib.loads(ASSUMED.read_text(encoding="utf-8"))
    return Assumptions(
        tuple(_class(name, row) for name, row in data["classes"].items()),
        Noise(**data["noise"]),
        cast("tuple[float, float]", tuple(data["gravity"])),
        data["most"],
        tuple(data["languages"]),
    )


def _class(name: str, row: Mapping[str, Any]) -> Class:
    by_dimension = cast("Mapping[str, float]", row["dimensions"])
    by_code = cast("Mapping[str, float]", row["codes"])
    # Our own items are on no list: where a class does not name one, it is nobody's.
    chances = {
        code: by_code.get(code, 0.0 if code.startswith("W") else by_dimension[indicator.dimension])
        for code, indicator in indicators().items()
    }
    return Class(name, row["share"], row["danger"], row["child"], row["need"], chances)
