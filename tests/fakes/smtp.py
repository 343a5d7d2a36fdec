"""A mail server on loopback: takes mails, refuses as it is told to, and remembers."""

import asyncio
import email
import threading
from collections import deque
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from typing import Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.ports import free_port

USER, PASSWORD = "desk", "a password: with @ and /"
TAKEN = "250 taken"


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    message: EmailMessage
    raw: bytes

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self.message.get_content().replace("\r\n", "\n")


class FakeSmtp:
    """`answers` are what it says to the next commands of a kind instead of taking them."""

    def __init__(self, *, latency: float = 0.0, password: str = PASSWORD) -> None:
        self.mails: list[Mail] = []
        self.signed_in = 0
        self.latency, self.password = latency, password
        self.answers: dict[str, deque[str]] = {"mail": deque(), "rcpt": deque(), "data": deque()}
        self._lock = threading.Lock()
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=free_port(),
            authenticator=self._authenticate,
            # On loopback there is no TLS to wait for.
            auth_require_tls=False,
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"smtp://{USER}:a%20password%3A%20with%20%40%20and%20%2F@127.0.0.1:{self._controller.port}"

    def to(self, address: str) -> list[Mail]:
        with self._lock:
            return [mail for mail in self.mails if mail.to == address]

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        right = (data.login, data.password) == (USER.encode(), self.password.encode())
        self.signed_in += right
        # Not handled: the server itself says that it was wrong.
        return AuthResult(success=right, handled=False)

    async def handle_MAIL(  # noqa: N802 - names of aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answers["mail"]:
            return self.answers["mail"].popleft()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return TAKEN

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.answers["rcpt"]:
            return self.answers["rcpt"].popleft()
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers["data"].popleft() if self.answers["data"] else TAKEN
        if answer[0] in "45":
            return answer
        raw = cast("bytes", envelope.content)
        message = email.message_from_bytes(raw, policy=default)
        with self._lock:
            self.mails += [Mail(to, message, raw) for to in envelope.rcpt_tos]
        if self.latency:
            # The mail is taken, and whoever sent it does not know yet.
            await asyncio.sleep(self.latency)
        if answer == "drop":
            cast("asyncio.WriteTransport", server.transport).abort()
        return TAKEN
