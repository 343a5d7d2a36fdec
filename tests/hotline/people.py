"""Somebody with a phone, and a provider that remembers: what the tests of the core act with."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from hotline import casefile, casekeys, outbox, staff, teamkeys
from hotline.channels import EVERYTHING, SIMULATOR, Inbound, Outgoing, Sent
from hotline.conversation import Conversation, Handled
from hotline.models import Case, Staff
from locales import count_segments
from tests.keys import BrowserKeys, make_pair, open_key, seal_key, text_form
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
    queues: bool = True
    carries: Sequence[str] = EVERYTHING
    name: str = SIMULATOR
    taken: list[Outgoing] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    tells: bool = True
    delay: float = 0.0

    @property
    def label(self) -> str:
        return self.name

    def weigh(self, text: str, options: Sequence[tuple[str, str]]) -> int:
        return count_segments(text).segments

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


class Caseworker:
    """Somebody whose browser holds the keys of their teams, and reads cases with them.

    Of the first line, or of the partner's team that is named.
    """

    def __init__(self, sessions, vault, line_id, now, login="reader", partner=""):
        self.sessions, self.vault, self.line_id = sessions, vault, line_id
        self.keys = BrowserKeys()
        with sessions.begin() as session:
            staff.add(
                session,
                line_id=line_id,
                login=login,
                display_name="Sam",
                role="partner" if partner else "caseworker",
                language="en",
            )
            if partner:
                row = session.scalar(select(Staff).where(Staff.login == login))
                row.teams = [partner]
            self.member = next(p for p in staff.listed(session, line_id) if p.login == login)
            theirs = [partner] if partner else casekeys.FIRST_LINE
            made = {team: self.new_team_key(team) for team in theirs}
            teamkeys.enrol(session, vault, self.member, self.keys.public, b"{}", made, now)
            self._learns(session)

    def new_team_key(self, _team):
        public, private = make_pair()
        return teamkeys.NewTeamKey(public, seal_key(private, self.keys.public))

    def _learns(self, session):
        for held in teamkeys.held(session, self.member):
            if held.key_sealed is not None:
                self.keys.teams[held.id] = open_key(held.key_sealed, self.keys.private)

    def reads(self, case_id=None):
        """What the browser shows of a case (the newest): summary, answers, and the thread's entries."""
        with self.sessions() as session:
            case_id = case_id or session.scalar(select(func.max(Case.id)))
            words = casefile.words(session, case_id)
            data = {
                "public_key": text_form(words.public_key or b""),
                "keys": [
                    {"team_key": key_id, "sealed": text_form(sealed)}
                    for key_id, sealed in casekeys.sealed_for(session, case_id, self.member.id)
                ],
                "summary": text_form(words.summary or b""),
                "answers": text_form(words.answers or b""),
                "messages": [
                    {"body": text_form(entry.sealed)} for entry in casefile.thread(session, case_id)
                ],
            }
            authors = [entry.author for entry in casefile.thread(session, case_id)]
        opened = self.keys.open(data)
        return opened | {"messages": list(zip(authors, opened["messages"], strict=False))}

    def hears(self, case_id=None):
        """The contact's words in a case."""
        return [text for author, text in self.reads(case_id)["messages"] if author == "contact"]

    def notes(self, case_id=None):
        return [text for author, text in self.reads(case_id)["messages"] if author == "line"]


def case(line_id, contact_id, now, state="waiting"):
    """Somebody wants one of ours to answer."""
    return Case(
        line_id=line_id,
        contact_id=contact_id,
        channel=SIMULATOR,
        language="en",
        team="general",
        urgency=2,
        state=state,
        opened_at=now,
        changed_at=now,
    )
