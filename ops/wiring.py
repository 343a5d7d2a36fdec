"""The composition root: everything is built here, once, and passed down as arguments."""

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

import triage
from campaigns.sending import brake, ledger, sparing
from campaigns.signup.optin import SignUps
from hotline import lines
from hotline.channels import SIMULATOR, SMS, Sender
from hotline.conversation import Conversation
from hotline.keyring import KeyRing, KeysUnusable
from hotline.lines import LineFacts
from hotline.outbox import Claimed, Outcome
from hotline.simulator import SimulatorSender
from hotline.vault import Vault
from ops import database, embedded, settings
from ops.keywatch import KeyWatch
from ops.settings import Settings
from triage.policy import Policy, applied, read_policy

if TYPE_CHECKING:
    from sms.sender import TwilioSender

# Real people: fewer than ten are never shown. Invented ones, on the simulator, are.
SUPPRESS_BELOW = 10


class NotReady(Exception):
    """Waypost cannot work as it is set up; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What every command works with."""

    settings: Settings
    engine: Engine = field(repr=False)
    sessions: sessionmaker[Session] = field(repr=False)
    vault: Vault = field(repr=False)
    line: LineFacts
    # Keeps the vault at the ring as it is now.
    keys: KeyWatch = field(repr=False)

    @property
    def line_id(self) -> int:
        return self.line.id

    @property
    def dsn(self) -> str:
        return database.dsn(self.engine)

    @property
    def suppress_below(self) -> int:
        return 1 if self.settings.simulated else SUPPRESS_BELOW

    @property
    def campaign_channel(self) -> str:
        return SMS if self.settings.has_twilio else SIMULATOR

    @property
    def sms_number(self) -> str:
        """What people text: the helpline's sender, when it is a number and no service or name."""
        sender = next((each.sender for each in self.settings.twilio_senders), "")
        return sender if sender.removeprefix("+").isdecimal() else ""

    def clock(self) -> datetime:
        return clock()

    def opted_out(self, session: Session, line_id: int, address: str, now: datetime) -> None:
        ledger.withdraw(session, line_id, address, now, self.vault)

    def erased(self, session: Session, line_id: int, address: str, now: datetime) -> None:
        ledger.erase(session, line_id, address, now, self.vault)

    def spare(
        self, session: Session, claimed: Sequence[Claimed], now: datetime
    ) -> Sequence[Outcome]:
        return sparing.spare(session, self.vault, claimed, now)

    def gate(self, session: Session, now: datetime) -> float:
        return brake.share(session, self.line.id, now)

    def policy(self) -> Policy:
        own = self.settings.home / "policy.toml"
        return read_policy(own) if own.exists() else read_policy()

    def conversation(self) -> Conversation:
        from hotline.ear import LazyEar  # noqa: PLC0415 - loads numpy, for those who hear texts only

        return Conversation(
            self.vault,
            applied(triage.load_flow(), self.policy()),
            self.line.id,
            self.line.languages,
            self.opted_out,
            self.erased,
            LazyEar() if self.settings.ear else None,
            SignUps(self.vault, self.line.id).hear,
        )


def clock() -> datetime:
    """The only clock there is."""
    return datetime.now(UTC)


def key_file(given: Settings) -> Path:
    return given.home / "keys" / "ring"


def ring_path(given: Settings) -> Path | None:
    """The file of the key ring, or None when the environment holds the ring itself."""
    if ":" in given.keys and not given.keys.startswith(("/", ".")):
        return None
    return Path(given.keys) if given.keys else key_file(given)


def read_keys(given: Settings) -> KeyRing:
    """The key ring, from the environment or its file. Raises KeysUnusable."""
    path = ring_path(given)
    if path is None:
        return KeyRing.parse(given.keys)
    try:
        return KeyRing.parse(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        raise KeysUnusable(
            f"there is no readable key ring at {path}: `waypost run` makes one on first start, or "
            "set WAYPOST_KEYS"
        ) from None


@contextmanager
def open_database(given: Settings) -> Generator[Engine, None, None]:
    """An engine for the configured or the embedded database, which is stopped if we started it."""
    if given.database_url:
        engine = database.make_engine(given.database_url)
        server = None
    else:
        server = embedded.start(given.home)
        engine = database.make_engine(server.url())
    try:
        yield engine
    finally:
        engine.dispose()
        if server is not None:
            server.stop()


@contextmanager
def open_wiring(given: Settings | None = None) -> Generator[Wiring, None, None]:
    """Everything for one command. Raises NotReady, and the errors of what it opens."""
    given = given or settings.read()
    with open_database(given) as engine:
        wired = wire(given, engine)
        wired.keys.follow()
        try:
            yield wired
        finally:
            wired.keys.stop()


def wire(given: Settings, engine: Engine) -> Wiring:
    ring = read_keys(given)
    vault = Vault(ring, clock())
    if not database.is_current(engine):
        raise NotReady("the database is not up to date: run `waypost db upgrade`")
    sessions = database.make_sessions(engine)
    with sessions() as session:
        line = lines.first(session)
    if line is None:
        raise NotReady("there is no line yet: `waypost run` makes one on first start")
    keys = KeyWatch(vault, ring, ring_path(given), clock)
    return Wiring(given, engine, sessions, vault, line, keys)


def make_senders(wiring: Wiring) -> Sequence[Sender]:
    """Every configured sender. Vendors are imported only where they are used."""
    given = wiring.settings
    senders: list[Sender] = []
    if given.has_twilio:
        senders += twilio_senders(given)
    if given.has_telegram:
        from bot.sender import TelegramSender  # noqa: PLC0415 - the same

        senders.append(TelegramSender(given.telegram_token, given.telegram_url))
    if given.simulated:
        senders.append(SimulatorSender(wiring.sessions, wiring.vault, wiring.clock))
    return senders


def twilio_senders(given: Settings) -> list["TwilioSender"]:
    """The line's senders at Twilio, one that does all or the helpline's first."""
    from sms.sender import TwilioSender  # noqa: PLC0415 - large, and not needed everywhere

    status = f"{given.public_url}/webhooks/twilio/status" if given.public_url else ""
    return [
        TwilioSender(
            given.twilio_account_sid,
            given.twilio_auth_token,
            each.sender,
            given.twilio_url,
            status_url=status,
            rate=each.rate,
            label=each.label,
            carries=each.carries,
        )
        for each in given.twilio_senders
    ]


def child_environment(given: Settings, engine: Engine) -> dict[str, str]:
    """What the processes `waypost run` starts need to find the same database and home."""
    url = engine.url.render_as_string(hide_password=False)
    return os.environ | {"WAYPOST_DATABASE_URL": url, "WAYPOST_HOME": str(given.home.resolve())}


Clock = Callable[[], datetime]
