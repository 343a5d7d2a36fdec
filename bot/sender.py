"""Sends messages as a Telegram bot, with a button for each option. A send is tried once."""

from collections.abc import Sequence
from datetime import datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.error import TelegramError

from bot.client import judge, make_bot
from hotline.channels import EVERYTHING, TELEGRAM, Outgoing, SendFailed, Sent, Uncertain

# A preview would have Telegram's servers fetch the page, and show what it is about on the screen.
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramSender:
    """One bot. Telegram's own limit is about 30 messages a second: https://core.telegram.org/bots/faq"""

    name = label = channel = TELEGRAM
    carries = EVERYTHING
    # It refuses what comes too fast: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
    queues = False

    def __init__(
        self,
        token: str,
        base_url: str = "https://api.telegram.org",
        in_flight: int = 8,
        rate: float | None = 25.0,
    ) -> None:
        self._bot, self._connections = make_bot(token, base_url, in_flight)
        self.in_flight = in_flight
        self.rate = rate

    def weigh(self, text: str, options: Sequence[tuple[str, str]]) -> int:
        """Telegram counts messages, however long."""
        del text, options
        return 1

    async def send(self, message: Outgoing) -> Sent:
        chat = _chat(message)
        try:
            # Contents are not protected: who is helped must be able to copy a number or pass an
            # address on, and protection would not stop a screenshot of whoever holds the phone.
            sent = await self._bot.send_message(
                chat,
                message.text,
                reply_markup=_buttons(message.options),
                link_preview_options=NO_PREVIEW,
                protect_content=False,
            )
        except TelegramError as error:
            failure = judge(error)
        except Exception as error:  # noqa: BLE001 - an answer of another shape: it may have gone
            failure = Uncertain(f"telegram's answer was unreadable ({type(error).__name__})")
        else:
            return _sent(chat, sent)
        # Raised out here, where no error that repeats the request hangs on it as its context.
        raise failure

    async def look_up(
        self, message: Outgoing, since: datetime, until: datetime | None = None
    ) -> None:
        """Telegram cannot be asked what a bot has sent."""

    async def check(self) -> str:
        """The bot's user name. Raises SenderBroken or SendFailed."""
        try:
            return (await self._bot.get_me()).username or ""
        except TelegramError as error:
            judged = judge(error)
        if isinstance(judged, Uncertain):
            judged = SendFailed(judged.reason, retry=True)
        raise judged

    async def close(self) -> None:
        await self._connections.shutdown()


def _chat(message: Outgoing) -> int:
    scheme, _, number = message.address.partition(":")
    if scheme != "telegram" or not number.removeprefix("-").isdecimal():
        raise SendFailed("not a telegram chat", retry=False)
    return int(number)


def _buttons(options: Sequence[tuple[str, str]]) -> InlineKeyboardMarkup | None:
    """One button a row, for long words; numbered, so that a typed digit means the same."""
    if not options:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(f"{number} {label}", callback_data=option)]
            for number, (option, label) in enumerate(options, 1)
        ]
    )


def _sent(chat: int, message: Message) -> Sent:
    # Message ids are counted anew in each chat.
    return Sent(f"{chat}:{message.message_id}")
