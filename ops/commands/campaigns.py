"""`waypost campaigns`: see and steer campaigns. Planning and approving is done on the web page."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import ledger, steering
from campaigns.models import Campaign
from campaigns.plan import PlanRefused
from hotline import bell
from locales import translator
from ops.wiring import Wiring, open_wiring


@click.group()
def campaigns() -> None:
    """See and steer campaigns."""


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
        _known(wired, session, campaign)
        balance = ledger.balance(session, campaign)
    if as_json:
        click.echo(json.dumps({"id": campaign} | asdict(balance)))
        return
    for name, value in asdict(balance).items():
        click.echo(f"{name:<12} {value}")


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


def _steer(campaign: int, move: Callable[[Session, int, datetime], None]) -> None:
    with open_wiring() as wired:
        try:
            with wired.sessions.begin() as session:
                _known(wired, session, campaign)
                move(session, campaign, wired.clock())
                bell.ring(session, "campaigns")
        except PlanRefused as refused:
            raise click.ClickException(translator("en", "staff").text(refused.reason)) from None
        with wired.sessions() as session:
            click.echo(f"Campaign {campaign} is {ledger.balance(session, campaign).state}.")


def _known(wired: Wiring, session: Session, campaign: int) -> None:
    row = session.get(Campaign, campaign)
    if row is None or row.line_id != wired.line_id:
        raise click.ClickException("there is no such campaign; `waypost campaigns list` shows them")
