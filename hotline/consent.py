"""Hearing what a contact says to the question whether their case may be passed on.

A yes counts when it is one beyond doubt: a whole answer, in the talk with one of ours, to a question that
they were sent and after which nothing was said to them. Everything else they write goes to the thread. Where
something came between, the question comes again by itself once it is safe; under cover it waits.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

import triage
from hotline import audit, handoff, hearing, thread
from hotline.body import Body, label
from hotline.contacts import Known
from hotline.handoff import NO, SAID_NO, SAID_YES, TOOK_BACK, WAITS, YES
from hotline.models import Case, CaseMessage, Handoff, Outbox
from hotline.vault import Vault
from triage import Heard, Say, Turn, understand
from triage.flow import YES_NO
from triage.reading import SURE

# A longer text is no clear yes or no.
LONGEST_ANSWER: Final = 40


@dataclass(frozen=True, slots=True)
class Answered:
    """The turn that an answer makes, and the case it is about."""

    turn: Turn
    case_id: int


def hear(session: Session, known: Known, heard: Heard, now: datetime) -> Answered | None:
    """What a clear yes or no makes of the question that stands; None for the flow."""
    state = known.state
    talking = state.case and state.step == "with_person" and not state.safety
    if not talking or heard.silence or heard.kind != "text" or heard.picked:
        return None
    # Before anything is looked up: an ordinary text costs the database nothing.
    meaning = _meaning(heard.text, state.language or heard.guess)
    if not meaning:
        return None
    case = _open_case(session, known.id)
    row = case and handoff.open_of(session, case.id)
    if case is None or row is None or case.covered or not is_clear(session, row, now):
        return None
    if row.state == "agreed" and meaning == "yes":
        return None
    hearing.heard(session, case.id, heard.text, now)
    _settle(session, case, row, meaning, now)
    answer = Say(YES if meaning == "yes" else NO)
    return Answered(Turn(replace(state, misses=0, signup=""), (answer,)), case.id)


def after(session: Session, vault: Vault, known: Known, turn: Turn, now: datetime) -> set[int]:
    """What the line said besides makes a yes unclear; back in the talk, the question comes again.

    Gives the case in which it was put again.
    """
    back = turn.state.step == "with_person" and known.state.step != "with_person"
    if not known.state.case or not (turn.messages or back):
        return set()
    case = _open_case(session, known.id)
    row = case and handoff.open_of(session, case.id)
    if case is None or row is None or row.state != "asked":
        return set()
    alarmed = any(isinstance(event, triage.Alarmed) for event in turn.events)
    if back and not alarmed and not case.covered and now - row.asked_at <= WAITS:
        _put_again(session, vault, case, row, now)
        return {case.id}
    if turn.messages:
        row.stands = False
    return set()


def is_clear(session: Session, row: Handoff, now: datetime) -> bool:
    """Whether a yes said now can mean only this: they were sent the question, and nothing after it."""
    if not row.stands or row.question_id is None or now - row.asked_at > WAITS:
        return False
    sent = (
        select(CaseMessage.id)
        .join(Outbox, Outbox.id == CaseMessage.outbox_id)
        .where(
            CaseMessage.id == row.question_id,
            Outbox.state == "accepted",
            Outbox.receipt.is_distinct_from("undelivered"),
        )
    )
    since = exists().where(
        CaseMessage.case_id == row.case_id,
        CaseMessage.author == "staff",
        CaseMessage.id > row.question_id,
    )
    return session.scalar(sent.where(~since)) is not None


def _open_case(session: Session, contact_id: int) -> Case | None:
    """The contact's open case, locked."""
    return session.scalar(
        select(Case).where(Case.contact_id == contact_id, Case.state != "closed").with_for_update()
    )


def _settle(
    session: Session, case: Case, row: Handoff, meaning: Literal["yes", "no"], now: datetime
) -> None:
    if meaning == "yes":
        handoff.moved(row, "agreed")
        row.answered_at = now
        noted, act = SAID_YES, "case.consent_given"
    elif row.state == "agreed":
        handoff.moved(row, "withdrawn")
        noted, act = TOOK_BACK, "case.consent_withdrawn"
    else:
        handoff.moved(row, "declined")
        row.answered_at = now
        noted, act = SAID_NO, "case.consent_refused"
    session.flush()
    thread.note(session, case, noted, now)
    audit.note(session, case.line_id, None, act, now, case.id, team=row.to_team)


def _put_again(session: Session, vault: Vault, case: Case, row: Handoff, now: datetime) -> None:
    """They are writing now, so it may be written to them."""
    text = handoff.question(session, case, row.to_team, row.parts)
    outbox_id = thread.queue(session, vault, case, Body(text), now)
    row.question_id = thread.append(session, case, "staff", text, now, outbox_id)
    row.asked_at, row.stands = now, True
    session.flush()


def _meaning(text: str, language: str) -> Literal["yes", "no", ""]:
    """A whole answer, by its number, a word of theirs or of English, or the label."""
    if len(text) > LONGEST_ANSWER or understand.command(text, language):
        return ""
    labels = {option.id: label(option, language) for option in YES_NO}
    reading = understand.pick(text, YES_NO, language, labels)
    if reading.confidence != SURE or reading.meaning not in ("yes", "no"):
        return ""
    return reading.meaning
