"""A team's key in parts, so that a forgotten passphrase is not the end of what was sealed.

Any `needed` of the supervisors who hold a share have the key together, and fewer know nothing of it:
for every such group of them the key is the XOR of random parts, one for each of the group. Shares are
made, opened and put together in browsers, and once more in the drill (`hotline.drill`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from hotline import holders, teamkeys
from hotline.models import Escrow, EscrowGift, EscrowShare, Staff, StaffKey, TeamKey
from hotline.staff import Member
from hotline.teamkeys import KeyRefused

LEAST_NEEDED: Final = 2
MOST_HOLDERS: Final = 7
MOST_SHARE: Final = 20_000  # bytes; of 7 holders the largest share has some 1,500


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a share. Not `alive`: they left."""

    id: int
    name: str
    alive: bool


@dataclass(frozen=True, slots=True)
class EscrowView:
    id: int
    team_key_id: int
    team: str
    needed: int
    # How many shares were made. Who makes a new key of their own loses theirs.
    made_for: int
    holders: tuple[Holder, ...]
    made_at: datetime
    drilled_at: datetime | None
    my_share: bytes | None = field(repr=False)

    @property
    def works(self) -> bool:
        return sum(holder.alive for holder in self.holders) >= self.needed


def make(
    session: Session,
    member: Member,
    team_key_id: int,
    needed: int,
    shares: Mapping[int, bytes],
    now: datetime,
) -> int:
    """Keep the shares of a team's key, in place of older ones. Raises KeyRefused."""
    if team_key_id not in {k.id for k in teamkeys.held(session, member) if k.key_sealed}:
        raise KeyRefused("keys.refused.not_member")
    if not LEAST_NEEDED <= needed <= len(shares) <= MOST_HOLDERS:
        raise KeyRefused("keys.refused.numbers")
    if any(not 0 < len(share) <= MOST_SHARE for share in shares.values()):
        raise KeyRefused("keys.refused.shape")
    supervisors = {c.id for c in teamkeys.colleagues(session, member.line_id) if _may_hold(c.role)}
    if not set(shares) <= supervisors:
        raise KeyRefused("keys.refused.supervisors")
    session.execute(delete(Escrow).where(Escrow.team_key_id == team_key_id))
    made = Escrow(team_key_id=team_key_id, needed=needed, made_for=len(shares), made_at=now)
    session.add(made)
    session.flush()
    session.add_all(
        EscrowShare(escrow_id=made.id, staff_id=staff_id, share_sealed=share)
        for staff_id, share in shares.items()
    )
    session.flush()
    return made.id


def listed(session: Session, line_id: int, member_id: int | None = None) -> list[EscrowView]:
    """The escrows of the line's team keys, with the member's own share."""
    rows: Sequence[Any] = session.execute(
        select(Escrow, TeamKey.team)
        .join(TeamKey, TeamKey.id == Escrow.team_key_id)
        .where(TeamKey.line_id == line_id)
        .order_by(TeamKey.team, Escrow.id)
    ).all()
    shares = session.execute(
        select(EscrowShare, Staff.display_name, Staff.active, StaffKey.made_at)
        .join(Staff, Staff.id == EscrowShare.staff_id)
        .join(StaffKey, StaffKey.staff_id == EscrowShare.staff_id)
        .where(EscrowShare.escrow_id.in_([row.Escrow.id for row in rows]))
        .order_by(Staff.display_name, Staff.id)
    ).all()
    return [
        EscrowView(
            row.Escrow.id,
            row.Escrow.team_key_id,
            row.team,
            row.Escrow.needed,
            row.Escrow.made_for,
            tuple(
                Holder(share.EscrowShare.staff_id, share.display_name, share.active)
                for share in shares
                if share.EscrowShare.escrow_id == row.Escrow.id
            ),
            row.Escrow.made_at,
            row.Escrow.drilled_at,
            next(
                (
                    share.EscrowShare.share_sealed
                    for share in shares
                    if share.EscrowShare.escrow_id == row.Escrow.id
                    and share.EscrowShare.staff_id == member_id
                ),
                None,
            ),
        )
        for row in rows
    ]


def give(
    session: Session,
    member: Member,
    escrow_id: int,
    to_staff: int,
    public_key: bytes,
    sealed: bytes,
    now: datetime,
) -> None:
    """Pass the member's share on, sealed to who recovers the team's key. Raises KeyRefused."""
    if session.get(EscrowShare, (escrow_id, member.id)) is None:
        raise KeyRefused("keys.refused.no_share")
    if not 0 < len(sealed) <= MOST_SHARE:
        raise KeyRefused("keys.refused.shape")
    team = session.scalar(
        select(TeamKey.team)
        .join(Escrow, Escrow.team_key_id == TeamKey.id)
        .where(Escrow.id == escrow_id)
    )
    holders.check_taker(session, member.line_id, to_staff, public_key, {team or ""})
    session.execute(
        upsert(EscrowGift)
        .values(
            escrow_id=escrow_id,
            from_staff=member.id,
            to_staff=to_staff,
            share_sealed=sealed,
            at=now,
        )
        .on_conflict_do_update(
            index_elements=["escrow_id", "from_staff", "to_staff"],
            set_={"share_sealed": sealed, "at": now},
        )
    )


def gifts(session: Session, member: Member) -> list[tuple[int, int, bytes]]:
    """Shares given to the member, as escrow, giver and sealed share."""
    rows = session.execute(
        select(EscrowGift.escrow_id, EscrowGift.from_staff, EscrowGift.share_sealed)
        .where(EscrowGift.to_staff == member.id)
        .order_by(EscrowGift.escrow_id, EscrowGift.from_staff)
    )
    return [(row.escrow_id, row.from_staff, row.share_sealed) for row in rows]


def recovered(
    session: Session, member: Member, escrow_id: int, key_sealed: bytes, now: datetime
) -> None:
    """The member put the shares together and sealed the key to themselves. Raises KeyRefused."""
    found = session.scalar(
        select(Escrow)
        .join(TeamKey, TeamKey.id == Escrow.team_key_id)
        .where(Escrow.id == escrow_id, TeamKey.line_id == member.line_id)
        .with_for_update(of=Escrow)
    )
    given = {giver for number, giver, _ in gifts(session, member) if number == escrow_id}
    if found is None or len(given) < found.needed:
        raise KeyRefused("keys.refused.too_few")
    teamkeys.keep_own(session, member, found.team_key_id, key_sealed, now)
    session.execute(
        delete(EscrowGift).where(
            EscrowGift.escrow_id == escrow_id, EscrowGift.to_staff == member.id
        )
    )
    found.drilled_at = now


def narrow(session: Session, staff_id: int, role: str) -> None:
    """Who is no supervisor any more gives no share."""
    if not _may_hold(role):
        session.execute(delete(EscrowShare).where(EscrowShare.staff_id == staff_id))


def _may_hold(role: str) -> bool:
    return role == "supervisor"
