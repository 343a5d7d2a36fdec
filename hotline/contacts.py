"""Contacts: found by a keyed hash, answered at a sealed address, forgotten on request."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from hotline import outbox, rehash
from hotline.channels import Inbound
from hotline.models import Contact, OptOut
from hotline.vault import Vault
from locales import HANDLES
from triage import State


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as the conversation needs it, its row locked until the transaction ends."""

    id: int
    address: str = field(repr=False)
    # The one in use first; more than one only while the ring has other hash keys.
    hashes: tuple[bytes, ...] = field(repr=False)
    address_sealed: bytes = field(repr=False)
    language: str
    state: State = field(repr=False)
    heard_at: datetime | None
    new: bool

    @property
    def address_hash(self) -> bytes:
        return self.hashes[0]


# One round trip: have we heard this before, and who is it? Plain SQL, since every text goes through. The
# lock is one that lets others name the contact: who has their case locked writes, and waits for no text.
MEET: Final = (
    "WITH seen AS (INSERT INTO inbound_seen (provider_hash, at) VALUES (%(provider)s, %(now)s)"
    " ON CONFLICT DO NOTHING RETURNING 1)"
    " SELECT (SELECT count(*) FROM seen), c.id, c.address_sealed, c.language, c.state_sealed, c.heard_at"
    " FROM (SELECT 1) AS one LEFT JOIN (SELECT id, address_sealed, language, state_sealed, heard_at"
    " FROM contacts WHERE line_id = %(line_id)s AND address_hash = %(address_hash)s FOR NO KEY UPDATE)"
    " AS c ON true"
)
FIND: Final = (
    "SELECT 1, id, address_sealed, language, state_sealed, heard_at FROM contacts"
    " WHERE line_id = %(line_id)s AND address_hash = %(address_hash)s FOR NO KEY UPDATE"
)
MAKE: Final = (
    "INSERT INTO contacts (line_id, channel, address_hash, address_sealed, language, heard_at)"
    " VALUES (%(line_id)s, %(channel)s, %(address_hash)s, %(address)s, '', %(now)s)"
    " ON CONFLICT DO NOTHING RETURNING 1, id, address_sealed, language, state_sealed, NULL"
)


def meet(
    session: Session, vault: Vault, line_id: int, inbound: Inbound, now: datetime
) -> Known | None:
    """Who wrote, made when new and locked, so that two texts are heard one after the other.

    None when this very message was heard before.
    """
    hashes = _gathered(session, vault, line_id, inbound.address)
    wanted: dict[str, Any] = {
        "provider": vault.provider_hash(f"{inbound.channel}:{inbound.provider_id}"),
        "now": now,
        "line_id": line_id,
        "address_hash": hashes[0],
        "channel": inbound.channel,
    }
    connection = session.connection()
    row = connection.exec_driver_sql(MEET, wanted).one()
    if not row[0]:
        return None
    if row[1] is not None:
        return _known(vault, row, inbound.address, hashes, new=False)
    wanted["address"] = vault.seal(inbound.address, "address")
    made = connection.exec_driver_sql(MAKE, wanted).first()
    # Somebody else made it this moment: two first texts at once are one contact.
    row = made or connection.exec_driver_sql(FIND, wanted).one()
    return _known(vault, row, inbound.address, hashes, new=made is not None)


def find(session: Session, vault: Vault, line_id: int, address: str) -> Known | None:
    """The contact at an address, locked, or None."""
    hashes = _gathered(session, vault, line_id, address)
    wanted: dict[str, Any] = {"line_id": line_id, "address_hash": hashes[0]}
    row = session.connection().exec_driver_sql(FIND, wanted).first()
    return _known(vault, row, address, hashes, new=False) if row else None


def _gathered(session: Session, vault: Vault, line_id: int, address: str) -> tuple[bytes, ...]:
    """What an address is found by, once everything known of it is under the first of these."""
    hashes = vault.hashes(address)
    if len(hashes) > 1:
        rehash.gather(session, line_id, {vault.person_lock(address): hashes})
    return hashes


def _known(
    vault: Vault, row: Sequence[Any], address: str, hashes: tuple[bytes, ...], *, new: bool
) -> Known:
    _, contact_id, address_sealed, language, state_sealed, heard_at = row
    state = State(language=language)
    if state_sealed is not None:
        state = State.from_json(vault.open(state_sealed, "state"))
    return Known(contact_id, address, hashes, address_sealed, language, state, heard_at, new)


# A few numbers drawn by lot: the first that nobody has.
DRAW: Final = (
    "UPDATE contacts SET handle = (SELECT n FROM unnest(%(drawn)s::bigint[]) AS n WHERE NOT EXISTS"
    " (SELECT 1 FROM contacts c WHERE c.line_id = %(line_id)s AND c.handle = n) LIMIT 1)"
    " WHERE id = %(id)s AND handle IS NULL"
)
DRAWN: Final = 8


def draw_handle(session: Session, line_id: int, contact_id: int) -> None:
    """Give a contact two words the desk can call them by. They say nothing, and go with the contact."""
    drawn = [secrets.randbelow(HANDLES) for _ in range(DRAWN)]
    session.connection().exec_driver_sql(
        DRAW, {"drawn": drawn, "line_id": line_id, "id": contact_id}
    )


OPT_OUT: Final = text(
    "INSERT INTO opt_outs (line_id, address_hash) SELECT :line_id, :address_hash WHERE NOT EXISTS"
    " (SELECT FROM opt_outs WHERE line_id = :line_id AND address_hash = ANY (:hashes))"
    " ON CONFLICT DO NOTHING RETURNING line_id"
)


def forget(session: Session, contact_id: int) -> None:
    """The contact's row and all that is queued for them are gone when the caller commits."""
    outbox.forget(session, contact_id)
    session.execute(delete(Contact).where(Contact.id == contact_id))


def opt_out(session: Session, line_id: int, hashes: Sequence[bytes]) -> bool:
    """No campaigns for an address any more, known by these hashes. False when it had said so before."""
    made = session.execute(
        OPT_OUT, {"line_id": line_id, "address_hash": hashes[0], "hashes": list(hashes)}
    )
    return made.first() is not None


def opt_in(session: Session, line_id: int, hashes: Sequence[bytes]) -> bool:
    """Campaigns may be sent again. False when nothing had been stopped."""
    gone = session.execute(
        delete(OptOut)
        .where(OptOut.line_id == line_id, OptOut.address_hash.in_(hashes))
        .returning(OptOut.line_id)
    )
    return gone.first() is not None
