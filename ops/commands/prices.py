"""`waypost campaigns prices`: what a segment costs in each country."""

from pathlib import Path

import click

from campaigns.planning import prices as table
from campaigns.planning.prices import PricesRefused
from hotline.models import Line
from locales import translator
from ops.wiring import open_wiring


@click.group()
def prices() -> None:
    """What an SMS segment costs in each country."""


@prices.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--currency", default="", help="Three letters, such as EUR; else it stays as it is.")
def import_(file: Path, currency: str) -> None:
    """Replace all prices by those of a CSV FILE with the columns country and price.

    A row without a country is the price of every other one. A wrong row changes nothing.
    """
    with open_wiring() as wired:
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                read = table.read(lines)
            with wired.sessions.begin() as session:
                table.replace(session, wired.line_id, read, currency.upper())
        except PricesRefused as refused:
            said = translator("en", "staff").text(refused.reason, **refused.values)
            raise click.ClickException(said) from None
    click.echo(f"{len(read)} prices")


@prices.command("list")
def list_() -> None:
    """All prices, by country."""
    with open_wiring() as wired, wired.sessions() as session:
        found = table.of_line(session, wired.line_id)
        currency = session.get_one(Line, wired.line_id).currency
    for country, price in found.items():
        click.echo(f"{country or 'others':<8} {price:.6f} {currency}")
