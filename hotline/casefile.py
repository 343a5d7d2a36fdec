"""What the desk reads of cases: lists, a case, and its words as they are sealed.

None of it opens here: a case's key is with its team, in the browsers of who is in it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hotline.models import Case, CaseMessage, Contact, Outbox, Staff

CaseState = Literal["waiting", "taken", "closed"]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as the desk's lists show it. Nothing in it comes from the contact's words."""

    id: int
    urgency: int
    language: str
    channel: str
    team: str
    state: CaseState
    covered: bool
    forgotten: bool
    # The number of the two words they are called by; none when nobody knows them any more.
    handle: int | None
    taken_by: int | None
    taken_by_name: str | None
    opened_at: datetime
    taken_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Words:
    """What a case is about, sealed to its key; nothing of it when it was destroyed."""

    public_key: bytes | None
    summary: bytes | None = field(repr=False)
    answers: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a thread, sealed. What the line itself wrote is a message id of the staff catalog."""

    id: int
    author: Literal["contact", "staff", "line"]
    at: datetime
    sealed: bytes = field(repr=False)
    # queued, sending, accepted, delivered, undelivered, failed, unknown, or empty.
    delivery: str = ""


def listed(
    session: Session, line_id: int, *, closed: bool = False, most: int = 200
) -> list[CaseView]:
    """Cases by urgency, longest waiting first; or the ones closed last."""
    order = (Case.closed_at.desc(),) if closed else (Case.urgency, Case.opened_at, Case.id)
    rows = session.execute(
        _cases()
        .where(Case.line_id == line_id, (Case.state == "closed") == closed)
        .order_by(*order)
        .limit(most)
    )
    return [_view(*row) for row in rows]


def view(session: Session, line_id: int, case_id: int) -> CaseView | None:
    row = session.execute(_cases().where(Case.id == case_id, Case.line_id == line_id)).first()
    return _view(*row) if row else None


def words(session: Session, case_id: int) -> Words:
    row = session.execute(
        select(Case.public_key, Case.summary_sealed, Case.answers_sealed).where(Case.id == case_id)
    ).one()
    return Words(row.public_key, row.summary_sealed, row.answers_sealed)


def thread(session: Session, case_id: int) -> list[Message]:
    """The thread of a case, oldest first."""
    rows = session.execute(
        select(CaseMessage, Outbox.state, Outbox.receipt)
        .outerjoin(Outbox, Outbox.id == CaseMessage.outbox_id)
        .where(CaseMessage.case_id == case_id)
        .order_by(CaseMessage.id)
    )
    return [
        Message(
            id=row.CaseMessage.id,
            author=row.CaseMessage.author,
            at=row.CaseMessage.at,
            sealed=row.CaseMessage.body_sealed,
            delivery=row.receipt or row.state or "",
        )
        for row in rows
    ]


def _cases() -> Select[Case, str, int | None]:
    return (
        select(Case, Staff.display_name, Contact.handle)
        .outerjoin(Staff, Staff.id == Case.taken_by)
        .outerjoin(Contact, Contact.id == Case.contact_id)
    )


def _view(case: Case, name: str | None, handle: int | None) -> CaseView:
    return CaseView(
        id=case.id,
        urgency=case.urgency,
        language=case.language,
        channel=case.channel,
        team=case.team,
        state=cast("CaseState", case.state),
        covered=case.covered,
        forgotten=case.forgotten_at is not None,
        handle=handle,
        taken_by=case.taken_by,
        taken_by_name=name,
        opened_at=case.opened_at,
        taken_at=case.taken_at,
        closed_at=case.closed_at,
    )
