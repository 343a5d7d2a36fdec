"""Who is at work, as notices need it: the rota says."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline import casekeys, rota
from hotline.staff import Member


def is_at_work(session: Session, member: Member, now: datetime) -> bool:
    """Whether they are on duty or on call now, on any of their teams."""
    return any(
        member.id in there(session, member.line_id, team, now)
        for team in member.teams or casekeys.FIRST_LINE
        for there in (rota.on_duty, rota.on_call)
    )
