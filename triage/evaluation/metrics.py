"""Figures of a test against the truth, each share with its Wilson 95 % interval.

Wilson, E. B. 1927: unlike the usual interval it stays between 0 and 1 and is honest for few cases.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, sqrt

Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`, as a number from 0 to 1. Of nothing, the value is 0 and the interval everything."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, for 95 %."""
        if not self.of:
            return 0.0, 1.0
        weight = Z95**2 / self.of
        middle = (self.value + weight / 2) / (1 + weight)
        half = Z95 * sqrt((self.value * (1 - self.value) + weight / 4) / self.of) / (1 + weight)
        return max(0.0, middle - half), min(1.0, middle + half)


def share(found: Iterable[bool]) -> Share:
    """How many of the found are true."""
    found = list(found)
    return Share(sum(found), len(found))


def apart(shares: Sequence[Share]) -> float:
    """How far the best and the worst are apart, from 0 to 1; of none, 0."""
    values = [one.value for one in shares]
    return max(values) - min(values) if values else 0.0


def apart_beyond_chance(shares: Sequence[Share]) -> float:
    """How far the best and the worst are apart when what chance makes of few cases is taken out, from 0 to 1.

    Of many shares that are truly alike the best and the worst differ all the same, so each is drawn towards
    the mean by as much as chance explains: wholly where they differ no more than binomial counts do, not at
    all where chance is small beside their differences. The variance between the true shares is found by
    moments (DerSimonian, R. and Laird, N. 1986), the drawing is Efron's and Morris' (1975).
    """
    cases = sum(one.of for one in shares)
    mean = sum(one.hits for one in shares) / cases if cases else 0.0
    chance = mean * (1 - mean)
    spare = cases - sum(one.of**2 for one in shares) / cases if cases else 0.0
    if not chance or not spare:
        return 0.0
    scatter = sum(one.of * (one.value - mean) ** 2 for one in shares) / chance
    between = max(0.0, (scatter - (len(shares) - 1)) * chance / spare)
    drawn = [
        mean + (one.value - mean) * between / (between + chance / one.of)
        for one in shares
        if one.of
    ]
    return max(drawn) - min(drawn)


@dataclass(frozen=True, slots=True)
class Confusion:
    """True and false positives and negatives of a test."""

    tp: int
    fn: int
    fp: int
    tn: int

    @property
    def sensitivity(self) -> Share:
        return Share(self.tp, self.tp + self.fn)

    @property
    def specificity(self) -> Share:
        return Share(self.tn, self.tn + self.fp)

    @property
    def ppv(self) -> Share:
        return Share(self.tp, self.tp + self.fp)

    @property
    def npv(self) -> Share:
        return Share(self.tn, self.tn + self.fn)

    @property
    def lr_plus(self) -> float:
        """Likelihood ratio of a positive result; infinite without false positives."""
        false = 1 - self.specificity.value
        return self.sensitivity.value / false if false else inf

    @property
    def lr_minus(self) -> float:
        """Likelihood ratio of a negative result; infinite where nobody is negative rightly."""
        true = self.specificity.value
        return (1 - self.sensitivity.value) / true if true else inf


def confusion(pairs: Iterable[tuple[bool, bool]]) -> Confusion:
    """From pairs of (truth, flagged)."""
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for pair in pairs:
        counts[pair] += 1
    return Confusion(*counts.values())
