"""What the desk reads of cases: lists, a case, its summary and its thread."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models import Case, CaseMessage, Outbox, Staff
from hotline.vault import Vault

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
    taken_by: int | None
    taken_by_name: str | None
    opened_at: datetime
    taken_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a thread. `note` is a staff message id when the line itself wrote it."""

    id: int
    author: Literal["contact", "staff", "line"]
    at: datetime
    text: str = field(repr=False)
    note: str = ""
    # queued, sending, accepted, delivered, undelivered, failed, unknown, or empty.
    delivery: str = ""


def listed(
    session: Session, line_id: int, *, closed: bool = False, most: int = 200
) -> list[CaseView]:
    """Cases by urgency, longest waiting first; or the ones closed last."""
    order = (Case.closed_at.desc(),) if closed else (Case.urgency, Case.opened_at, Case.id)
    rows = session.execute(
        select(Case, Staff.display_name)
        .outerjoin(Staff, Staff.id == Case.taken_by)
        .where(Case.line_id == line_id, (Case.state == "closed") == closed)
        .order_by(*order)
        .limit(most)
    )
    return [_view(row.Case, row.display_name) for row in rows]


def view(session: Session, line_id: int, case_id: int) -> CaseView | None:
    row = session.execute(
        select(Case, Staff.display_name)
        .outerjoin(Staff, Staff.id == Case.taken_by)
        .where(Case.id == case_id, Case.line_id == line_id)
    ).first()
    return _view(row.Case, row.display_name) if row else None


def opened_summary(session: Session, vault: Vault, case_id: int) -> Mapping[str, Any]:
    """The summary of a case: path, reasons, not_answered, act, means, purpose, met."""
    sealed = session.execute(select(Case.summary_sealed).where(Case.id == case_id)).scalar_one()
    return summary(vault, sealed)


def thread(session: Session, vault: Vault, case_id: int, after: int = 0) -> list[Message]:
    """The thread of a case, oldest first, from the entry after `after`."""
    rows = session.execute(
        select(CaseMessage, Outbox.state, Outbox.receipt)
        .outerjoin(Outbox, Outbox.id == CaseMessage.outbox_id)
        .where(CaseMessage.case_id == case_id, CaseMessage.id > after)
        .order_by(CaseMessage.id)
    )
    messages: list[Message] = []
    for row in rows:
        entry = row.CaseMessage
        text = vault.open(entry.body_sealed, "thread")
        by_line = entry.author == "line"
        messages.append(
            Message(
                id=entry.id,
                author=entry.author,
                at=entry.at,
                text="" if by_line else text,
                note=text if by_line else "",
                delivery=row.receipt or row.state or "",
            )
        )
    return messages


def summary(vault: Vault, sealed: bytes | None) -> Mapping[str, Any]:
    return json.loads(vault.open(sealed, "summary")) if sealed else {}


def _view(case: Case, name: str | None) -> CaseView:
    return CaseView(
        id=case.id,
        urgency=case.urgency,
        language=case.language,
        channel=case.channel,
        team=case.team,
        state=cast("CaseState", case.state),
        covered=case.covered,
        forgotten=case.forgotten,
        taken_by=case.taken_by,
        taken_by_name=name,
        opened_at=case.opened_at,
        taken_at=case.taken_at,
        closed_at=case.closed_at,
    )
