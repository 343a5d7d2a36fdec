"""What may have been sent and may not: settled by the provider's word, never by sending again blindly.

Several deliverers of a channel may ask at once. What they learn is written down by one at a time, so that
no message of the provider's settles two doubts.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from hotline import leases, outbox, receipts, sending
from hotline.channels import Sender, Sent
from hotline.locks import lock_number
from hotline.outbox import Claimed
from hotline.vault import Vault

REST_SECONDS: Final = 2.0
# Asked about at once: all are answered before their leases are over.
MOST: Final = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Doubts:
    """The doubts about what one sender carries."""

    sender: Sender
    sessions: sessionmaker[Session] = field(repr=False)
    vault: Vault = field(repr=False)
    clock: Callable[[], datetime]
    priorities: Sequence[int]

    async def settle_all(self) -> None:
        """For as long as it runs."""
        while True:
            settled = 0
            try:
                settled = await self._settle_some()
            except Exception as error:  # noqa: BLE001 - the database may be away; asked again soon
                log.warning("%s: doubts stay (%s)", self.sender.label, type(error).__name__)
            if settled < MOST:
                await asyncio.sleep(REST_SECONDS)

    async def _settle_some(self) -> int:
        rows = await asyncio.to_thread(self._claim)
        if rows:
            told = await asyncio.gather(*map(self._ask, rows))
            await asyncio.to_thread(self._write_down, list(zip(rows, told, strict=True)))
        return len(rows)

    def _claim(self) -> list[Claimed]:
        channel, now = self.sender.channel, self.clock()
        with self.sessions.begin() as session:
            return outbox.in_doubt(session, self.vault, channel, MOST, now, self.priorities)

    async def _ask(self, row: Claimed) -> Sequence[Sent] | str:
        if row.has_receipt:
            return ()
        reference = self.vault.reference(row.id)
        return await sending.ask(self.sender, reference, row, self.clock())

    def _write_down(self, told: Sequence[tuple[Claimed, Sequence[Sent] | str]]) -> None:
        now = self.clock()
        asked = [sent for _, taken in told if not isinstance(taken, str) for sent in taken]
        with self.sessions.begin() as session:
            alone = func.pg_advisory_xact_lock(lock_number(f"{self.sender.channel} doubts"))
            session.execute(select(alone))
            ids = [sent.provider_id for sent in asked]
            others = receipts.already_known(session, self.vault, ids) if ids else set[str]()
            outcomes: list[outbox.Outcome] = []
            for row, taken in told:
                outcome = sending.resolve(row, taken, others, now)
                others.add(outcome.provider_id)
                outcomes.append(outcome)
            outbox.settle(session, self.vault, leases.standing(session, outcomes), now)
