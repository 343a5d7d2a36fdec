"""The delivery loop: the only thing that sends. One deliverer a channel, across all machines.

Claim a few rows, send with no transaction open, settle in batches. A deliverer holds the channel's
advisory lock; when its process dies the lock is free at once, and what it left in doubt is settled by
asking the provider.
"""

import asyncio
import contextlib
import hashlib
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from sqlalchemy.orm import Session, sessionmaker

from hotline import bell, contacts, outbox, receipts, sending
from hotline.channels import Sender, SenderBroken
from hotline.outbox import Claimed, Outcome
from hotline.vault import Vault

LOOK_SECONDS = 1.0
SETTLE_SECONDS = 0.02
DOUBT_SECONDS = 2.0
MOST_DOUBTS = 20
# Rows claimed, in multiples of what is in flight.
AT_HAND = 4
BROKEN_PAUSE_SECONDS = 30.0

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Deliverer:
    """Delivers one channel until it is told to stop.

    `opted_out` is told when a provider says that a person stopped us there.
    """

    sender: Sender
    sessions: sessionmaker[Session] = field(repr=False)
    vault: Vault = field(repr=False)
    clock: Callable[[], datetime]
    opted_out: Callable[[Session, int, str, datetime], None]
    # Claimed rows by contact: what one person gets arrives in the order it was queued.
    _rows: dict[int, deque[Claimed]] = field(default_factory=dict[int, deque[Claimed]])
    _ready: asyncio.Queue[int] = field(default_factory=asyncio.Queue[int])
    _waiting: int = 0
    _outcomes: list[Outcome] = field(default_factory=list[Outcome])
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _paused_until: float = 0.0
    _paced_until: float = 0.0

    async def run(self, dsn: str, stop: asyncio.Event) -> None:
        """Hold the channel's lock and deliver; wait for the lock while another process has it."""
        while not stop.is_set():
            try:
                async with holding(dsn, self.sender.channel) as connection:
                    if connection is not None:
                        await self._deliver(connection, stop)
            except psycopg.Error as error:
                log.warning("%s: the database is away (%s)", self.sender.channel, _name(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)

    async def _deliver(self, connection: psycopg.AsyncConnection, stop: asyncio.Event) -> None:
        listening = asyncio.create_task(self._listen(connection))
        sending_loops = (self._send_loop() for _ in range(self.sender.in_flight))
        loops = (self._settle_loop(), self._doubt_loop(), self._wake_at(stop), *sending_loops)
        helpers = [listening, *map(asyncio.create_task, loops)]
        try:
            while not stop.is_set() and not listening.done():
                if not await self._claim_some():
                    await self._rest(stop)
            # What is under way is finished and written down before the lock is given up.
            await self._ready.join()
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            # Cut off in the middle: the lease of these rows runs out, and then they are in doubt.
            self._rows, self._ready, self._waiting = {}, asyncio.Queue(), 0
            await self._settle()

    # ---- claiming

    async def _claim_some(self) -> bool:
        """Claim what there is room for. True when there may be more at once."""
        room = self._room()
        if room <= 0:
            return False
        try:
            claimed = await asyncio.to_thread(self._claim, room)
        except Exception as error:  # noqa: BLE001 - the database may be away; the loop goes on
            log.warning("%s: claiming failed (%s)", self.sender.channel, _name(error))
            return False
        for row in claimed:
            self._line_up(row)
        if self.sender.rate is not None:
            self._paced_until = time.monotonic() + len(claimed) / self.sender.rate
        return len(claimed) == room

    def _room(self) -> int:
        now = time.monotonic()
        if now < max(self._paused_until, self._paced_until):
            return 0
        # More than is in flight: the next rows are at hand while the last are being sent.
        room = self.sender.in_flight * AT_HAND - self._waiting
        if self.sender.rate is not None:
            return min(room, max(1, int(self.sender.rate)))
        return room if room >= self.sender.in_flight else 0

    def _claim(self, most: int) -> list[Claimed]:
        with self.sessions.begin() as session:
            return outbox.claim(session, self.vault, self.sender.channel, most, self.clock())

    async def _rest(self, stop: asyncio.Event) -> None:
        """Until something is queued, sent, or a second has gone by."""
        wait = max(self._paused_until, self._paced_until) - time.monotonic()
        with contextlib.suppress(TimeoutError):
            if 0 < wait < LOOK_SECONDS:
                await asyncio.wait_for(stop.wait(), wait)
            else:
                await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
        self._wake.clear()

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    # ---- sending

    def _line_up(self, row: Claimed) -> None:
        # A row of nobody's waits for no other.
        whose = row.contact_id or -row.id
        self._waiting += 1
        if whose in self._rows:
            self._rows[whose].append(row)
        else:
            self._rows[whose] = deque([row])
            self._ready.put_nowait(whose)

    async def _send_loop(self) -> None:
        """One of as many as may be in flight: sends a contact's rows one after the other."""
        while True:
            whose = await self._ready.get()
            rows = self._rows[whose]
            while rows:
                # Awaited first: the list may have been swapped for a new one meanwhile.
                outcome = await self._send(rows[0])
                self._outcomes.append(outcome)
                rows.popleft()
                self._waiting -= 1
                if self._waiting <= self.sender.in_flight * (AT_HAND - 1):
                    self._wake.set()
            del self._rows[whose]
            self._ready.task_done()

    async def _send(self, row: Claimed) -> Outcome:
        if time.monotonic() < self._paused_until:
            return Outcome(row, "queued", due_at=self.clock())
        try:
            return await sending.send(self.sender, self.vault.reference(row.id), row, self.clock())
        except SenderBroken as broken:
            # Nobody's message is lost over our own credentials: it waits until they are mended.
            log.warning("%s: the provider refuses us: %s", self.sender.channel, broken.reason)
            self._paused_until = time.monotonic() + BROKEN_PAUSE_SECONDS
            return Outcome(row, "queued", error="sender broken", due_at=self.clock())

    # ---- settling

    async def _settle_loop(self) -> None:
        while True:
            await asyncio.sleep(SETTLE_SECONDS)
            await self._settle()

    async def _settle(self) -> None:
        outcomes, self._outcomes = self._outcomes, []
        if not outcomes:
            return
        try:
            await asyncio.to_thread(self._write_down, outcomes)
        except Exception as error:  # noqa: BLE001 - kept and tried again; a receipt may come first
            log.warning("%s: settling failed (%s)", self.sender.channel, _name(error))
            self._outcomes = outcomes + self._outcomes
            await asyncio.sleep(LOOK_SECONDS)

    def _write_down(self, outcomes: list[Outcome]) -> None:
        now = self.clock()
        with self.sessions.begin() as session:
            outbox.settle(session, self.vault, outcomes, now)
            for outcome in outcomes:
                if outcome.opted_out:
                    line_id, address = outcome.claimed.line_id, outcome.claimed.address
                    if contacts.opt_out(session, line_id, self.vault.hashes(address)):
                        self.opted_out(session, line_id, address, now)

    # ---- doubts

    async def _doubt_loop(self) -> None:
        while True:
            try:
                doubts = await asyncio.to_thread(self._claim_doubts)
            except Exception as error:  # noqa: BLE001 - the database may be away; asked again soon
                log.warning("%s: looking for doubts failed (%s)", self.sender.channel, _name(error))
                doubts = []
            for row in doubts:
                # One after the other: the first may settle what the second would claim as its own.
                outcome = await self._resolve(row)
                self._outcomes.append(outcome)
                await self._settle()
            if len(doubts) < MOST_DOUBTS:
                await asyncio.sleep(DOUBT_SECONDS)

    async def _resolve(self, row: Claimed) -> Outcome:
        if row.has_receipt:
            return Outcome(row, "accepted")
        reference = self.vault.reference(row.id)
        return await sending.resolve(self.sender, reference, row, self._others, self.clock())

    async def _others(self, provider_ids: Sequence[str]) -> set[str]:
        def look() -> set[str]:
            with self.sessions() as session:
                return receipts.already_known(session, self.vault, provider_ids)

        return await asyncio.to_thread(look) if provider_ids else set()

    def _claim_doubts(self) -> list[Claimed]:
        with self.sessions.begin() as session:
            return outbox.in_doubt(
                session, self.vault, self.sender.channel, MOST_DOUBTS, self.clock()
            )

    async def _listen(self, connection: psycopg.AsyncConnection) -> None:
        await connection.execute(f"LISTEN {bell.NAME}")
        async for notice in connection.notifies():
            if notice.payload == f"outbox:{self.sender.channel}":
                self._wake.set()


@contextlib.asynccontextmanager
async def holding(dsn: str, channel: str) -> AsyncGenerator[psycopg.AsyncConnection | None, None]:
    """A connection that holds the channel's lock, or None while another process holds it."""
    number = int.from_bytes(hashlib.blake2b(channel.encode(), digest_size=8).digest(), signed=True)
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (number,))
        row = await cursor.fetchone()
        yield connection if row and row[0] else None


def _name(error: Exception) -> str:
    # An error's own words may hold what was being sent.
    return type(error).__name__
