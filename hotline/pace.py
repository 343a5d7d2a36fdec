"""How fast a sender may go: segments a second, from a bucket that fills with time.

A message is never cut: what it takes beyond what is there is waited for afterwards, so that the rate
holds whatever the messages weigh.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# What may pile up while nothing is sent, in seconds of the rate, and at least in segments.
BURST_SECONDS: Final = 0.5
LEAST_BURST: Final = 2.0
# How much the last messages count in what a message usually weighs.
LEARNING: Final = 0.2
NEARLY: Final = 1e-6


@dataclass(slots=True)
class Pace:
    """`rate` is segments a second; None is no limit. Times are those of a monotonic clock."""

    rate: float | None
    _level: float = LEAST_BURST / 2
    _at: float = 0.0
    _usual: float = 1.0

    def change(self, rate: float | None, now: float) -> None:
        """Another rate from now on; what has been taken stays taken."""
        if rate != self.rate:
            self._fill(now)
            self.rate = rate

    def room(self, now: float) -> int | None:
        """How many messages may go now, judged by what the last ones weighed. None is no limit."""
        if self.rate is None:
            return None
        self._fill(now)
        if self._level < self._least - NEARLY:
            return 0
        return max(1, int(self._level / self._usual))

    def take(self, weights: Sequence[int], now: float) -> None:
        """These messages go now."""
        if self.rate is None or not weights:
            return
        self._fill(now)
        self._level -= sum(weights)
        mean = max(1.0, sum(weights) / len(weights))
        self._usual += LEARNING * (mean - self._usual)

    def wait(self, now: float) -> float:
        """Seconds until there is room again."""
        if self.rate is None:
            return 0.0
        self._fill(now)
        lacks = max(0.0, self._least - self._level)
        return lacks / self.rate if self.rate > 0 else float("inf") if lacks else 0.0

    @property
    def _least(self) -> float:
        # Half of the bucket at a time: few claims, and time to make them before it is full.
        return self._size / 2

    @property
    def _size(self) -> float:
        return max(LEAST_BURST, (self.rate or 0.0) * BURST_SECONDS)

    def _fill(self, now: float) -> None:
        since, self._at = max(0.0, now - self._at), now
        self._level = min(self._size, self._level + since * (self.rate or 0.0))
