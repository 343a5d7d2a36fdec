"""The drill: what browsers do when a team's key is recovered, done once more in another language.

It proves that passphrases, wrapped keys and shares give the team's key again. Passphrases are asked
for by the command line and live as long as it runs.
"""

import base64
import binascii
import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt as decrypt,
)
from nacl.bindings import crypto_box_seal_open, crypto_scalarmult_base
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import padding
from hotline.models import Escrow, EscrowShare, Staff, StaffKey, TeamKey

KEY_BYTES: Final = 32
WRAP_LABEL: Final = b"waypost:private-key"


class DoesNotOpen(Exception):
    """A passphrase, a key or a share is not the right one; says which."""


def wrapped_key(session: Session, line_id: int, login: str) -> tuple[int, bytes]:
    """Who a login is, and their wrapped private key. Raises DoesNotOpen."""
    row = session.execute(
        select(Staff.id, StaffKey.private_sealed)
        .join(StaffKey, StaffKey.staff_id == Staff.id)
        .where(Staff.login == login, Staff.line_id == line_id)
    ).first()
    if row is None:
        raise DoesNotOpen(f"{login}: nobody with a key has this login")
    return row.id, row.private_sealed


def share_of(session: Session, escrow_id: int, staff_id: int) -> bytes | None:
    share = session.get(EscrowShare, (escrow_id, staff_id))
    return share.share_sealed if share else None


def passed(session: Session, escrow_id: int, now: datetime) -> None:
    """The drill proved it: the key came out of the shares again."""
    session.get_one(Escrow, escrow_id).drilled_at = now


def team_public_key(session: Session, team_key_id: int) -> bytes:
    return session.get_one(TeamKey, team_key_id).public_key


def unwrap(wrapped: bytes, passphrase: str) -> bytes:
    """A member's private key out of its wrapping. Raises DoesNotOpen.

    A passphrase is taken as any keyboard types it: letters composed alike, one space between words.
    """
    try:
        box = cast("dict[str, Any]", json.loads(wrapped))
        key = argon2id.kdf(
            KEY_BYTES,
            " ".join(unicodedata.normalize("NFKC", passphrase).split()).encode(),
            _bytes(box["salt"]),
            opslimit=int(box["ops"]),
            memlimit=int(box["mem"]),
        )
        return decrypt(_bytes(box["box"]), WRAP_LABEL, _bytes(box["nonce"]), key)
    except CryptoError:
        raise DoesNotOpen("the passphrase is not the right one") from None
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise DoesNotOpen("the wrapped key is damaged") from None


def open_share(sealed: bytes, private_key: bytes) -> dict[str, bytes]:
    """A share: for each group of supervisors, as ids joined by commas, this one's part."""
    try:
        padded = crypto_box_seal_open(sealed, crypto_scalarmult_base(private_key), private_key)
        parts = cast("dict[str, str]", json.loads(padding.unpad(padded)))
        return {group: _bytes(part) for group, part in parts.items()}
    except (CryptoError, ValueError, AttributeError, TypeError):
        raise DoesNotOpen("the share does not open with this key") from None


def combine(shares: Mapping[int, Mapping[str, bytes]], needed: int) -> bytes:
    """The key that the shares of at least `needed` supervisors hold together. Raises DoesNotOpen."""
    chosen = sorted(shares)[:needed]
    group = ",".join(str(holder) for holder in chosen)
    if len(chosen) < needed or any(group not in shares[holder] for holder in chosen):
        raise DoesNotOpen(f"{needed} shares of the same escrow are needed")
    key = bytes(KEY_BYTES)
    for holder in chosen:
        part = shares[holder][group]
        if len(part) != KEY_BYTES:
            raise DoesNotOpen("a share is damaged")
        key = bytes(a ^ b for a, b in zip(key, part, strict=True))
    return key


def is_key_of(private_key: bytes, public_key: bytes) -> bool:
    return crypto_scalarmult_base(private_key) == public_key


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
