"""Opening hours, as OpenStreetMap writes them: `Mo-Fr 09:00-17:00; Sa 10:00-12:00`, or `24/7`.

Only days and times of an ordinary week: what else that notation knows (months, holidays, sunset) cannot be
told to a contact in every language, so it is refused rather than half understood.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, cast
from zoneinfo import ZoneInfo

from babel import Locale

DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ALWAYS: Final = "24/7"
DAY: Final = 24 * 60
WEEK: Final = 7 * DAY
RULE: Final = re.compile(r"(?P<days>[A-Za-z,\s-]+?)\s+(?P<times>[\d:,\s-]+)")
SPAN: Final = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)")


class HoursUnusable(Exception):
    """These are no opening hours that this module can tell."""


@dataclass(frozen=True, slots=True)
class Rule:
    """On these days of the week, Monday is 0, from and until these minutes of the day.

    One that ends before it begins ends on the next day.
    """

    days: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """An ordinary week; without rules it is open at any time."""

    rules: tuple[Rule, ...] = ()

    @property
    def always(self) -> bool:
        return not self.rules

    def __str__(self) -> str:
        """The one way of writing them down."""
        return (
            "; ".join(f"{_days(rule.days, DAYS)} {_times(rule)}" for rule in self.rules) or ALWAYS
        )

    def open_at(self, at: datetime, zone: str) -> bool:
        """Whether somebody is there, by the clock on the wall of `zone`."""
        return self.always or any(
            opens <= _minute(at, zone) < closes for opens, closes in self._week()
        )

    def next_open(self, at: datetime, zone: str) -> datetime | None:
        """When it opens next, in UTC; None while it is open."""
        if self.open_at(at, zone):
            return None
        here = at.astimezone(ZoneInfo(zone))
        now = _minute(at, zone)
        wait = min((opens - now) % WEEK for opens, _ in self._week())
        # By the clock on the wall: a night on which the clocks change is an hour shorter or longer.
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        wall = midnight + timedelta(minutes=now % DAY + wait)
        return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def said(self, language: str) -> str:
        """In a language's own names of days; empty when it is always open, for which there is a sentence."""
        names = cast("dict[int, str]", Locale.parse(language).days["stand-alone"]["abbreviated"])
        own = [names[day] for day in range(7)]
        return ", ".join(f"{_days(rule.days, own)} {_times(rule)}" for rule in self.rules)

    def _week(self) -> Iterator[tuple[int, int]]:
        """From and until as minutes of the week, Sunday night into Monday told at both ends."""
        for rule in self.rules:
            for day in rule.days:
                for opens, closes in rule.spans:
                    begin = day * DAY + opens
                    end = day * DAY + closes + (DAY if closes <= opens else 0)
                    yield begin, end
                    if end > WEEK:
                        yield begin - WEEK, end - WEEK


def read(written: str) -> Hours:
    """The hours that a text tells. Raises HoursUnusable."""
    if written.strip() == ALWAYS:
        return Hours()
    rules = tuple(_rule(part.strip()) for part in written.strip().strip(";").split(";"))
    named = [day for rule in rules for day in rule.days]
    if len(set(named)) < len(named):
        # Which of two lines about a day counts, nobody should have to guess.
        raise HoursUnusable
    return Hours(rules)


def _rule(part: str) -> Rule:
    found = RULE.fullmatch(part)
    if found is None:
        raise HoursUnusable
    days = tuple(day for each in found["days"].split(",") for day in _named(each.strip()))
    spans = tuple(sorted(_span(each.strip()) for each in found["times"].split(",")))
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise HoursUnusable
    return Rule(tuple(sorted(days)), spans)


def _named(each: str) -> list[int]:
    """`Mo` or `Mo-Fr`; one that goes over the end of the week does so."""
    names = [name.strip().capitalize() for name in each.split("-")]
    if len(names) not in (1, 2) or any(name not in DAYS for name in names):
        raise HoursUnusable
    first, last = DAYS.index(names[0]), DAYS.index(names[-1])
    return [(first + n) % 7 for n in range((last - first) % 7 + 1)]


def _span(each: str) -> tuple[int, int]:
    found = SPAN.fullmatch(each)
    if found is None:
        raise HoursUnusable
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    opens, closes = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if opens >= DAY or closes > DAY or opens == closes:
        raise HoursUnusable
    return opens, closes


def _minute(at: datetime, zone: str) -> int:
    """The minute of the week on the wall."""
    here = at.astimezone(ZoneInfo(zone))
    return here.weekday() * DAY + here.hour * 60 + here.minute


def _days(days: Sequence[int], names: Sequence[str]) -> str:
    """`Mo-Fr,Su`: three or more in a row as a range. A plain dash, as the SMS alphabet has it."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    told: list[str] = []
    for run in runs:
        shortest_range = 3
        if len(run) >= shortest_range:
            told.append(f"{names[run[0]]}-{names[run[-1]]}")
        else:
            told += [names[day] for day in run]
    return ",".join(told)


def _times(rule: Rule) -> str:
    return ",".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in rule.spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
