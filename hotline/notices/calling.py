"""From what happened to whom it is told: each member who may know of it, by the means they chose.

Taken out of the list and put into the ledger in one transaction, so nothing is lost and nothing doubled.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline import bell, rota, staff
from hotline.models import NoticeCall, Staff
from hotline.notices import Kind, Means, ledger, rules
from hotline.staff import Member

# Who looks at the case sees it by themselves: only then is anybody told.
PAUSES: Final[dict[Kind, timedelta]] = {"contact.wrote": timedelta(seconds=10)}
MOST: Final = 200


def topic(staff_id: int) -> str:
    """What is rung when there is something new for a member's open pages."""
    return f"notices:{staff_id}"


def hand_out(session: Session, now: datetime) -> int:
    """Put what happened into the ledger; gives how much there was. Open pages are rung at the commit."""
    first = (
        select(NoticeCall.id).order_by(NoticeCall.id).limit(MOST).with_for_update(skip_locked=True)
    )
    calls = session.execute(
        delete(NoticeCall)
        .where(NoticeCall.id.in_(first.scalar_subquery()))
        .returning(NoticeCall.line_id, NoticeCall.what, NoticeCall.team, NoticeCall.staff_ids)
    ).all()
    wanted: set[tuple[int, Kind, Means]] = set()
    # Twenty cases at once are one question who is on duty.
    for line_id, what, team, staff_ids in {
        (call.line_id, call.what, call.team, tuple(call.staff_ids)) for call in calls
    }:
        kind = cast("Kind", what)
        told = staff_ids if team is None else rota.on_duty(session, line_id, team, now)
        for member in _members(session, line_id, told):
            if _concerns(member, kind, team):
                wanted |= {(member.id, kind, by) for by in rules.of(session, member.id).by(kind)}
    # In one order everywhere: two workers never wait in a circle.
    for staff_id, kind, by in sorted(wanted):
        ledger.queue(session, staff_id, kind, by, now, pause=PAUSES.get(kind, timedelta(0)))
    for staff_id in sorted({staff_id for staff_id, _, by in wanted if by == "browser"}):
        bell.ring(session, topic(staff_id))
    return len(calls)


def _members(session: Session, line_id: int, staff_ids: Iterable[int]) -> list[Member]:
    rows = session.scalars(
        select(Staff).where(Staff.id.in_(staff_ids), Staff.line_id == line_id, Staff.active)
    )
    return [staff.member(row) for row in rows]


def _concerns(member: Member, kind: Kind, team: str | None) -> bool:
    """Whether they may know of it: a partner of no other team's case, and nobody without the desk."""
    if kind == "directory.stale":
        return member.may("directory")
    if not member.may("desk"):
        return False
    return team is None or member.sees is None or team in member.sees
