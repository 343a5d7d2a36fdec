"""When what comes again comes again: by the clock on the wall of the line, so that nine in the morning stays
nine in the morning. Where the clock skips that time, it is as much later.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

DAYS: Final = {"daily": 1, "weekly": 7}
REPEATS: Final = (*DAYS, "monthly")


@dataclass(frozen=True, slots=True)
class Times:
    starts_at: datetime
    ends_at: datetime


def coming(first: Times, repeats: str, zone: ZoneInfo) -> Iterator[Times]:
    """What comes after the first, by the clock on the wall of the line."""
    starts, ends = (
        each.astimezone(zone).replace(tzinfo=None) for each in (first.starts_at, first.ends_at)
    )
    for n in count(1):
        at = _moved(starts, repeats, n)
        yield Times(*(w.replace(tzinfo=zone).astimezone(UTC) for w in (at, at + (ends - starts))))


def kept(past: Sequence[Times], repeats: str, zone: ZoneInfo) -> Times:
    """The one by which the latest are timed: the 31st stays the 31st after a shorter month, 02:30 is
    02:30 again after a night without it, and where people moved one it counts from there.
    """
    found = past[-1]
    for n in range(len(past) - 2, -1, -1):
        if not all(_follows(later, past[n], repeats, zone) for later in past[n + 1 :]):
            break
        found = past[n]
    return found


def _follows(later: Times, first: Times, repeats: str, zone: ZoneInfo) -> bool:
    for times in coming(first, repeats, zone):
        if times.starts_at >= later.starts_at:
            return times == later
    raise AssertionError("unreachable")


def _moved(wall: datetime, repeats: str, n: int) -> datetime:
    if repeats != "monthly":
        return wall + n * timedelta(days=DAYS[repeats])
    years, month = divmod(wall.month - 1 + n, 12)
    year, month = wall.year + years, month + 1
    return wall.replace(year=year, month=month, day=min(wall.day, monthrange(year, month)[1]))
