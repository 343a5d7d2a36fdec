"""Sending as a Telegram bot, against a Telegram on loopback."""

import asyncio
import logging
import socket
import traceback
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from bot.sender import TelegramSender
from hotline.channels import OptedOut, Outgoing, SenderBroken, SendFailed, Unavailable, Uncertain
from tests.fakes.contract import Carrier, SenderContract
from tests.fakes.telegram import TOKEN, FakeTelegram

T = TypeVar("T")
CHAT = 4_711_000_123
MESSAGE = Outgoing("r1", f"telegram:{CHAT}", "Hello")


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


def use(
    telegram: FakeTelegram, work: Callable[[TelegramSender], Awaitable[T]], token: str = TOKEN
) -> T:
    async def run() -> T:
        sender = TelegramSender(token, telegram.url)
        try:
            return await work(sender)
        finally:
            await sender.close()

    return asyncio.run(run())


class TestContract(SenderContract):
    @pytest.fixture
    def carrier(self, telegram: FakeTelegram) -> Carrier:
        return Carrier(
            lambda: TelegramSender(TOKEN, telegram.url),
            f"telegram:{CHAT}",
            lambda: telegram.to(CHAT),
        )


class TestMessages:
    def test_each_option_is_a_button_in_a_row_of_its_own(self, telegram: FakeTelegram) -> None:
        options = (("yes", "Oui"), ("no", "Non"))
        message = Outgoing("r", f"telegram:{CHAT}", "Safe?", options=options)
        use(telegram, lambda it: it.send(message))
        sent = telegram.messages[0]
        assert sent.buttons == [("1 Oui", "yes"), ("2 Non", "no")]
        assert [len(row) for row in sent.params["reply_markup"]["inline_keyboard"]] == [1, 1]

    def test_a_message_without_options_has_no_buttons(self, telegram: FakeTelegram) -> None:
        use(telegram, lambda it: it.send(MESSAGE))
        assert "reply_markup" not in telegram.messages[0].params

    def test_a_link_is_not_previewed(self, telegram: FakeTelegram) -> None:
        use(telegram, lambda it: it.send(MESSAGE))
        assert telegram.messages[0].params["link_preview_options"] == {"is_disabled": True}

    def test_words_are_never_read_as_markup(self, telegram: FakeTelegram) -> None:
        use(telegram, lambda it: it.send(MESSAGE))
        assert "parse_mode" not in telegram.messages[0].params

    @pytest.mark.parametrize("address", ["tel:+41790004711", "telegram:", "telegram:@someone"])
    def test_only_chats_are_written_to(self, telegram: FakeTelegram, address: str) -> None:
        with pytest.raises(SendFailed) as failed:
            use(telegram, lambda it: it.send(Outgoing("r", address, "Hello")))
        assert not failed.value.retry
        assert telegram.messages == []


class TestFailures:
    @pytest.mark.parametrize(
        ("status", "kind", "retry"),
        [
            (403, OptedOut, False),
            (400, SendFailed, False),
            (401, SenderBroken, True),
            (404, SenderBroken, True),
            (500, Uncertain, False),
            (502, Uncertain, False),
        ],
    )
    def test_a_refusal_is_a_decision(
        self, telegram: FakeTelegram, status: int, kind: type[SendFailed], retry: bool
    ) -> None:
        telegram.fail_next(status)
        with pytest.raises(SendFailed) as failed:
            use(telegram, lambda it: it.send(MESSAGE))
        assert type(failed.value) is kind
        assert failed.value.retry is retry
        assert telegram.messages == []

    def test_the_wait_that_telegram_asks_for_is_kept(self, telegram: FakeTelegram) -> None:
        telegram.fail_next(429, after=17)
        with pytest.raises(SendFailed) as failed:
            use(telegram, lambda it: it.send(MESSAGE))
        assert (failed.value.retry, failed.value.after) == (True, 17)

    def test_an_answer_that_never_came_leaves_it_uncertain(self, telegram: FakeTelegram) -> None:
        telegram.drop_next()
        with pytest.raises(Uncertain):
            use(telegram, lambda it: it.send(MESSAGE))
        assert telegram.to(CHAT) == ["Hello"]

    def test_a_connection_that_was_never_made_can_be_tried_again(
        self, telegram: FakeTelegram
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            telegram.stop()
            telegram.port = free.getsockname()[1]
        with pytest.raises(SendFailed) as failed:
            use(telegram, lambda it: it.send(MESSAGE))
        assert type(failed.value) is Unavailable
        assert failed.value.retry

    @pytest.mark.parametrize("token", ["123456:another", "not a token"])
    def test_a_wrong_token_breaks_the_sender(self, telegram: FakeTelegram, token: str) -> None:
        with pytest.raises(SenderBroken):
            use(telegram, lambda it: it.send(MESSAGE), token)


class TestAsking:
    def test_telegram_cannot_tell_what_it_took(self, telegram: FakeTelegram) -> None:
        assert use(telegram, lambda it: it.look_up(MESSAGE, datetime.now(UTC))) is None

    def test_the_check_gives_the_bots_name(self, telegram: FakeTelegram) -> None:
        assert use(telegram, lambda it: it.check()) == "waypost_bot"

    def test_a_wrong_token_does_not_pass_the_check(self, telegram: FakeTelegram) -> None:
        with pytest.raises(SenderBroken):
            use(telegram, lambda it: it.check(), "123456:another")

    def test_a_check_that_fails_can_be_asked_again(self, telegram: FakeTelegram) -> None:
        telegram.fail_next(502, method="getme")
        with pytest.raises(SendFailed) as failed:
            use(telegram, lambda it: it.check())
        assert type(failed.value) is SendFailed
        assert failed.value.retry


@pytest.mark.parametrize(
    "mishap",
    [
        lambda telegram: None,
        lambda telegram: telegram.fail_next(400),
        lambda telegram: telegram.fail_next(403),
        lambda telegram: telegram.drop_next(),
        lambda telegram: telegram.stop(),
    ],
    ids=["none", "refused", "blocked", "dropped", "away"],
)
def test_neither_token_nor_words_are_told(
    telegram: FakeTelegram,
    mishap: Callable[[FakeTelegram], None],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    # A logging configuration that would turn the libraries' own loggers on.
    for name in ("telegram.Bot", "httpx", "httpcore.http11", "telegram.request"):
        caplog.set_level(logging.DEBUG, logger=name)
    mishap(telegram)
    message = Outgoing("r1", f"telegram:{CHAT}", "unmistakable words")

    async def attempt(sender: TelegramSender) -> str:
        try:
            return repr(await sender.send(message))
        except SendFailed as failed:
            # Nothing hangs on it that a crash reporter would find.
            return "".join(traceback.format_exception(failed)) + repr(failed.__context__)

    told = use(telegram, attempt)
    captured = capfd.readouterr()
    told += caplog.text + captured.out + captured.err
    assert "unmistakable" not in told
    assert str(CHAT) not in told
    assert TOKEN not in told
