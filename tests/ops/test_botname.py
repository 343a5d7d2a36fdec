"""The bot's name for posters: asked of Telegram, once."""

from ops import settings
from ops.botname import BotName
from tests.fakes.telegram import TOKEN, FakeTelegram


def given(**names):
    return settings.read({f"WAYPOST_{name}": value for name, value in names.items()})


def test_it_is_asked_once_and_remembered():
    with FakeTelegram() as telegram:
        name = BotName(given(TELEGRAM_TOKEN=TOKEN, TELEGRAM_URL=telegram.url))
        assert name() == "waypost_bot"
    # Telegram is gone now.
    assert name() == "waypost_bot"


def test_it_is_asked_again_as_long_as_telegram_gives_none(caplog):
    with FakeTelegram() as telegram:
        name = BotName(given(TELEGRAM_TOKEN=TOKEN, TELEGRAM_URL=telegram.url))
        telegram.fail_next(429, after=1, method="getme")
        assert name() == ""
        assert name() == "waypost_bot"
    assert "not known yet" in caplog.text
    assert TOKEN not in caplog.text


def test_without_a_bot_there_is_none():
    assert BotName(given())() is None
