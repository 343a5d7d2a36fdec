"""The queue: who may take which case next, so that the most urgent is answered first and none is left.

A case waits for those of its team who are there and have room (`hotline.present`). What is next for
somebody is the most urgent case that is theirs to take, and of these the one that has waited longest.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import BigInteger, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from hotline import casefile, cases, present, staff
from hotline.casefile import CaseView
from hotline.cases import CaseRefused
from hotline.models import Case, Staff
from hotline.present import Colleague, Hindrance, Present
from hotline.staff import Member
from hotline.vault import Vault
from triage.assess import CHILD_TEAM

# Why somebody may not take a case that waits.
Obstacle = Hindrance | Literal["language", "child", "covered"]
# In the order in which people are told.
OBSTACLES: Final[tuple[Obstacle, ...]] = (
    "away",
    "key",
    "full",
    "urgent_full",
    "language",
    "child",
    "covered",
    "team",
)
REASONS: Final[dict[Obstacle, str]] = {name: f"queue.why.{name}" for name in OBSTACLES}
NOBODY_WAITS: Final = "queue.why.nobody"
NOT_NEXT: Final = "refused.not_next"
BUSY: Final = "queue.why.busy"
# How long somebody who presses waits for a case that others hold, and how often it is looked at.
PATIENCE_SECONDS: Final = 3.0
LOOK_AGAIN_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Outlook:
    """How the queue looks to somebody: the case that is next for them, or why there is none."""

    number: int
    next: CaseView | None
    # A message id of the staff catalog, when there is none.
    why: str = ""
    # Nobody there speaks the language of what is next; or is trained for children, and it is a child's.
    unspoken: bool = False
    untrained: bool = False


def take_next(session: Session, vault: Vault, member: Member, now: datetime) -> Outlook:
    """Take the most urgent case that `member` may take. Raises CaseRefused, which says why not.

    However many press at once get a case each, and nobody gets one that somebody else got.
    """
    _one_at_a_time(session, member.id)
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        me, there = who_is_there(session, member, now)
        wanted = [c for c in _waiting(session, member) if obstacle(c, me, there) is None]
        case_id = _claim(session, [case.id for case in wanted])
        if case_id is not None:
            cases.take(session, vault, case_id, member, now)
            return outlook([case for case in wanted if case.id == case_id], me, there)
        if not wanted or time.monotonic() > until:
            break
        # Others hold all of these just now. Looked at again, and not waited for: who queues up for
        # several rows, one after the other, may end in a ring with others who do.
        time.sleep(LOOK_AGAIN_SECONDS)
    raise CaseRefused(seen_by(session, member, now).why or BUSY)


def take(session: Session, vault: Vault, case_id: int, row: Staff, now: datetime) -> None:
    """Take this case: any that waits for who may pick, else only what is next. Raises CaseRefused."""
    member = staff.member(row)
    if not member.may("pick"):
        _one_at_a_time(session, member.id)
        if cases.locked(session, case_id).state == "waiting":
            found = seen_by(session, member, now)
            if found.next is None or found.next.id != case_id:
                raise CaseRefused(found.why or NOT_NEXT)
    cases.take(session, vault, case_id, member, now)


def seen_by(session: Session, member: Member, now: datetime) -> Outlook:
    return outlook(_waiting(session, member), *who_is_there(session, member, now))


def outlook(waiting: Iterable[CaseView], me: Colleague, there: Present) -> Outlook:
    """How `waiting`, the next first, looks to `me` with these colleagues there."""
    mine: list[CaseView] = []
    met: set[Obstacle] = set()
    for case in waiting:
        why = obstacle(case, me, there)
        if why is None:
            mine.append(case)
        else:
            met.add(why)
    if not mine:
        why = next((REASONS[name] for name in OBSTACLES if name in met), NOBODY_WAITS)
        return Outlook(0, None, why)
    first = mine[0]
    untrained = first.team == CHILD_TEAM and not me.member.for_children
    return Outlook(len(mine), first, "", not me.speaks(first.language), untrained)


def obstacle(case: CaseView, me: Colleague, there: Present) -> Obstacle | None:
    """Why `me`, who is one of those who are there, may not take a case."""
    own = me.hindered(case)
    if own is not None:
        return own
    if case.covered:
        return "covered"
    if me.member.id in there.first_for(case):
        return None
    return "child" if me.speaks(case.language) else "language"


def who_is_there(session: Session, member: Member, now: datetime) -> tuple[Colleague, Present]:
    """`member`, and everybody who is signed in and at work, with what they have taken."""
    there = present.at_the_desk(session, member.line_id, now, also=member.id)
    me = there.get(member.id)
    return me or Colleague(member), there


def _waiting(session: Session, member: Member) -> list[CaseView]:
    """What waits, of all that `member` may know of, the next first."""
    known = casefile.listed(session, member.line_id, teams=member.sees)
    return [case for case in known if case.state == "waiting" and not case.forgotten]


def _one_at_a_time(session: Session, member_id: int) -> None:
    """Who presses twice at once is given one case after the other, and counted in between."""
    row = select(Staff.id).where(Staff.id == member_id)
    session.execute(row.with_for_update(key_share=True))


def _claim(session: Session, wanted: Sequence[int]) -> int | None:
    """Lock the first of `wanted` that still waits and that nobody else has locked."""
    if not wanted:
        return None
    return session.scalar(
        select(Case.id)
        .where(
            Case.id.in_(wanted),
            Case.state == "waiting",
            Case.forgotten_at.is_(None),
            ~Case.covered,
        )
        .order_by(func.array_position(literal(wanted, ARRAY(BigInteger)), Case.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
