"""`waypost locales`: the catalogs, who has read them, and which languages the line offers."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from babel import Locale

from hotline.formulas import guarded
from locales import figures, languages
from locales.check import check as problems_of
from locales.figures import Text
from locales.review import standing
from ops.commands.offering import disable, enable
from ops.commands.reviewing import CATALOGS, export, import_, known
from ops.commands.tongues import detect, names
from ops.spoken import spoken, under
from triage.words import check_words

OVERVIEW: Final = (
    "language", "name", "texts", "translated", "reviewed", "critical reviewed", "critical",
    "UCS-2 %", "segments", "longest", "which",
)  # fmt: skip
TEXTS: Final = ("id", "state", "encoding", "characters", "segments", "critical")
# A line of a table fits a terminal of a hundred columns.
STATE_WIDTH: Final = 28


@click.group()
def locales() -> None:
    """Check the catalogs, have them reviewed, and offer languages."""


for command in (export, import_, enable, disable, detect, names):
    locales.add_command(command)


@locales.command()
@CATALOGS
def check(catalogs: Path) -> None:
    """Every message in every language: missing, placeholders, numbers, script, direction, length.

    A line for each problem; what people's safety hangs on comes first.
    """
    problems = [
        *problems_of(spoken(), catalogs, under=under(languages("contact", catalogs))),
        *check_words(),
    ]
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"{len(problems)} problems in the catalogs")
    contacts, desk = languages("contact", catalogs), languages("staff", catalogs)
    click.echo(
        f"Nothing wrong. {len(contacts)} languages for contacts: {', '.join(contacts)}; "
        f"{len(desk)} for the desk: {', '.join(desk)}."
    )


@locales.command()
@CATALOGS
@click.option("--language", help="One row for each text of this language.")
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="As CSV.")
def report(catalogs: Path, language: str | None, file: Path | None) -> None:
    """How every language stands, or every text of one: reviewed, safety-critical, how long as an SMS.

    Lengths are with the options that stand below a text. GSM-7 is the SMS alphabet; UCS-2 is what every other
    script needs, with half the room.
    """
    if language is None:
        head, rows = (
            OVERVIEW,
            [_language(code, catalogs) for code in languages("contact", catalogs)],
        )
    else:
        found = figures.texts(
            known(language, catalogs), under(languages("contact", catalogs)), catalogs
        )
        head, rows = TEXTS, [_text(each) for each in found]
    if file is not None:
        _write(file, head, rows)
    elif language is None:
        _print_overview(rows)
    else:
        _print_texts(rows)


def _language(code: str, catalogs: Path) -> list[str]:
    found, stands = (
        figures.texts(code, under(languages("contact", catalogs)), catalogs),
        standing(code, catalogs),
    )
    most = figures.longest(found)
    return [
        code,
        Locale.parse(code).get_display_name("en") or code,
        *map(str, (stands.texts, stands.translated, stands.reviewed)),
        *map(str, (stands.critical_reviewed, stands.critical)),
        f"{figures.ucs2_share(found):.0%}".rstrip("%"),
        str(sum(each.size.segments for each in found)),
        str(most.size.segments),
        most.id,
    ]


def _text(each: Text) -> list[str]:
    critical = "yes" if each.critical else ""
    size = each.size
    return [each.id, each.state, size.encoding, str(size.units), str(size.segments), critical]


def _print_overview(rows: Sequence[Sequence[str]]) -> None:
    click.echo(
        f"{'language':<19} {'texts':>5} {'translated':>10} {'reviewed':>8} {'critical':>9}"
        f" {'UCS-2':>6} {'segments':>8}  longest"
    )
    for code, name, texts, translated, reviewed, read, critical, ucs2, total, most, which in rows:
        click.echo(
            f"{code:<3} {name[:15]:<15} {texts:>5} {translated:>10} {reviewed:>8}"
            f" {f'{read} of {critical}':>9} {ucs2 + '%':>6} {total:>8}  {most} {which}"
        )
    click.echo("critical: reviewed of those that people's safety hangs on")


def _print_texts(rows: Sequence[Sequence[str]]) -> None:
    wide = max(len(row[0]) for row in rows)
    click.echo(
        f"{'id':<{wide}}  {'state':<{STATE_WIDTH}}  encoding  characters  segments  critical"
    )
    for name, state, encoding, units, segments, critical in rows:
        shown = state if len(state) <= STATE_WIDTH else state[: STATE_WIDTH - 1] + "…"
        click.echo(
            f"{name:<{wide}}  {shown:<{STATE_WIDTH}}  {encoding:<8}  {units:>10}  {segments:>8}"
            f"  {critical}".rstrip()
        )


def _write(file: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(head)
    # A reviewer may be called "=1+1".
    table.writerows([guarded(cell) for cell in row] for row in rows)
    try:
        with file.open("x", encoding="utf-8", newline="") as written:
            written.write(out.getvalue())
    except FileExistsError:
        raise click.ClickException(f"{file}: there is such a file already") from None
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
