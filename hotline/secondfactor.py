"""The second factor: codes from an app on a phone, and codes on paper for when the phone is lost.

A secret is kept only once a code has proved that the phone has it. A code is taken once, however often
it is seen. The first factor that somebody sets ends their other sessions, and with the last one that
goes the codes on paper go too. Passkeys are in `hotline.passkeys`.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

import pyotp
from pyotp.exceptions import OTPVerificationError
from pyotp.totp import TOTP
from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from hotline import audit, passwords, staff
from hotline.attempts import SignInRefused
from hotline.models import Authenticator, Line, Passkey, RecoveryCode, Staff
from hotline.staff import Member
from hotline.vault import Unsealable, Vault

# RFC 6238: half a minute a code, and one step either way for clocks that are off.
TOLERANCE: Final = 1
DIGITS: Final = re.compile(r"[0-9]{6}")
RECOVERY_CODES: Final = 10
# 59 bits a code, behind a keyed hash: short enough to be typed from paper at night.
RECOVERY_GROUPS: Final = 3

Kind = Literal["app", "passkey"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret that nothing is kept of yet: as a phone reads it, as people type it, and sealed."""

    address: str = field(repr=False)
    secret: str = field(repr=False)
    sealed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody has set: since when an app makes codes, how many passkeys and codes on paper."""

    app_since: datetime | None
    passkeys: int
    recovery_codes: int

    @property
    def any(self) -> bool:
        return self.app_since is not None or self.passkeys > 0


def has_any() -> ColumnElement[bool]:
    """Whether the member of the row of `Staff` in a query has a second factor."""
    return or_(
        select(Authenticator.id).where(Authenticator.staff_id == Staff.id).exists(),
        select(Passkey.id).where(Passkey.staff_id == Staff.id).exists(),
    )


def holders(session: Session, line_id: int) -> frozenset[int]:
    """Everybody of the line who has a second factor."""
    return frozenset(session.scalars(select(Staff.id).where(Staff.line_id == line_id, has_any())))


def of(session: Session, staff_id: int) -> Factors:
    def many(table: type[Passkey | RecoveryCode]) -> int:
        counted = select(func.count()).select_from(table).where(table.staff_id == staff_id)
        return session.scalar(counted) or 0

    since = session.scalar(select(Authenticator.set_at).where(Authenticator.staff_id == staff_id))
    return Factors(since, many(Passkey), many(RecoveryCode))


def offer(vault: Vault, member: Member, place: str) -> Offer:
    """A new secret. `place` is what the app calls us: a name that says nothing about the line."""
    secret = pyotp.random_base32()
    address = TOTP(secret).provisioning_uri(name=member.login, issuer_name=place)
    return Offer(address, secret, _pack(vault, member.id, secret))


def offered(vault: Vault, member: Member, place: str, sealed: str) -> Offer:
    """The offer again that was made before, for who mistyped its code. Raises SignInRefused."""
    secret = _unpack(vault, member.id, sealed)
    address = TOTP(secret).provisioning_uri(name=member.login, issuer_name=place)
    return Offer(address, secret, sealed)


def set_app(
    session: Session,
    vault: Vault,
    member: Member,
    sealed: str,
    code: str,
    now: datetime,
    keep: bytes,
) -> list[str]:
    """Keep the secret of an offer, proved by a code; an earlier one ends. Raises SignInRefused.

    Gives the codes on paper when it is the first factor; they are not seen again. `keep` is the
    session that goes on.
    """
    secret = _unpack(vault, member.id, sealed)
    step = _step(secret, _plain(code), now)
    if step is None:
        raise SignInRefused("signin.code_wrong")
    made = first_set(session, vault, member, keep)
    session.execute(delete(Authenticator).where(Authenticator.staff_id == member.id))
    session.add(
        Authenticator(
            staff_id=member.id,
            secret_sealed=vault.seal(secret, "authenticator"),
            set_at=now,
            last_step=step,
        )
    )
    noted(session, member, "account.second_factor_set", "app", now)
    return made


def first_set(session: Session, vault: Vault, member: Member, keep: bytes) -> list[str]:
    """Called before a factor is kept: who had none gets codes on paper, and sessions opened without
    one end.
    """
    # One at a time for a member: two first factors at once would draw codes twice.
    session.get_one(Staff, member.id, with_for_update={"key_share": True})
    if of(session, member.id).any:
        return []
    staff.end_sessions(session, member.id, keep)
    return _draw_codes(session, vault, member.id)


def make_recovery_codes(session: Session, vault: Vault, member: Member, now: datetime) -> list[str]:
    """New codes on paper in place of the old ones; they are not seen again."""
    session.get_one(Staff, member.id, with_for_update={"key_share": True})
    codes = _draw_codes(session, vault, member.id)
    audit.note(session, member.line_id, member.id, "account.recovery_codes_made", now)
    return codes


def is_answered(session: Session, vault: Vault, row: Staff, given: str, now: datetime) -> bool:
    """Whether `given` is a code from the member's app or paper. It is not one a second time."""
    plain = _plain(given)
    if DIGITS.fullmatch(plain):
        return _is_of_app(session, vault, row.id, plain, now)
    used = session.execute(
        delete(RecoveryCode)
        .where(RecoveryCode.code_hash == vault.recovery_hash(row.id, plain))
        .returning(RecoveryCode.id)
    ).first()
    if used is None:
        return False
    audit.note(session, row.line_id, row.id, "account.recovery_code_used", now)
    return True


def remove_app(session: Session, member: Member, now: datetime) -> None:
    """Take one's own app away. Whoever calls this has asked for the password."""
    session.execute(delete(Authenticator).where(Authenticator.staff_id == member.id))
    noted(session, member, "account.second_factor_removed", "app", now)
    last_removed(session, member.id)


def last_removed(session: Session, staff_id: int) -> None:
    """Called after a factor is gone: with none left the codes on paper go."""
    if not of(session, staff_id).any:
        session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))


def remove(session: Session, staff_id: int, by: int | None, now: datetime) -> None:
    """Take away all that somebody lost, and sign them out; their password alone opens again.

    `by` is the supervisor; None at the command line.
    """
    row = session.get_one(Staff, staff_id)
    for table in (Authenticator, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.staff_id == staff_id))
    staff.end_sessions(session, staff_id)
    audit.note(
        session, row.line_id, by, "account.second_factor_removed", now, staff=staff_id, kind="all"
    )


def require(session: Session, line_id: int, on: bool, now: datetime, by: int | None = None) -> None:
    """Whether everybody of the line needs a second factor. Who has none is led to set one up."""
    line = session.get_one(Line, line_id, with_for_update=True)
    if line.second_factor == on:
        return
    line.second_factor = on
    kind = "required" if on else "optional"
    audit.note(session, line_id, by, "rights.second_factor_required", now, kind=kind)


def is_required(session: Session, line_id: int) -> bool:
    return session.get_one(Line, line_id).second_factor


def noted(
    session: Session,
    member: Member,
    act: Literal["account.second_factor_set", "account.second_factor_removed"],
    kind: Kind,
    now: datetime,
) -> None:
    audit.note(session, member.line_id, member.id, act, now, kind=kind)


def _is_of_app(session: Session, vault: Vault, staff_id: int, code: str, now: datetime) -> bool:
    found = select(Authenticator).where(Authenticator.staff_id == staff_id).with_for_update()
    row = session.scalar(found)
    step = row and _step(vault.open(row.secret_sealed, "authenticator"), code, now)
    if row is None or step is None or step <= row.last_step:
        return False
    row.last_step = step
    session.flush()
    return True


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The half-minute that a code is of, when it is one of those that count now."""
    try:
        return TOTP(secret).verify_and_get_timecode(code, for_time=now, valid_window=TOLERANCE)
    except OTPVerificationError:
        return None


def _draw_codes(session: Session, vault: Vault, staff_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    codes = [passwords.one_time(RECOVERY_GROUPS) for _ in range(RECOVERY_CODES)]
    hashes = (vault.recovery_hash(staff_id, _plain(code)) for code in codes)
    session.add_all(RecoveryCode(staff_id=staff_id, code_hash=each) for each in hashes)
    session.flush()
    return codes


def _plain(code: str) -> str:
    """A code as it is compared: people type capitals, blanks and dashes. Digits of any script."""
    kept = (c for c in code.lower() if c.isalnum())
    return "".join(str(int(c)) if c.isdecimal() else c for c in kept)


def _pack(vault: Vault, staff_id: int, secret: str) -> str:
    """An offer goes to the page and comes back: sealed, and for nobody else."""
    return base64.b64encode(vault.seal(f"{staff_id}:{secret}", "authenticator")).decode()


def _unpack(vault: Vault, staff_id: int, sealed: str) -> str:
    try:
        opened = vault.open(base64.b64decode(sealed, validate=True), "authenticator")
    except (Unsealable, binascii.Error, ValueError):
        raise SignInRefused("signin.offer_over") from None
    owner, _, secret = opened.partition(":")
    if owner != str(staff_id):
        raise SignInRefused("signin.offer_over")
    return secret
