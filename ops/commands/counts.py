"""`waypost counts`: how many, never who."""

import csv
import sys
from datetime import date, datetime, timedelta

import click

from hotline import counts as counters
from ops.wiring import open_wiring

USUAL_DAYS = 30
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--since", type=DAY, help="First day, as 2026-01-31.")
@click.option("--until", type=DAY, help="Last day; today when not given.")
@click.option("--csv", "as_csv", is_flag=True, help="As a CSV table.")
def counts(since: datetime | None, until: datetime | None, as_csv: bool) -> None:
    """Counts by day, event, channel and language; small numbers are not shown."""
    with open_wiring() as wired, wired.sessions() as session:
        last = until.date() if until else wired.clock().date()
        first = since.date() if since else last - timedelta(days=USUAL_DAYS - 1)
        if first > last:
            raise click.BadParameter("is after the last day", param_hint="--since")
        k = wired.suppress_below
        cells = counters.read(session, wired.line_id, first, last, k)
    rows = [(c.day, c.event, c.channel, c.language, _shown(c.n, k)) for c in cells]
    if as_csv:
        _write(rows)
        return
    for day, event, channel, language, n in rows:
        click.echo(f"{day}  {event:<22} {channel:<10} {language:<4} {n:>8}")


def _write(rows: list[tuple[date, str, str, str, str]]) -> None:
    table = csv.writer(sys.stdout)
    table.writerow(["day", "event", "channel", "language", "count"])
    table.writerows(rows)


def _shown(n: int | None, k: int) -> str:
    return f"<{k}" if n is None else str(n)
