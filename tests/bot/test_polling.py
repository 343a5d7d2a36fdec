"""Hearing from Telegram by asking, and setting the webhook."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime

import pytest

from bot import polling
from hotline.channels import Inbound
from tests.fakes.telegram import TOKEN, FakeTelegram, message

CHAT = 4_711_000_123
SOON = 15


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


def clock() -> datetime:
    return datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def poll(
    telegram: FakeTelegram,
    hear: Callable[[Inbound], Awaitable[None]],
    until: Callable[[], bool],
    token: str = TOKEN,
) -> None:
    """Poll until `until` holds, then stop at once."""

    async def run() -> None:
        stop = asyncio.Event()
        task = asyncio.create_task(polling.poll(token, telegram.url, hear, stop, clock))
        async with asyncio.timeout(SOON):
            while not until():
                await asyncio.sleep(0.01)
        stop.set()
        # A long poll under way is not waited for.
        await asyncio.wait_for(task, 2)

    asyncio.run(run())


class Ear:
    """Remembers what it heard. `failing` texts are never heard; `deaf` is for how many calls."""

    def __init__(self, failing: tuple[str, ...] = (), deaf: int = 0) -> None:
        self.heard: list[str] = []
        self.tried: list[str] = []
        self.failing, self.deaf = failing, deaf

    async def hear(self, inbound: Inbound) -> None:
        said = inbound.text or inbound.picked
        self.tried.append(said)
        if self.deaf > 0 or said in self.failing:
            self.deaf -= 1
            raise OSError(f"the database is away, and this is secret: {said}")
        self.heard.append(said)


def test_what_is_said_is_heard_in_order(telegram: FakeTelegram) -> None:
    ear = Ear()
    for text in ("one", "two", "three"):
        telegram.says(CHAT, text)
    telegram.presses(CHAT, "yes")
    poll(telegram, ear.hear, lambda: len(ear.heard) == 4 and bool(telegram.acknowledged))
    assert ear.heard == ["one", "two", "three", "yes"]
    assert telegram.acknowledged == ["query-yes"]


def test_what_is_said_while_polling_is_heard_at_once(telegram: FakeTelegram) -> None:
    ear = Ear()

    def spoken() -> bool:
        if telegram.polls == 1 and not telegram.updates:
            telegram.says(CHAT, "late")
        return bool(ear.heard)

    poll(telegram, ear.hear, spoken)
    assert ear.heard[0] == "late"


def test_a_webhook_that_was_set_gives_way(telegram: FakeTelegram) -> None:
    telegram.webhook = {"url": "https://line.example/webhooks/telegram"}
    telegram.updates.append({"update_id": 1, "message": message(CHAT, "waiting")})
    ear = Ear()
    poll(telegram, ear.hear, lambda: bool(ear.heard))
    assert telegram.webhook == {}
    assert ear.heard == ["waiting"]


def test_what_was_not_heard_is_given_again(telegram: FakeTelegram) -> None:
    ear = Ear(deaf=2)
    telegram.says(CHAT, "one")
    poll(telegram, ear.hear, lambda: bool(ear.heard))
    assert ear.heard == ["one"]
    assert ear.tried == ["one"] * 3


def test_nothing_is_confirmed_before_it_was_heard(telegram: FakeTelegram) -> None:
    telegram.says(CHAT, "one")
    deaf = Ear(deaf=1000)
    poll(telegram, deaf.hear, lambda: len(deaf.tried) >= 2)
    assert [update["message"]["text"] for update in telegram.updates] == ["one"]
    ear = Ear()
    poll(telegram, ear.hear, lambda: bool(ear.heard))
    assert ear.heard == ["one"]


def test_one_that_cannot_be_heard_keeps_nobody_waiting(telegram: FakeTelegram) -> None:
    ear = Ear(failing=("poison",))
    telegram.says(CHAT, "poison")
    telegram.says(CHAT + 1, "fine")
    poll(telegram, ear.hear, lambda: telegram.polls >= 4 and not telegram.updates)
    assert "fine" in ear.heard
    assert ear.tried.count("poison") == 3


def test_an_update_the_library_cannot_read_keeps_nobody_waiting(telegram: FakeTelegram) -> None:
    ear = Ear()
    telegram.push(message={"text": "no chat, no date"})
    telegram.says(CHAT, "fine")
    poll(telegram, ear.hear, lambda: bool(ear.heard))
    assert ear.heard == ["fine"]


def test_a_broken_connection_is_waited_out(telegram: FakeTelegram) -> None:
    telegram.fail_next(502, method="deletewebhook")
    telegram.drop_next("getupdates")
    ear = Ear()
    telegram.says(CHAT, "one")
    poll(telegram, ear.hear, lambda: bool(ear.heard))
    assert ear.heard == ["one"]


def test_a_webhook_is_set_with_its_secret(telegram: FakeTelegram) -> None:
    url = "https://line.example/webhooks/telegram"
    telegram.fail_next(502, method="setwebhook")
    asyncio.run(polling.set_webhook(TOKEN, telegram.url, url, "webhook-secret"))
    assert telegram.webhook["url"] == url
    assert telegram.webhook["secret_token"] == "webhook-secret"
    assert telegram.webhook["allowed_updates"] == ["message", "edited_message", "callback_query"]


def test_neither_token_nor_words_are_logged(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    ear = Ear(deaf=1)
    telegram.fail_next(401, method="deletewebhook")
    telegram.push(message={"text": "unmistakable"})
    telegram.says(CHAT, "unmistakable")
    poll(telegram, ear.hear, lambda: bool(ear.heard))
    captured = capfd.readouterr()
    told = caplog.text + captured.out + captured.err
    assert "was not heard" in told
    assert "unmistakable" not in told
    assert "secret" not in told
    assert str(CHAT) not in told
    assert TOKEN not in told
