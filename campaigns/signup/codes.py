"""Codes on posters, in radio spots and on ticket sleeves: made, closed, listed, counted.

A code means nothing else to the line in any language, so that nobody who asks for help is asked whether
to sign up instead.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from campaigns.models import SignUpCode, SignUpTally
from campaigns.signup.codewords import means_something, read

LONGEST_LABEL: Final = 100
LONGEST_TAG: Final = 50
# A number that slipped into a label would stand there for all to read.
NUMBER: Final = re.compile(r"(\d[\W_]*){9}")
SLOTS: Final = 8

Event = Literal["asked", "agreed"]

COUNT: Final = text(
    "INSERT INTO signup_tallies AS t (line_id, code, day, event, slot, n)"
    " VALUES (:line_id, :code, :day, :event, :slot, 1)"
    " ON CONFLICT (line_id, code, day, event, slot) DO UPDATE SET n = t.n + 1"
)


class CodeRefused(Exception):
    """No such code is made or closed. `reason` is a message id of the staff catalog."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Listed:
    """A code, and how often somebody was asked about it and agreed, since it was made."""

    code: str
    label: str
    tag: str
    created_at: datetime
    closed_at: datetime | None
    asked: int
    agreed: int


def add(
    session: Session,
    line_id: int,
    said: str,
    label: str,
    tag: str = "",
    *,
    staff_id: int | None,
    now: datetime,
) -> str:
    """Make a code; gives it as it is texted. Raises CodeRefused."""
    code, label, tag = read(said), label.strip(), tag.strip()
    if not code:
        raise CodeRefused("signup.refused.shape")
    if code.isdecimal() or means_something(code):
        raise CodeRefused("signup.refused.word")
    if not label:
        raise CodeRefused("signup.refused.label")
    for words, longest in ((label, LONGEST_LABEL), (tag, LONGEST_TAG)):
        if len(words) > longest or (words and not words.isprintable()):
            raise CodeRefused("signup.refused.long")
        if NUMBER.search(words) or "@" in words:
            raise CodeRefused("signup.refused.personal")
    made = session.execute(
        upsert(SignUpCode)
        .values(
            line_id=line_id, code=code, label=label, tag=tag, created_by=staff_id, created_at=now
        )
        .on_conflict_do_nothing()
        .returning(SignUpCode.code)
    ).first()
    if made is None:
        raise CodeRefused("signup.refused.taken")
    return code


def close(session: Session, line_id: int, code: str, now: datetime) -> None:
    """From now on it is a word like any other; what was counted stays. Raises CodeRefused."""
    closed = session.execute(
        update(SignUpCode)
        .where(
            SignUpCode.line_id == line_id,
            SignUpCode.code == code,
            SignUpCode.closed_at.is_(None),
        )
        .values(closed_at=now)
        .returning(SignUpCode.code)
    ).first()
    if closed is None:
        raise CodeRefused("signup.refused.unknown")


def listed(session: Session, line_id: int) -> list[Listed]:
    """Every code: the open ones first, the newest first."""
    counts: dict[tuple[str, str], int] = {
        (row.code, row.event): int(row.n)
        for row in session.execute(
            select(SignUpTally.code, SignUpTally.event, func.sum(SignUpTally.n).label("n"))
            .where(SignUpTally.line_id == line_id)
            .group_by(SignUpTally.code, SignUpTally.event)
        )
    }
    rows = session.scalars(
        select(SignUpCode)
        .where(SignUpCode.line_id == line_id)
        .order_by(SignUpCode.closed_at.desc().nulls_first(), SignUpCode.created_at.desc())
    )
    return [
        Listed(
            row.code,
            row.label,
            row.tag,
            row.created_at,
            row.closed_at,
            counts.get((row.code, "asked"), 0),
            counts.get((row.code, "agreed"), 0),
        )
        for row in rows
    ]


def open_ones(session: Session, line_id: int) -> frozenset[str]:
    """The codes that somebody who texts them is asked about."""
    return frozenset(
        session.scalars(
            select(SignUpCode.code).where(
                SignUpCode.line_id == line_id, SignUpCode.closed_at.is_(None)
            )
        )
    )


def count(session: Session, line_id: int, code: str, event: Event, day: date) -> None:
    session.execute(
        COUNT,
        {
            "line_id": line_id,
            "code": code,
            "day": day,
            "event": event,
            "slot": secrets.randbelow(SLOTS),
        },
    )
