"""Counts with noise instead of suppression: OpenDP draws it once, and only what it drew is kept.

The unit of privacy is one counted thing. It is one of one event, and in each of that event's tables in one
cell, so all numbers of a release together change by at most one a table: discrete Laplace noise of the scale
tables / epsilon on every number makes the whole release epsilon-differentially private.
"""

import math
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

from hotline.suppression import DIMENSIONS, Counted, Figures, Table

# How much the releases of one year may spend together: what it costs somebody who is counted once in each.
YEARLY_BUDGET: Final = 12.0
LEAST, MOST = 0.01, 10.0
# The dimension whose noisy numbers add up to the total: the one with the fewest.
TOTAL: Final = "channel"


class NoiseRefused(Exception):
    """No release with noise was made; the message says why."""


def noisy(counted: Mapping[str, Counted], epsilon: float) -> dict[str, Figures]:
    """The numbers of all events by event and dimension, each with noise of its own, none below zero.

    Which numbers there are must not depend on what was counted: every value of every closed list, zeros too.
    """
    flat = [
        n
        for tables in counted.values()
        for dimension in DIMENSIONS
        for n in tables[dimension].values()
    ]
    drawn = iter(_drawn(flat, epsilon))
    return {event: _figures(tables, drawn) for event, tables in counted.items()}


def within(epsilon: float, likely: float = 0.95) -> int:
    """The least x for which a number is off by at most x with the probability `likely`."""
    near = math.exp(-epsilon / len(DIMENSIONS))
    # P(off by more than x) = 2 near^(x + 1) / (1 + near) for the discrete Laplace distribution.
    return max(0, math.ceil(math.log((1 - likely) * (1 + near) / 2) / math.log(near)) - 1)


def _figures(tables: Counted, drawn: Iterator[int]) -> Figures:
    found = {d: [(value, next(drawn)) for value in tables[d]] for d in DIMENSIONS}
    return Figures(
        max(0, sum(n for _, n in found[TOTAL])),
        {d: Table(tuple((value, max(0, n)) for value, n in pairs)) for d, pairs in found.items()},
    )


def _drawn(numbers: list[int], epsilon: float) -> list[int]:
    if not LEAST <= epsilon <= MOST:
        raise NoiseRefused(f"epsilon is a number from {LEAST} to {MOST}")
    dp = _opendp()
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)

    def measurement(scale: float) -> Any:
        return dp.m.make_laplace(*space, scale=scale)

    # OpenDP itself finds the least scale that it can prove to spend no more than epsilon.
    scale = dp.binary_search_param(measurement, d_in=len(DIMENSIONS), d_out=epsilon)
    return measurement(scale)(numbers)


def _opendp() -> Any:
    try:
        dp = import_module("opendp.prelude")
    except ImportError:
        raise NoiseRefused(
            "noise needs OpenDP, which is not installed: pip install 'waypost[dp]'"
        ) from None
    dp.enable_features("contrib")
    return dp
