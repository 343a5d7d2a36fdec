"""Twilio as far as a campaign meets it: takes messages after a while, lists them, calls back.

A process of its own; it ends when whoever started it closes its standard input. Beside Twilio's addresses
it answers under /stub: what it has seen, and at what rate it calls back.
"""

import argparse
import asyncio
import json
import sys
from typing import Final
from urllib.parse import parse_qs, unquote

from bench.campaign.calling import Receipts
from bench.campaign.taken import Taken, field_of

ACCOUNT: Final = "AC" + "0" * 32
MY_ACCOUNT: Final = f"/2010-04-01/Accounts/{ACCOUNT}.json"
MESSAGES: Final = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
HEAD: Final = "HTTP/1.1 {} OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
ANSWER: Final = b'{"sid":"SM%032x","status":"queued","num_segments":"%d"}'
CREATED: Final = (
    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: "
    + str(len(ANSWER % (0, 0))).encode()
    + b"\r\n\r\n"
    + ANSWER
)


class Provider:
    """`latency`: seconds before a message is answered."""

    def __init__(self, token: str, latency: float, lag: float) -> None:
        self.taken = Taken()
        self.receipts = Receipts(token.encode(), ACCOUNT, lag)
        self.latency = latency

    def create(self, form: bytes) -> bytes:
        place = self.taken.take(form)
        callback = field_of(form, b"StatusCallback")
        if callback:
            sid, to = f"SM{place:032x}", self.taken.number(place)
            self.receipts.put(sid, to, unquote(callback.decode()))
        # A messaging service counts later, when it has chosen the number to send from.
        return CREATED % (place, 0 if field_of(form, b"MessagingServiceSid") else 1)

    def answer(self, method: str, target: str) -> bytes:
        path, _, query = target.partition("?")
        if path.startswith("/stub"):
            return _json(self._about(path, query))
        if (method, path) == ("GET", MESSAGES):
            return _json(self.taken.listed(path, query))
        if path == MY_ACCOUNT:
            return _json({"sid": ACCOUNT, "status": "active", "friendly_name": "Stub"})
        return _json({"code": 20404, "message": "not here", "status": 404}, 404)

    def _about(self, path: str, query: str) -> object:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        match path:
            case "/stub/heard":
                return self.taken.others.get(asked["to"].encode(), [])
            case "/stub/receipts":
                self.receipts.rate, self.receipts.kept = float(asked["rate"]), int(asked["kept"])
            case "/stub/forget":
                self.taken.forget()
            case _:
                pass
        return self.taken.facts() | self.receipts.facts()


class Door(asyncio.Protocol):
    """One connection; requests on it come one after the other."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            low = head.lower()
            at = low.find(b"content-length:")
            length = int(low[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            body = self.buffer[end + 4 : end + 4 + length]
            self.buffer = self.buffer[end + 4 + length :]
            method, target, _ = head.split(b" ", 2)
            self._answer(method.decode(), target.decode(), body)

    def _answer(self, method: str, target: str, body: bytes) -> None:
        if method == "POST" and target == MESSAGES:
            # Taken when it comes: what breaks after that finds it in the list.
            answer = self.provider.create(body)
            asyncio.get_running_loop().call_later(self.provider.latency, self._write, answer)
        else:
            self._write(self.provider.answer(method, target))

    def _write(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)


def _json(body: object, status: int = 200) -> bytes:
    told = json.dumps(body).encode()
    return HEAD.format(status, len(told)).encode() + told


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--token", required=True)
    parser.add_argument("--latency", type=float, default=0.02)
    parser.add_argument("--lag", type=float, default=0.5, help="seconds before a receipt")
    given = parser.parse_args()
    provider = Provider(given.token, given.latency, given.lag)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Door(provider), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    calling = asyncio.create_task(provider.receipts.run())
    await asyncio.to_thread(sys.stdin.read)
    calling.cancel()


if __name__ == "__main__":
    asyncio.run(main())
