"""A locked screen: the session is there and opens nothing, until its owner proves to be back.

They prove it with their password, or with what only their own key opens. That key is opened with their
passphrase in the browser and never comes here; without a network it is enough to bring back what the
page has, and the server is told later.
"""

import hmac
from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from hotline import audit, boxes
from hotline.models import Line, StaffKey, StaffSession
from hotline.signin import hashed
from hotline.vault import Vault

SHORTEST_IDLE, LONGEST_IDLE = 1, 30
# How a line that is new locks its screens is in the table of lines.
MINUTES: Final = range(SHORTEST_IDLE, LONGEST_IDLE + 1)


def lock(session: Session, token: str) -> None:
    _set(session, token, locked=True)


def unlock(session: Session, token: str, now: datetime) -> None:
    """Whoever calls this knows that its owner is back."""
    _set(session, token, locked=False, seen_at=now)


def box(vault: Vault, token: str, key: StaffKey) -> str:
    """What proves that its owner is back, sealed to their key."""
    return boxes.text_form(boxes.seal_words(_proof(vault, token), key.public_key))


def proves(vault: Vault, token: str, proof: str) -> bool:
    """Whether this is what was in the box of this session."""
    return hmac.compare_digest(proof.encode(), _proof(vault, token).encode())


def set_idle(
    session: Session, line_id: int, minutes: int, now: datetime, by: int | None = None
) -> None:
    """After how many minutes of nothing screens lock. Raises ValueError outside `MINUTES`."""
    if minutes not in MINUTES:
        raise ValueError(minutes)
    session.get_one(Line, line_id).idle_minutes = minutes
    audit.note(session, line_id, by, "rights.idle_lock_changed", now)


def _set(session: Session, token: str, **values: object) -> None:
    own = StaffSession.token_hash == hashed(token)
    session.execute(update(StaffSession).where(own).values(**values))


def _proof(vault: Vault, token: str) -> str:
    return vault.web_secret(f"locked:{token}")
