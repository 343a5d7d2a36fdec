"""`waypost subscribers`: import a file of people who agreed to campaign messages, and count them."""

import csv
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Final, TextIO

import click
import phonenumbers

from campaigns import subscribers as people
from campaigns.importing import intake, rejects
from campaigns.importing.intake import Progress, Report
from campaigns.importing.rows import RowUnusable
from campaigns.importing.sheets import ImportRefused
from locales import translator
from ops.commands.codes import codes
from ops.wiring import Wiring, open_wiring

MOST_SHOWN: Final = 200
EVERY_SECONDS: Final = 0.5
# Where nobody watches, a line now and then.
EVERY_ROWS: Final = 100_000


@click.group()
def subscribers() -> None:
    """Import and count subscribers, and the codes they sign up with."""


subscribers.add_command(codes)


@subscribers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--region", default="", help="Country of numbers without +, such as CH.")
@click.option("--source", default="", help="Where people agreed, for rows that do not say.")
@click.option(
    "--date",
    "day",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="When people agreed, for rows that do not say.",
)
@click.option(
    "--rejects",
    "to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rows that were left out to this file (CSV), to correct and import again.",
)
def import_(file: Path, region: str, source: str, day: datetime | None, to: Path | None) -> None:
    """Import subscribers from a CSV or XLSX FILE.

    Columns: phone, language[, region, time_zone, consent_source, consent_date]. Good rows are kept and
    bad ones listed by number; importing a file again changes nothing.
    """
    if region and region.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise click.BadParameter("no country has this code", param_hint="--region")
    words = translator("en", "staff").text
    if to is not None and (to.exists() or not to.absolute().parent.is_dir()):
        raise click.BadParameter(
            "there must be a folder, and no such file yet", param_hint="--rejects"
        )
    with open_wiring() as wired:
        try:
            begun, report = _import(wired, file, region, source, day)
        except ImportRefused as refused:
            raise click.ClickException(words(refused.reason, **refused.values)) from None
        except RowUnusable as unusable:
            raise click.ClickException(words(unusable.reason)) from None
        with wired.sessions() as session:
            for number, reason in rejects.first(session, begun, MOST_SHOWN):
                click.echo(f"row {number}: {words(reason)}", err=True)
        if to is not None and report.bad:
            with wired.sessions.begin() as session:
                _write(to, rejects.fetch(session, wired.vault, begun, words))
    _say(report, to)


@subscribers.command()
def count() -> None:
    """How many subscribers there are, by language."""
    with open_wiring() as wired, wired.sessions() as session:
        found = people.audience(session, wired.line_id)
    for language, n in found.items():
        click.echo(f"{language}  {n}")
    click.echo(f"all  {sum(found.values())}")


def _import(
    wired: Wiring, file: Path, region: str, source: str, day: datetime | None
) -> tuple[int, Report]:
    with wired.sessions.begin() as session:
        given = intake.defaults(
            session,
            wired.line_id,
            wired.campaign_channel,
            wired.clock(),
            region=region,
            source=source,
            day=day.date() if day else None,
        )
        begun = intake.begin(session, wired.line_id, None, wired.clock())
    meter = Meter(sys.stderr)
    with file.open("rb") as opened:
        try:
            report = intake.run(
                wired.sessions, wired.vault, begun, opened, given, wired.clock, meter.show
            )
        finally:
            meter.clear()
    return begun, report


def _write(to: Path, rows: list[list[str]]) -> None:
    """To a file that only its owner reads. When that fails, the rows can still be fetched."""
    try:
        # The mark at its start tells spreadsheets that it is UTF-8.
        with to.open("x", encoding="utf-8-sig", newline="") as file:
            to.chmod(0o600)
            csv.writer(file).writerows(rows)
    except OSError as error:
        raise click.ClickException(f"{to}: {error.strerror}") from None


def _say(report: Report, to: Path | None) -> None:
    if report.bad > MOST_SHOWN:
        click.echo(f"… and {report.bad - MOST_SHOWN} more", err=True)
    if report.bad > rejects.MOST:
        click.echo(f"only the first {rejects.MOST} bad rows are listed", err=True)
    if report.bad and to is None:
        click.echo("the rows left out can be fetched at /campaigns/subscribers for a day", err=True)
    click.echo(
        f"{report.imported} imported, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.merged} repeated, {report.bad} bad"
    )


class Meter:
    """How far an import is: one line that changes on a terminal, a line now and then elsewhere."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.live = out, out.isatty()
        self.began = self.shown = time.monotonic()
        self.told = 0

    def show(self, at: Progress) -> None:
        now = time.monotonic()
        if self.live and now - self.shown >= EVERY_SECONDS:
            self.shown = now
            self.out.write(f"\r\x1b[K{self.line(at, now)}")
            self.out.flush()
        elif not self.live and at.rows - self.told >= EVERY_ROWS:
            self.told = at.rows
            self.out.write(f"{self.line(at, now)}\n")

    def line(self, at: Progress, now: float) -> str:
        if not at.bytes_all:
            return f"checking the file: {at.rows} rows"
        rate = at.rows / max(now - self.began, 0.001)
        return f"{at.rows} rows read, {at.bytes_read * 100 // at.bytes_all} %, {rate:.0f} rows/s"

    def clear(self) -> None:
        if self.live:
            self.out.write("\r\x1b[K")
            self.out.flush()
