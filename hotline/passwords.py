"""Passwords: argon2id at rest, one-time ones drawn here and shown once. None is ever logged."""

import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane. Forty sign-ins a second
# on two cores, far more than a team needs and far less than somebody guessing wants.
HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# No 0/o, 1/l/i: it is read aloud and typed. 16 of these 31 characters are 79 bits.
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 4
SHORTEST, LONGEST = 12, 256

# Verified against when a login is unknown, so that the answer takes as long.
NOBODYS: Final = HASHER.hash(secrets.token_hex(16))


def one_time(groups: int = GROUPS) -> str:
    """A password to be read once and typed once: `k7mq-3hxd-…`."""
    drawn = ("".join(map(secrets.choice, [ALPHABET] * GROUP_LENGTH)) for _ in range(groups))
    return "-".join(drawn)


def hashed(password: str) -> str:
    return HASHER.hash(password)


def matches(password: str, password_hash: str) -> bool:
    try:
        return len(password) <= LONGEST and HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
