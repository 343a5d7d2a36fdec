"""Who is there, as supervisors see it: when somebody was last here is told coarsely and no finer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline import people, secondfactor, staff
from hotline.models import Audit, Line, Staff, StaffKey, StaffSession
from hotline.people import Standing
from hotline.staff import Member

Seen = Literal["today", "week", "longer"]
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Person:
    member: Member
    # As it was set; a member's training also comes with their role.
    standing: Standing
    has_key: bool
    second_factor: bool
    seen: Seen


def listed(session: Session, line_id: int, now: datetime) -> list[Person]:
    """Everybody of the line, who was shut out last."""
    rows = session.execute(
        select(Staff, StaffKey.staff_id)
        .outerjoin(StaffKey, StaffKey.staff_id == Staff.id)
        .where(Staff.line_id == line_id)
        .order_by(Staff.active.desc(), func.lower(Staff.display_name), Staff.id)
    ).all()
    last, here = _last_seen(session, line_id, now), now.astimezone(_zone(session, line_id))
    protected = secondfactor.holders(session, line_id)
    return [
        Person(
            staff.member(row.Staff),
            people.standing(row.Staff),
            row.staff_id is not None,
            row.Staff.id in protected,
            _seen(last.get(row.Staff.id), here),
        )
        for row in rows
    ]


def find(session: Session, line_id: int, staff_id: int, now: datetime) -> Person | None:
    """Somebody who is still there."""
    everybody = listed(session, line_id, now)
    return next((p for p in everybody if p.member.id == staff_id and p.member.active), None)


def _last_seen(session: Session, line_id: int, now: datetime) -> dict[int, datetime]:
    """When anybody did something or had a page open, within a week."""
    done = (
        select(Audit.staff_id, func.max(Audit.at))
        .where(Audit.line_id == line_id, Audit.at > now - WEEK)
        .group_by(Audit.staff_id)
    )
    here = select(StaffSession.staff_id, func.max(StaffSession.seen_at)).group_by(
        StaffSession.staff_id
    )
    found: dict[int, datetime] = {}
    for staff_id, at in [*session.execute(done), *session.execute(here)]:
        if staff_id is not None:
            found[staff_id] = max(at, found.get(staff_id, at))
    return found


def _zone(session: Session, line_id: int) -> ZoneInfo:
    return ZoneInfo(session.get_one(Line, line_id).time_zone)


def _seen(last: datetime | None, here: datetime) -> Seen:
    """`here`: now, by the line's clock."""
    if last is None or last <= here - WEEK:
        return "longer"
    return "today" if last.astimezone(here.tzinfo).date() == here.date() else "week"
