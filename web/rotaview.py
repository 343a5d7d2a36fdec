"""The rota as its page shows it: each day of a week as a picture by the line's clock, and in words.

Where nobody is on duty the picture has a gap; where somebody can be called there, it says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy.orm import Session

from hotline import rota, walltime
from hotline.rota import Span

# What one cell of a picture stands for, in minutes.
CELL: Final = 30


@dataclass(frozen=True, slots=True)
class Cell:
    """So many cells beside each other that are the same."""

    kind: str
    columns: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a day's picture: how a team is covered, or somebody of it."""

    cells: tuple[Cell, ...]
    team: str = ""
    staff_id: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody's time as words; `starts` and `ends` by the line's clock."""

    span: Span
    starts: str
    ends: str
    # It ends on another day than it starts.
    over_night: bool


@dataclass(frozen=True, slots=True)
class Gap:
    team: str
    starts: str
    ends: str
    on_call: bool


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    title: str
    holiday: str | None
    is_today: bool
    rows: list[Row] = field(default_factory=list[Row])
    entries: list[Entry] = field(default_factory=list[Entry])
    gaps: list[Gap] = field(default_factory=list[Gap])
    # What somebody should do and on this day nobody does.
    dropped: list[Entry] = field(default_factory=list[Entry])


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Week:
    """How to draw a week: from which Monday, by whose clock, in whose language.

    `staff_id`: only what is theirs, without gaps.
    """

    first: date
    zone: ZoneInfo
    language: str
    now: datetime
    staff_id: int | None = None

    def days(
        self, session: Session, line_id: int, free: dict[date, str], teams: Sequence[str]
    ) -> list[Day]:
        """The days of the week; a team is shown where it has a rota."""
        since, until = self._edges(self.first)[0], self._edges(self.first + timedelta(days=6))[1]
        found = rota.spans(session, line_id, since, until)
        missing = rota.dropped(session, line_id, since, until)
        if self.staff_id is not None:
            found, missing = [span for span in found if span.staff_id == self.staff_id], []
        days = [self._day(self.first + timedelta(days=n), found, free, teams) for n in range(7)]
        for day in days:
            own = (span for span in missing if span.day == day.day and span.team in teams)
            day.dropped.extend(self._entry(span) for span in own)
        return days

    def _day(
        self, day: date, found: Sequence[Span], free: dict[date, str], teams: Sequence[str]
    ) -> Day:
        made = Day(
            day=day,
            title=format_date(day, "EEEE d MMMM", locale=self.language),
            holiday=free.get(day),
            is_today=day == self.now.astimezone(self.zone).date(),
        )
        since, until = self._edges(day)
        there = [span for span in found if span.starts < until and span.ends > since]
        for team in teams:
            ours = [span for span in there if span.team == team]
            if self.staff_id is None and any(s.team == team and s.kind == rota.DUTY for s in found):
                made.rows.append(Row(self._cells(day, ours), team=team))
                made.gaps.extend(self._gaps(ours, team, since, until))
            for (staff_id, _), own in groupby(sorted(ours, key=_whose), key=_whose):
                cells = self._cells(day, list(own))
                made.rows.append(Row(cells, team=team, staff_id=staff_id))
        starting = [span for span in there if span.starts >= since]
        made.entries.extend(self._entry(span) for span in starting if span.team in teams)
        return made

    def _cells(self, day: date, found: Sequence[Span]) -> tuple[Cell, ...]:
        """What holds in the middle of each cell, put together."""
        states: list[str] = []
        for minutes in range(0, walltime.MINUTES, CELL):
            at = walltime.span(day, minutes + CELL // 2, minutes + CELL, self.zone)[0]
            now_there = [span for span in found if span.starts <= at < span.ends]
            states.append(_cover(now_there))
        return tuple(Cell(state, len(list(same))) for state, same in groupby(states))

    def _gaps(self, ours: Sequence[Span], team: str, since: datetime, until: datetime) -> list[Gap]:
        """Times without anybody on duty, cut where somebody begins or ends to be on call."""
        duty = [span for span in ours if span.kind == rota.DUTY]
        calls = [span for span in ours if span.kind == rota.CALL]
        parts = sorted(
            part
            for first, last in rota.gaps(duty, since, until)
            for part in _cut(calls, first, last)
        )
        return [
            # Midnight is the end of this day, not the beginning of the next.
            Gap(team, self._time(starts), "24:00" if ends == until else self._time(ends), on_call)
            for starts, ends, on_call in parts
        ]

    def _entry(self, span: Span) -> Entry:
        starts, ends = span.starts.astimezone(self.zone), span.ends.astimezone(self.zone)
        return Entry(
            span, self._time(starts), self._time(ends), over_night=ends.date() != starts.date()
        )

    def _edges(self, day: date) -> tuple[datetime, datetime]:
        return walltime.midnight(day, self.zone), walltime.midnight(
            day + timedelta(days=1), self.zone
        )

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%H:%M}"


def _cover(there: Sequence[Span]) -> str:
    kinds = {span.kind for span in there}
    return next((kind for kind in (rota.DUTY, rota.CALL) if kind in kinds), "nobody")


def _cut(
    calls: Sequence[Span], first: datetime, last: datetime
) -> Iterator[tuple[datetime, datetime, bool]]:
    """The parts of a time in which somebody is on call, and those in which nobody is."""
    for starts, ends in rota.gaps(calls, first, last):
        yield starts, ends, False
    for starts, ends in rota.together(calls):
        if max(starts, first) < min(ends, last):
            yield max(starts, first), min(ends, last), True


def _whose(span: Span) -> tuple[int, str]:
    return span.staff_id, span.kind
