"""The simulated carrier: phones that live in the database and on the simulator page.

It stands in for an SMS provider while none is configured and is a sender like any other.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

from hotline import bell, receipts
from hotline.channels import EVERYTHING, SIMULATOR, Outgoing, Receipt, Sent
from hotline.models import SimulatedMessage
from hotline.vault import Vault
from locales import count_segments


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    """A message as a simulated phone shows it."""

    id: int
    received: bool
    at: datetime
    text: str = field(repr=False)
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class SimulatorSender:
    """Delivers to simulated phones and gives the receipt a carrier would give."""

    name = label = channel = SIMULATOR
    carries = EVERYTHING
    in_flight = 8
    rate = None
    queues = False

    def __init__(
        self, sessions: sessionmaker[Session], vault: Vault, clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._clock = clock

    def weigh(self, text: str, options: Sequence[tuple[str, str]]) -> int:
        del options
        return count_segments(text).segments

    async def send(self, message: Outgoing) -> Sent:
        return await asyncio.to_thread(self._deliver, message)

    async def look_up(
        self, message: Outgoing, since: datetime, until: datetime | None = None
    ) -> Sequence[Sent]:
        del until
        return await asyncio.to_thread(self._delivered_since, message, since)

    async def close(self) -> None:
        pass

    def _deliver(self, message: Outgoing) -> Sent:
        sent = Sent(f"SIM{secrets.token_hex(8)}", count_segments(message.text).segments)
        now = self._clock()
        with self._sessions.begin() as session:
            record(
                session,
                self._vault,
                message.address,
                message.text,
                now,
                received=True,
                options=message.options,
                provider_id=sent.provider_id,
            )
            receipt = Receipt("delivered", reference=message.reference)
            receipts.record(session, self._vault, [receipt], now)
        return sent

    def _delivered_since(self, message: Outgoing, since: datetime) -> list[Sent]:
        with self._sessions.begin() as session:
            rows = session.execute(
                select(SimulatedMessage.body_sealed)
                .where(
                    SimulatedMessage.phone_hash == self._vault.phone_hash(message.address),
                    SimulatedMessage.received,
                    SimulatedMessage.at >= since,
                )
                .order_by(SimulatedMessage.id)
            ).scalars()
            opened = [json.loads(self._vault.open(row, "simulated")) for row in rows]
        return [Sent(body[2], 1) for body in opened if body[0] == message.text]


def record(
    session: Session,
    vault: Vault,
    address: str,
    text: str,
    now: datetime,
    *,
    received: bool,
    options: Sequence[tuple[str, str]] = (),
    provider_id: str = "",
) -> None:
    """Put a message onto a simulated phone."""
    phone = vault.phone_hash(address)
    body = json.dumps([text, list(options), provider_id], ensure_ascii=False)
    session.execute(
        insert(SimulatedMessage).values(
            phone_hash=phone,
            received=received,
            at=now,
            body_sealed=vault.seal(body, "simulated"),
        )
    )
    bell.ring(session, f"phone:{phone.hex()}")


def messages(session: Session, vault: Vault, address: str, after: int = 0) -> list[PhoneMessage]:
    """What a simulated phone shows, oldest first, from the message after `after`."""
    rows = session.execute(
        select(SimulatedMessage)
        .where(
            SimulatedMessage.phone_hash == vault.phone_hash(address), SimulatedMessage.id > after
        )
        .order_by(SimulatedMessage.id)
    ).scalars()
    shown: list[PhoneMessage] = []
    for row in rows:
        text, options, _ = json.loads(vault.open(row.body_sealed, "simulated"))
        pairs = tuple((str(option), str(label)) for option, label in options)
        shown.append(PhoneMessage(row.id, row.received, row.at, text, pairs))
    return shown
