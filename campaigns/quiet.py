"""Nobody is texted at night or on a quiet day: when a message may be sent, by clock and calendar on the
recipient's wall.

A window is the hours of a local day in which it may, and the days on which it may not at all. Where the
clocks change, what the wall shows decides: an hour that never happens is never open.

Of a number that may be in several zones, the safest: it may when it may in all of them, for an hour or
longer. Where that never comes, something gives way, the least first: the hours become wider towards
daytime, then a day counts that is quiet only in some of the zones, and last the hours reach into the night.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, reduce
from itertools import count, islice, pairwise
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
# In less, nobody can be sure that a message leaves and arrives within it.
SHORTEST_MINUTES = 60
SHORTEST: Final = timedelta(minutes=SHORTEST_MINUTES)
MOST_DATES: Final = 366
# Days that are not quiet, from the day before yesterday on. Zones have skipped a whole day (Samoa, 2011),
# a window may lie in an hour that is skipped, and zones a day apart may share only one day in a week.
DAYS_AHEAD: Final = 10
# By how much the hours of zones far apart are widened at a time, at both ends.
STEP_MINUTES: Final = 30
MIDNIGHT: Final = 24 * 60
SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` until just before `closes`, as HH:MM; 00:00 to 24:00 is any time of a day.

    Quiet days are of the recipient's calendar; 0 is Monday.
    """

    opens: str
    closes: str
    quiet_weekdays: frozenset[int] = frozenset()
    quiet_dates: frozenset[date] = frozenset()

    @property
    def valid(self) -> bool:
        if not (CLOCK.fullmatch(self.opens) and CLOCK.fullmatch(self.closes)):
            return False
        opens, closes = self.minutes
        return (
            closes - opens >= SHORTEST_MINUTES
            and self.quiet_weekdays < frozenset(range(7))
            and len(self.quiet_dates) <= MOST_DATES
        )

    @property
    def always(self) -> bool:
        any_hour = (self.opens, self.closes) == ("00:00", "24:00")
        return any_hour and not (self.quiet_weekdays or self.quiet_dates)

    @property
    def minutes(self) -> tuple[int, int]:
        """The hours, in minutes of a day."""
        return _minutes(self.opens), _minutes(self.closes)

    def quiet(self, day: date) -> bool:
        return day.weekday() in self.quiet_weekdays or day in self.quiet_dates


DAYTIME = Window("08:00", "21:00")

Hours = tuple[int, int]
Span = tuple[datetime, datetime]
Where = Callable[[Sequence[str], Sequence[date], Hours], Sequence[Span]]


def next_allowed(now: datetime, zone: str, window: Window) -> datetime:
    """The first moment from `now` on at which somebody in `zone` may be texted."""
    return next_window(now, zone, window)[0]


def next_window(now: datetime, zone: str, window: Window) -> tuple[datetime, datetime | None]:
    """That moment, and when it becomes too late again; None when it never does.

    `zone` is an IANA name, or several with spaces between them.
    """
    if window.always:
        return now, None
    today = now.astimezone(UTC).date()
    # What gives way first is not enough where it would only have opened in the days before.
    for where, hours in _ways(zone, window):
        for opens, closes in _openings(zone, window, today, where, hours):
            if now < closes:
                return max(now, opens), closes
    raise ValueError("the window never opens")


def known(zone: str) -> bool:
    return zone in _zones()


@lru_cache(maxsize=4096)
def _ways(zone: str, window: Window) -> Sequence[tuple[Where, Hours]]:
    """How the window may be read, the strictest way first."""
    if len(set(zone.split())) == 1:
        return ((_in_all, window.minutes),)
    opens, closes = window.minutes
    day_opens, day_closes = DAYTIME.minutes
    by_day = _widened((opens, closes), (min(opens, day_opens), max(closes, day_closes)))
    by_night = _widened(by_day[-1], (0, MIDNIGHT))
    return [(_in_all, hours) for hours in by_day] + [
        (_in_some, hours) for hours in by_day + by_night
    ]


@lru_cache(maxsize=4096)
def _openings(zone: str, window: Window, today: date, where: Where, hours: Hours) -> Sequence[Span]:
    """When it may be sent, from before `today`, a day of UTC, until some days after."""
    zones = sorted(set(zone.split()))
    spans = where(zones, _days(window, today), hours)
    return spans if len(zones) == 1 else _long(spans)


def _days(window: Window, today: date) -> tuple[date, ...]:
    """Those to look at: the next that are not quiet."""
    days = (today + timedelta(days=n) for n in count(-2))
    return tuple(islice((day for day in days if not window.quiet(day)), DAYS_AHEAD))


def _widened(hours: Hours, most: Hours) -> list[Hours]:
    """The hours, and wider ones up to `most`, a step after the other."""
    (opens, closes), (first, last) = hours, most
    steps = range(0, MIDNIGHT, STEP_MINUTES)
    return list(dict.fromkeys((max(opens - n, first), min(closes + n, last)) for n in steps))


def _in_all(zones: Sequence[str], days: Sequence[date], hours: Hours) -> Sequence[Span]:
    """When it is one of the days and within the hours in every zone."""
    return reduce(_both, (_spans(zone, days, hours) for zone in zones))


def _in_some(zones: Sequence[str], days: Sequence[date], hours: Hours) -> Sequence[Span]:
    """When it is within the hours in every zone, and one of the days in some of them."""
    around = sorted({day + timedelta(days=n) for day in days for n in (-1, 0, 1)})
    by_hour = _in_all(zones, around, hours)
    return _joined(s for zone in zones for s in _both(by_hour, _spans(zone, days, hours)))


def _long(spans: Iterable[Span]) -> Sequence[Span]:
    return tuple((opens, closes) for opens, closes in spans if closes - opens >= SHORTEST)


def _both(one: Sequence[Span], other: Sequence[Span]) -> Sequence[Span]:
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other)
    return [(opens, closes) for opens, closes in pairs if opens < closes]


def _spans(zone: str, days: Sequence[date], hours: Hours) -> Sequence[Span]:
    return _joined(span for day in days for span in _on(day, zone, hours))


def _joined(spans: Iterable[Span]) -> Sequence[Span]:
    """The same times, with no two that touch."""
    joined: list[Span] = []
    for opens, closes in sorted(spans):
        if joined and opens <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(closes, joined[-1][1])
        else:
            joined.append((opens, closes))
    return joined


@lru_cache(maxsize=65_536)
def _on(day: date, zone: str, hours: Hours) -> Sequence[Span]:
    """When the wall in a zone shows these hours of a day: once, unless the clocks change meanwhile."""
    there = ZoneInfo(zone)
    edges = sorted({edge for minute in hours for edge in _edges(day, minute, there)})

    def open_at(moment: datetime) -> bool:
        wall = moment.astimezone(there)
        return wall.date() == day and hours[0] <= wall.hour * 60 + wall.minute < hours[1]

    return tuple(span for span in pairwise(edges) if open_at(span[0]))


def _edges(day: date, minute: int, there: ZoneInfo) -> set[datetime]:
    """When the wall shows a minute of a day. Of one that it shows twice or never, also the change."""
    days, minute = divmod(minute, MIDNIGHT)
    wall = datetime.combine(day + timedelta(days=days), time(*divmod(minute, 60)), there)
    first, last = sorted(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return {first, last, _change(first, last, there)}


def _change(first: datetime, last: datetime, there: ZoneInfo) -> datetime:
    """When the clocks change between two moments, to the second."""
    before = first.astimezone(there).utcoffset()

    def changed(seconds: int) -> bool:
        return (first + seconds * SECOND).astimezone(there).utcoffset() != before

    within = range((last - first) // SECOND)
    return first + bisect_left(within, True, key=changed) * SECOND


def _minutes(hhmm: str) -> int:
    return int(hhmm[:2]) * 60 + int(hhmm[3:])


@lru_cache
def _zones() -> frozenset[str]:
    # "Factory" and the like are names in the database of zones, but places nobody lives in.
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")
