"""The loops that tell staff what waits: one hands out what happened, and one a carrier sends.

Nothing is marked as being sent before the carrier is there, so that a mail server that is away, or a
worker that dies while it connects, loses nothing.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker

from hotline import health
from hotline.channels import OptedOut, SenderBroken, SendFailed, Unavailable, Uncertain
from hotline.health import Health
from hotline.notices import Means, addresses, calling, ledger
from hotline.notices.judging import Judge
from hotline.notices.ledger import Claimed
from hotline.notices.words import Message

LOOK_SECONDS = 1.0
TELL_SECONDS = 5.0

HandOver = Callable[[Message], Awaitable[None]]

log = logging.getLogger(__name__)


class Carrier(Protocol):
    """What brings notices to people: a mail server, a bot. `name` and `label` hold no address."""

    @property
    def by(self) -> Means: ...
    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...

    def open(self) -> AbstractAsyncContextManager[HandOver]:
        """Ready to be handed messages. Raises SendFailed, and so does what it gives."""
        ...


async def hand_out(
    sessions: sessionmaker[Session], clock: Callable[[], datetime], stop: asyncio.Event
) -> None:
    """Look each second whether something happened, until told to stop."""

    def look() -> int:
        with sessions.begin() as session:
            return calling.hand_out(session, clock())

    while not stop.is_set():
        try:
            await asyncio.to_thread(look)
        except Exception as error:  # noqa: BLE001 - the database may be away; the loop goes on
            log.warning("notices were not handed out (%s)", type(error).__name__)
        await _rest(stop, LOOK_SECONDS)


@dataclass(slots=True, eq=False)
class Teller:
    """Tells by one carrier until it is told to stop. Any number of them, on any number of machines."""

    carrier: Carrier
    judge: Judge
    sessions: sessionmaker[Session] = field(repr=False)
    clock: Callable[[], datetime]
    _health: Health = field(default_factory=Health)
    _told_at: float = -TELL_SECONDS

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.look(stop)
            except Exception as error:  # noqa: BLE001 - the same
                log.warning("%s: notices wait (%s)", self.carrier.label, type(error).__name__)
            await _rest(stop, LOOK_SECONDS)

    async def look(self, stop: asyncio.Event) -> None:
        """Tell everything that is due now."""
        await asyncio.to_thread(self._say_how_it_is)
        if not self._health.rest(time.monotonic()) and await asyncio.to_thread(self._sift):
            await self._tell_all(stop)

    def _sift(self) -> bool:
        """Whether there is anything to tell, with what need not be told put aside."""
        with self.sessions.begin() as session:
            if lost := ledger.lapse(session, self.carrier.by, self.clock()):
                log.warning("%s: %d notices are in doubt", self.carrier.label, lost)
            return self.judge.next(session, self.clock()) is not None

    async def _tell_all(self, stop: asyncio.Event) -> None:
        try:
            async with self.carrier.open() as hand_over:
                while not stop.is_set() and not self._health.rest(time.monotonic()):
                    claimed = await asyncio.to_thread(self._claim)
                    if claimed is None:
                        return
                    failure = await _handed(hand_over, claimed.message)
                    self._note(failure)
                    await asyncio.to_thread(self._settle, claimed, failure)
        except SendFailed as failure:
            self._note(failure)

    def _claim(self) -> Claimed | None:
        """Weighed once more: a case may have been taken since."""
        with self.sessions.begin() as session:
            now = self.clock()
            found = self.judge.next(session, now)
            if found is None:
                return None
            row, message = found
            return ledger.mark(row, message, now)

    def _settle(self, claimed: Claimed, failure: SendFailed | None) -> None:
        with self.sessions.begin() as session:
            now = self.clock()
            match failure:
                case None:
                    ledger.end(session, claimed, now)
                case Unavailable() | SenderBroken():
                    ledger.give_back(session, claimed, now)
                case OptedOut():
                    # They blocked the bot, or left: nobody is told there any more.
                    addresses.remove(session, claimed.staff_id, claimed.by)
                    ledger.end(session, claimed, now, failure.reason)
                case Uncertain():
                    ledger.end(session, claimed, now, ledger.IN_DOUBT)
                case _ if failure.retry:
                    after = timedelta(seconds=failure.after)
                    ledger.not_yet(session, claimed, failure.reason, after, now)
                case _:
                    ledger.end(session, claimed, now, failure.reason)

    def _note(self, failure: SendFailed | None) -> None:
        if failure is not None:
            log.warning("%s: a notice was not taken: %s", self.carrier.label, failure.reason)
        self._health.note(failure, time.monotonic())

    def _say_how_it_is(self) -> None:
        """For `waypost doctor` and whoever watches."""
        if time.monotonic() - self._told_at < TELL_SECONDS:
            return
        self._told_at = time.monotonic()
        now, rest = self.clock(), self._health.rest(self._told_at)
        with self.sessions.begin() as session:
            until = now + timedelta(seconds=rest) if rest else None
            health.tell(session, self.carrier, self._health, until, now)


async def _handed(hand_over: HandOver, message: Message) -> SendFailed | None:
    try:
        await hand_over(message)
    except SendFailed as failure:
        return failure
    return None


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
