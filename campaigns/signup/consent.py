"""The consent of who signed up themselves: whether it stands, and the row it makes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from campaigns import phones, rehash
from campaigns.models import SignUpCode, Subscriber
from campaigns.phones import PhoneUnusable
from hotline.contacts import Known
from hotline.models import OptOut
from hotline.vault import Vault


def stands(session: Session, line_id: int, hashes: Sequence[bytes]) -> bool:
    """Whether they agreed, and have not said stop since."""
    there = exists().where(Subscriber.line_id == line_id, Subscriber.address_hash.in_(hashes))
    stopped = exists().where(OptOut.line_id == line_id, OptOut.address_hash.in_(hashes))
    return session.scalar(select(there & ~stopped)) or False


def given(
    session: Session,
    vault: Vault,
    line_id: int,
    known: Known,
    channel: str,
    language: str,
    code: str,
    now: datetime,
) -> None:
    """They agreed to what `code` offered. It takes the place of whatever they had agreed to before."""
    rehash.move(session, line_id, {vault.person_lock(known.address): known.hashes})
    country, zones = _whereabouts(known.address)
    tag = select(SignUpCode.tag).where(SignUpCode.line_id == line_id, SignUpCode.code == code)
    said = {
        "language": language,
        "channel": channel,
        "country": country,
        "tag": session.scalar(tag) or "",
        "time_zone": zones,
        "consent_source": code,
        "consent_date": now.date(),
    }
    new = upsert(Subscriber).values(
        line_id=line_id,
        address_hash=known.address_hash,
        address_sealed=vault.seal(known.address, "address"),
        **said,
    )
    session.execute(
        new.on_conflict_do_update(index_elements=["line_id", "address_hash"], set_=said)
    )


def _whereabouts(address: str) -> tuple[str, str]:
    """Country and time zones of a number, as for imported ones; empty where an address tells none."""
    kind, _, number = address.partition(":")
    try:
        phone = phones.read(number if kind == "tel" else "", "")
    except PhoneUnusable:
        return "", ""
    return phone.country, phone.zones
