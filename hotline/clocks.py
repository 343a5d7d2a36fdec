"""After how long without an answer who is called, by urgency: the times of `clocks.toml`, or a line's own.

ClocksRefused  times that are in no order; `reason` is a message id of the staff catalog
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotline import audit
from hotline.models import Clock

FILE: Final = Path(__file__).with_name("clocks.toml")
STEPS: Final = ("back", "call", "supervisors", "alarm")
LONGEST: Final = 14 * 24 * 60


class ClocksRefused(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Times:
    """For one urgency. `always`: at night, too; else only the time in which somebody is on duty counts."""

    back: timedelta
    call: timedelta
    supervisors: timedelta
    alarm: timedelta
    always: bool
    # Whether the line set them, or they are ours.
    own: bool = False


@lru_cache
def defaults() -> dict[int, Times]:
    """The times of the file, by urgency."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        int(urgency): Times(*(_minutes(given[step]) for step in STEPS), always=given["always"])
        for urgency, given in read.items()
    }


def of_line(session: Session, line_id: int) -> dict[int, Times]:
    """The times by which a line works, by urgency."""
    rows = session.scalars(select(Clock).where(Clock.line_id == line_id))
    own = {
        row.urgency: Times(
            _minutes(row.back),
            _minutes(row.call),
            _minutes(row.supervisors),
            _minutes(row.alarm),
            row.always,
            own=True,
        )
        for row in rows
    }
    return defaults() | own


def change(
    session: Session,
    line_id: int,
    urgency: int,
    minutes: dict[str, int],
    now: datetime,
    *,
    always: bool,
    by: int,
) -> None:
    """Set a line's own times, in minutes by step. Raises ClocksRefused."""
    if urgency not in defaults():
        raise ClocksRefused("clocks.refused.urgency")
    times = [minutes[step] for step in STEPS]
    if not all(0 < each <= LONGEST for each in times):
        raise ClocksRefused("clocks.refused.range")
    # Who is silent loses the case before others are called for it, and each after the other.
    if times != sorted(times):
        raise ClocksRefused("clocks.refused.order")
    values = dict(zip(STEPS, times, strict=True)) | {"always": always}
    session.execute(
        insert(Clock)
        .values(line_id=line_id, urgency=urgency, **values)
        .on_conflict_do_update(index_elements=["line_id", "urgency"], set_=values)
    )
    audit.note(session, line_id, by, "clocks.changed", now, urgency=urgency)


def reset(session: Session, line_id: int, urgency: int, now: datetime, *, by: int) -> None:
    """Back to the times of the file."""
    session.execute(delete(Clock).where(Clock.line_id == line_id, Clock.urgency == urgency))
    audit.note(session, line_id, by, "clocks.changed", now, urgency=urgency)


def _minutes(n: int) -> timedelta:
    return timedelta(minutes=n)
