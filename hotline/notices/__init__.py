"""Telling staff that something waits for them: generic words only, and nobody is told twice.

Who lets something be told writes down one row in their own transaction, and nothing is sent by that.
`telling` finds out whom to tell, how, and whether it is still true. No case is named, no contact, and
nothing of what they said: a notice lies on a locked screen, at a mail provider, at Telegram.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, get_args

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from hotline.models import Notice, NoticeAddress, NoticeCall, NoticeRules

Kind = Literal[
    # a case waits: for the first time, one that cannot wait, or again
    "case.waiting",
    "case.urgent",
    "case.back",
    # nobody has answered for too long: others are called, and at last everybody
    "case.escalated",
    "alarm",
    # to who has taken the case, or was given it by a colleague
    "contact.wrote",
    "case.handed",
    # what contacts are told has to be confirmed again
    "directory.stale",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
Means = Literal["browser", "email", "telegram"]
MEANS: Final[tuple[Means, ...]] = get_args(Means)

# The urgency of a case that cannot wait for the end of anybody's quiet hours.
URGENT: Final = 1


def send(
    session: Session, line_id: int, what: Kind, staff_ids: Sequence[int], now: datetime
) -> None:
    """Have these members told, each as they chose, once the caller has committed."""
    if staff_ids:
        _call(session, line_id, what, now, staff_ids=list(staff_ids))


def call_team(session: Session, line_id: int, what: Kind, team: str, now: datetime) -> None:
    """Have whoever is on duty of a team told."""
    _call(session, line_id, what, now, team=team)


def case_waits(session: Session, line_id: int, team: str, urgency: int, now: datetime) -> None:
    """A case waits for its team, or has become more urgent while it waits."""
    call_team(session, line_id, "case.urgent" if urgency <= URGENT else "case.waiting", team, now)


def leave(session: Session, staff_id: int) -> None:
    """Somebody is shut out: nothing more is told to them, and nobody knows where it was."""
    for table in (NoticeAddress, Notice, NoticeRules):
        session.execute(delete(table).where(table.staff_id == staff_id))


def _call(
    session: Session,
    line_id: int,
    what: Kind,
    now: datetime,
    *,
    team: str | None = None,
    staff_ids: Sequence[int] = (),
) -> None:
    if what not in KINDS:
        raise ValueError(f"no kind of notice: {what}")
    session.execute(
        insert(NoticeCall).values(
            line_id=line_id, what=what, team=team, staff_ids=staff_ids, at=now
        )
    )
