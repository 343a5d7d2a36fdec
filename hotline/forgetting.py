"""When somebody asks to be forgotten: what becomes of their cases.

Closed cases lose their words at once. An open one is told, and loses them when one of ours has seen
that, or in a day. `contacts.forget` does the same for everything that finds the person.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline import assistance, casekeys, cases, thread
from hotline.models import Case, CaseMessage

# What the line notes in the thread, as a message id of the staff catalog.
FORGOTTEN: Final = "note.forgotten"
# Nobody has seen it: then the words go all the same.
UNSEEN_FOR: Final = timedelta(hours=24)


def forget(session: Session, contact_id: int, now: datetime) -> list[int]:
    """The contact asked to be forgotten: nothing finds them any more. Gives their cases, to be rung for.

    What was said in closed cases goes at once. In an open one it goes when one of ours has seen that
    it will, or in a day: somebody who was told of a child in danger may have to act.
    """
    found = session.scalars(
        select(Case).where(Case.contact_id == contact_id).with_for_update()
    ).all()
    for case in found:
        case.contact_id = None
        case.forgotten_at = case.changed_at = now
        if case.state == "closed":
            _destroy(session, case, now)
        else:
            thread.note(session, case, FORGOTTEN, now)
    session.flush()
    return [case.id for case in found]


def acknowledge(session: Session, case_id: int, now: datetime) -> None:
    """One of ours has seen that the person asked to be forgotten. Raises CaseRefused."""
    case = cases.locked(session, case_id)
    if case.forgotten_at is None or case.state == "closed":
        raise cases.CaseRefused(
            "refused.closed" if case.state == "closed" else "refused.not_forgotten"
        )
    _destroy(session, case, now)
    session.flush()
    thread.ring(session, case.line_id, case.id)


def forget_unseen(session: Session, now: datetime) -> int:
    """Destroy the words of who asked to be forgotten a day ago, seen or not. Gives how many cases."""
    found = session.scalars(
        select(Case)
        .where(Case.state != "closed", Case.forgotten_at < now - UNSEEN_FOR)
        .with_for_update(skip_locked=True)
    ).all()
    for case in found:
        _destroy(session, case, now)
        session.flush()
        thread.ring(session, case.line_id, case.id)
    return len(found)


def _destroy(session: Session, case: Case, now: datetime) -> None:
    """Nothing of what was said can be read again; that there was a case stays until it is purged."""
    session.execute(delete(CaseMessage).where(CaseMessage.case_id == case.id))
    assistance.destroy(session, case.id)
    casekeys.destroy(session, case.id)
    case.public_key = case.summary_sealed = case.answers_sealed = case.agreed_sealed = None
    case.state, case.closed_at, case.changed_at = "closed", case.closed_at or now, now
