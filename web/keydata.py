"""Keys as data for the pages that hold them: sealed copies go to whom they belong, and to nobody else."""

from typing import Any

from sqlalchemy.orm import Session

from hotline import casekeys, escrow, holders, screenlock, teamkeys
from hotline.boxes import text_form
from hotline.escrow import EscrowView
from hotline.staff import Member
from hotline.teamkeys import Colleague, Held
from hotline.vault import Vault
from locales import Translator


def told(
    session: Session, vault: Vault, member: Member, token: str, texts: Translator
) -> dict[str, Any]:
    """All that a member's browser needs to open what is sealed to them, and to let others in."""
    casekeys.hand_over(session, vault, member.line_id)
    own = teamkeys.own(session, member.id)
    held = teamkeys.held(session, member)
    colleagues = teamkeys.colleagues(session, member.line_id)
    escrows = escrow.listed(session, member.line_id, member.id)
    return {
        # What the private key is shut away with in the browser, for as long as this session lives.
        "session_key": vault.web_secret(f"unlocked:{token}"),
        # What only their key opens: it brings a locked screen back.
        "lock_box": own and screenlock.box(vault, token, own),
        "me": {"id": member.id, "name": member.display_name, "role": member.role},
        "own": own
        and {
            "public_key": text_form(own.public_key),
            "wrapped": own.private_sealed.decode(),
            "made_at": own.made_at.isoformat(),
        },
        "teams": [
            {
                "team": name,
                "label": called(name, label, texts),
                "may_hold": holders.may_hold(member, name),
                "keys": [_key(key) for key in held if key.team == name],
            }
            for name, label in teamkeys.teams(session, member.line_id)
            if knows_team(member, name)
        ],
        "colleagues": [_colleague(c) for c in colleagues if _knows(member, c)],
        "escrows": [_escrow(e) for e in escrows if _is_theirs(member, e.team)],
        "gifts": [
            {"escrow": number, "from": giver, "sealed": text_form(sealed)}
            for number, giver, sealed in escrow.gifts(session, member)
        ],
    }


def knows_team(member: Member, team: str) -> bool:
    """A partner knows of their own team, and of the first line, to which they give cases back."""
    return _is_theirs(member, team) or team in casekeys.FIRST_LINE


def called(team: str, label: str, texts: Translator) -> str:
    """A team's name for people: a partner's own label, or the catalog's for the first line."""
    return label or texts.text(f"team.{team}")


def _is_theirs(member: Member, team: str) -> bool:
    return member.sees is None or team in member.sees


def _knows(member: Member, colleague: Colleague) -> bool:
    """A partner knows who is in their team, and the supervisors, who may hold shares of its key."""
    return (
        member.sees is None
        or not colleague.may_hold.isdisjoint(member.sees)
        or colleague.role == "supervisor"
    )


def _key(key: Held) -> dict[str, Any]:
    return {
        "id": key.id,
        "public_key": text_form(key.public_key),
        "current": key.current,
        "sealed": None if key.key_sealed is None else text_form(key.key_sealed),
    }


def _colleague(colleague: Colleague) -> dict[str, Any]:
    return {
        "id": colleague.id,
        "name": colleague.name,
        "role": colleague.role,
        "public_key": text_form(colleague.public_key),
        "holds": sorted(colleague.holds),
        "may_hold": sorted(colleague.may_hold),
    }


def _escrow(found: EscrowView) -> dict[str, Any]:
    return {
        "id": found.id,
        "team_key": found.team_key_id,
        "team": found.team,
        "needed": found.needed,
        "made_for": found.made_for,
        "holders": [{"id": h.id, "name": h.name, "alive": h.alive} for h in found.holders],
        "works": found.works,
        "my_share": None if found.my_share is None else text_form(found.my_share),
        "made_at": found.made_at.isoformat(),
        "drilled_at": found.drilled_at and found.drilled_at.isoformat(),
    }
