"""What every member is told of, kept so that nobody is told twice: one row a member, kind and means.

    idle ──► queued ──► sending ──► idle      told, refused for good, or in doubt
               │  ▲        └──► queued        not handed over, or asked for once more
               │  └── held back: quiet hours
               └──► idle                      not true any more, or not for them

However much happens, it is one row, so there is no storm to hold back. It is marked as being sent in a
transaction of its own before anything leaves: a row whose process died while it sent is in doubt, and is
not sent again, since nobody can ask a mail server what it took. A row for the browser is never sent: open
pages ask what is new.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from hotline.models import Notice
from hotline.notices import Kind, Means
from hotline.notices.words import Message

State = Literal["idle", "queued", "sending"]
# Besides notices, what shows that an address is a member's.
What = Kind | Literal["code", "linked"]

# One notice of a kind in this time; what comes meanwhile is told together when it is over.
REST: Final = timedelta(minutes=10)
RESTS: Final[Mapping[What, timedelta]] = {
    "case.urgent": timedelta(minutes=3),
    "alarm": timedelta(minutes=3),
    # Asked for by hand.
    "code": timedelta(0),
    "linked": timedelta(0),
}
# Longer than handing a message over may take.
LEASE: Final = timedelta(seconds=60)
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=5)
# Refused for now, again and again: whoever it was for has been called otherwise by then.
GIVE_UP: Final = timedelta(hours=1)
# Nobody knows whether the last one arrived.
IN_DOUBT: Final = "in doubt"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice that is marked as being sent until `lease_until`."""

    staff_id: int
    what: What
    by: Means
    lease_until: datetime
    message: Message = field(repr=False)


def queue(
    session: Session,
    staff_id: int,
    what: What,
    by: Means,
    now: datetime,
    *,
    pause: timedelta = timedelta(0),
) -> None:
    """Have a member told by one means, after a pause and not sooner than a rest after the last time."""
    idle = Notice.state == "idle"
    rest = Notice.told_at + RESTS.get(what, REST)
    wanted = upsert(Notice).values(
        staff_id=staff_id,
        what=what,
        by=by,
        state="idle" if by == "browser" else "queued",
        asked_at=now,
        due_at=now + pause,
    )
    fresh = {
        "due_at": func.greatest(wanted.excluded.due_at, rest),
        "tried_at": None,
        "attempts": 0,
        "trouble": "",
        "state": wanted.excluded.state,
    }
    session.execute(
        wanted.on_conflict_do_update(
            index_elements=["staff_id", "what", "by"],
            set_={
                "asked_at": now,
                "again": Notice.state == "sending",
                **{
                    name: case((idle, value), else_=getattr(Notice, name))
                    for name, value in fresh.items()
                },
            },
        )
    )


def next_due(session: Session, by: Means, now: datetime) -> Notice | None:
    """The row that has been due for longest, locked until the transaction ends."""
    return session.scalar(
        select(Notice)
        .where(Notice.by == by, Notice.state == "queued", Notice.due_at <= now)
        .order_by(Notice.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def drop(row: Notice) -> None:
    """It is not true any more, or not for them."""
    row.state = "idle"


def hold(row: Notice, until: datetime) -> None:
    row.due_at = until


def mark(row: Notice, message: Message, now: datetime) -> Claimed:
    """From the commit on, it may have been sent."""
    lease = now + LEASE
    row.state, row.lease_until = "sending", lease
    row.tried_at = row.tried_at or now
    row.attempts += 1
    what, by = cast("What", row.what), cast("Means", row.by)
    return Claimed(row.staff_id, what, by, lease, message)


def end(session: Session, claimed: Claimed, now: datetime, trouble: str = "") -> None:
    """The carrier took it; or, with a reason, it never will, or nobody knows."""
    session.execute(
        update(Notice)
        .where(*_ours(claimed))
        .values(_ended(now, RESTS.get(claimed.what, REST)) | {"trouble": trouble})
    )


def not_yet(
    session: Session, claimed: Claimed, reason: str, after: timedelta, now: datetime
) -> None:
    """It was refused for now: tried again, later each time, until it is given up."""
    row = _held(session, claimed)
    if row is None:
        return
    if row.tried_at is not None and now - row.tried_at > GIVE_UP:
        end(session, claimed, now, reason)
        return
    wait = max(after, min(FIRST_WAIT * 2 ** (row.attempts - 1), LONGEST_WAIT))
    row.state, row.lease_until, row.again = "queued", None, False
    row.due_at, row.trouble = now + wait, reason


def give_back(session: Session, claimed: Claimed, now: datetime) -> None:
    """It was not even handed over: no attempt is used up."""
    row = _held(session, claimed)
    if row is not None:
        row.state, row.lease_until, row.again, row.due_at = "queued", None, False, now
        row.attempts -= 1


def lapse(session: Session, by: Means, now: datetime) -> int:
    """Rows whose process died while it sent: nobody knows, and they are not sent again."""
    found = session.execute(
        update(Notice)
        .where(Notice.by == by, Notice.state == "sending", Notice.lease_until <= now)
        .values(_ended(now, REST) | {"trouble": IN_DOUBT})
        .returning(Notice.staff_id)
    )
    return len(found.all())


def _ended(now: datetime, rest: timedelta) -> dict[str, object]:
    """Idle; or, where more happened meanwhile, queued for when the rest is over."""
    return {
        "told_at": now,
        "state": case((Notice.again, "queued"), else_="idle"),
        "due_at": now + rest,
        "again": False,
        "lease_until": None,
        "tried_at": None,
        "attempts": 0,
    }


def _held(session: Session, claimed: Claimed) -> Notice | None:
    return session.scalar(select(Notice).where(*_ours(claimed)).with_for_update())


def _ours(claimed: Claimed) -> tuple[ColumnElement[bool], ...]:
    """Its lease says whose it is: who comes back late changes nothing."""
    return (
        Notice.staff_id == claimed.staff_id,
        Notice.what == claimed.what,
        Notice.by == claimed.by,
        Notice.state == "sending",
        Notice.lease_until == claimed.lease_until,
    )
