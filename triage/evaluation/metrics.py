"""Figures of a test against the truth, each share with its Wilson 95 % interval.

Wilson, E. B. 1927: unlike the usual interval it stays between 0 and 1 and is honest for few cases.
"""

from collections.abc import Iterable
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
