"""Cases: what staff do with a person who wants one of ours to answer. What the contact does: `hearing`.

waiting ──► taken ──► closed
   ▲          │
   └──────────┘ given back, or passed on to another team

What is said is sealed to the case's own key, which this server gives away when the case opens: from
then on it writes and does not read.
"""

from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import audit, counts, notices, thread, waiting, writing
from hotline.body import Body
from hotline.casefile import CaseState
from hotline.counts import Count
from hotline.models import Case, Contact
from hotline.vault import Vault
from triage import Say, State

TRANSITIONS: Final[dict[CaseState, frozenset[CaseState]]] = {
    "waiting": frozenset({"taken", "closed"}),
    "taken": frozenset({"waiting", "closed"}),
    "closed": frozenset(),
}
LONGEST_REPLY = 1600  # characters Twilio takes in one message
# What contacts are told about their case, as message ids of the contact catalog.
TAKEN, CLOSED = "case.taken", "case.closed"
CASE_MESSAGES = (TAKEN, CLOSED)

# What the line itself notes in a thread, as message ids of the staff catalog.
TOOK_OVER = "note.taken"
GAVE_BACK = "note.given_back"
SILENT = "note.returned"


class CaseRefused(Exception):
    """What was asked of a case cannot be done. `reason` is a message id of the staff catalog."""

    def __init__(self, reason: str, opens: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        # When it can be done, where only the time is wrong.
        self.opens = opens


class Colleague(Protocol):
    """Somebody of ours, as far as a case needs to know them."""

    @property
    def id(self) -> int: ...
    @property
    def display_name(self) -> str: ...


def take(session: Session, vault: Vault, case_id: int, staff: Colleague, now: datetime) -> None:
    """Take a waiting case; the contact is told who took over and when. Raises CaseRefused."""
    case = locked(session, case_id)
    if case.state != "waiting":
        raise CaseRefused("refused.taken_already" if case.state == "taken" else "refused.closed")
    if case.forgotten_at is not None:
        raise CaseRefused("refused.forgotten")
    case.state, case.taken_by, case.taken_at, case.changed_at = "taken", staff.id, now, now
    audit.note(session, case.line_id, staff.id, "case.taken", now, case_id)
    thread.note(session, case, TOOK_OVER, now)
    thread.ring(session, case.line_id, case.id)
    # Later it would be old news: who took the case writes when they may.
    if writing.may_now(session, vault, case, now):
        thread.tell(session, vault, case, Say(TAKEN), now, name=staff.display_name, at=now)


def give_back(
    session: Session, vault: Vault, case_id: int, staff: Colleague, now: datetime
) -> None:
    """Put a case back into the queue. Raises CaseRefused."""
    del vault
    case = mine(session, case_id, staff)
    case.state, case.taken_by, case.changed_at = "waiting", None, now
    audit.note(session, case.line_id, staff.id, "case.given_back", now, case_id)
    thread.note(session, case, GAVE_BACK, now)
    notices.call_team(session, case.line_id, "case.back", case.team, now)
    thread.ring(session, case.line_id, case.id)


def put_back(
    session: Session, case_id: int, by: int | None, now: datetime, why: str = GAVE_BACK
) -> None:
    """Somebody else than who has a case puts it back into the queue: they left, or are silent."""
    case = locked(session, case_id)
    if case.state != "taken":
        return
    case.state, case.taken_by, case.changed_at = "waiting", None, now
    audit.note(session, case.line_id, by, "case.returned", now, case_id)
    thread.note(session, case, why, now)
    notices.call_team(session, case.line_id, "case.back", case.team, now)
    thread.ring(session, case.line_id, case.id)


def reply(
    session: Session,
    vault: Vault,
    case_id: int,
    staff: Colleague,
    text: str,
    now: datetime,
    *,
    name: str | None = None,
    when_safe: bool = False,
) -> int:
    """Queue a caseworker's words for the contact and keep them in the thread. Raises CaseRefused.

    `name` is what the browser calls the reply: one that is there already is not written again.
    `when_safe`: at a time that is not safe for the contact it waits for the next one.
    """
    case = mine(session, case_id, staff)
    if name is not None and (there := thread.written(session, case.id, name)) is not None:
        return there
    text = text.replace("\x00", "").strip()
    if not text:
        raise CaseRefused("refused.empty")
    if len(text) > LONGEST_REPLY:
        raise CaseRefused("refused.too_long")
    if case.covered:
        raise CaseRefused("refused.covered")
    opens = writing.window_of(session, vault, case, now).opens
    if opens > now and not when_safe:
        raise CaseRefused("refused.not_now", opens)
    waiting.answered(case)
    outbox_id = thread.queue(session, vault, case, Body(text), now)
    kept_until = opens if opens > now else None
    message_id = thread.append(
        session, case, "staff", text, now, outbox_id, reply_name=name, kept_until=kept_until
    )
    thread.ring(session, case.line_id, case.id)
    return message_id


def close(session: Session, vault: Vault, case_id: int, staff: Colleague, now: datetime) -> None:
    """Close a case; the contact is told and their conversation starts afresh. Raises CaseRefused."""
    # The contact first and then the case, as a text of theirs does: neither waits for the other for ever.
    contact = _contact_of(session, case_id)
    case = mine(session, case_id, staff)
    if not case.covered:
        thread.tell(session, vault, case, Say(CLOSED), now, name=staff.display_name, at=now)
    case.state, case.closed_at, case.changed_at = "closed", now, now
    waiting.answered(case)
    audit.note(session, case.line_id, staff.id, "case.closed", now, case_id)
    if contact is not None:
        ended = State(step="ended", language=contact.language)
        contact.state_sealed = vault.seal(ended.to_json(), "state")
    counts.increase(
        session, case.line_id, now, [Count("cases_closed", case.channel, case.language)]
    )
    session.flush()
    thread.ring(session, case.line_id, case.id)


def locked(session: Session, case_id: int) -> Case:
    """The case, locked until the transaction ends. Raises CaseRefused."""
    case = session.execute(
        select(Case).where(Case.id == case_id).with_for_update()
    ).scalar_one_or_none()
    if case is None:
        raise CaseRefused("refused.unknown")
    return case


def mine(session: Session, case_id: int, staff: Colleague) -> Case:
    """A case that this member has taken, locked until the transaction ends. Raises CaseRefused."""
    case = locked(session, case_id)
    if case.forgotten_at is not None:
        raise CaseRefused("refused.forgotten")
    if case.state == "closed":
        raise CaseRefused("refused.closed")
    if case.taken_by != staff.id:
        raise CaseRefused("refused.not_yours")
    return case


def _contact_of(session: Session, case_id: int) -> Contact | None:
    """Whose case it is, locked."""
    whose = select(Case.contact_id).where(Case.id == case_id).scalar_subquery()
    return session.scalar(
        select(Contact).where(Contact.id == whose).with_for_update(key_share=True)
    )
