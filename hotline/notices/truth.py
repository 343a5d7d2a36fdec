"""Whether a notice is still true when it is about to be told, and of how many cases.

What happened an hour ago may have been dealt with since: who is told then looks in vain, and soon does not
look any more. So nothing is told but what stands now.
"""

from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from hotline import casekeys
from hotline.models import Case, CaseLook, CaseMessage
from hotline.notices import URGENT, Kind
from hotline.staff import Member


def about(session: Session, member: Member, what: Kind) -> int:
    """How many cases a notice to this member is about now; 0 when it is not true any more."""
    match what:
        case "case.waiting":
            # One that has become urgent since is told as that, and not twice.
            where = (*_theirs(member), Case.urgency > URGENT)
        case "case.urgent":
            where = (*_theirs(member), Case.urgency <= URGENT)
        case "case.back":
            where = _theirs(member)
        case "case.escalated" | "alarm":
            where = (*_known(member), or_(_waits(), _unanswered()))
        case "contact.wrote":
            where = (*_mine(member), _unanswered(), ~_looked_since(_last_heard()))
        case "case.handed":
            where = (*_mine(member), ~_looked_since(Case.taken_at))
        case "directory.stale":
            return 1
        case _:
            assert_never(what)
    return _count(session, member, *where)


def look(session: Session, member: Member, case_id: int, now: datetime) -> None:
    """A member sees what stands in a case that they have taken: they need not be told of it."""
    mine = select(Case.id, literal(member.id), literal(now)).where(
        Case.id == case_id,
        Case.line_id == member.line_id,
        Case.taken_by == member.id,
        Case.state == "taken",
    )
    session.execute(
        upsert(CaseLook)
        .from_select(["case_id", "staff_id", "at"], mine)
        .on_conflict_do_update(index_elements=["case_id", "staff_id"], set_={"at": now})
    )


def _count(session: Session, member: Member, *where: ColumnElement[bool]) -> int:
    open_cases = (
        select(func.count())
        .select_from(Case)
        .where(Case.line_id == member.line_id, Case.state != "closed", Case.forgotten_at.is_(None))
    )
    return session.scalar(open_cases.where(*where)) or 0


def _theirs(member: Member) -> tuple[ColumnElement[bool], ...]:
    """Waiting for a team of theirs; no teams are all of the first line."""
    return _waits(), Case.team.in_(member.teams or casekeys.FIRST_LINE)


def _known(member: Member) -> tuple[ColumnElement[bool], ...]:
    return () if member.sees is None else (Case.team.in_(member.sees),)


def _waits() -> ColumnElement[bool]:
    return Case.state == "waiting"


def _unanswered() -> ColumnElement[bool]:
    return Case.waits_since.is_not(None)


def _mine(member: Member) -> tuple[ColumnElement[bool], ...]:
    return Case.state == "taken", Case.taken_by == member.id


def _looked_since(at: Any) -> ColumnElement[bool]:
    """Who has taken it has looked at it since."""
    return exists().where(
        CaseLook.case_id == Case.id, CaseLook.staff_id == Case.taken_by, CaseLook.at >= at
    )


def _last_heard() -> ScalarSelect[datetime]:
    return (
        select(func.max(CaseMessage.at))
        .where(CaseMessage.case_id == Case.id, CaseMessage.author == "contact")
        .correlate(Case)
        .scalar_subquery()
    )
