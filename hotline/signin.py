"""Signing in: a session is a random token in a cookie and its hash in the database.

It begins with a password, and for who has a second factor with a code after it; or with a passkey,
which is both. Before the last step there is no session. It ends after half an hour of nothing or twelve
hours of anything, and at once when the person signs out, is disabled or gets a new password. Five wrong
guesses close a login, or its second step, for a quarter of an hour, whether or not it exists.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, not_, select
from sqlalchemy.orm import Session

from hotline import attempts, audit, passkeys, passwords, secondfactor, staff
from hotline.attempts import SignInRefused
from hotline.models import Line, Staff, StaffSession
from hotline.passkeys import Site
from hotline.staff import Member
from hotline.vault import Vault

__all__ = ["SignInRefused"]

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
# Written at most this often: a page that asks every second need not write every second.
NOTED_EVERY: Final = timedelta(minutes=1)
# From the right password to the code.
HALF_LASTS: Final = timedelta(minutes=5)
LONGEST_LOGIN: Final = 200


@dataclass(frozen=True, slots=True)
class Half:
    """The password was right, and a second factor is asked for. `token` opens nothing but that step."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose session it is, and how it stands."""

    member: Member
    # The line asks everybody for a second factor, and they have none yet.
    owes: bool
    locked: bool
    idle_minutes: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is signed in: on which kind of browser, since when, and when last seen."""

    name: str
    browser: str
    started_at: datetime
    seen_at: datetime
    here: bool


def sign_in(
    session: Session, vault: Vault, login: str, password: str, now: datetime, browser: str = ""
) -> tuple[Member, str] | Half:
    """The member and a new session's token, or the way to the second step. Raises SignInRefused."""
    login = staff.plain(login).replace("\x00", "")[:LONGEST_LOGIN]
    row = session.scalar(select(Staff).where(Staff.login == login, Staff.active))
    _check(session, vault, login, row, password, now)
    if row is None:
        raise SignInRefused("signin.wrong")
    if secondfactor.of(session, row.id).any:
        return Half(_half(vault, row, int(now.timestamp())))
    return begin(session, row, now, browser)


def second_step(
    session: Session, vault: Vault, half: str, code: str, now: datetime, browser: str = ""
) -> tuple[Member, str]:
    """The member and a new session's token, for who gave the password before. Raises SignInRefused."""
    row = half_of(session, vault, half, now)
    if row is None:
        raise SignInRefused("signin.half_over")
    key = vault.login_hash(f"second step:{row.id}")
    attempts.begin(session, key, now)
    if not secondfactor.is_answered(session, vault, row, code, now):
        attempts.failed(session, key, now)
        raise SignInRefused("signin.code_wrong")
    attempts.forgive(session, key)
    return begin(session, row, now, browser)


def with_passkey(
    session: Session, vault: Vault, there: Site, answer: str, now: datetime, browser: str = ""
) -> tuple[Member, str]:
    """The member and a new session's token. Raises SignInRefused."""
    row = passkeys.answered_by(session, vault, there, answer, now)
    return begin(session, row, now, browser)


def begin(session: Session, row: Staff, now: datetime, browser: str = "") -> tuple[Member, str]:
    """A new session for somebody who has proved who they are."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=hashed(token), staff_id=row.id, started_at=now, seen_at=now, browser=browser
        )
    )
    audit.note(session, row.line_id, row.id, "account.signed_in", now)
    return staff.member(row), token


def half_of(session: Session, vault: Vault, half: str, now: datetime) -> Staff | None:
    """Who gave the right password a moment ago. Not for who has got another password since."""
    number, _, rest = half.partition(".")
    at = rest.partition(".")[0]
    longest = 18
    if not all(part.isascii() and part.isdigit() and len(part) <= longest for part in (number, at)):
        return None
    row = session.get(Staff, int(number))
    if row is None or not row.active:
        return None
    fresh = 0 <= now.timestamp() - int(at) <= HALF_LASTS.total_seconds()
    ours = hmac.compare_digest(half.encode(), _half(vault, row, int(at)).encode())
    return row if fresh and ours else None


def confirm(session: Session, vault: Vault, member_id: int, password: str, now: datetime) -> None:
    """That it is still the member who sits there. Raises SignInRefused; guesses count as at sign-in."""
    row = session.get_one(Staff, member_id)
    try:
        _check(session, vault, row.login, row, password, now)
    except SignInRefused as refused:
        wrong = refused.reason == "signin.wrong"
        raise SignInRefused("password.current_wrong" if wrong else refused.reason) from None


def visit(session: Session, token: str, now: datetime, *, active: bool = True) -> Visit | None:
    """Whose session it is, or None. `active` is false for what a page asks by itself."""
    row = session.execute(
        select(
            Staff,
            StaffSession.seen_at,
            StaffSession.locked,
            Line.idle_minutes,
            and_(Line.second_factor, not_(secondfactor.has_any())).label("owes"),
        )
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .join(Line, Line.id == Staff.line_id)
        .where(StaffSession.token_hash == hashed(token), _lives(now), Staff.active)
    ).first()
    if row is None:
        return None
    if active and not row.locked and now - row.seen_at >= NOTED_EVERY:
        session.get_one(StaffSession, hashed(token)).seen_at = now
    return Visit(staff.member(row.Staff), row.owes, row.locked, row.idle_minutes)


def places(session: Session, member_id: int, token: str, now: datetime) -> list[Place]:
    """Where a member is signed in now, this session first."""
    rows = session.scalars(
        select(StaffSession)
        .where(StaffSession.staff_id == member_id, _lives(now))
        .order_by(StaffSession.seen_at.desc())
    )
    here = hashed(token)
    found = [
        Place(
            row.token_hash.hex(), row.browser, row.started_at, row.seen_at, row.token_hash == here
        )
        for row in rows
    ]
    return sorted(found, key=lambda place: not place.here)


def end(session: Session, member: Member, name: str, now: datetime) -> None:
    """End one of one's own sessions."""
    try:
        token_hash = bytes.fromhex(name)
    except ValueError:
        return
    ended = session.execute(
        delete(StaffSession)
        .where(StaffSession.token_hash == token_hash, StaffSession.staff_id == member.id)
        .returning(StaffSession.staff_id)
    ).first()
    if ended is not None:
        audit.note(session, member.line_id, member.id, "account.session_ended", now)


def end_others(session: Session, member: Member, token: str, now: datetime) -> None:
    """Sign oneself out everywhere but here."""
    staff.end_sessions(session, member.id, keep=hashed(token))
    audit.note(session, member.line_id, member.id, "account.signed_out_everywhere", now)


def sign_out(session: Session, member: Member, token: str, now: datetime) -> None:
    session.execute(delete(StaffSession).where(StaffSession.token_hash == hashed(token)))
    audit.note(session, member.line_id, member.id, "account.signed_out", now)


def hashed(token: str) -> bytes:
    """What is kept of a token. It is 256 random bits: a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).digest()


def _check(
    session: Session, vault: Vault, login: str, row: Staff | None, password: str, now: datetime
) -> None:
    """Raises SignInRefused; the answer takes as long for a login that nobody has."""
    key = vault.login_hash(login)
    attempts.begin(session, key, now)
    if not passwords.matches(password.strip(), row.password_hash if row else passwords.NOBODYS):
        attempts.failed(session, key, now)
        raise SignInRefused("signin.wrong")
    attempts.forgive(session, key)


def _half(vault: Vault, row: Staff, at: int) -> str:
    mark = vault.web_secret(f"half:{row.id}:{at}:{row.password_hash}")
    return f"{row.id}.{at}.{mark}"


def _lives(now: datetime) -> ColumnElement[bool]:
    return and_(StaffSession.seen_at > now - IDLE, StaffSession.started_at > now - LONGEST)
