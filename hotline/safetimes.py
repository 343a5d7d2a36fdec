"""What a caseworker does about the times at which a contact may be written to."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import audit, cases, thread, waiting, writing
from hotline.cases import CaseRefused, Colleague
from hotline.models import CaseMessage
from hotline.vault import Vault
from hotline.writing import Agreed

# What the line notes in the thread, as a message id of the staff catalog.
TIMES_AGREED: Final = "note.times_agreed"


def agree(
    session: Session, vault: Vault, case_id: int, staff: Colleague, agreed: Agreed, now: datetime
) -> None:
    """Note when the contact may be written to, as agreed with them. Raises CaseRefused."""
    case = cases.mine(session, case_id, staff)
    if agreed.not_before is not None and agreed.not_before > now + writing.FARTHEST:
        raise CaseRefused("refused.too_far")
    writing.agree(session, vault, case, agreed, now)
    audit.note(session, case.line_id, staff.id, "case.times_agreed", now, case_id)
    thread.note(session, case, TIMES_AGREED, now)
    thread.ring(session, case.line_id, case.id)


def withdraw(
    session: Session, case_id: int, staff: Colleague, message_id: int, now: datetime
) -> None:
    """Words that wait for a safe time are not sent after all. Raises CaseRefused."""
    case = cases.mine(session, case_id, staff)
    outbox_id = session.scalar(
        select(CaseMessage.outbox_id).where(
            CaseMessage.id == message_id, CaseMessage.case_id == case.id
        )
    )
    if outbox_id is None or not writing.withdraw(session, [outbox_id], now):
        raise CaseRefused("refused.sent_already")
    # They have no answer after all.
    waiting.hears(case, now)
    thread.ring(session, case.line_id, case.id)
