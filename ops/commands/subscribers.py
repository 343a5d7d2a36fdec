"""`waypost subscribers`: import a file of people who agreed to campaign messages, and count them."""

from pathlib import Path

import click
import phonenumbers

from campaigns import subscribers as people
from campaigns.subscribers import ImportRefused
from locales import translator
from ops.wiring import open_wiring


@click.group()
def subscribers() -> None:
    """Import and count subscribers."""


@subscribers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--region", default="", help="Country of numbers without +, such as CH.")
@click.option("--source", default="", help="Where people agreed, for rows that do not say.")
def import_(file: Path, region: str, source: str) -> None:
    """Import subscribers from a CSV FILE: phone, language[, time_zone, consent_source, consent_date].

    Good rows are kept and bad ones listed by number; importing a file again changes nothing.
    """
    if region and region.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise click.BadParameter("no country has this code", param_hint="--region")
    words = translator("en", "staff")
    with open_wiring() as wired, file.open("rb") as opened:
        try:
            with wired.sessions.begin() as session:
                report = people.import_csv(
                    session,
                    wired.vault,
                    wired.line_id,
                    people.opened(opened),
                    default_region=region,
                    default_source=source,
                    now=wired.clock(),
                    progress=_progress,
                )
        except ImportRefused as refused:
            raise click.ClickException(words.text(refused.reason, **refused.values)) from None
    for bad in report.bad:
        click.echo(f"row {bad.number}: {words.text(bad.reason)}", err=True)
    click.echo(
        f"{report.imported} imported, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.merged} repeated, {len(report.bad)} bad"
    )


@subscribers.command()
def count() -> None:
    """How many subscribers there are, by language."""
    with open_wiring() as wired, wired.sessions() as session:
        found = people.audience(session, wired.line_id)
    for language, n in found.items():
        click.echo(f"{language}  {n}")
    click.echo(f"all  {sum(found.values())}")


def _progress(rows: int) -> None:
    if rows % 10_000 < people.BATCH:
        click.echo(f"{rows} rows read", err=True)
