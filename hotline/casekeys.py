"""The key of a case: sealed to teams when the case opens, and destroyed when its words have to go.

Without a row here nothing of a case can be read, by anybody, from any later copy of the database.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline import boxes
from hotline.models import Case, CaseKey, TeamKey, TeamMember
from hotline.vault import Vault
from triage.assess import ADULT_TEAM, CHILD_TEAM

# The teams triage routes to. A case opens with its key sealed to each of them, since it may have to
# move between them at any time, with nobody at a keyboard.
FIRST_LINE: Final = (ADULT_TEAM, CHILD_TEAM)


def current(session: Session, line_id: int, names: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """The key in use, as id and public key, of each team of `names` that has one."""
    rows = session.execute(
        select(TeamKey.team, TeamKey.id, TeamKey.public_key).where(
            TeamKey.line_id == line_id, TeamKey.team.in_(names), TeamKey.retired_at.is_(None)
        )
    )
    return {row.team: (row.id, row.public_key) for row in rows}


def give_away(session: Session, vault: Vault, line_id: int, case_id: int, private: bytes) -> None:
    """Seal a new case's private key to the first line; the service holds it for a team without key."""
    there = current(session, line_id, FIRST_LINE)
    for team in FIRST_LINE:
        key_id, public_key = there.get(team, (None, b""))
        sealed = (
            vault.seal(boxes.text_form(private), "case-key")
            if key_id is None
            else boxes.seal_key(private, public_key)
        )
        session.add(CaseKey(case_id=case_id, team=team, team_key_id=key_id, key_sealed=sealed))
    session.flush()


def hand_over(session: Session, vault: Vault, line_id: int) -> int:
    """Seal to its team what the service held while the team had no key. Gives how many case keys."""
    there = current(session, line_id, FIRST_LINE)
    waiting = session.scalars(
        select(CaseKey)
        .join(Case, Case.id == CaseKey.case_id)
        .where(
            CaseKey.team_key_id.is_(None),
            CaseKey.team.in_(list(there)),
            Case.line_id == line_id,
        )
        .with_for_update(of=CaseKey, skip_locked=True)
    ).all()
    for key in waiting:
        key_id, public_key = there[key.team]
        private = base64.b64decode(vault.open(key.key_sealed, "case-key"))
        key.team_key_id, key.key_sealed = key_id, boxes.seal_key(private, public_key)
    session.flush()
    return len(waiting)


def sealed_for(session: Session, case_id: int, member_id: int) -> list[tuple[int, bytes]]:
    """The case's key as sealed to teams whose key the member holds: team key and ciphertext."""
    rows = session.execute(
        select(CaseKey.team_key_id, CaseKey.key_sealed)
        .join(TeamMember, TeamMember.team_key_id == CaseKey.team_key_id)
        .where(CaseKey.case_id == case_id, TeamMember.staff_id == member_id)
        .order_by(CaseKey.id.desc())
    )
    return [(row.team_key_id, row.key_sealed) for row in rows if row.team_key_id is not None]


def held_by_service(session: Session, case_id: int) -> bool:
    """Whether a team that should read the case has no key yet."""
    waits = select(CaseKey.id).where(CaseKey.case_id == case_id, CaseKey.team_key_id.is_(None))
    return session.scalar(waits.limit(1)) is not None


def hand_on(
    session: Session, line_id: int, case_id: int, keys: Mapping[str, tuple[int, bytes]]
) -> bool:
    """Keep a case's key as a browser sealed it to other teams, by their name: the number of the team's key,
    and the box. False when one of those keys is not in use.
    """
    there = current(session, line_id, list(keys))
    for team, (key_id, sealed) in keys.items():
        if there.get(team, (None,))[0] != key_id or len(sealed) != boxes.SEALED_KEY_BYTES:
            return False
    # It was handed over: who had it reads nothing more of it from here.
    destroy(session, case_id)
    session.add_all(
        CaseKey(case_id=case_id, team=team, team_key_id=key_id, key_sealed=sealed)
        for team, (key_id, sealed) in keys.items()
    )
    session.flush()
    return True


def is_sealed_to(session: Session, case_id: int, team: str) -> bool:
    found = select(CaseKey.id).where(CaseKey.case_id == case_id, CaseKey.team == team)
    return session.scalar(found.limit(1)) is not None


def destroy(session: Session, case_id: int) -> None:
    session.execute(delete(CaseKey).where(CaseKey.case_id == case_id))
