"""Cases: a person who wants one of ours to answer, and the thread between them.

waiting ──► taken ──► closed
   ▲          │
   └──────────┘ given back
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Final, Protocol, cast

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from hotline import casefile, counts, thread
from hotline.body import Body
from hotline.casefile import CaseState
from hotline.counts import Count
from hotline.models import Case, CaseMessage, Contact
from hotline.vault import Vault
from triage import Assessment, CaseRequested, Say, State
from triage.alarms import Alarm
from triage.assess import CHILD_TEAM
from triage.indicators import needs

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
SAFE_WORD_RAISED = "note.safe_word_raised"
SAFE_WORD_LIFTED = "note.safe_word_lifted"
ALARMS: Final[dict[Alarm, str]] = {
    "danger": "note.alarm_danger",
    "suicide": "note.alarm_suicide",
    "child": "note.alarm_child",
    "watched": "note.alarm_watched",
}
ANSWERS_SHARED = "note.answers_shared"
TOOK_OVER = "note.taken"
GAVE_BACK = "note.given_back"
FORGOTTEN = "note.forgotten"


class CaseRefused(Exception):
    """What was asked of a case cannot be done. `reason` is a message id of the staff catalog."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Colleague(Protocol):
    """Somebody of ours, as far as a case needs to know them."""

    @property
    def id(self) -> int: ...
    @property
    def display_name(self) -> str: ...


def open_case(
    session: Session,
    vault: Vault,
    *,
    line_id: int,
    contact_id: int,
    channel: str,
    language: str,
    request: CaseRequested,
    now: datetime,
) -> int:
    """Open a case for a contact, or give the number of the one that is open already."""
    there = open_case_of(session, contact_id)
    if there is not None:
        return there
    case_id = session.execute(
        insert(Case)
        .values(
            line_id=line_id,
            contact_id=contact_id,
            channel=channel,
            language=language,
            team=request.team,
            urgency=request.urgency,
            state="waiting",
            opened_at=now,
            changed_at=now,
            summary_sealed=_summary(vault, request.path, request.assessment),
        )
        .returning(Case.id)
    ).scalar_one()
    counts.increase(session, line_id, now, [Count("referrals", channel, language)])
    thread.ring(session, line_id, case_id)
    return case_id


def open_case_of(session: Session, contact_id: int) -> int | None:
    return session.execute(
        select(Case.id).where(Case.contact_id == contact_id, Case.state != "closed")
    ).scalar_one_or_none()


def share_answers(
    session: Session, vault: Vault, case_id: int, found: Assessment, now: datetime
) -> None:
    """The contact agreed: what was answered joins the summary, and may make the case more urgent."""
    case = _locked(session, case_id)
    path = cast("str", casefile.summary(vault, case.summary_sealed).get("path", ""))
    case.summary_sealed = _summary(vault, path, found)
    case.urgency = min(case.urgency, found.urgency)
    thread.note(session, vault, case, ANSWERS_SHARED, now)


def heard(session: Session, vault: Vault, case_id: int, text: str, now: datetime) -> None:
    """Words of the contact join the thread."""
    case = _locked(session, case_id)
    thread.append(session, vault, case, "contact", text, now)


def cover(session: Session, vault: Vault, case_id: int, now: datetime, *, raised: bool) -> None:
    """The safe word was raised or lifted: while it is up, nobody may write to the contact."""
    case = _locked(session, case_id)
    case.covered = raised
    thread.note(session, vault, case, SAFE_WORD_RAISED if raised else SAFE_WORD_LIFTED, now)


def alarm(session: Session, vault: Vault, case_id: int, raised: Alarm, now: datetime) -> None:
    """Words of alarm: the case becomes as urgent as they are, and a child's goes to the child team."""
    case = _locked(session, case_id)
    need = needs().get(raised)
    if need is not None:
        case.urgency = min(case.urgency, need.urgency)
        case.team = need.team if need.team == CHILD_TEAM else case.team
    if raised in ALARMS:
        thread.note(session, vault, case, ALARMS[raised], now)


def speak_language(session: Session, case_id: int, language: str) -> None:
    """The contact changed the language: the desk and our own notices follow."""
    case = _locked(session, case_id)
    case.language = language
    session.flush()
    thread.ring(session, case.line_id, case.id)


def forget(session: Session, contact_id: int, now: datetime) -> None:
    """The contact asked to be forgotten: the words of every case go at once, its number stays."""
    found = session.scalars(select(Case).where(Case.contact_id == contact_id).with_for_update())
    for case in found.all():
        session.execute(delete(CaseMessage).where(CaseMessage.case_id == case.id))
        case.summary_sealed = None
        case.contact_id = None
        case.forgotten = True
        case.state = "closed"
        case.closed_at = case.closed_at or now
        case.changed_at = now
        session.flush()
        thread.ring(session, case.line_id, case.id)


def take(session: Session, vault: Vault, case_id: int, staff: Colleague, now: datetime) -> None:
    """Take a waiting case; the contact is told who took over and when. Raises CaseRefused."""
    case = _locked(session, case_id)
    if case.state != "waiting":
        raise CaseRefused("refused.taken_already" if case.state == "taken" else "refused.closed")
    case.state, case.taken_by, case.taken_at, case.changed_at = "taken", staff.id, now, now
    thread.note(session, vault, case, TOOK_OVER, now)
    if not case.covered:
        thread.tell(session, vault, case, Say(TAKEN), now, name=staff.display_name, at=now)


def give_back(
    session: Session, vault: Vault, case_id: int, staff: Colleague, now: datetime
) -> None:
    """Put a case back into the queue. Raises CaseRefused."""
    case = _mine(session, case_id, staff)
    case.state, case.taken_by, case.changed_at = "waiting", None, now
    thread.note(session, vault, case, GAVE_BACK, now)


def reply(
    session: Session, vault: Vault, case_id: int, staff: Colleague, text: str, now: datetime
) -> int:
    """Queue a caseworker's words for the contact and keep them in the thread. Raises CaseRefused."""
    case = _mine(session, case_id, staff)
    text = text.replace("\x00", "").strip()
    if not text:
        raise CaseRefused("refused.empty")
    if len(text) > LONGEST_REPLY:
        raise CaseRefused("refused.too_long")
    if case.covered:
        raise CaseRefused("refused.covered")
    outbox_id = thread.queue(session, vault, case, Body(text), now)
    return thread.append(session, vault, case, "staff", text, now, outbox_id)


def close(session: Session, vault: Vault, case_id: int, staff: Colleague, now: datetime) -> None:
    """Close a case; the contact is told and their conversation starts afresh. Raises CaseRefused."""
    case = _mine(session, case_id, staff)
    if not case.covered:
        thread.tell(session, vault, case, Say(CLOSED), now, name=staff.display_name, at=now)
    case.state, case.closed_at, case.changed_at = "closed", now, now
    if case.contact_id is not None:
        _end_conversation(session, vault, case.contact_id)
    counts.increase(
        session, case.line_id, now, [Count("cases_closed", case.channel, case.language)]
    )
    session.flush()
    thread.ring(session, case.line_id, case.id)


def _summary(vault: Vault, path: str, found: Assessment | None) -> bytes:
    told = {"path": path} | (asdict(found) if found else {})
    return vault.seal(json.dumps(told), "summary")


def _locked(session: Session, case_id: int) -> Case:
    case = session.execute(
        select(Case).where(Case.id == case_id).with_for_update()
    ).scalar_one_or_none()
    if case is None:
        raise CaseRefused("refused.unknown")
    return case


def _mine(session: Session, case_id: int, staff: Colleague) -> Case:
    case = _locked(session, case_id)
    if case.state == "closed":
        raise CaseRefused("refused.forgotten" if case.forgotten else "refused.closed")
    if case.taken_by != staff.id:
        raise CaseRefused("refused.not_yours")
    return case


def _end_conversation(session: Session, vault: Vault, contact_id: int) -> None:
    contact = session.execute(
        select(Contact).where(Contact.id == contact_id).with_for_update()
    ).scalar_one_or_none()
    if contact is not None:
        ended = State(step="ended", language=contact.language)
        contact.state_sealed = vault.seal(ended.to_json(), "state")
