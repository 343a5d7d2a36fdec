"""Contacts: found by a keyed hash, answered at a sealed address, forgotten on request."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from hotline import outbox
from hotline.channels import Inbound
from hotline.models import Contact, InboundSeen, OptOut
from hotline.vault import Vault
from triage import State


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as the conversation needs it, its row locked until the transaction ends."""

    id: int
    address_hash: bytes = field(repr=False)
    address_sealed: bytes = field(repr=False)
    language: str
    state: State = field(repr=False)
    heard_at: datetime | None
    new: bool


SEEN: Final = (
    upsert(InboundSeen)
    .values(provider_hash=bindparam("provider_hash"), at=bindparam("at"))
    .on_conflict_do_nothing()
    .returning(InboundSeen.at)
)
FIND: Final = (
    select(
        Contact.id,
        Contact.address_sealed,
        Contact.language,
        Contact.state_sealed,
        Contact.heard_at,
    )
    .where(
        Contact.line_id == bindparam("line_id"),
        Contact.address_hash == bindparam("address_hash"),
    )
    .with_for_update()
)
REMEMBER: Final = (
    update(Contact)
    .where(Contact.id == bindparam("contact_id"))
    .values(
        channel=bindparam("new_channel"),
        language=bindparam("new_language"),
        state_sealed=bindparam("new_state"),
        heard_at=bindparam("now"),
    )
    .execution_options(synchronize_session=False)
)


def first_time(session: Session, vault: Vault, inbound: Inbound, now: datetime) -> bool:
    """Whether this message is seen for the first time; marks it as seen."""
    seen = vault.provider_hash(f"{inbound.channel}:{inbound.provider_id}")
    return session.execute(SEEN, {"provider_hash": seen, "at": now}).first() is not None


def recognise(
    session: Session, vault: Vault, line_id: int, inbound: Inbound, now: datetime
) -> Known:
    """The contact who wrote, made when new, locked so that two texts are heard one after the other."""
    address_hash = vault.address_hash(inbound.address)
    wanted = {"line_id": line_id, "address_hash": address_hash}
    row = session.execute(FIND, wanted).first()
    if row is None:
        made = session.execute(
            upsert(Contact)
            .values(
                **wanted,
                channel=inbound.channel,
                address_sealed=vault.seal(inbound.address, "address"),
                language="",
                state_sealed=None,
                heard_at=now,
            )
            .on_conflict_do_nothing()
            .returning(Contact.id, Contact.address_sealed)
        ).first()
        if made is not None:
            return Known(made.id, address_hash, made.address_sealed, "", State(), None, new=True)
        row = session.execute(FIND, wanted).one()
    state = State(language=row.language)
    if row.state_sealed is not None:
        state = State.from_json(vault.open(row.state_sealed, "state"))
    return Known(
        row.id, address_hash, row.address_sealed, row.language, state, row.heard_at, new=False
    )


def remember(
    session: Session, vault: Vault, known: Known, channel: str, state: State, now: datetime
) -> None:
    """Keep where the conversation stands."""
    session.execute(
        REMEMBER,
        {
            "contact_id": known.id,
            "new_channel": channel,
            "new_language": state.language,
            "new_state": vault.seal(state.to_json(), "state"),
            "now": now,
        },
    )


def forget(session: Session, contact_id: int) -> None:
    """The contact's row and all that is queued for them are gone when the caller commits."""
    outbox.forget(session, contact_id)
    session.execute(delete(Contact).where(Contact.id == contact_id))


def opt_out(session: Session, line_id: int, address_hash: bytes) -> bool:
    """No campaigns for this address any more. False when it had said so before."""
    made = session.execute(
        upsert(OptOut)
        .values(line_id=line_id, address_hash=address_hash)
        .on_conflict_do_nothing()
        .returning(OptOut.line_id)
    )
    return made.first() is not None


def opt_in(session: Session, line_id: int, address_hash: bytes) -> bool:
    """Campaigns may be sent again. False when nothing had been stopped."""
    gone = session.execute(
        delete(OptOut)
        .where(OptOut.line_id == line_id, OptOut.address_hash == address_hash)
        .returning(OptOut.line_id)
    )
    return gone.first() is not None
