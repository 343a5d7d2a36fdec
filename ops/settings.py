"""Settings: one frozen object from `WAYPOST_…` names, every error reported at once with what to set."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ops.senders import TwilioFrom, arranged

if TYPE_CHECKING:
    # `waypost run` reads settings and stays small: what mail needs is loaded where mail is sent.
    from ops.mail import MailServer

NAMES = (
    "WAYPOST_HOME",
    "WAYPOST_DATABASE_URL",
    "WAYPOST_PUBLIC_URL",
    "WAYPOST_KEYS",
    "WAYPOST_HOST",
    "WAYPOST_PORT",
    "WAYPOST_TWILIO_ACCOUNT_SID",
    "WAYPOST_TWILIO_AUTH_TOKEN",
    "WAYPOST_TWILIO_FROM",
    "WAYPOST_TWILIO_CAMPAIGN_FROM",
    "WAYPOST_TWILIO_URL",
    "WAYPOST_TELEGRAM_TOKEN",
    "WAYPOST_TELEGRAM_URL",
    "WAYPOST_SMTP_URL",
    "WAYPOST_MAIL_FROM",
    "WAYPOST_EAR",
)
TWILIO_NAMES = (
    "WAYPOST_TWILIO_ACCOUNT_SID",
    "WAYPOST_TWILIO_AUTH_TOKEN",
    "WAYPOST_TWILIO_FROM",
)
TWILIO_CAMPAIGNS = "WAYPOST_TWILIO_CAMPAIGN_FROM"
TWILIO_URL = "https://api.twilio.com"
TELEGRAM_URL = "https://api.telegram.org"
HIGHEST_PORT = 65535


class SettingsWrong(Exception):
    """All that is wrong with the environment, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Secrets stay out of its repr.

    `keys` is the key ring itself or the path of its file; empty means the file in the home folder.
    `database_url` is empty for the embedded database.
    """

    home: Path
    database_url: str = field(repr=False)
    public_url: str
    keys: str = field(repr=False)
    host: str
    port: int
    twilio_account_sid: str = field(repr=False)
    twilio_auth_token: str = field(repr=False)
    # One that does all, or the helpline's and then those of campaigns. None without Twilio.
    twilio_senders: tuple[TwilioFrom, ...]
    twilio_url: str
    telegram_token: str = field(repr=False)
    telegram_url: str
    # By which staff are told that something waits; None without.
    mail_server: "MailServer | None" = field(default=None, repr=False)
    mail_from: str = field(default="", repr=False)
    # Whether free sentences are heard by the model behind the lexicons.
    ear: bool = True

    @property
    def has_twilio(self) -> bool:
        return bool(self.twilio_account_sid)

    @property
    def has_telegram(self) -> bool:
        return bool(self.telegram_token)

    @property
    def simulated(self) -> bool:
        """With no provider configured, the simulator is the carrier."""
        return not (self.has_twilio or self.has_telegram)


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises SettingsWrong."""
    given, problems = _given(os.environ if environ is None else environ)
    port = given.get("WAYPOST_PORT", "8000")
    if not (port.isascii() and port.isdigit() and 0 < int(port) <= HIGHEST_PORT):
        problems.append("WAYPOST_PORT: set a port number from 1 to 65535")
        port = "8000"
    for name in ("WAYPOST_PUBLIC_URL", "WAYPOST_TWILIO_URL", "WAYPOST_TELEGRAM_URL"):
        if given.get(name) and not _is_address(given[name]):
            problems.append(f"{name}: set an address such as https://line.example.org")
    database = given.get("WAYPOST_DATABASE_URL", "")
    if database and not database.startswith(
        ("postgres://", "postgresql://", "postgresql+psycopg://")
    ):
        problems.append("WAYPOST_DATABASE_URL: set postgresql://user:password@host/database")
    if given.get("WAYPOST_EAR", "on") not in ("on", "off"):
        problems.append("WAYPOST_EAR: set on or off")
    senders = _twilio_senders(given, problems)
    mail_server = _mail_server(given, problems)
    if problems:
        raise SettingsWrong(problems)
    return Settings(
        home=Path(given.get("WAYPOST_HOME", "var")),
        database_url=database,
        public_url=given.get("WAYPOST_PUBLIC_URL", "").rstrip("/"),
        keys=given.get("WAYPOST_KEYS", ""),
        host=given.get("WAYPOST_HOST", "127.0.0.1"),
        port=int(port),
        twilio_account_sid=given.get("WAYPOST_TWILIO_ACCOUNT_SID", ""),
        twilio_auth_token=given.get("WAYPOST_TWILIO_AUTH_TOKEN", ""),
        twilio_senders=senders,
        twilio_url=given.get("WAYPOST_TWILIO_URL", TWILIO_URL).rstrip("/"),
        telegram_token=given.get("WAYPOST_TELEGRAM_TOKEN", ""),
        telegram_url=given.get("WAYPOST_TELEGRAM_URL", TELEGRAM_URL).rstrip("/"),
        mail_server=mail_server,
        mail_from=given.get("WAYPOST_MAIL_FROM", ""),
        ear=given.get("WAYPOST_EAR", "on") == "on",
    )


def _given(environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Values by name, `NAME_FILE` read from its file; an unknown name is an error, not a shrug."""
    given: dict[str, str] = {}
    problems: list[str] = []
    for name, value in sorted(environ.items()):
        if not name.startswith("WAYPOST_"):
            continue
        base = name.removesuffix("_FILE")
        if base not in NAMES:
            problems.append(f"{name}: unknown; known names are {', '.join(NAMES)}")
        elif base == name:
            given[name] = value.strip()
        elif environ.get(base):
            problems.append(f"{name}: {base} is set too; keep one of them")
        else:
            try:
                text = Path(value).read_text(encoding="utf-8").strip()
                # The key ring is read again when it changes: of it the path counts.
                given[base] = str(Path(value).absolute()) if base == "WAYPOST_KEYS" else text
            except (OSError, UnicodeDecodeError):
                problems.append(f"{name}: the file it names cannot be read")
    return given, problems


def _twilio_senders(given: Mapping[str, str], problems: list[str]) -> tuple[TwilioFrom, ...]:
    if not any(given.get(name) for name in (*TWILIO_NAMES, TWILIO_CAMPAIGNS)):
        return ()
    problems += [
        f"{name}: set it too; Twilio needs account, token and sender"
        for name in TWILIO_NAMES
        if not given.get(name)
    ]
    helpline, name = given.get("WAYPOST_TWILIO_FROM", ""), "WAYPOST_TWILIO_FROM"
    if not helpline:
        return ()
    try:
        arranged(helpline, "")
        name = TWILIO_CAMPAIGNS
        return tuple(arranged(helpline, given.get(TWILIO_CAMPAIGNS, "")))
    except ValueError as wrong:
        problems.append(f"{name}: {wrong}")
        return ()


def _mail_server(given: Mapping[str, str], problems: list[str]) -> "MailServer | None":
    url, sender = given.get("WAYPOST_SMTP_URL", ""), given.get("WAYPOST_MAIL_FROM", "")
    if not (url or sender):
        return None
    if not url:
        problems.append("WAYPOST_SMTP_URL: set it too; mail needs a server and who it is from")
        return None
    from hotline.notices.addresses import EMAIL  # noqa: PLC0415 - large, and only where there is mail
    from ops.mail import MailServer  # noqa: PLC0415 - the same

    if EMAIL.fullmatch(sender) is None:
        problems.append("WAYPOST_MAIL_FROM: set an address such as desk@line.example.org")
    try:
        return MailServer.parse(url)
    except ValueError as wrong:
        problems.append(f"WAYPOST_SMTP_URL: {wrong}")
        return None


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not parts.query
