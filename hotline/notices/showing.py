"""What is new for the pages that a member has open. They ask, and remember what they have shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models import Notice
from hotline.notices import Kind, truth, words
from hotline.notices.ledger import REST, RESTS
from hotline.staff import Member
from locales import translator

# Who opens a page sees what there is; of an hour ago nobody need be rung for.
FRESH: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice for a page: the same `at` is the same notice, and no other of a kind for `rest` seconds."""

    what: str
    text: str = field(repr=False)
    at: str
    rest: int


@dataclass(frozen=True, slots=True)
class News:
    """What to show now, and in how many seconds there may be more."""

    notices: Sequence[Shown]
    again: int | None


def news(session: Session, member: Member, now: datetime, *, locked: bool = False) -> News:
    """What is new and still true; while the screen is locked, only that something is."""
    rows = session.scalars(
        select(Notice)
        .where(Notice.staff_id == member.id, Notice.by == "browser", Notice.asked_at > now - FRESH)
        .order_by(Notice.asked_at)
    ).all()
    due = [row for row in rows if row.due_at <= now]
    found = [shown for row in due if (shown := _shown(session, member, row)) is not None]
    if locked and found:
        said = translator(member.language, "staff").text("notice.locked")
        found = [Shown("locked", said, found[-1].at, found[-1].rest)]
    waits = [(row.due_at - now).total_seconds() for row in rows if row.due_at > now]
    return News(found, int(min(waits)) + 1 if waits else None)


def _shown(session: Session, member: Member, row: Notice) -> Shown | None:
    what = cast("Kind", row.what)
    n = truth.about(session, member, what)
    if not n:
        return None
    rest = RESTS.get(what, REST)
    said = words.sentence(member.language, what, n)
    return Shown(what, said, row.asked_at.isoformat(), int(rest.total_seconds()))
