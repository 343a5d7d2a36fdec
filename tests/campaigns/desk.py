"""A campaign desk, its subscribers and a carrier: what the tests of campaigns act with."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from campaigns.importing import intake
from campaigns.models import Campaign
from campaigns.planning import plan, steering
from campaigns.quiet import Window
from campaigns.sending import dispatch, ledger, sparing
from campaigns.sending.ledger import Balance
from hotline import contacts, outbox, receipts
from hotline.channels import SIMULATOR, Receipt
from hotline.models import Outbox, Staff
from hotline.outbox import Claimed, Outcome
from hotline.vault import Vault
from tests.conftest import NOW

ANY_TIME = Window("00:00", "24:00")
HEADER = "phone,language,consent_source\n"


def number(n: int) -> str:
    """A valid phone number for each n."""
    return f"+4179{1000000 + n}"


@dataclass
class Desk:
    """Plans, sends and hears of campaigns; remembers every text that left, by address."""

    sessions: sessionmaker[Session]
    vault: Vault
    line_id: int
    now: datetime
    officer: int = 0
    supervisor: int = 0
    sent: list[tuple[str, str]] = field(default_factory=list)
    stopped: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.officer, self.supervisor = self._staff("officer"), self._staff("supervisor")

    def _staff(self, login: str) -> int:
        with self.sessions.begin() as session:
            person = Staff(
                line_id=self.line_id,
                login=login,
                display_name=login.title(),
                role="supervisor",
                language="en",
                password_hash="-",
            )
            session.add(person)
            session.flush()
            return person.id

    def starts_over(self) -> None:
        """As on the first day."""
        self.sent, self.stopped, self.now = [], set(), NOW
        tables = (
            "outbox, opt_outs, campaign_tallies, campaign_points, campaign_texts, campaigns,"
            " outbox_bodies, subscribers"
        )
        with self.sessions.begin() as session:
            session.execute(text(f"TRUNCATE {tables}"))

    # ---- before

    def imports(self, lines: str, source: str = "") -> intake.Report:
        """A file whose people all agreed today."""
        with self.sessions.begin() as session:
            given = intake.defaults(
                session, self.line_id, SIMULATOR, self.now, source=source, day=self.now.date()
            )
            begun = intake.begin(session, self.line_id, None, self.now)
        file = io.BytesIO(lines.encode())
        return intake.run(self.sessions, self.vault, begun, file, given, lambda: self.now)

    def has_subscribers(self, many: int, languages: Sequence[str] = ("en",)) -> None:
        rows = [f"{number(n)},{languages[n % len(languages)]},fair\n" for n in range(many)]
        self.imports(HEADER + "".join(rows))

    def drafts(self, hours: Window = ANY_TIME, days: int = 2, **texts: str) -> int:
        with self.sessions.begin() as session:
            campaign = plan.create(session, self.line_id, "Know before you go", self.officer)
            for language, words in (texts or {"en": "Call us. STOP to end."}).items():
                plan.set_text(session, campaign, language, words)
            plan.set_window(session, campaign, None, self.now + timedelta(days=days), hours)
        return campaign

    def submits(self, campaign: int) -> bytes:
        with self.sessions.begin() as session:
            for language in plan.texts(session, campaign):
                plan.sign_off(session, campaign, language, self.officer)
            plan.submit(session, campaign, self.officer, self.now)
        return self.row(campaign).content_hash or b""

    def schedules(self, campaign: int) -> int:
        seen = self.submits(campaign)
        with self.sessions.begin() as session:
            plan.approve(session, campaign, self.supervisor, seen, self.now)
        with self.sessions.begin() as session:
            plan.schedule(session, campaign, SIMULATOR, self.now)
        return campaign

    # ---- while it runs

    def advances(self, campaign: int, batch: int = 2000, most: int = 100) -> bool:
        more = True
        for _ in range(most):
            with self.sessions.begin() as session:
                more = dispatch.advance(session, self.vault, campaign, self.now, batch)
            if not more:
                break
        return more

    def steers(self, move: str, campaign: int) -> None:
        with self.sessions.begin() as session:
            getattr(steering, move)(session, campaign, self.now)

    def claims(self, most: int = 1000) -> list[Claimed]:
        """As a deliverer does: who is not to be texted now is settled on the spot."""
        with self.sessions.begin() as session:
            claimed = outbox.claim(session, self.vault, SIMULATOR, most, self.now)
            spared = sparing.spare(session, self.vault, claimed, self.now)
            outbox.settle(session, self.vault, spared, self.now)
        not_now = {outcome.claimed.id for outcome in spared}
        return [row for row in claimed if row.id not in not_now]

    def settles(self, claimed: Sequence[Claimed], state: outbox.State = "accepted") -> None:
        """The carrier took them, or whatever `state` says."""
        if state == "accepted":
            self.sent += [(row.address, row.body.text) for row in claimed]
        provider = "p{}" if state == "accepted" else ""
        outcomes = [
            Outcome(row, state, provider.format(row.id), 1, due_at=self.now) for row in claimed
        ]
        with self.sessions.begin() as session:
            outbox.settle(session, self.vault, outcomes, self.now)

    def delivers(self) -> list[str]:
        claimed = self.claims()
        self.settles(claimed)
        return [row.body.text for row in claimed]

    def hears_receipts(self, claimed: Sequence[Claimed], outcome: str = "delivered") -> None:
        told = [Receipt(outcome, self.vault.reference(row.id)) for row in claimed]
        with self.sessions.begin() as session:
            receipts.record(session, self.vault, told, self.now)

    def says_stop(self, n: int) -> None:
        self.stopped.add(n)
        address = "tel:" + number(n)
        with self.sessions.begin() as session:
            if contacts.opt_out(session, self.line_id, self.vault.hashes(address)):
                ledger.withdraw(session, self.line_id, address, self.now, self.vault)

    def erases(self, n: int) -> None:
        """They asked to be forgotten."""
        with self.sessions.begin() as session:
            ledger.erase(session, self.line_id, "tel:" + number(n), self.now, self.vault)

    def asks_about_doubts(self, most: int = 1000) -> list[Claimed]:
        """As a deliverer does with what nobody has heard of since its lease was over."""
        with self.sessions.begin() as session:
            return outbox.in_doubt(session, self.vault, SIMULATOR, most, self.now)

    # ---- what is to be seen

    def states(self, campaign: int) -> dict[int, tuple[str, str | None]]:
        """Each row's state and receipt."""
        with self.sessions() as session:
            rows = session.execute(
                select(Outbox.id, Outbox.state, Outbox.receipt).where(
                    Outbox.campaign_id == campaign
                )
            )
            return {row.id: (row.state, row.receipt) for row in rows}

    def balance(self, campaign: int) -> Balance:
        with self.sessions() as session:
            return ledger.balance(session, campaign)

    def audits(self, campaign: int) -> Balance:
        """The sheet from counting every row; the kept one once the campaign is closed."""
        with self.sessions() as session:
            if session.get_one(Campaign, campaign).balance is not None:
                return ledger.balance(session, campaign)
            return ledger.audit(session, campaign)

    def row(self, campaign: int) -> Campaign:
        with self.sessions() as session:
            return session.get_one(Campaign, campaign)
