"""`waypost campaigns`: plan, see and steer campaigns, as on their pages."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import phones
from campaigns.models import Campaign
from campaigns.planning import steering
from campaigns.sending import ledger
from hotline import bell
from hotline.models import Line
from ops.commands.planning import STEPS, known, refusing
from ops.commands.prices import prices
from ops.wiring import open_wiring


@click.group()
def campaigns() -> None:
    """Plan, see and steer campaigns."""


campaigns.add_command(prices)
for step in STEPS:
    campaigns.add_command(step)


@campaigns.command("list")
def list_() -> None:
    """All campaigns, the newest first."""
    with open_wiring() as wired, wired.sessions() as session:
        rows = session.scalars(
            select(Campaign).where(Campaign.line_id == wired.line_id).order_by(Campaign.id.desc())
        )
        for row in rows:
            click.echo(f"{row.id:>6}  {row.state:<10}  {row.planned:>8}  {row.name}")


@campaigns.command()
@click.argument("campaign", metavar="ID", type=int)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(campaign: int, as_json: bool) -> None:
    """The balance sheet of campaign ID, now or as it was when it closed."""
    with open_wiring() as wired, wired.sessions() as session:
        known(wired, session, campaign)
        balance = asdict(ledger.balance(session, campaign))
    if as_json:
        click.echo(json.dumps({"id": campaign} | balance))
        return
    halves = balance.pop("by_variant")
    for name, value in balance.items():
        click.echo(f"{name:<12} {value}")
    if len(halves) > 1:
        for variant, numbers in sorted(halves.items()):
            told = ", ".join(f"{n} {name}" for name, n in numbers.items() if n)
            click.echo(f"variant {variant}    {told}")


@campaigns.command()
@click.argument("campaign", metavar="ID", type=int)
def pause(campaign: int) -> None:
    """Stop sending campaign ID until it is resumed."""
    _steer(campaign, steering.pause)


@campaigns.command()
@click.argument("campaign", metavar="ID", type=int)
def resume(campaign: int) -> None:
    """Go on with campaign ID."""
    _steer(campaign, steering.resume)


@campaigns.command()
@click.argument("campaign", metavar="ID", type=int)
def cancel(campaign: int) -> None:
    """End campaign ID: what was not sent never is."""
    _steer(campaign, steering.cancel)


@campaigns.command()
@click.argument("number", required=False)
@click.option("--bot", help="The name of the line's bot at Telegram, without @.")
def number(number: str | None, bot: str | None) -> None:
    """Say where the helpline is reached: NUMBER as +41…, for {number} in the texts of campaigns.

    A text that uses it needs a new approval when it changes.
    """
    with open_wiring() as wired, wired.sessions.begin() as session:
        line = session.get_one(Line, wired.line_id)
        if number is not None:
            line.number = _number(number)
        if bot is not None:
            line.bot = bot.strip().removeprefix("@")
        click.echo(f"number {line.number or 'not known'}, bot {line.bot or 'not known'}")


def _number(text: str) -> str:
    # A short code has no country; anything else has to be written in full.
    if text.isascii() and text.isdigit() and len(text) <= 8:  # noqa: PLR2004 - the longest short code
        return text
    try:
        return phones.read(text, "").address.removeprefix("tel:")
    except phones.PhoneUnusable:
        raise click.BadParameter(
            "write it with its country, as +41…", param_hint="NUMBER"
        ) from None


def _steer(campaign: int, move: Callable[[Session, int, datetime], None]) -> None:
    with open_wiring() as wired, refusing():
        with wired.sessions.begin() as session:
            known(wired, session, campaign)
            move(session, campaign, wired.clock())
            bell.ring(session, "campaigns")
        with wired.sessions() as session:
            click.echo(f"Campaign {campaign} is {ledger.balance(session, campaign).state}.")
