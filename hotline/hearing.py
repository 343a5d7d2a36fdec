"""What a contact does to their case: it opens, hears, becomes urgent, is covered, as their talk goes on.

What staff do with it: `cases`.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, assert_never

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import triage
from hotline import audit, boxes, casekeys, contacts, counts, notices, thread, waiting, writing
from hotline.cases import locked
from hotline.counts import Count
from hotline.models import Case
from hotline.vault import Vault
from triage import Assessment, CaseRequested
from triage.assess import CHILD_TEAM
from triage.indicators import needs, rated
from triage.phrasebook import Alarm

CaseEvent = (
    triage.SummaryShared
    | triage.CaseNote
    | triage.CoverRaised
    | triage.CoverLifted
    | triage.Alarmed
    | triage.LanguageChosen
)

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
    public_key, private_key = boxes.make_pair()
    answers = _answers(request.assessment, public_key) if request.assessment else None
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
            waits_since=now,
            public_key=public_key,
            summary_sealed=boxes.seal_facts({"path": request.path}, public_key),
            answers_sealed=answers,
        )
        .returning(Case.id)
    ).scalar_one()
    casekeys.give_away(session, vault, line_id, case_id, private_key)
    audit.note(session, line_id, None, "case.opened", now, case_id, urgency=request.urgency)
    contacts.draw_handle(session, line_id, contact_id)
    notices.case_waits(session, line_id, request.team, request.urgency, now)
    counts.increase(session, line_id, now, [Count("referrals", channel, language)])
    return case_id


def open_case_of(session: Session, contact_id: int) -> int | None:
    return session.execute(
        select(Case.id).where(Case.contact_id == contact_id, Case.state != "closed")
    ).scalar_one_or_none()


def share_answers(session: Session, case_id: int, found: Assessment, now: datetime) -> None:
    """The contact agreed: what was answered joins the summary, and may make the case more urgent."""
    case = locked(session, case_id)
    assert case.public_key is not None
    case.answers_sealed = _answers(found, case.public_key)
    before, case.urgency = case.urgency, min(case.urgency, found.urgency)
    thread.note(session, case, ANSWERS_SHARED, now)
    _call_again(session, case, before, now)


def heard(session: Session, case_id: int, text: str, now: datetime) -> None:
    """Words of the contact join the thread."""
    case = locked(session, case_id)
    waiting.hears(case, now)
    thread.append(session, case, "contact", text, now)
    if case.taken_by is not None:
        notices.send(session, case.line_id, "contact.wrote", [case.taken_by], now)


def cover(
    session: Session, case_id: int, now: datetime, *, raised: bool, unsent: bool = False
) -> None:
    """The safe word was raised or lifted: while it is up, nobody may write to the contact.

    `unsent`: an answer was on its way and was held back, so that they have none.
    """
    case = locked(session, case_id)
    case.covered = raised
    if unsent:
        waiting.hears(case, now)
    if raised:
        waiting.hush(case, now)
    else:
        waiting.go_on(case, now)
    thread.note(session, case, SAFE_WORD_RAISED if raised else SAFE_WORD_LIFTED, now)


def alarm(session: Session, case_id: int, raised: Alarm, now: datetime) -> None:
    """Words of alarm: the case becomes as urgent as they are, and a child's goes to the child team.

    Not one that a partner has: its key is theirs, and nobody at the child team could read it.
    """
    case = locked(session, case_id)
    waiting.hears(case, now)
    before, need = case.urgency, needs().get(raised)
    if need is not None:
        case.urgency = min(case.urgency, need.urgency)
        if need.team == CHILD_TEAM and casekeys.is_sealed_to(session, case_id, CHILD_TEAM):
            case.team = CHILD_TEAM
    if raised in ALARMS:
        thread.note(session, case, ALARMS[raised], now)
    _call_again(session, case, before, now)


def speak_language(session: Session, case_id: int, language: str) -> None:
    """The contact changed the language: the desk and our own notices follow."""
    case = locked(session, case_id)
    case.language = language
    session.flush()


def tell(session: Session, event: CaseEvent, contact_id: int, now: datetime) -> list[int]:
    """Tell the contact's open case, if there is one; gives it."""
    # Also what waits from a case that is closed is not sent any more.
    raised = isinstance(event, triage.CoverRaised)
    unsent = raised and writing.withhold(session, contact_id, now) > 0
    case_id = open_case_of(session, contact_id)
    if case_id is None:
        return []
    match event:
        case triage.SummaryShared(assessment):
            share_answers(session, case_id, assessment, now)
        case triage.CaseNote(text):
            heard(session, case_id, text, now)
        case triage.Alarmed(alarm_):
            alarm(session, case_id, alarm_, now)
        case triage.CoverRaised():
            cover(session, case_id, now, raised=True, unsent=unsent)
        case triage.CoverLifted():
            cover(session, case_id, now, raised=False)
        case triage.LanguageChosen(language):
            speak_language(session, case_id, language)
        case _:
            assert_never(event)
    return [case_id]


def _call_again(session: Session, case: Case, before: int, now: datetime) -> None:
    """What waited and could wait cannot any more."""
    if case.state == "waiting" and case.urgency <= notices.URGENT < before:
        notices.case_waits(session, case.line_id, case.team, case.urgency, now)


def _answers(found: Assessment, public_key: bytes) -> bytes:
    """What was answered, with how strong each indicator is rated for whom it is about."""
    facts: dict[str, Any] = asdict(found)
    facts["strengths"] = {
        code: rated(code, found.populations) or "unknown"
        for dimension in found.dimensions
        for code in dimension.codes
    }
    return boxes.seal_facts(facts, public_key)
