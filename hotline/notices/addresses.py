"""Where members are told outside of the desk: an e-mail address or a Telegram chat, sealed.

Used once the member has shown that it is theirs: an address by the code that was mailed to it, a chat by
the link that was opened in it. What a link carries reaches the bot as the text "/start staff-…": it is
never taken for somebody who writes to the helpline.

AddressRefused   what was asked cannot be done; `reason` is a message id of the staff catalog
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from hotline.models import NoticeAddress
from hotline.notices import Means, ledger, rules
from hotline.vault import Vault

# How what a link carries begins; codes of campaigns have capitals and no dash.
LINK: Final = "staff-"
LASTS: Final = timedelta(minutes=15)
# Nobody's mailbox is filled from here.
ASKED_EVERY: Final = timedelta(minutes=1)
MOST_TRIES: Final = 5
LONGEST: Final = 254  # RFC 5321, 4.5.3.1.3
# What is written on one line, with one @ and a domain with a dot; whether it exists, the code shows.
EMAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)


class AddressRefused(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Address:
    """`shown` is for the member's own eyes; empty for a chat, of which they know no number."""

    by: Means
    shown: str = field(repr=False)
    confirmed: bool


def held(session: Session, vault: Vault, staff_id: int) -> dict[Means, Address]:
    """A member's addresses, confirmed or waiting for that."""
    found: dict[Means, Address] = {}
    for row in session.scalars(select(NoticeAddress).where(NoticeAddress.staff_id == staff_id)):
        by = cast("Means", row.by)
        shown = vault.open(row.address_sealed, "staff-address") if row.address_sealed else ""
        found[by] = Address(by, shown if by == "email" else "", row.confirmed_at is not None)
    return found


def usable(session: Session, vault: Vault, staff_id: int, by: Means) -> str | None:
    """The confirmed address of a member, opened; None without one."""
    row = session.scalar(_row(staff_id, by).where(NoticeAddress.confirmed_at.is_not(None)))
    if row is None or row.address_sealed is None:
        return None
    return vault.open(row.address_sealed, "staff-address")


def ask(session: Session, vault: Vault, staff_id: int, address: str, now: datetime) -> None:
    """Have a code mailed to an address; nothing else is until it came back. Raises AddressRefused."""
    address = address.strip()
    if len(address) > LONGEST or EMAIL.fullmatch(address) is None:
        raise AddressRefused("notices.refused.email")
    before = session.scalar(_row(staff_id, "email").with_for_update())
    if before is not None and abs(now - before.asked_at) < ASKED_EVERY:
        raise AddressRefused("notices.refused.soon")
    _keep(
        session,
        staff_id,
        "email",
        now,
        address_sealed=vault.seal(address, "staff-address"),
        code_sealed=vault.seal(f"{secrets.randbelow(10**8):08}", "staff-address"),
        token_hash=None,
    )
    ledger.queue(session, staff_id, "code", "email", now)


def waiting_code(session: Session, vault: Vault, staff_id: int) -> tuple[str, str] | None:
    """The address to mail a code to, and the code; None when nobody waits for one any more."""
    row = session.scalar(_row(staff_id, "email"))
    if row is None or row.address_sealed is None or row.code_sealed is None:
        return None
    return (
        vault.open(row.address_sealed, "staff-address"),
        vault.open(row.code_sealed, "staff-address"),
    )


def confirm(session: Session, vault: Vault, staff_id: int, code: str, now: datetime) -> bool:
    """Whether the code is the one that was mailed. Commit in either case: a wrong one counts.

    Raises AddressRefused when there is none to compare it with any more.
    """
    row = session.scalar(_row(staff_id, "email").with_for_update())
    fresh = row is not None and row.tries < MOST_TRIES and now - row.asked_at < LASTS
    if row is None or row.code_sealed is None or not fresh:
        raise AddressRefused("notices.refused.code_over")
    typed = "".join(letter for letter in code if letter.isalnum())
    expected = vault.open(row.code_sealed, "staff-address")
    if not secrets.compare_digest(typed.encode(), expected.encode()):
        row.tries += 1
        return False
    row.code_sealed, row.confirmed_at = None, now
    rules.start_with(session, staff_id, "email")
    return True


def make_link(session: Session, staff_id: int, now: datetime) -> str:
    """What a link to the bot carries, once: whoever opens it there is this member."""
    token = secrets.token_urlsafe(24)
    _keep(
        session,
        staff_id,
        "telegram",
        now,
        address_sealed=None,
        code_sealed=None,
        token_hash=_hashed(token),
    )
    return LINK + token


def is_link(code: str) -> bool:
    """Whether what a chat was started with is a link of ours, good or not."""
    return code.startswith(LINK)


def link(session: Session, vault: Vault, code: str, address: str, now: datetime) -> bool:
    """A link was opened in a chat, which is the member's from now on. False when it is no longer good."""
    staff_id = session.scalar(
        update(NoticeAddress)
        .where(
            NoticeAddress.token_hash == _hashed(code.removeprefix(LINK)),
            NoticeAddress.asked_at > now - LASTS,
        )
        .values(
            address_sealed=vault.seal(address, "staff-address"), token_hash=None, confirmed_at=now
        )
        .returning(NoticeAddress.staff_id)
    )
    if staff_id is None:
        return False
    rules.start_with(session, staff_id, "telegram")
    ledger.queue(session, staff_id, "linked", "telegram", now)
    return True


def remove(session: Session, staff_id: int, by: Means) -> None:
    """Nobody is told there any more."""
    session.execute(
        delete(NoticeAddress).where(NoticeAddress.staff_id == staff_id, NoticeAddress.by == by)
    )


def _row(staff_id: int, by: Means) -> Select[NoticeAddress]:
    return select(NoticeAddress).where(NoticeAddress.staff_id == staff_id, NoticeAddress.by == by)


def _keep(session: Session, staff_id: int, by: Means, now: datetime, **kept: bytes | None) -> None:
    """A new address takes the place of the old one, which is used no more."""
    told: Mapping[str, object] = kept | {"tries": 0, "asked_at": now, "confirmed_at": None}
    session.execute(
        upsert(NoticeAddress)
        .values(staff_id=staff_id, by=by, **told)
        .on_conflict_do_update(index_elements=["staff_id", "by"], set_=dict(told))
    )


def _hashed(token: str) -> bytes:
    """256 random bits less a few: a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).digest()
