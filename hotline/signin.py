"""Signing in: a session is a random token in a cookie and its hash in the database.

It ends after half an hour of nothing or twelve hours of anything, and at once when the person signs
out, is disabled or gets a new password. Five wrong passwords close a login for a quarter of an hour,
whether or not it exists.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline import passwords, staff
from hotline.models import LoginFailure, Staff, StaffSession
from hotline.staff import Member
from hotline.vault import Vault

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
# Written at most this often: a page that asks every second need not write every second.
NOTED_EVERY: Final = timedelta(minutes=1)
MOST_FAILURES: Final = 5
FAILURES_COUNT_FOR: Final = timedelta(minutes=15)


class SignInRefused(Exception):
    """Not signed in. `reason` is a message id of the staff catalog."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def sign_in(
    session: Session, vault: Vault, login: str, password: str, now: datetime
) -> tuple[Member, str]:
    """The member and a new session's token. Raises SignInRefused.

    Catch it inside the transaction: a failure that is rolled back is a failure that does not count.
    """
    login = staff.plain(login).replace("\x00", "")[:200]
    key = vault.login_hash(login)
    # One attempt at a time for a login: a hundred at once would all pass before any had failed.
    number = int.from_bytes(key[:8], signed=True)
    if not session.scalar(select(func.pg_try_advisory_xact_lock(number))):
        raise SignInRefused("signin.busy")
    if _failures(session, key, now) >= MOST_FAILURES:
        raise SignInRefused("signin.too_many")
    row = session.scalar(select(Staff).where(Staff.login == login, Staff.active))
    if not passwords.matches(password.strip(), row.password_hash if row else passwords.NOBODYS):
        session.add(LoginFailure(key_hash=key, at=now))
        session.flush()
        raise SignInRefused("signin.wrong")
    if row is None:
        raise SignInRefused("signin.wrong")
    session.execute(delete(LoginFailure).where(LoginFailure.key_hash == key))
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(token_hash=hashed(token), staff_id=row.id, started_at=now, seen_at=now)
    )
    session.flush()
    return staff.member(row), token


def whose(session: Session, token: str, now: datetime, *, active: bool = True) -> Member | None:
    """The member a session belongs to, or None. `active` is false for what a page asks by itself."""
    row = session.execute(
        select(Staff, StaffSession.seen_at)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(
            StaffSession.token_hash == hashed(token),
            StaffSession.seen_at > now - IDLE,
            StaffSession.started_at > now - LONGEST,
            Staff.active,
        )
    ).first()
    if row is None:
        return None
    if active and now - row.seen_at >= NOTED_EVERY:
        session.get_one(StaffSession, hashed(token)).seen_at = now
    return staff.member(row.Staff)


def sign_out(session: Session, token: str) -> None:
    session.execute(delete(StaffSession).where(StaffSession.token_hash == hashed(token)))


def hashed(token: str) -> bytes:
    """What is kept of a token. It is 256 random bits: a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).digest()


def _failures(session: Session, key: bytes, now: datetime) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(LoginFailure)
            .where(LoginFailure.key_hash == key, LoginFailure.at > now - FAILURES_COUNT_FOR)
        )
        or 0
    )
