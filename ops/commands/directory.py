"""`waypost directory`: services that contacts are told of, as a file, and what has to be confirmed."""

from pathlib import Path

import click

from hotline import directory as services
from hotline import directoryfile
from hotline.directoryfile import FileRefused, RowsRefused
from locales import translator
from ops.wiring import open_wiring


@click.group()
def directory() -> None:
    """Look after the services people are sent to."""


@directory.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    """Import services from a CSV FILE, as `export` writes it. One bad row, and nothing is changed.

    A row whose code is known changes that service; no row takes one out.
    """
    words = translator("en", "staff").text
    with open_wiring() as wired:
        try:
            with wired.sessions.begin() as session:
                done = directoryfile.take_in(
                    session, wired.line_id, file.read_bytes(), wired.clock(), by=None
                )
        except FileRefused as refused:
            raise click.ClickException(words(refused.reason, **refused.values)) from None
        except RowsRefused as refused:
            for number, reason in refused.rows:
                click.echo(f"row {number}: {words(reason)}", err=True)
            raise click.ClickException(
                f"{len(refused.rows)} bad rows; nothing was changed"
            ) from None
    click.echo(
        f"{done.new} new, {done.changed} changed, {done.unchanged} unchanged; "
        f"{done.waiting} of them cannot be sent before somebody confirms them"
    )


@directory.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path | None) -> None:
    """Write the whole directory as CSV, to FILE or to the screen."""
    if file is not None and file.exists():
        raise click.BadParameter("there is such a file already", param_hint="FILE")
    with open_wiring() as wired, wired.sessions() as session:
        text = directoryfile.write(session, wired.line_id, wired.clock())
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        # Line ends are in it as CSV has them.
        with file.open("x", encoding="utf-8", newline="") as out:
            out.write(text)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None


@directory.command()
def stale() -> None:
    """What cannot be sent to anybody, or soon not any more, in the order in which it ran out."""
    with open_wiring() as wired, wired.sessions() as session:
        found = services.due(session, wired.line_id, wired.clock())
    for each in found:
        until = f"until {each.until}" if each.until else "never confirmed"
        click.echo(f"{each.freshness:<10}  {until:<16}  {each.entry.code:<24}  {each.entry.name}")
    if not found:
        click.echo("every service is confirmed")
