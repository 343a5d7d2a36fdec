"""Challenges for passkeys: random, ours, for one purpose, good for five minutes and for one answer.

Nothing is kept of those that nobody answers: anybody may ask for one before signing in.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotline.models import SpentChallenge
from hotline.vault import Vault

LASTS: Final = timedelta(minutes=5)
NONCE_BYTES, TIME_BYTES = 16, 8
LEAD: Final = NONCE_BYTES + TIME_BYTES


def make(vault: Vault, purpose: str, now: datetime) -> bytes:
    lead = secrets.token_bytes(NONCE_BYTES) + int(now.timestamp()).to_bytes(TIME_BYTES)
    return lead + _mark(vault, purpose, lead)


def spend(session: Session, vault: Vault, purpose: str, challenge: bytes, now: datetime) -> bool:
    """Whether it is one of ours for this purpose that counts still. It does not a second time."""
    lead, mark = challenge[:LEAD], challenge[LEAD:]
    if len(lead) < LEAD or not hmac.compare_digest(mark, _mark(vault, purpose, lead)):
        return False
    age = now.timestamp() - int.from_bytes(lead[NONCE_BYTES:])
    if not -1 < age <= LASTS.total_seconds():
        return False
    spent = insert(SpentChallenge).values(challenge_hash=hashlib.sha256(lead).digest(), at=now)
    first = spent.on_conflict_do_nothing().returning(SpentChallenge.at)
    return session.execute(first).first() is not None


def _mark(vault: Vault, purpose: str, lead: bytes) -> bytes:
    return bytes.fromhex(vault.web_secret(f"challenge:{purpose}:{lead.hex()}"))
