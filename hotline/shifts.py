"""Changing the rota: weekly shifts, single days, who does one instead. Every change is in the record.

RotaRefused  what was asked of the rota cannot be done; `reason` is a message id of the staff catalog
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotline import audit, rota, walltime
from hotline.models import Shift, ShiftChange, Staff

KINDS: Final = (rota.DUTY, rota.CALL)
WEEKDAYS: Final = range(7)


class RotaRefused(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Wanted:
    """A shift as somebody asks for it: on these days of every week, or on one day.

    `starts` and `ends` are minutes after midnight; ending when it starts, it lasts a day.
    """

    team: str
    staff_id: int
    kind: str
    starts: int
    ends: int
    time_zone: str
    weekdays: Sequence[int] = ()
    day: date | None = None
    on_holidays: bool = False


def add(session: Session, line_id: int, wanted: Wanted, now: datetime, *, by: int) -> None:
    """Put shifts on the rota. Raises RotaRefused."""
    _check(session, line_id, wanted)
    days = [(None, wanted.day)] if wanted.day else [(n, None) for n in sorted(set(wanted.weekdays))]
    session.add_all(
        Shift(
            line_id=line_id,
            team=wanted.team,
            staff_id=wanted.staff_id,
            kind=wanted.kind,
            weekday=weekday,
            day=day,
            starts=wanted.starts,
            ends=wanted.ends,
            time_zone=wanted.time_zone,
            on_holidays=wanted.on_holidays,
        )
        for weekday, day in days
    )
    audit.note(
        session,
        line_id,
        by,
        "rota.changed",
        now,
        kind="added",
        staff=wanted.staff_id,
        team=wanted.team,
    )


def remove(session: Session, line_id: int, shift_id: int, now: datetime, *, by: int) -> None:
    """Take a shift off the rota, on all its days. Raises RotaRefused."""
    shift = _shift(session, line_id, shift_id)
    audit.note(
        session,
        line_id,
        by,
        "rota.changed",
        now,
        kind="removed",
        staff=shift.staff_id,
        team=shift.team,
    )
    session.delete(shift)
    session.flush()


def change_day(
    session: Session,
    line_id: int,
    shift_id: int,
    day: date,
    staff_id: int | None,
    now: datetime,
    *,
    by: int,
) -> None:
    """On this day somebody else does a shift, or nobody; or again who always does. Raises RotaRefused."""
    shift = _shift(session, line_id, shift_id)
    if staff_id is not None:
        _check_worker(session, line_id, staff_id, shift.team)
    there = session.get(ShiftChange, (shift_id, day))
    if staff_id == shift.staff_id:
        if there is not None:
            session.delete(there)
    else:
        session.execute(
            insert(ShiftChange)
            .values(shift_id=shift_id, day=day, staff_id=staff_id)
            .on_conflict_do_update(index_elements=["shift_id", "day"], set_={"staff_id": staff_id})
        )
    session.flush()
    about = {} if staff_id is None else {"staff": staff_id}
    audit.note(
        session, line_id, by, "rota.changed", now, kind="day_changed", team=shift.team, **about
    )


def listed(session: Session, line_id: int) -> list[tuple[Shift, str]]:
    """Every shift with the name of who has it: of the week first, in its order."""
    rows = session.execute(
        select(Shift, Staff.display_name)
        .join(Staff, Staff.id == Shift.staff_id)
        .where(Shift.line_id == line_id)
        .order_by(Shift.day.asc().nulls_first(), Shift.weekday, Shift.starts, Shift.id)
    )
    return [(shift, name) for shift, name in rows]


def _check(session: Session, line_id: int, wanted: Wanted) -> None:
    minutes = range(walltime.MINUTES)
    if wanted.kind not in KINDS or wanted.starts not in minutes or wanted.ends not in minutes:
        raise RotaRefused("rota.refused.times")
    if wanted.time_zone not in available_timezones():
        raise RotaRefused("rota.refused.zone")
    if wanted.day is None and not (wanted.weekdays and set(wanted.weekdays) <= set(WEEKDAYS)):
        raise RotaRefused("rota.refused.days")
    _check_worker(session, line_id, wanted.staff_id, wanted.team)


def _check_worker(session: Session, line_id: int, staff_id: int, team: str) -> None:
    somebody = session.scalar(
        select(Staff).where(Staff.id == staff_id, Staff.line_id == line_id, Staff.active)
    )
    if somebody is None or not rota.works_on(somebody.role, somebody.teams, team):
        raise RotaRefused("rota.refused.not_of_team")


def _shift(session: Session, line_id: int, shift_id: int) -> Shift:
    found = session.scalar(select(Shift).where(Shift.id == shift_id, Shift.line_id == line_id))
    if found is None:
        raise RotaRefused("rota.refused.gone")
    return found
