"""From a day and minutes on its wall to moments, wherever the clocks are changed.

What the wall skips is as much later. Where it shows a time twice, a shift starts with the first and ends
with the second: between two that meet on the wall there is never a gap.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MINUTES: Final = 24 * 60


def span(day: date, starts: int, ends: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From `starts` to `ends`, in minutes after midnight of `day`; on the next day unless it is later."""
    until = ends if ends > starts else ends + MINUTES
    first = _moment(day, starts, zone)
    # A shift of less than an hour may lie in one that the clocks skip.
    return first, max(first, _moment(day, until, zone), _moment(day, until, zone, fold=1))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins."""
    return _moment(day, 0, zone)


def minute(at: datetime, zone: ZoneInfo) -> int:
    """What the wall shows, in minutes after midnight."""
    wall = at.astimezone(zone)
    return wall.hour * 60 + wall.minute


def _moment(day: date, minutes: int, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
