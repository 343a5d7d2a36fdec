"""The delivery loop: the only thing that sends. One deliverer a sender, across all machines.

Claim a few rows of the sender's channel, send with no transaction open, settle in batches. Rows belong to
no sender: whoever has room takes them, so that a faster one takes more and one that is not well none. A
deliverer holds its sender's advisory lock; when its process dies the lock is free at once, and what it
left in doubt is settled by asking the provider.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import psycopg
from sqlalchemy.orm import Session, sessionmaker

from hotline import bell, contacts, health, leases, outbox, sending
from hotline.athand import AtHand
from hotline.channels import Load, Sender
from hotline.doubts import Doubts
from hotline.health import Health
from hotline.locks import holding
from hotline.outbox import CAMPAIGN, REPLY, Claimed, Outcome
from hotline.pace import Pace
from hotline.vault import Vault

LOOK_SECONDS = 1.0
SETTLE_SECONDS = 0.05
TELL_SECONDS = 2.0
# Rows claimed, in multiples of what is in flight.
AT_HAND = 4
PRIORITIES: Final[dict[Load, int]] = {"replies": REPLY, "campaigns": CAMPAIGN}

Spare = Callable[[Session, Sequence[Claimed], datetime], Sequence[Outcome]]
Gate = Callable[[Session, datetime], float]

log = logging.getLogger(__name__)


def spare_nobody(
    _session: Session, _claimed: Sequence[Claimed], _now: datetime
) -> Sequence[Outcome]:
    return ()


def always_open(_session: Session, _now: datetime) -> float:
    return 1.0


@dataclass(slots=True, eq=False)
class Deliverer:
    """Delivers through one sender until it is told to stop.

    `opted_out` is told when a provider says that a person stopped us there. `spare` looks at campaign
    rows in the transaction that claims them: the outcomes it gives are settled there, and those rows are
    not sent. `gate` says, at most once a second, which share of the sender's speed campaigns may use.
    """

    sender: Sender
    sessions: sessionmaker[Session] = field(repr=False)
    vault: Vault = field(repr=False)
    clock: Callable[[], datetime]
    opted_out: Callable[[Session, int, str, datetime], None]
    spare: Spare = spare_nobody
    gate: Gate = always_open
    _hand: AtHand = field(default_factory=AtHand)
    _outcomes: list[Outcome] = field(default_factory=list[Outcome])
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _health: Health = field(default_factory=Health)
    # Everything the sender sends, and what campaigns may have of it.
    _pace: Pace = field(init=False)
    _campaign_pace: Pace = field(init=False)
    _share: float = 1.0
    _asked_at: float = -LOOK_SECONDS
    _priorities: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        self._pace, self._campaign_pace = Pace(self.sender.rate), Pace(self.sender.rate)
        self._priorities = sorted(PRIORITIES[load] for load in self.sender.carries)

    async def run(self, dsn: str, stop: asyncio.Event) -> None:
        """Hold the sender's lock and deliver; wait for the lock while another process has it."""
        while not stop.is_set():
            try:
                async with holding(dsn, self.sender.name) as connection:
                    if connection is not None:
                        await self._deliver(connection, stop)
            except psycopg.Error as error:
                log.warning("%s: the database is away (%s)", self.sender.label, _name(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)

    async def _deliver(self, connection: psycopg.AsyncConnection, stop: asyncio.Event) -> None:
        listening = asyncio.create_task(self._listen(connection))
        doubts = Doubts(self.sender, self.sessions, self.vault, self.clock, self._priorities)
        sending_loops = (self._send_loop() for _ in range(self.sender.in_flight))
        own_loops = (self._settle_loop(), self._tell_loop(), self._wake_at(stop))
        loops = (doubts.settle_all(), *own_loops, *sending_loops)
        helpers = [listening, *map(asyncio.create_task, loops)]
        try:
            while not stop.is_set() and not listening.done():
                if not await self._claim_some():
                    await self._rest()
            # What is under way is finished and written down before the lock is given up.
            await self._hand.empty()
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            # Cut off in the middle: the lease of these rows runs out, and then they are in doubt.
            self._hand = AtHand()
            await self._settle()

    # ---- claiming

    async def _claim_some(self) -> bool:
        """Claim what there is room for, replies first. True when there may be more at once."""
        more = False
        for priority in self._priorities:
            # Each by itself: whatever goes wrong with campaigns keeps no reply waiting.
            try:
                if priority == CAMPAIGN and time.monotonic() - self._asked_at >= LOOK_SECONDS:
                    await asyncio.to_thread(self._ask_gate)
                room = self._room(priority)
                if room > 0:
                    more |= await self._take(priority, room) == room
            except Exception as error:  # noqa: BLE001 - the database may be away; the loop goes on
                log.warning("%s: claiming failed (%s)", self.sender.label, _name(error))
        return more

    def _ask_gate(self) -> None:
        # Until there is an answer, campaigns wait.
        self._asked_at, self._share = time.monotonic(), 0.0
        with self.sessions.begin() as session:
            self._share = self.gate(session, self.clock())
        if self.sender.rate is not None:
            self._campaign_pace.change(self.sender.rate * self._share, time.monotonic())

    def _room(self, priority: int) -> int:
        """How many rows may be claimed now."""
        now = time.monotonic()
        if self._health.rest(now):
            return 0
        most, least = self._limits(priority)
        room = most - self._hand.waiting[priority]
        for pace in self._paces(priority):
            allowed = pace.room(now)
            room = room if allowed is None else min(room, allowed)
        if room < least:
            return 0
        if self._health.trying():
            return 0 if any(self._hand.waiting.values()) else 1
        return room

    def _limits(self, priority: int) -> tuple[int, int]:
        """The most rows at hand, and the least that are worth a claim."""
        in_flight = self.sender.in_flight
        if self.sender.rate is not None:
            held = priority == CAMPAIGN and self._share <= 0
            return (0 if held else in_flight), 1
        if priority == CAMPAIGN and self._share < 1:
            most = int(in_flight * self._share) or int(self._share > 0)
            return most, max(1, most // 2)
        # More than is in flight: the next rows are at hand while the last are being sent.
        return in_flight * AT_HAND, in_flight

    def _paces(self, priority: int) -> Sequence[Pace]:
        if priority == CAMPAIGN:
            return (self._pace, self._campaign_pace)
        return () if self.sender.queues else (self._pace,)

    async def _take(self, priority: int, most: int) -> int:
        """Claim and line up. Gives how many rows were claimed."""
        number, claimed = await asyncio.to_thread(self._claim, priority, most)
        for row in claimed:
            self._hand.put(row, priority)
        if self.sender.rate is not None:
            weights = [self.sender.weigh(row.body.text, row.body.options) for row in claimed]
            for pace in {id(pace): pace for pace in (self._pace, *self._paces(priority))}.values():
                pace.take(weights, time.monotonic())
        return number

    def _claim(self, priority: int, most: int) -> tuple[int, list[Claimed]]:
        now, channel = self.clock(), self.sender.channel
        with self.sessions.begin() as session:
            claimed = outbox.claim(session, self.vault, channel, most, now, (priority,))
            spared = self.spare(session, claimed, now) if priority == CAMPAIGN and claimed else ()
            outbox.settle(session, self.vault, spared, now)
        kept = {outcome.claimed.id for outcome in spared}
        return len(claimed), [row for row in claimed if row.id not in kept]

    async def _rest(self) -> None:
        """Until something is queued or sent, the pace allows more, or a second has gone by."""
        now = time.monotonic()
        waits = [LOOK_SECONDS, self._health.rest(now)]
        waits += [pace.wait(now) for pace in (self._pace, self._campaign_pace)]
        with contextlib.suppress(TimeoutError):
            soon = min((wait for wait in waits if wait > 0), default=LOOK_SECONDS)
            await asyncio.wait_for(self._wake.wait(), soon)
        self._wake.clear()

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    # ---- sending

    async def _send_loop(self) -> None:
        """One of as many as may be in flight: sends a contact's rows one after the other."""
        while True:
            hand = self._hand
            whose, priority = await hand.next()
            while (row := hand.first(whose)) is not None:
                # Awaited first: the list may have been swapped for a new one meanwhile.
                outcome = await self._send(row)
                self._outcomes.append(outcome)
                hand.done(whose, priority)
                most, least = self._limits(priority)
                if hand.waiting[priority] == most - least or self._health.trying():
                    self._wake.set()

    async def _send(self, row: Claimed) -> Outcome:
        now = self.clock()
        if self._health.rest(time.monotonic()):
            return sending.given_back(row, now)
        unsent = sending.unsent(row, now)
        if unsent is not None:
            return unsent
        outcome, failed = await sending.send(self.sender, self.vault.reference(row.id), row, now)
        resting = self._health.rest(time.monotonic())
        self._health.note(failed, time.monotonic())
        if self._health.rest(time.monotonic()) > resting:
            log.warning("%s rests: %s", self.sender.label, self._health.reason)
        return outcome

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
        except asyncio.CancelledError:
            # Perhaps written down and perhaps not: settling twice moves a row once.
            self._outcomes = outcomes + self._outcomes
            raise
        except Exception as error:  # noqa: BLE001 - kept and tried again; a receipt may come first
            log.warning("%s: settling failed (%s)", self.sender.label, _name(error))
            self._outcomes = outcomes + self._outcomes
            await asyncio.sleep(LOOK_SECONDS)

    def _write_down(self, outcomes: list[Outcome]) -> None:
        now = self.clock()
        with self.sessions.begin() as session:
            outbox.settle(session, self.vault, leases.standing(session, outcomes), now)
            for outcome in outcomes:
                if outcome.opted_out:
                    line_id, address = outcome.claimed.line_id, outcome.claimed.address
                    if contacts.opt_out(session, line_id, self.vault.hashes(address)):
                        self.opted_out(session, line_id, address, now)

    # ---- telling and hearing

    async def _tell_loop(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                await asyncio.to_thread(self._tell)
            await asyncio.sleep(TELL_SECONDS)

    def _tell(self) -> None:
        now, rest = self.clock(), self._health.rest(time.monotonic())
        until = now + timedelta(seconds=rest) if rest else None
        with self.sessions.begin() as session:
            health.tell(session, self.sender, self._health, until, now)

    async def _listen(self, connection: psycopg.AsyncConnection) -> None:
        await connection.execute(f"LISTEN {bell.NAME}")
        async for notice in connection.notifies():
            if notice.payload == f"outbox:{self.sender.channel}":
                self._wake.set()


def _name(error: Exception) -> str:
    # An error's own words may hold what was being sent.
    return type(error).__name__
