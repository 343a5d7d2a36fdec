"""Indicators and needs as data: what a yes stands for, how strongly, and who says so.

Strengths are those of the ILO and EC operational indicators of trafficking (2009), as far as they are
known; where one is not known it is left out, and nothing may show it as a rating of the ILO.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

Population = Literal["adult_labour", "child_labour", "adult_sexual", "child_sexual"]
Strength = Literal["strong", "medium", "weak"]
Element = Literal["act", "means", "purpose"]

HERE = Path(__file__).parent
POPULATIONS: tuple[Population, ...] = get_args(Population)
STRENGTHS: tuple[Strength, ...] = get_args(Strength)
EXPLOITATION = "exploitation"
# Dimensions in the order they are shown; all but exploitation speak for the means.
DIMENSIONS = (
    "deceptive_recruitment",
    "coercive_recruitment",
    "recruitment_by_abuse_of_vulnerability",
    EXPLOITATION,
    "coercion_at_destination",
    "abuse_of_vulnerability_at_destination",
)
AT_RECRUITMENT, AT_DESTINATION = DIMENSIONS[:3], DIMENSIONS[4:]


@dataclass(frozen=True, slots=True)
class Indicator:
    """`strength` holds what is known, by population. `treaty`: a purpose the Protocol itself names."""

    code: str
    dimension: str
    element: Element
    source: str
    confidence: str
    strength: Mapping[str, Strength] = field(default_factory=dict[str, Strength])
    treaty: bool = False
    forced_labour: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """A danger or a need. `urgency` is 1 (now) to 4; it outranks every indicator."""

    id: str
    urgency: int
    team: str
    specialism: str
    source: str


def rated(code: str, populations: Iterable[str]) -> Strength | None:
    """The strongest rating of an indicator for any of `populations`; None where none is known."""
    known = indicators()[code].strength
    found = {known[population] for population in populations if population in known}
    return next((strength for strength in STRENGTHS if strength in found), None)


@lru_cache
def indicators() -> Mapping[str, Indicator]:
    """Every indicator by its code."""
    return {code: Indicator(code, **row) for code, row in _tables("indicators.toml").items()}


@lru_cache
def needs() -> Mapping[str, Need]:
    """Every need by its id, the most urgent first."""
    return {name: Need(name, **row) for name, row in _tables("needs.toml").items()}


def _tables(name: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", tomllib.loads((HERE / name).read_text(encoding="utf-8")))
