"""Delivery receipts on their way back: signed as Twilio signs them, at a rate, over connections kept open."""

import asyncio
import base64
import hmac
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode, urlsplit

AT_ONCE: Final = 48
TICK: Final = 0.005
# What may pile up while nobody is free, in seconds of the rate.
BURST: Final = 0.1
PATIENCE: Final = 15.0


@dataclass(slots=True)
class Receipts:
    """`rate` is receipts a second; 0 keeps them back, and `kept` is how many never leave."""

    token: bytes
    account: str
    lag: float
    rate: float = 0.0
    kept: int = 0
    # When a message was taken, its sid, whom it went to, and where its receipt goes.
    waiting: deque[tuple[float, str, str, str]] = field(
        default_factory=deque[tuple[float, str, str, str]]
    )
    written: int = 0
    refused: int = 0
    under_way: int = 0
    first: float = 0.0
    last: float = 0.0
    _ready: "asyncio.Queue[tuple[str, str, str]]" = field(
        default_factory=lambda: asyncio.Queue[tuple[str, str, str]](AT_ONCE)
    )

    def put(self, sid: str, to: str, callback: str) -> None:
        self.waiting.append((time.monotonic() + self.lag, sid, to, callback))

    def facts(self) -> dict[str, float]:
        return {
            "receipts": self.written,
            "receipts_refused": self.refused,
            "receipts_waiting": len(self.waiting) + self._ready.qsize() + self.under_way,
            "first_receipt": self.first,
            "last_receipt": self.last,
        }

    async def run(self) -> None:
        callers = [asyncio.create_task(self._call_all()) for _ in range(AT_ONCE)]
        try:
            await self._pace()
        finally:
            for caller in callers:
                caller.cancel()

    async def _pace(self) -> None:
        allowed, before = 0.0, time.monotonic()
        while True:
            now = time.monotonic()
            allowed = min(allowed + (now - before) * self.rate, max(1.0, self.rate * BURST))
            before = now
            while allowed >= 1 and len(self.waiting) > self.kept and self.waiting[0][0] <= now:
                if self._ready.full():
                    break
                allowed -= 1
                self._ready.put_nowait(self.waiting.popleft()[1:])
            await asyncio.sleep(TICK)

    async def _call_all(self) -> None:
        line = Line()
        while True:
            sid, to, callback = await self._ready.get()
            self.under_way += 1
            now = time.monotonic()
            self.first = self.first or now
            try:
                async with asyncio.timeout(PATIENCE):
                    well = await line.post(callback, *self._signed(callback, sid, to))
            except (OSError, EOFError, ValueError, TimeoutError):
                well = False
                line.drop()
            self.under_way -= 1
            self.written += well
            # As Twilio does by default, a receipt that was refused is not called in again.
            self.refused += not well
            self.last = time.monotonic()

    def _signed(self, callback: str, sid: str, to: str) -> tuple[bytes, str]:
        form = {
            "AccountSid": self.account,
            "ApiVersion": "2010-04-01",
            "From": "+15005550006",
            "MessageSid": sid,
            "MessageStatus": "delivered",
            "SmsSid": sid,
            "SmsStatus": "delivered",
            "To": to,
        }
        text = callback + "".join(name + form[name] for name in sorted(form))
        digest = hmac.digest(self.token, text.encode(), "sha1")
        return urlencode(form).encode(), base64.b64encode(digest).decode()


class Line:
    """One connection that is kept open, for one request after the other."""

    def __init__(self) -> None:
        self._to: tuple[str | None, int | None] | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, url: str, body: bytes, signature: str) -> bool:
        """Whether it was answered with 2xx."""
        parts = urlsplit(url)
        if self._writer is None or self._to != (parts.hostname, parts.port):
            self.drop()
            self._to = (parts.hostname, parts.port)
            self._reader, self._writer = await asyncio.open_connection(parts.hostname, parts.port)
        assert self._reader is not None
        self._writer.write(
            f"POST {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        at = head.find(b"content-length:")
        if at >= 0:
            await self._reader.readexactly(int(head[at + 15 : head.index(b"\r\n", at)]))
        if b"connection: close" in head:
            self.drop()
        return head.split(b" ", 2)[1].startswith(b"2")

    def drop(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None
