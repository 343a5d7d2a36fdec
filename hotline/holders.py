"""Who may hold the key of which team: a rule that no page, no colleague and no share gets around.

KeyRefused  what was asked of a key cannot be done; `reason` is a message id of the staff catalog
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline import casekeys, rights
from hotline.models import Staff, StaffKey, TeamKey, TeamMember


class KeyRefused(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Holder(Protocol):
    """Somebody of ours, as far as teams need to know them."""

    @property
    def id(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def teams(self) -> Sequence[str]: ...


def may_hold(somebody: Holder, team: str) -> bool:
    """A partner holds the key of their own team; who works at the desk those of the first line."""
    if somebody.role == "partner":
        return team in somebody.teams and team not in casekeys.FIRST_LINE
    return rights.may(somebody.role, "desk") and team in casekeys.FIRST_LINE


def check_maker(somebody: Holder, names: Iterable[str]) -> None:
    """Whether somebody may make keys of these teams. Raises KeyRefused."""
    if not all(may_hold(somebody, team) for team in names):
        raise KeyRefused("keys.refused.not_theirs")


def check_taker(
    session: Session, line_id: int, staff_id: int, public_key: bytes, names: Iterable[str]
) -> None:
    """Whether somebody may be given keys of these teams, sealed to `public_key`. Raises KeyRefused."""
    row = session.execute(
        select(Staff, StaffKey.public_key)
        .join(StaffKey, StaffKey.staff_id == Staff.id)
        .where(Staff.id == staff_id, Staff.line_id == line_id, Staff.active)
    ).first()
    # They made a new key pair meanwhile: what was sealed to the old one would never open.
    if row is None or row.public_key != public_key:
        raise KeyRefused("keys.refused.changed")
    check_maker(row.Staff, names)


def narrow(session: Session, somebody: Holder) -> list[str]:
    """Keys of teams that somebody has left are theirs here no more. Gives those teams: renew them."""
    rows = session.execute(
        select(TeamKey.id, TeamKey.team, TeamKey.retired_at)
        .join(TeamMember, TeamMember.team_key_id == TeamKey.id)
        .where(TeamMember.staff_id == somebody.id)
    )
    left = [row for row in rows if not may_hold(somebody, row.team)]
    session.execute(
        delete(TeamMember).where(
            TeamMember.staff_id == somebody.id, TeamMember.team_key_id.in_(row.id for row in left)
        )
    )
    return sorted({row.team for row in left if row.retired_at is None})
