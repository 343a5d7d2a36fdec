"""`waypost locales export` and `import`: a catalog to somebody who speaks its language, and back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from locales import figures, languages
from locales.figures import Text
from locales.review import LONGEST_NAME, one_line
from locales.translator import ROOT
from ops.asking import typed_yes
from ops.reviewing import ReviewRefused, Taken, form_of, take_in
from ops.spoken import under
from ops.wiring import clock

CATALOGS: Final = click.option(
    "--catalogs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT,
    help="A folder of catalogs instead of Waypost's own.",
)


def known(language: str, catalogs: Path) -> str:
    """The code of a language that has a contact catalog; anything else ends the command."""
    if language not in languages("contact", catalogs):
        raise click.ClickException(
            f"{language} has no catalog; there are {', '.join(languages('contact', catalogs))}"
        )
    return language


@click.command("export")
@CATALOGS
@click.argument("language")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--only", type=click.Choice(["critical", "draft"]), help="Not every text.")
def export(catalogs: Path, language: str, file: Path, only: str | None) -> None:
    """Write the texts of LANGUAGE to FILE.xlsx, or to FILE.po for Poedit, for somebody to review.

    In the workbook they change the translation where it is wrong. As the verdict they write "ok" where it is
    good as it stands then, or else what is wrong. In Poedit what needs work is a draft; the rest is reviewed.
    """
    texts = figures.texts(
        known(language, catalogs), under(languages("contact", catalogs)), catalogs
    )
    wanted = [text for text in texts if _wanted(text, only)]
    try:
        packed = form_of(file).write(language, wanted)
        with file.open("xb") as out:
            out.write(packed)
    except ReviewRefused as refused:
        raise click.ClickException(str(refused)) from None
    except FileExistsError:
        raise click.ClickException(f"{file}: there is such a file already") from None
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    critical = sum(text.critical for text in wanted)
    click.echo(
        f"{len(wanted)} texts of {language} are in {file}, {critical} of them safety-critical."
    )


@click.command("import")
@CATALOGS
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", required=True, help='Who reviewed: "Amina H., native speaker". It is kept.')
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_(catalogs: Path, file: Path, by: str, *, yes: bool) -> None:
    """Take a reviewed FILE in: changed texts, and who found which of them good.

    Shows everything first. One bad row, and nothing is changed. A text that is changed without a verdict is a
    draft.
    """
    who = _name(by)
    try:
        returned = form_of(file).read(file, languages("contact", catalogs))
        taken = take_in(returned, who, clock().date(), catalogs)
    except ReviewRefused as refused:
        for line in refused.lines:
            click.echo(line, err=True)
        raise click.ClickException(f"{len(refused.lines)} faults; nothing was changed") from None
    if taken.after == taken.before:
        click.echo("Nothing in it is new.")
        return
    _show(taken, who)
    if not yes:
        typed_yes(f"Write {taken.path}?")
    try:
        taken.write()
    except ReviewRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{taken.path} is written. It is used once Waypost is started again.")


def _wanted(text: Text, only: str | None) -> bool:
    return {"critical": text.critical, "draft": text.review is None}.get(only or "", True)


def _name(by: str) -> str:
    who = one_line(by)
    if not 0 < len(who) <= LONGEST_NAME or ":" in who:
        raise click.BadParameter(
            f"a name and what they are, without a colon, at most {LONGEST_NAME} letters",
            param_hint="--by",
        )
    return who


def _show(taken: Taken, who: str) -> None:
    for text, new in taken.texts:
        click.echo(text.id)
        _lines("-", text.text)
        _lines("+", new)
    for message_id, remark in taken.remarks.items():
        click.echo(f"{message_id}: {remark}")
    unread = [text for text, _ in taken.texts if text not in taken.reviewed]
    critical = sum(text.critical for text in taken.reviewed)
    _list(f"Changed texts: {len(taken.texts)}, of them not reviewed: {len(unread)}", unread)
    _list(
        f"Reviewed by {who}: {len(taken.reviewed)}, of them safety-critical: {critical}",
        taken.reviewed,
    )


def _lines(sign: str, text: str) -> None:
    for line in text.split("\n"):
        click.echo(f"  {sign} {line}")


def _list(title: str, texts: Sequence[Text]) -> None:
    names = ", ".join(text.id for text in texts)
    click.echo(f"{title} ({names})" if names else title)
