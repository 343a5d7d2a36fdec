"""Who can read what: teams' keys, members' keys, and a copy of the first sealed to each of the second.

Every private key is made in a browser and leaves it only wrapped with a passphrase or sealed to
somebody. The server keeps the sealed copies and hands each to whom it belongs.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from hotline import boxes, casekeys, holders
from hotline.holders import KeyRefused
from hotline.models import Staff, StaffKey, Team, TeamKey, TeamMember
from hotline.staff import LOGIN, LONGEST_NAME, Member, StaffRefused
from hotline.vault import Vault

MOST_WRAPPED: Final = 2000  # bytes; a wrapped key has some 300


class Quicker(KeyRefused):
    """Somebody made the key of this team in the same moment."""


@dataclass(frozen=True, slots=True)
class NewTeamKey:
    """A team's key as a browser made it: the private half sealed to who made it."""

    public_key: bytes
    key_sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """A key of a team, and the member's copy of its private half; None when they have none."""

    id: int
    team: str
    public_key: bytes
    current: bool
    key_sealed: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member with a key pair, the team keys they hold, and the teams whose keys they may hold."""

    id: int
    name: str
    role: str
    public_key: bytes
    holds: frozenset[int]
    may_hold: frozenset[str]


def teams(session: Session, line_id: int) -> list[tuple[str, str]]:
    """Names of the line's teams with a label; those of the first line have theirs in the catalog."""
    partners = session.execute(
        select(Team.name, Team.label).where(Team.line_id == line_id).order_by(Team.name)
    )
    return [
        *((name, "") for name in casekeys.FIRST_LINE),
        *((row.name, row.label) for row in partners),
    ]


def add_team(session: Session, line_id: int, name: str, label: str) -> None:
    """Add a partner's team. Raises StaffRefused."""
    if LOGIN.fullmatch(name) is None:
        raise StaffRefused("a team's name is 2 to 64 of a-z, 0-9, dot, dash and underscore")
    if not 0 < len(label.strip()) <= LONGEST_NAME:
        raise StaffRefused(f"a team's label has 1 to {LONGEST_NAME} characters")
    if name in dict(teams(session, line_id)):
        raise StaffRefused("this team exists already")
    session.add(Team(line_id=line_id, name=name, label=label.strip()))
    session.flush()


def own(session: Session, member_id: int) -> StaffKey | None:
    """A member's own key pair, the private half wrapped with their passphrase."""
    return session.get(StaffKey, member_id)


def held(session: Session, member: Member) -> list[Held]:
    """Every key of every team, the newest of a team first, with the member's copy."""
    rows = session.execute(
        select(TeamKey, TeamMember.key_sealed)
        .outerjoin(
            TeamMember,
            (TeamMember.team_key_id == TeamKey.id) & (TeamMember.staff_id == member.id),
        )
        .where(TeamKey.line_id == member.line_id)
        .order_by(TeamKey.team, TeamKey.id.desc())
    )
    return [
        Held(
            key.id,
            key.team,
            key.public_key,
            key.retired_at is None,
            sealed if holders.may_hold(member, key.team) else None,
        )
        for key, sealed in rows
    ]


def colleagues(session: Session, line_id: int) -> list[Colleague]:
    """Everybody of the line who has a key pair."""
    rows = session.execute(
        select(Staff, StaffKey.public_key)
        .join(StaffKey, StaffKey.staff_id == Staff.id)
        .where(Staff.line_id == line_id, Staff.active)
        .order_by(Staff.display_name, Staff.id)
    ).all()
    names = dict(teams(session, line_id))
    holds: dict[int, set[int]] = {}
    for staff_id, key_id in session.execute(select(TeamMember.staff_id, TeamMember.team_key_id)):
        holds.setdefault(staff_id, set()).add(key_id)
    return [
        Colleague(
            row.Staff.id,
            row.Staff.display_name,
            row.Staff.role,
            row.public_key,
            frozenset(holds.get(row.Staff.id, ())),
            frozenset(name for name in names if holders.may_hold(row.Staff, name)),
        )
        for row in rows
    ]


def enrol(
    session: Session,
    vault: Vault,
    member: Member,
    public_key: bytes,
    wrapped: bytes,
    made: Mapping[str, NewTeamKey],
    now: datetime,
) -> None:
    """Keep a member's new key pair, and keys for teams that have none yet. Raises KeyRefused.

    Who enrols again has lost what their old key opened: colleagues have to let them in anew.
    """
    _check(public_key)
    if not 0 < len(wrapped) <= MOST_WRAPPED:
        raise KeyRefused("keys.refused.shape")
    holders.check_maker(member, made)
    session.execute(delete(StaffKey).where(StaffKey.staff_id == member.id))
    session.add(
        StaffKey(staff_id=member.id, public_key=public_key, private_sealed=wrapped, made_at=now)
    )
    session.flush()
    there = {key.team for key in held(session, member)}
    for team, new in made.items():
        # Somebody was quicker, in this moment perhaps: their key stands, and they let this member in.
        if team not in there:
            with suppress(Quicker):
                _make(session, vault, member, team, new, now)


def rewrap(session: Session, member: Member, wrapped: bytes) -> None:
    """The same key pair under a new passphrase. Raises KeyRefused."""
    if not 0 < len(wrapped) <= MOST_WRAPPED:
        raise KeyRefused("keys.refused.shape")
    key = session.get(StaffKey, member.id, with_for_update=True)
    if key is None:
        raise KeyRefused("keys.refused.none")
    key.private_sealed = wrapped


def make_team_key(
    session: Session, vault: Vault, member: Member, team: str, new: NewTeamKey, now: datetime
) -> int:
    """The first key of a team, or a new one in place of an old one. Raises KeyRefused.

    Only who holds the old one may renew it; when nobody does any more, everybody may, since nobody
    could read what comes. Old cases stay sealed to the old key.
    """
    current = [key for key in held(session, member) if key.team == team and key.current]
    if current and current[0].key_sealed is None and _is_held(session, current[0].id):
        raise KeyRefused("keys.refused.not_member")
    if team not in dict(teams(session, member.line_id)):
        raise KeyRefused("keys.refused.team")
    holders.check_maker(member, {team})
    session.execute(
        update(TeamKey)
        .where(
            TeamKey.line_id == member.line_id, TeamKey.team == team, TeamKey.retired_at.is_(None)
        )
        .values(retired_at=now)
    )
    return _make(session, vault, member, team, new, now)


def let_in(
    session: Session,
    member: Member,
    staff_id: int,
    public_key: bytes,
    keys: Mapping[int, bytes],
    now: datetime,
) -> None:
    """Keep team keys that `member` sealed to a colleague's `public_key`. Raises KeyRefused."""
    if not set(keys) <= {key.id for key in held(session, member) if key.key_sealed is not None}:
        raise KeyRefused("keys.refused.not_member")
    _give(session, member, staff_id, public_key, keys, now)


def keep_own(session: Session, member: Member, key_id: int, sealed: bytes, now: datetime) -> None:
    """Keep a team's key that the member has recovered and sealed to themselves. Raises KeyRefused."""
    mine = own(session, member.id)
    if mine is None:
        raise KeyRefused("keys.refused.none")
    _give(session, member, member.id, mine.public_key, {key_id: sealed}, now)


def shut_out(session: Session, staff_id: int) -> list[str]:
    """Who left reads nothing more from here. Gives the teams whose key they knew: renew those."""
    known = session.scalars(
        select(TeamKey.team)
        .join(TeamMember, TeamMember.team_key_id == TeamKey.id)
        .where(TeamMember.staff_id == staff_id, TeamKey.retired_at.is_(None))
    ).all()
    session.execute(delete(StaffKey).where(StaffKey.staff_id == staff_id))
    return sorted(known)


def _make(
    session: Session, vault: Vault, member: Member, team: str, new: NewTeamKey, now: datetime
) -> int:
    _check(new.public_key)
    _check_sealed(new.key_sealed)
    if own(session, member.id) is None:
        raise KeyRefused("keys.refused.none")
    made = (
        session.execute(
            upsert(TeamKey)
            .values(line_id=member.line_id, team=team, public_key=new.public_key, made_at=now)
            .on_conflict_do_nothing()
            .returning(TeamKey.id)
        )
    ).scalar_one_or_none()
    if made is None:
        raise Quicker("keys.refused.quicker")
    session.add(
        TeamMember(team_key_id=made, staff_id=member.id, key_sealed=new.key_sealed, since=now)
    )
    session.flush()
    casekeys.hand_over(session, vault, member.line_id)
    return made


def _give(
    session: Session,
    member: Member,
    staff_id: int,
    public_key: bytes,
    keys: Mapping[int, bytes],
    now: datetime,
) -> None:
    of_line = select(TeamKey.team).where(TeamKey.line_id == member.line_id)
    teams_of = set(session.scalars(of_line.where(TeamKey.id.in_(keys))))
    holders.check_taker(session, member.line_id, staff_id, public_key, teams_of)
    for key_id, sealed in sorted(keys.items()):
        _check_sealed(sealed)
        session.execute(
            upsert(TeamMember)
            .values(team_key_id=key_id, staff_id=staff_id, key_sealed=sealed, since=now)
            .on_conflict_do_update(
                index_elements=["team_key_id", "staff_id"], set_={"key_sealed": sealed}
            )
        )


def _is_held(session: Session, key_id: int) -> bool:
    holders = select(TeamMember.staff_id).join(Staff, Staff.id == TeamMember.staff_id)
    wanted = holders.where(TeamMember.team_key_id == key_id, Staff.active).limit(1)
    return session.scalar(wanted) is not None


def _check(public_key: bytes) -> None:
    # One that nothing can be sealed to would stop cases from being opened.
    if len(public_key) != boxes.PUBLIC_BYTES or not boxes.is_public_key(public_key):
        raise KeyRefused("keys.refused.shape")


def _check_sealed(sealed: bytes) -> None:
    if len(sealed) != boxes.SEALED_KEY_BYTES:
        raise KeyRefused("keys.refused.shape")
