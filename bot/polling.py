"""Hearing from Telegram: by asking, where the line has no public address, or by setting a webhook.

An update is confirmed only after it was heard, so that a crash loses nothing; what is then heard
twice is recognised by its id. One that cannot be heard keeps nobody else waiting.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from telegram import Bot, Update
from telegram.error import TelegramError

from bot.client import ANSWER_SECONDS, judge, make_bot
from bot.updates import ALLOWED, parse, read
from hotline.channels import Inbound, Malformed

POLL_SECONDS: Final = 20
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
# An update fails alone while others are heard: after this often it is it, not us.
MOST_TRIES: Final = 3

Hear = Callable[[Inbound], Awaitable[None]]
# An update's number, and the update, or None for one that cannot be read.
Given = tuple[int, Update | None]
T = TypeVar("T")

log = logging.getLogger(__name__)


async def poll(
    token: str,
    base_url: str,
    hear: Hear,
    stop: asyncio.Event,
    clock: Callable[[], datetime],
) -> None:
    """Give each update to `hear`, until `stop`. Whatever goes wrong is waited out, never raised."""
    bot, connections = make_bot(token, base_url, connections=4)
    try:
        # Telegram refuses to be asked while it has a webhook to call.
        await _insist(lambda: bot.delete_webhook(drop_pending_updates=False), stop)
        ear = _Ear(bot, hear, clock)
        while not stop.is_set():
            updates = await _insist(lambda: _ask(bot, ear.offset), stop)
            if updates and not await ear.hear_all(updates):
                await _rest(stop, ear.wait)
    finally:
        await connections.shutdown()


async def set_webhook(token: str, base_url: str, url: str, secret: str) -> None:
    """Have Telegram call `url` with `secret`; tried until Telegram agrees."""
    bot, connections = make_bot(token, base_url, connections=1)
    try:
        await _insist(
            lambda: bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED),
            asyncio.Event(),
        )
    finally:
        await connections.shutdown()


@dataclass(slots=True)
class _Ear:
    """Hears updates in order; `offset` is the first that Telegram has to give again."""

    bot: Bot
    tell: Hear
    clock: Callable[[], datetime]
    offset: int = 0
    wait: float = 0.0
    misses: dict[int, int] = field(default_factory=dict[int, int])

    async def hear_all(self, given: Sequence[Given]) -> bool:
        """Whether all were heard. Those that were not are given again."""
        missed = [number for number, update in given if not await self._hear(update)]
        if len(missed) < len(given):
            self._count(missed)
        kept = [number for number in missed if self.misses.get(number, 0) < MOST_TRIES]
        self.misses = {number: self.misses.get(number, 0) for number in kept}
        self.offset = min(kept, default=given[-1][0] + 1)
        self.wait = min(self.wait * 2 or FIRST_WAIT, LONGEST_WAIT) if kept else 0.0
        await asyncio.gather(*(self._acknowledge(update) for _, update in given))
        return not kept

    async def _hear(self, update: Update | None) -> bool:
        try:
            inbound = parse(update, self.clock()) if update is not None else None
            if inbound is not None:
                await self.tell(inbound)
        except Malformed:
            log.warning("telegram: an update cannot be read and is left out")
        except Exception as error:  # noqa: BLE001 - the database may be away; it is given again
            log.warning("telegram: an update was not heard (%s)", type(error).__name__)
            return False
        return True

    def _count(self, missed: Sequence[int]) -> None:
        for number in missed:
            self.misses[number] = self.misses.get(number, 0) + 1
            if self.misses[number] == MOST_TRIES:
                log.error("telegram: an update is given up after %d tries", MOST_TRIES)

    async def _acknowledge(self, update: Update | None) -> None:
        """End a pressed button's waiting. It is only for show, so failing is nothing."""
        if update is not None and update.callback_query is not None:
            with contextlib.suppress(TelegramError):
                await self.bot.answer_callback_query(update.callback_query.id)


async def _ask(bot: Bot, offset: int) -> Sequence[Given]:
    try:
        # The library adds the poll's own seconds to its patience; in the bare call below it cannot.
        updates = await bot.get_updates(
            offset=offset, timeout=POLL_SECONDS, allowed_updates=ALLOWED
        )
        return [(update.update_id, update) for update in updates]
    except TelegramError:
        raise
    except Exception as error:  # noqa: BLE001 - one update that the library cannot read
        log.warning("telegram: updates are read one by one (%s)", type(error).__name__)
    raw = await bot.do_api_request(
        "getUpdates",
        api_kwargs={"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": ALLOWED},
        read_timeout=POLL_SECONDS + ANSWER_SECONDS,
    )
    return [_one(each) for each in cast("list[dict[str, Any]]", raw)]


def _one(raw: dict[str, Any]) -> Given:
    try:
        return int(raw["update_id"]), read(raw)
    except Malformed:
        log.warning("telegram: an update cannot be read and is left out")
        return int(raw["update_id"]), None


async def _insist(call: Callable[[], Awaitable[T]], stop: asyncio.Event) -> T | None:
    """What `call` gives once it succeeds, or None when we are to stop."""
    wait = FIRST_WAIT
    while not stop.is_set():
        try:
            return await _unless(stop, call)
        except TelegramError as error:
            failure = judge(error)
            log.warning("%s; trying again", failure.reason)
            wait = max(wait, failure.after)
        except Exception as error:  # noqa: BLE001 - an answer of another shape
            log.warning("telegram's answer was unreadable (%s)", type(error).__name__)
        await _rest(stop, wait)
        wait = min(wait * 2, LONGEST_WAIT)
    return None


async def _unless(stop: asyncio.Event, call: Callable[[], Awaitable[T]]) -> T | None:
    """What `call` gives, or None as soon as we are to stop: a long poll is not waited for."""
    calling = asyncio.ensure_future(call())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([calling, stopping], return_when=asyncio.FIRST_COMPLETED)
        return calling.result() if calling.done() else None
    finally:
        for task in (calling, stopping):
            task.cancel()
        await asyncio.gather(calling, stopping, return_exceptions=True)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
