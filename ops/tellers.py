"""What tells staff that something waits: built from the settings, run by the worker."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from hotline.channels import Outgoing
from hotline.notices import telling
from hotline.notices.judging import Judge
from hotline.notices.telling import Carrier, HandOver, Teller
from hotline.notices.words import Message
from ops.mail import MailCarrier
from ops.settings import Settings
from ops.wiring import Wiring, clock


@dataclass(frozen=True, slots=True)
class TelegramCarrier:
    """Hands notices to the bot that contacts write to, over a connection of its own."""

    token: str = field(repr=False)
    base_url: str
    by: Literal["telegram"] = "telegram"
    name: str = "staff telegram"
    label: str = "staff Telegram"

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[HandOver, None]:
        from bot.sender import TelegramSender  # noqa: PLC0415 - only where Telegram is used

        sender = TelegramSender(self.token, self.base_url, in_flight=1)

        async def hand_over(message: Message) -> None:
            await sender.send(Outgoing("notice", message.address, message.text))

        try:
            yield hand_over
        finally:
            await sender.close()


def carriers(given: Settings) -> Sequence[Carrier]:
    """Every means by which staff can be told outside of the desk."""
    found: list[Carrier] = []
    if given.mail_server is not None:
        found.append(MailCarrier(given.mail_server, given.mail_from, clock))
    if given.has_telegram:
        found.append(TelegramCarrier(given.telegram_token, given.telegram_url))
    return found


def work(wiring: Wiring, stop: asyncio.Event) -> list[Coroutine[Any, Any, None]]:
    """The loops of a worker that tell staff."""
    loops: list[Coroutine[Any, Any, None]] = [telling.hand_out(wiring.sessions, wiring.clock, stop)]
    for carrier in carriers(wiring.settings):
        judge = Judge(wiring.vault, carrier.by, wiring.settings.public_url)
        loops.append(Teller(carrier, judge, wiring.sessions, wiring.clock).run(stop))
    return loops
