"""What every sender keeps, whatever it sends through. A channel's test class inherits these tests.

A subclass gives a `carrier`: the sender, and what the person's phone shows.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from hotline.channels import Outgoing, Sender

T = TypeVar("T")
CANARY = "unmistakable words 4711"


@dataclass(frozen=True)
class Carrier:
    """`make` gives a sender inside the running loop; `heard` what the phone at `address` shows."""

    make: Callable[[], Sender]
    address: str
    heard: Callable[[], list[str]]

    def use(self, work: Callable[[Sender], Awaitable[T]]) -> T:
        """Do `work` with a sender of its own, and close it."""

        async def run() -> T:
            sender = self.make()
            try:
                return await work(sender)
            finally:
                await sender.close()

        return asyncio.run(run())

    def message(self, text: str = "Hello", **more: object) -> Outgoing:
        return Outgoing(**{"reference": "r1", "address": self.address, "text": text} | more)  # type: ignore[arg-type]


class SenderContract:
    def test_a_message_arrives_once_and_whole(self, carrier: Carrier) -> None:
        text = 'Línea uno 😀\n\nالسطر الثاني\u200f & <b>"3"</b> = 100% +1 ;'
        carrier.use(lambda sender: sender.send(carrier.message(text)))
        assert carrier.heard() == [text]

    def test_each_option_is_shown_with_its_number(self, carrier: Carrier) -> None:
        options = (("yes", "Sí"), ("no", "No & never"))
        carrier.use(lambda sender: sender.send(carrier.message("Safe?", options=options)))
        assert carrier.heard() == ["Safe?\n1 Sí\n2 No & never"]

    def test_every_message_has_an_id_of_its_own_and_a_segment(self, carrier: Carrier) -> None:
        async def work(sender: Sender) -> list[str]:
            sent = [await sender.send(carrier.message("same")) for _ in range(3)]
            assert all(one.segments >= 1 for one in sent)
            return [one.provider_id for one in sent]

        ids = carrier.use(work)
        assert len(set(ids)) == 3
        assert all(ids)

    def test_as_many_as_it_says_can_be_in_flight(self, carrier: Carrier) -> None:
        async def work(sender: Sender) -> int:
            texts = [f"text {number}" for number in range(sender.in_flight)]
            await asyncio.gather(*(sender.send(carrier.message(text)) for text in texts))
            assert sorted(carrier.heard()) == sorted(texts)
            return sender.in_flight

        assert carrier.use(work) >= 1

    def test_it_tells_its_channel_and_its_pace(self, carrier: Carrier) -> None:
        async def work(sender: Sender) -> None:
            assert sender.channel
            assert sender.rate is None or sender.rate > 0

        carrier.use(work)

    def test_what_was_taken_is_found_again_or_it_says_that_it_cannot_tell(
        self, carrier: Carrier
    ) -> None:
        async def work(sender: Sender) -> None:
            since = datetime.now(UTC)
            message = carrier.message("Where is it?")
            sent = await sender.send(message)
            found = await sender.look_up(message, since)
            assert found is None or sent.provider_id in [one.provider_id for one in found]

        carrier.use(work)

    def test_what_was_never_sent_is_not_found(self, carrier: Carrier) -> None:
        async def work(sender: Sender) -> None:
            found = await sender.look_up(carrier.message("Never sent"), datetime.now(UTC))
            assert not found

        carrier.use(work)

    def test_what_was_taken_before_is_not_found(self, carrier: Carrier) -> None:
        async def work(sender: Sender) -> None:
            await sender.send(carrier.message("Old"))
            later = datetime.now(UTC) + timedelta(minutes=1)
            assert not await sender.look_up(carrier.message("Old"), later)

        carrier.use(work)

    def test_neither_words_nor_address_are_logged_or_shown(
        self, carrier: Carrier, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        caplog.set_level(logging.DEBUG)

        async def work(sender: Sender) -> None:
            message = carrier.message(CANARY, options=(("o", CANARY),))
            sent = await sender.send(message)
            await sender.look_up(message, datetime.now(UTC))
            logging.getLogger("told").info("%r %r %r", message, sent, sender)

        carrier.use(work)
        captured = capfd.readouterr()
        told = f"{caplog.text}{captured.out}{captured.err}"
        assert "told" in told
        assert CANARY not in told
        assert carrier.address.partition(":")[2].removeprefix("+") not in told
