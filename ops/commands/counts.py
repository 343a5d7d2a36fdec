"""`waypost counts`: what was published of the counts; how many, never who."""

import csv
import sys
from datetime import date, datetime, timedelta

import click
from sqlalchemy.orm import Session

from hotline import noise, periods, releases
from hotline.noise import NoiseRefused
from hotline.published import HEADER, Published, rows
from ops.wiring import Wiring, open_wiring

DAY = click.DateTime(["%Y-%m-%d"])


@click.group(invoke_without_command=True)
@click.option("--since", type=DAY, help="Only what ends on this day or later, as 2026-01-31.")
@click.option("--until", type=DAY, help="Only what begins on this day or earlier.")
@click.option("--csv", "as_csv", is_flag=True, help="As a CSV table.")
@click.pass_context
def counts(
    context: click.Context, since: datetime | None, until: datetime | None, as_csv: bool
) -> None:
    """Print the newest published counts, or those that --since and --until choose.

    On the simulator the running period comes first: its people are invented.
    """
    if context.invoked_subcommand is not None:
        return
    first, last = (day.date() if day else None for day in (since, until))
    if first and last and first > last:
        raise click.BadParameter("is after the last day", param_hint="--since")
    with open_wiring() as wired, wired.sessions() as session:
        chosen = _chosen(wired, session, first, last)
        unpublished = _unpublished(wired, session)
    if as_csv:
        table = csv.writer(sys.stdout)
        table.writerow(HEADER)
        table.writerows(row for release in chosen for row in rows(release))
        return
    for release in chosen:
        _print(release)
    if not chosen:
        click.echo(unpublished)


@counts.command()
@click.option("--epsilon", type=float, help="Add noise instead of suppressing; needs OpenDP.")
def publish(epsilon: float | None) -> None:
    """Publish every period that has ended, now instead of a day later. This is done once and for good."""
    with open_wiring() as wired:
        try:
            with wired.sessions.begin() as session:
                made = releases.publish(
                    session,
                    wired.line_id,
                    wired.clock(),
                    wired.suppress_below,
                    epsilon=epsilon,
                    rest=timedelta(0),
                )
        except NoiseRefused as refused:
            raise click.ClickException(str(refused)) from None
        for release in made:
            click.echo(f"Published {release.since} to {release.until}{_how(release)}.")
        if not made:
            with wired.sessions() as session:
                click.echo(_unpublished(wired, session))


@counts.command()
@click.argument("length", type=click.Choice(periods.PERIODS))
def period(length: str) -> None:
    """Publish by week or by month from now on; what is published stays as it is."""
    with open_wiring() as wired, wired.sessions.begin() as session:
        releases.set_period(session, wired.line_id, length)
    click.echo(f"Counts are published by {length} now.")


def _chosen(
    wired: Wiring, session: Session, first: date | None, last: date | None
) -> list[Published]:
    found = releases.published(session, wired.line_id, wired.suppress_below)
    if wired.suppress_below == 1:
        found.insert(0, releases.running(session, wired.line_id, wired.clock()))
    if first is None and last is None:
        return found[:1]
    return [
        release
        for release in found
        if release.until >= (first or date.min) and release.since <= (last or date.max)
    ]


def _unpublished(wired: Wiring, session: Session) -> str:
    since, until = releases.running_span(
        session, wired.line_id, wired.clock(), wired.suppress_below
    )
    return (
        f"Nothing is there to see: {since} to {until} is still running, "
        f"and is published on {releases.publishes_on(until)}."
    )


def _print(release: Published) -> None:
    click.echo(f"{release.since} to {release.until}{_how(release)}")
    for _, _, event, table, value, n in rows(release):
        if table == "total" or n not in ("0", "hidden"):
            click.echo(f"  {event:<22} {table:<9} {value or '-':<11} {n:>8}")


def _how(release: Published) -> str:
    if release.epsilon is not None:
        return f", with noise: epsilon {release.epsilon:g}, within {noise.within(release.epsilon)}"
    if release.k > 1:
        return f", rounded down to multiples of {release.k}"
    return ", still running" if release.running else ", invented people"
