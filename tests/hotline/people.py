"""Somebody with a phone, and a provider that remembers: what the tests of the core act with."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from hotline import outbox
from hotline.channels import SIMULATOR, Inbound, Outgoing, Sent
from hotline.conversation import Conversation, Handled
from triage import understand


@dataclass
class Person:
    """Texts the line and hears what is queued for them."""

    conversation: Conversation
    sessions: sessionmaker[Session]
    now: datetime
    address: str = "tel:+12025550101"
    language: str = "en"
    texts: int = 0

    def texts_us(self, text: str, **more: Any) -> list[str]:
        """Send a text; gives the ids of what the line answers."""
        handled = self.sends(text, **more)
        return [say.id for say in handled.turn.messages] if handled.turn else []

    def says_word(self, name: str) -> list[str]:
        return self.texts_us(understand.word_for(name, self.language))

    def sends(self, text: str, **more: Any) -> Handled:
        self.texts += 1
        self.now += timedelta(seconds=5)
        inbound = Inbound(
            SIMULATOR, self.address, text, f"{self.address}/{self.texts}", self.now, **more
        )
        with self.sessions.begin() as session:
            return self.conversation.receive(session, inbound, self.now)

    def hears(self) -> list[str]:
        """What the line has queued for everybody, as delivered now."""
        vault = self.conversation.vault
        with self.sessions.begin() as session:
            claimed = outbox.claim(session, vault, SIMULATOR, 50, self.now)
            taken = [outbox.Outcome(c, "accepted", f"p{c.id}", 1) for c in claimed]
            outbox.settle(session, vault, taken, self.now)
        return [row.body.text for row in claimed]

    def reaches_the_menu(self) -> None:
        assert self.texts_us("hello") == ["language.choose"]
        assert self.texts_us("1") == ["safe.ask"]
        assert self.texts_us("1") == ["menu.ask"]

    def calls_a_person(self) -> None:
        self.reaches_the_menu()
        assert "person.called" in self.texts_us("0")


@dataclass
class RememberingSender:
    """A provider in memory: remembers what it took, and fails as it is told to."""

    channel: str = SIMULATOR
    in_flight: int = 4
    rate: float | None = None
    taken: list[Outgoing] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    tells: bool = True
    delay: float = 0.0

    async def send(self, message: Outgoing) -> Sent:
        await asyncio.sleep(self.delay)
        if self.fails:
            raise self.fails.pop(0)
        self.taken.append(message)
        return Sent(f"id-{len(self.taken)}", 1)

    async def look_up(
        self, message: Outgoing, since: datetime, until: datetime | None = None
    ) -> Sequence[Sent] | None:
        del since, until
        if not self.tells:
            return None
        return [
            Sent(f"id-{n}", 1)
            for n, taken in enumerate(self.taken, 1)
            if (taken.address, taken.text) == (message.address, message.text)
        ]

    async def close(self) -> None:
        pass
