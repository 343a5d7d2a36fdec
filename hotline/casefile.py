"""What the desk reads of cases: lists, a case, and its words as they are sealed.

None of it opens here: a case's key is with its team, in the browsers of who is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Row, Select, func, select
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
    # Since when words of the contact are unanswered; none when the last word is ours.
    unanswered_since: datetime | None

    @property
    def waits_since(self) -> datetime:
        """By this, cases of one urgency come one after the other."""
        return self.unanswered_since or self.opened_at


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
    # What the browser that wrote it calls it.
    name: str = ""
    # kept, queued, sending, accepted, delivered, undelivered, failed, unknown, suppressed, expired, or empty.
    delivery: str = ""
    # Until when it is kept.
    kept_until: datetime | None = None


def listed(session: Session, line_id: int, *, teams: Sequence[str] | None = None) -> list[CaseView]:
    """Every open case, by urgency, longest waiting first. `teams`: only theirs."""
    rows = session.execute(
        _cases()
        .where(Case.line_id == line_id, Case.state != "closed", *_of(teams))
        .order_by(Case.urgency, func.coalesce(Case.waits_since, Case.opened_at), Case.id)
    )
    return [_view(row) for row in rows]


def closed(
    session: Session,
    line_id: int,
    *,
    teams: Sequence[str] | None = None,
    skip: int = 0,
    most: int = 50,
) -> list[CaseView]:
    """Closed cases, those closed last first, without the first `skip` of them."""
    rows = session.execute(
        _cases()
        .where(Case.line_id == line_id, Case.state == "closed", *_of(teams))
        .order_by(Case.closed_at.desc(), Case.id.desc())
        .offset(skip)
        .limit(most)
    )
    return [_view(row) for row in rows]


def count_closed(session: Session, line_id: int, *, teams: Sequence[str] | None = None) -> int:
    found = select(func.count()).where(Case.line_id == line_id, Case.state == "closed", *_of(teams))
    return session.scalar(found) or 0


def view(
    session: Session, line_id: int, case_id: int, *, teams: Sequence[str] | None = None
) -> CaseView | None:
    """One case; None when there is none, or none of `teams`."""
    row = session.execute(
        _cases().where(Case.id == case_id, Case.line_id == line_id, *_of(teams))
    ).first()
    return _view(row) if row else None


def words(session: Session, case_id: int) -> Words:
    row = session.execute(
        select(Case.public_key, Case.summary_sealed, Case.answers_sealed).where(Case.id == case_id)
    ).one()
    return Words(row.public_key, row.summary_sealed, row.answers_sealed)


def thread(session: Session, case_id: int) -> list[Message]:
    """The thread of a case, oldest first."""
    rows = session.execute(
        select(CaseMessage, Outbox.state, Outbox.receipt, Outbox.attempts)
        .outerjoin(Outbox, Outbox.id == CaseMessage.outbox_id)
        .where(CaseMessage.case_id == case_id)
        .order_by(CaseMessage.id)
    )
    return [_message(*row) for row in rows]


def _message(
    found: CaseMessage, state: str | None, receipt: str | None, attempts: int | None
) -> Message:
    waits = found.kept_until is not None and state == "queued" and not attempts
    return Message(
        id=found.id,
        author=cast('Literal["contact", "staff", "line"]', found.author),
        at=found.at,
        sealed=found.body_sealed,
        name=found.reply_name or "",
        delivery="kept" if waits else receipt or state or "",
        kept_until=found.kept_until if waits else None,
    )


def _of(teams: Sequence[str] | None) -> tuple[ColumnElement[bool], ...]:
    return () if teams is None else (Case.team.in_(teams),)


def _cases() -> Select[*tuple[Any, ...]]:
    # In the order of a CaseView's fields. By name: what is sealed in a case is not read for lists.
    return (
        select(
            Case.id,
            Case.urgency,
            Case.language,
            Case.channel,
            Case.team,
            Case.state,
            Case.covered,
            Case.forgotten_at.is_not(None).label("forgotten"),
            Contact.handle,
            Case.taken_by,
            Staff.display_name.label("taken_by_name"),
            Case.opened_at,
            Case.taken_at,
            Case.closed_at,
            Case.waits_since.label("unanswered_since"),
        )
        .outerjoin(Staff, Staff.id == Case.taken_by)
        .outerjoin(Contact, Contact.id == Case.contact_id)
    )


def _view(row: Row[*tuple[Any, ...]]) -> CaseView:
    return CaseView(*row)
