"""The stub as the harness has it: a process, what it says of itself, and how fast it could be."""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from typing import Any, Final
from urllib.parse import quote, urlencode

from bench import setting
from bench.campaign.provider import MESSAGES

CONNECTIONS: Final = 200
CEILING_SECONDS: Final = 2.0


class Stub:
    """`python -m bench.campaign.provider`, running."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid
        self.url = f"http://127.0.0.1:{port}"

    def facts(self) -> dict[str, float]:
        return self._ask("/stub")

    def heard(self, number: str) -> list[float]:
        """When messages came to a number of nobody in `people`, by the monotonic clock."""
        return self._ask(f"/stub/heard?to={quote(number)}")

    def calls_back(self, rate: float, kept: int = 0) -> None:
        """Receipts a second from now on; 0 keeps all of them back, `kept` the last so many."""
        self._ask(f"/stub/receipts?rate={rate}&kept={kept}", b"")

    def forgets(self) -> None:
        """Begin to count anew."""
        self._ask("/stub/forget", b"")

    def _ask(self, path: str, data: bytes | None = None) -> Any:
        with urllib.request.urlopen(self.url + path, data, timeout=20) as answer:
            return json.loads(answer.read())


@contextlib.contextmanager
def running(*, latency: float = 0.02, lag: float = 0.5) -> Generator[Stub]:
    command = [sys.executable, "-m", "bench.campaign.provider", "--token", setting.TOKEN]
    command += ["--latency", str(latency), "--lag", str(lag)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Stub(int(process.stdout.readline()), process.pid)
    finally:
        process.stdin.close()
        process.wait(20)


def ceiling() -> float:
    """Messages a second that the stub takes from a client that does nothing but ask."""
    with running() as stub:
        return asyncio.run(_flood(stub.port))


class Flood(asyncio.Protocol):
    """Asks again as soon as it is answered."""

    def __init__(self, request: bytes) -> None:
        self.request, self.answered = request, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.answered += data.count(b"HTTP/1.1 201")
        self.transport.write(self.request)


async def _flood(port: int) -> float:
    form = urlencode(
        {"To": "+447700900000", "From": setting.SENDER, "Body": "Is it safe to write now?"}
    ).encode()
    head = f"POST {MESSAGES} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(form)}\r\n\r\n"
    asking = [Flood(head.encode() + form) for _ in range(CONNECTIONS)]
    loop = asyncio.get_running_loop()
    for each in asking:
        await loop.create_connection(lambda each=each: each, "127.0.0.1", port)
    begun, before = time.perf_counter(), sum(each.answered for each in asking)
    await asyncio.sleep(CEILING_SECONDS)
    rate = (sum(each.answered for each in asking) - before) / (time.perf_counter() - begun)
    for each in asking:
        each.transport.abort()
    return rate
