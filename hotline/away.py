"""Who of ours is away: on a break, or silent for so long that others are called. They get no next case.

One press ends it, and only their own.
"""

from datetime import datetime
from typing import Final, Literal, cast

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotline.models import Away

Why = Literal["break", "silent"]
BREAK: Final[Why] = "break"
SILENT: Final[Why] = "silent"


def go(session: Session, line_id: int, staff_id: int, why: Why, now: datetime) -> None:
    """Somebody is away from now on; who is already stays away for the reason they were."""
    session.execute(
        insert(Away)
        .values(line_id=line_id, staff_id=staff_id, why=why, since=now)
        .on_conflict_do_nothing()
    )


def come_back(session: Session, staff_id: int, now: datetime) -> None:
    session.execute(
        update(Away).where(Away.staff_id == staff_id, Away.ended_at.is_(None)).values(ended_at=now)
    )


def why(session: Session, staff_id: int) -> Why | None:
    """Why somebody is away; None when they are here."""
    found = session.scalar(
        select(Away.why).where(Away.staff_id == staff_id, Away.ended_at.is_(None))
    )
    return cast("Why | None", found)


def listed(session: Session, line_id: int) -> dict[int, Away]:
    """Everybody who is away, by their number."""
    rows = session.scalars(select(Away).where(Away.line_id == line_id, Away.ended_at.is_(None)))
    return {row.staff_id: row for row in rows}


def last_back(session: Session, line_id: int) -> dict[int, datetime]:
    """When each came back last, as far as that is kept."""
    rows = session.execute(
        select(Away.staff_id, func.max(Away.ended_at))
        .where(Away.line_id == line_id, Away.ended_at.is_not(None))
        .group_by(Away.staff_id)
    )
    return {staff_id: at for staff_id, at in rows if at is not None}
