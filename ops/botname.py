"""The bot's name, which stands on posters: asked of Telegram when it is first needed, since only it knows."""

import asyncio
import logging

from hotline.channels import SendFailed
from ops.settings import Settings

log = logging.getLogger(__name__)


class BotName:
    """Gives the name: None without a bot, empty as long as Telegram cannot be asked."""

    def __init__(self, given: Settings) -> None:
        self._given = given
        self._name = ""

    def __call__(self) -> str | None:
        if not self._given.has_telegram:
            return None
        if not self._name:
            self._name = asyncio.run(self._ask())
        return self._name

    async def _ask(self) -> str:
        from bot.sender import TelegramSender  # noqa: PLC0415 - only where Telegram is used

        sender = TelegramSender(self._given.telegram_token, self._given.telegram_url)
        try:
            return await sender.check()
        except SendFailed as failed:
            log.warning("the bot's name is not known yet: %s", failed.reason)
            return ""
        finally:
            await sender.close()
