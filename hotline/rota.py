"""Who of ours is there when: shifts by the wall of their time zone, changes of single days, holidays.

A team without any shift has no rota: then who is signed in is on duty. Children's cases are for those
trained for them; where nobody of them is there, the general team stands in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import away, rights, walltime
from hotline.casekeys import FIRST_LINE
from hotline.models import Holiday, Shift, ShiftChange, Staff, StaffSession
from triage.assess import ADULT_TEAM, CHILD_TEAM

Kind = Literal["duty", "call"]
DUTY: Final[Kind] = "duty"
CALL: Final[Kind] = "call"
# Without a rota: who has done nothing at the desk for longer is not there.
HERE: Final = timedelta(minutes=10)
# So far ahead somebody looks for the next shift.
AHEAD: Final = timedelta(days=14)
NOBODY: Final = 0
STANDS_IN: Final = {CHILD_TEAM: ADULT_TEAM}


@dataclass(frozen=True, slots=True)
class Span:
    """One time that somebody is there. `day` is that on which it starts, by the wall of the shift."""

    shift_id: int
    day: date
    team: str
    kind: str
    staff_id: int
    starts: datetime
    ends: datetime
    changed: bool


def on_duty(session: Session, line_id: int, team: str, now: datetime) -> list[int]:
    """Who is there now for cases of a team and not away, by their numbers."""
    if not has_rota(session, line_id, team):
        return _signed_in(session, line_id, team, now)
    return _there(session, line_id, team, DUTY, now)


def on_call(session: Session, line_id: int, team: str, now: datetime) -> list[int]:
    """Who can be called for cases of a team now, by their numbers."""
    return _there(session, line_id, team, CALL, now)


def next_start(session: Session, line_id: int, team: str, now: datetime) -> datetime | None:
    """When the next shift for cases of a team starts; None when none does within two weeks."""
    coming = spans(session, line_id, now, now + AHEAD, DUTY, _chain(team))
    return min((each.starts for each in coming if each.starts > now), default=None)


def has_rota(session: Session, line_id: int, team: str) -> bool:
    """Whether anybody said when this team is there."""
    found = select(Shift.id).where(
        Shift.line_id == line_id, Shift.team.in_(_chain(team)), Shift.kind == DUTY
    )
    return session.scalar(found.limit(1)) is not None


def is_open(session: Session, line_id: int, team: str, now: datetime) -> bool:
    """Whether somebody is to be there now, on a break or not; without a rota nobody said otherwise."""
    if not has_rota(session, line_id, team):
        return True
    return any(_at(spans(session, line_id, now, now, DUTY, _chain(team)), now))


def open_times(
    session: Session, line_id: int, team: str, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]] | None:
    """When somebody is to be there for a team, in order; None without a rota."""
    if not has_rota(session, line_id, team):
        return None
    return together(spans(session, line_id, since, until, DUTY, _chain(team)))


def spans(
    session: Session,
    line_id: int,
    since: datetime,
    until: datetime,
    kind: Kind | None = None,
    teams: Sequence[str] | None = None,
) -> list[Span]:
    """Every time that somebody is there between two moments, both included, by when it starts."""
    here = set(session.scalars(select(Staff.id).where(Staff.line_id == line_id, Staff.active)))
    found = _occurrences(session, line_id, since, until, kind, teams)
    return [span for span in found if span.staff_id in here]


def dropped(session: Session, line_id: int, since: datetime, until: datetime) -> list[Span]:
    """Every time between two moments that somebody should be there, and on that day nobody is."""
    found = _occurrences(session, line_id, since, until, None, None)
    return [span for span in found if span.staff_id == NOBODY]


def _occurrences(
    session: Session,
    line_id: int,
    since: datetime,
    until: datetime,
    kind: Kind | None,
    teams: Sequence[str] | None,
) -> list[Span]:
    asked = select(Shift).where(Shift.line_id == line_id)
    if kind is not None:
        asked = asked.where(Shift.kind == kind)
    if teams is not None:
        asked = asked.where(Shift.team.in_(teams))
    shifts = session.scalars(asked).all()
    if not shifts:
        return []
    # Wherever its wall hangs, a shift that touches these moments starts on one of these days.
    days = list(_days(since.date() - timedelta(days=2), until.date() + timedelta(days=1)))
    changes = _changes(session, [shift.id for shift in shifts], days)
    free = set(
        session.scalars(
            select(Holiday.day).where(Holiday.line_id == line_id, Holiday.day.in_(days))
        )
    )
    found = [
        span
        for shift in shifts
        for day in days
        if _falls_on(shift, day, free)
        if (span := _span(shift, day, changes)).starts <= until and span.ends >= since
    ]
    return sorted(found, key=lambda span: (span.starts, span.staff_id, span.shift_id))


def together(found: Iterable[Span]) -> list[tuple[datetime, datetime]]:
    """Times that overlap or meet as one, in order."""
    joined: list[tuple[datetime, datetime]] = []
    for each in sorted(found, key=lambda span: span.starts):
        if joined and each.starts <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], each.ends)
        else:
            joined.append((each.starts, each.ends))
    return joined


def gaps(
    found: Iterable[Span], since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """The times between two moments at which nobody of these is there, in order."""
    empty: list[tuple[datetime, datetime]] = []
    at = since
    for starts, ends in together(found):
        if starts > at:
            empty.append((at, min(starts, until)))
        at = max(at, ends)
        if at >= until:
            return empty
    return [*empty, (at, until)]


def works_on(role: str, teams: Sequence[str], team: str) -> bool:
    """A partner works on their team only; who has no teams, on every one of the first line."""
    if not rights.may(role, "desk"):
        return False
    return team in teams or (not teams and role != "partner" and team in FIRST_LINE)


def _chain(team: str) -> tuple[str, ...]:
    """The team, then who stands in for it."""
    return (team, STANDS_IN[team]) if team in STANDS_IN else (team,)


def _there(session: Session, line_id: int, team: str, kind: Kind, now: datetime) -> list[int]:
    now_there = list(_at(spans(session, line_id, now, now, kind, _chain(team)), now))
    gone = away.listed(session, line_id).keys()
    for name in _chain(team):
        here = {span.staff_id for span in now_there if span.team == name} - gone
        if here:
            return sorted(here)
    return []


def _at(found: Iterable[Span], now: datetime) -> Iterator[Span]:
    return (span for span in found if span.starts <= now < span.ends)


def _signed_in(session: Session, line_id: int, team: str, now: datetime) -> list[int]:
    rows = session.execute(
        select(Staff.id, Staff.role, Staff.teams)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(Staff.line_id == line_id, Staff.active, StaffSession.seen_at > now - HERE)
        .order_by(Staff.id)
        .distinct()
    ).all()
    gone = away.listed(session, line_id).keys()
    for name in _chain(team):
        here = [
            row.id for row in rows if row.id not in gone and works_on(row.role, row.teams, name)
        ]
        if here:
            return here
    return []


def _falls_on(shift: Shift, day: date, free: set[date]) -> bool:
    if shift.weekday is None:
        return shift.day == day
    return shift.weekday == day.weekday() and (shift.on_holidays or day not in free)


def _span(shift: Shift, day: date, changes: dict[tuple[int, date], int]) -> Span:
    """Who does a shift on a day, and from when to when."""
    starts, ends = walltime.span(day, shift.starts, shift.ends, ZoneInfo(shift.time_zone))
    return Span(
        shift_id=shift.id,
        day=day,
        team=shift.team,
        kind=shift.kind,
        staff_id=changes.get((shift.id, day), shift.staff_id),
        starts=starts,
        ends=ends,
        changed=(shift.id, day) in changes,
    )


def _changes(
    session: Session, shift_ids: Sequence[int], days: Sequence[date]
) -> dict[tuple[int, date], int]:
    """Who does which shift on which day instead; nobody has the number of nobody."""
    rows = session.scalars(
        select(ShiftChange).where(ShiftChange.shift_id.in_(shift_ids), ShiftChange.day.in_(days))
    )
    return {(row.shift_id, row.day): row.staff_id or NOBODY for row in rows}


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
