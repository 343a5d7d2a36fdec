"""Notices by e-mail, through the deployer's own mail server: plain text, one message a connection's turn.

Only over TLS, except on this machine. Neither an address nor a word of the server's reaches a log: what
went wrong is told by its kind and the server's three digits.
"""

import asyncio
import secrets
import smtplib
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from hotline.channels import SenderBroken, SendFailed, Unavailable, Uncertain
from hotline.notices.telling import HandOver
from hotline.notices.words import Message

PORTS: Final = {"smtp": 587, "smtps": 465}
SECONDS: Final = 10.0
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
# RFC 5321, 4.2.1: the first digit says whether trying again can help.
FOR_NOW, TAKEN = 4, 2
# Seven bits: whatever a server between here and there can carry, it carries unchanged.
PLAIN: Final = policy.SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class MailServer:
    """smtp://user:password@host:587, or smtps:// for TLS from the first byte. Its repr shows no secret."""

    host: str
    port: int
    user: str = field(repr=False)
    password: str = field(repr=False)
    tls: Literal["starttls", "from the start", "none"]

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """Raises ValueError with what to set."""
        parts = urlsplit(url)
        wanted = "set smtps://user:password@host or smtp://user:password@host:587"
        try:
            port = parts.port or PORTS[parts.scheme]
        except (KeyError, ValueError):
            raise ValueError(wanted) from None
        if not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(wanted)
        near = parts.hostname in LOOPBACK
        tls = "from the start" if parts.scheme == "smtps" else "none" if near else "starttls"
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port, user, password, tls)


@dataclass(frozen=True, slots=True)
class MailCarrier:
    """Hands notices to a mail server. `sender` is the address they come from."""

    server: MailServer
    sender: str = field(repr=False)
    clock: Callable[[], datetime]
    by: Literal["email"] = "email"
    name: str = "staff email"
    label: str = "staff e-mail"

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[HandOver, None]:
        """Connected and signed in. Raises SendFailed."""
        connection = await asyncio.to_thread(self._connect)

        async def hand_over(message: Message) -> None:
            await asyncio.to_thread(self._hand_over, connection, message)

        try:
            yield hand_over
        finally:
            await asyncio.to_thread(_leave, connection)

    async def check(self) -> None:
        """Whether the server takes us. Raises SendFailed."""
        async with self.open():
            pass

    def _connect(self) -> smtplib.SMTP:
        try:
            return self._connected()
        except smtplib.SMTPAuthenticationError as error:
            failure = SenderBroken(f"refuses our sign-in ({error.smtp_code})")
        except (smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
            failure = SenderBroken(f"no TLS or no sign-in ({type(error).__name__})")
        except (smtplib.SMTPException, OSError) as error:
            failure = Unavailable(f"not reached ({type(error).__name__})")
        # Raised out here, where no error that repeats what the server said hangs on it as its context.
        raise failure

    def _connected(self) -> smtplib.SMTP:
        server, trust = self.server, ssl.create_default_context()
        # The machine's own name is nobody's business.
        ours = _domain(self.sender)
        if server.tls == "from the start":
            connection = smtplib.SMTP_SSL(
                server.host, server.port, ours, timeout=SECONDS, context=trust
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, ours, timeout=SECONDS)
        try:
            if server.tls == "starttls":
                connection.starttls(context=trust)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _hand_over(self, connection: smtplib.SMTP, message: Message) -> None:
        failure = _failure(connection, self.sender, message.address, self._written(message))
        if failure is not None:
            raise failure

    def _written(self, message: Message) -> bytes:
        mail = EmailMessage(PLAIN)
        mail.set_content(message.text)
        mail["From"], mail["To"] = self.sender, message.address
        mail["Subject"] = message.subject
        mail["Date"] = self.clock()
        mail["Message-ID"] = f"<{secrets.token_hex(16)}@{_domain(self.sender)}>"
        mail["Content-Language"] = message.language
        # RFC 3834: nobody's absence is to be answered here.
        mail["Auto-Submitted"] = "auto-generated"
        return mail.as_bytes()


def _failure(connection: smtplib.SMTP, sender: str, address: str, mail: bytes) -> SendFailed | None:
    """What came of one message. Until its words are sent, the server cannot have taken it."""
    try:
        refused = _refused(connection, sender, address)
    except (smtplib.SMTPException, OSError) as error:
        return Unavailable(f"broke off ({type(error).__name__})")
    if refused is not None:
        return refused
    try:
        code, _ = connection.data(mail)
    except smtplib.SMTPDataError as error:
        code = error.smtp_code
    except (smtplib.SMTPException, OSError) as error:
        return Uncertain(f"gave no clear answer ({type(error).__name__})")
    return None if code // 100 == TAKEN else _not_taken("the message", code)


def _refused(connection: smtplib.SMTP, sender: str, address: str) -> SendFailed | None:
    connection.rset()
    code, _ = connection.mail(sender)
    if code // 100 == FOR_NOW:
        return Unavailable(f"busy ({code})")
    if code // 100 != TAKEN:
        # It takes nothing from us, whoever it is for.
        return SenderBroken(f"refuses the sender ({code})")
    code, _ = connection.rcpt(address)
    return None if code // 100 == TAKEN else _not_taken("the address", code)


def _not_taken(what: str, code: int) -> SendFailed:
    return SendFailed(f"refuses {what} ({code})", retry=code // 100 == FOR_NOW)


def _leave(connection: smtplib.SMTP) -> None:
    with suppress(smtplib.SMTPException, OSError):
        connection.quit()
    with suppress(OSError):
        connection.close()


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
