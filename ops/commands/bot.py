"""`waypost bot`: the Telegram bot."""

import asyncio

import click

from hotline.channels import SendFailed
from ops.settings import read


@click.group()
def bot() -> None:
    """Look after the Telegram bot. The worker polls or sets the webhook by itself."""


@bot.command()
def check() -> None:
    """Ask Telegram who we are."""
    given = read()
    if not given.has_telegram:
        raise click.ClickException("set WAYPOST_TELEGRAM_TOKEN first (from @BotFather)")
    from bot.sender import TelegramSender  # noqa: PLC0415 - large, and only needed here

    async def ask() -> str:
        sender = TelegramSender(given.telegram_token, given.telegram_url)
        try:
            return await sender.check()
        finally:
            await sender.close()

    try:
        click.echo(f"The bot is @{asyncio.run(ask())}.")
    except SendFailed as failed:
        raise click.ClickException(f"Telegram refuses the token: {failed.reason}") from None
