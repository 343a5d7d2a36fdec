"""The fakes call us as the providers do, so what they bring passes the real doors."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from bot.door import TelegramDoor
from hotline.channels import Outgoing, Receipt
from sms.door import TwilioDoor
from tests.fakes.loopback import Loopback
from tests.fakes.telegram import FakeTelegram
from tests.fakes.twilio import TOKEN, FakeTwilio
from tests.sms.test_sender import make, send


class Line(Loopback):
    """Our side of a webhook: it remembers each call as (path and query, body, headers)."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, bytes, dict[str, str]]] = []

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.calls.append((request.raw_path, await request.read(), dict(request.headers)))
        return web.Response(status=204)


@pytest.fixture
def line() -> Iterator[Line]:
    with Line() as server:
        yield server


def wait_for(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_twilios_receipts_are_signed_and_known_by_our_reference(line: Line) -> None:
    door = TwilioDoor(TOKEN, line.url)
    with FakeTwilio(receipts=["sent", "delivered"]) as twilio:
        sender = make(twilio, status_url=f"{line.url}/webhooks/twilio/status")
        sent = send(sender, Outgoing("a+b/c", "tel:+41790004711", "Hello"))
        wait_for(lambda: len(line.calls) == 2)
    receipts = [
        door.receipt(path, dict(parse_qsl(body.decode())), headers["X-Twilio-Signature"])
        for path, body, headers in line.calls
    ]
    assert None in receipts
    assert Receipt("delivered", "a+b/c", sent.provider_id) in receipts


def test_telegram_calls_a_webhook_with_its_secret(line: Line, now: datetime) -> None:
    door = TelegramDoor("webhook-secret")
    with FakeTelegram() as telegram:
        telegram.webhook = {
            "url": f"{line.url}/webhooks/telegram",
            "secret_token": "webhook-secret",
        }
        telegram.says(4711, "Hello")
        wait_for(lambda: bool(line.calls))
    path, body, headers = line.calls[0]
    heard = door.inbound(body, headers["X-Telegram-Bot-Api-Secret-Token"], now)
    assert path == "/webhooks/telegram"
    assert heard is not None
    assert heard.text == "Hello"
