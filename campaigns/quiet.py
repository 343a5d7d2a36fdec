"""Nobody is texted at night: when a message may be sent, by the clock on the recipient's wall.

A window is the hours of a local day in which it may; the rest is quiet. Where the clocks change, the
shorter reading counts: an hour that happens twice is open once, an hour that never happens not at all.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
# In less, nobody can be sure that a message leaves and arrives within it.
SHORTEST_MINUTES = 60
# Zones have skipped a whole day (Samoa, 2011), and a window may lie in an hour that is skipped.
DAYS_AHEAD = 5


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` until just before `closes`, as HH:MM; 00:00 to 24:00 is any time."""

    opens: str
    closes: str

    @property
    def valid(self) -> bool:
        if not (CLOCK.fullmatch(self.opens) and CLOCK.fullmatch(self.closes)):
            return False
        return _minutes(self.closes) - _minutes(self.opens) >= SHORTEST_MINUTES

    @property
    def always(self) -> bool:
        return (self.opens, self.closes) == ("00:00", "24:00")


DAYTIME = Window("08:00", "21:00")


def next_allowed(now: datetime, zone: str, window: Window) -> datetime:
    """The first moment from `now` on at which somebody in `zone` may be texted."""
    return next_window(now, zone, window)[0]


def next_window(now: datetime, zone: str, window: Window) -> tuple[datetime, datetime | None]:
    """That moment, and when it becomes too late again; None when it never does."""
    if window.always:
        return now, None
    local = now.astimezone(ZoneInfo(zone))
    for days in range(DAYS_AHEAD):
        day = local.date() + timedelta(days=days)
        opens, closes = _on(day, zone, window)
        if opens < closes and now < closes:
            return max(now, opens), closes
    raise ValueError("the window never opens")


def known(zone: str) -> bool:
    return zone in _zones()


@lru_cache(maxsize=4096)
def _on(day: date, zone: str, window: Window) -> tuple[datetime, datetime]:
    """When the window of a local day opens and closes; never open when the clocks skip it."""
    opens, closes = (_moment(day, hhmm, zone) for hhmm in (window.opens, window.closes))
    start = opens.astimezone(ZoneInfo(zone))
    skipped = start.date() != day or not window.opens <= f"{start:%H:%M}" < window.closes
    return (opens, opens) if skipped else (opens, closes)


def _moment(day: date, hhmm: str, zone: str) -> datetime:
    hours, minutes = (int(part) for part in hhmm.split(":"))
    days, hours = divmod(hours, 24)
    wall = datetime.combine(day + timedelta(days=days), time(hours, minutes), ZoneInfo(zone))
    return wall.astimezone(UTC)


def _minutes(hhmm: str) -> int:
    return int(hhmm[:2]) * 60 + int(hhmm[3:])


@lru_cache
def _zones() -> frozenset[str]:
    # "Factory" and the like are names in the database of zones, but places nobody lives in.
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")
