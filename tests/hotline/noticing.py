"""A line's staff, what tells them, and a carrier that remembers: what the tests of notices act with."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import delete, select, update

from hotline import cases, notices, staff
from hotline.models import Case, Notice, NoticeAddress, Staff, StaffSession
from hotline.notices import addresses, calling, rules, showing
from hotline.notices.judging import Judge
from hotline.notices.telling import Teller
from tests.hotline.people import Person

DESK = "https://line.example"


@dataclass
class RememberingCarrier:
    """Takes messages, and fails as it is told to: `away` when it is opened, `fails` when it is handed one."""

    by: str = "email"
    name: str = "staff email"
    label: str = "staff e-mail"
    taken: list = field(default_factory=list)
    away: list = field(default_factory=list)
    fails: list = field(default_factory=list)
    opened: int = 0

    @asynccontextmanager
    async def open(self):
        self.opened += 1
        if self.away:
            raise self.away.pop(0)
        yield self._take

    async def _take(self, message):
        if self.fails:
            raise self.fails.pop(0)
        self.taken.append(message)

    def told(self, address=None):
        return [m.subject for m in self.taken if address in (None, m.address)]


class Desk:
    """Everything about notices on one line, with a clock that tests move."""

    def __init__(self, sessions, vault, line_id, conversation, now):
        self.sessions, self.vault, self.line_id = sessions, vault, line_id
        self.conversation, self.now = conversation, now
        self.carrier = RememberingCarrier()
        self.teller = self.new_teller()

    def new_teller(self, carrier=None):
        """As another worker has it."""
        carrier = carrier or self.carrier
        judge = Judge(self.vault, carrier.by, DESK)
        return Teller(carrier, judge, self.sessions, lambda: self.now)

    def hires(self, login, role="caseworker", language="en", by=("email",), **chosen):
        """Somebody with a confirmed address and a session, who is told everything by `by`."""
        with self.sessions.begin() as session:
            staff.add(
                session, line_id=self.line_id, login=login, display_name=login.title(),
                role=role, language=language,
            )  # fmt: skip
            row = session.scalars(select(Staff).where(Staff.login == login)).one()
            token = login.encode().ljust(32, b"-")
            session.add(
                StaffSession(
                    token_hash=token, staff_id=row.id, started_at=self.now, seen_at=self.now
                )
            )
            session.add(
                NoticeAddress(
                    staff_id=row.id, by="email", asked_at=self.now, confirmed_at=self.now,
                    address_sealed=self.vault.seal(f"{login}@mail.example", "staff-address"),
                )
            )  # fmt: skip
            everything = dict.fromkeys(notices.KINDS, by)
            kept = replace(rules.of(session, row.id), chosen=everything, **chosen)
            rules.keep(session, row.id, kept)
            return staff.member(row)

    def person(self, address="tel:+12025550101"):
        return Person(self.conversation, self.sessions, self.now, address)

    def sends(self, what, *members):
        with self.sessions.begin() as session:
            notices.send(session, self.line_id, what, [m.id for m in members], self.now)

    def acts(self, act, *arguments):
        with self.sessions.begin() as session:
            return act(session, *arguments)

    def passes(self, **how_long):
        """Time passes, with everybody who has not left at the desk."""
        self.now += timedelta(**how_long)
        with self.sessions.begin() as session:
            session.execute(update(StaffSession).values(seen_at=self.now))

    def leaves(self, member):
        with self.sessions.begin() as session:
            session.execute(delete(StaffSession).where(StaffSession.staff_id == member.id))

    def opens(self, number=1, *, urgency=3, team="general"):
        """Somebody asks for a person; gives the case."""
        person = self.person(f"tel:+1202555{number:04}")
        person.calls_a_person()
        with self.sessions.begin() as session:
            case = session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()
            case.urgency, case.team = urgency, team
            return case.id, person

    def takes(self, case_id, member):
        self.acts(cases.take, self.vault, case_id, member, self.now)

    def looks(self, teller=None):
        """A worker's turn: what happened is handed out, and what is due is told."""
        with self.sessions.begin() as session:
            calling.hand_out(session, self.now)
        asyncio.run((teller or self.teller).look(asyncio.Event()))

    def told(self, somebody=None):
        """What a member was told by mail, in the order it was."""
        return self.carrier.told(somebody and f"{somebody.login}@mail.example")

    def shown(self, member, **more):
        with self.sessions() as session:
            return showing.news(session, member, self.now, **more)

    def row(self, member, what, by="email"):
        with self.sessions() as session:
            return session.get(Notice, (member.id, what, by))

    def link(self, member):
        return self.acts(addresses.make_link, member.id, self.now)
