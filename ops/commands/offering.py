"""`waypost locales enable` and `disable`: which languages the line offers, and how far each has been read."""

from pathlib import Path
from typing import Final

import click
from babel import Locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline import lines
from hotline.models import Case
from locales import languages, native_name
from locales.check import check_contact
from locales.review import Standing, standing, told
from locales.translator import ROOT, SOURCE_LANGUAGE
from ops.asking import typed_yes
from ops.spoken import spoken, under
from ops.wiring import open_wiring
from triage import lexicon

AGAIN: Final = "Start Waypost again for it to count."


@click.command()
@click.argument("language", required=False)
@click.option("--yes", is_flag=True, help="Do not ask, whatever has been reviewed.")
def enable(language: str | None, *, yes: bool) -> None:
    """Offer LANGUAGE to contacts; without one, list what the line offers.

    While texts of it are drafts, that is said and asked about first.
    """
    with open_wiring() as wired:
        offered = wired.line.languages
        if language is None:
            _list(offered)
            return
        if language in offered:
            click.echo(f"{language} is offered already.")
            return
        _fits(language)
        if (stands := standing(language)).reviewed < stands.texts:
            _warn(language, stands)
            if not yes:
                typed_yes(f"Offer {_called(language)} all the same?")
        with wired.sessions.begin() as session:
            lines.enable(session, wired.line_id, language, wired.clock())
    click.echo(f"{_called(language)} is offered. {AGAIN}")


@click.command()
@click.argument("language")
def disable(language: str) -> None:
    """Offer LANGUAGE no more. Cases in it go on in it."""
    with open_wiring() as wired, wired.sessions.begin() as session:
        try:
            lines.disable(session, wired.line_id, language, wired.clock())
        except lines.LineRefused as refused:
            raise click.ClickException(str(refused)) from None
        still = _open_cases(session, wired.line_id, language)
    click.echo(f"{_called(language)} is offered no more. {AGAIN}")
    if still:
        click.echo(f"Open cases in it, which go on in it: {still}.")


def _list(offered: tuple[str, ...]) -> None:
    click.echo(f"{'language':<22}  offered  {'reviewed':>10}  {'critical':>9}  own name")
    for code in sorted(
        {*offered, *languages("contact")}, key=lambda code: (code not in offered, code)
    ):
        stands = standing(code)
        reviewed = f"{stands.reviewed} of {stands.texts}"
        critical = f"{stands.critical_reviewed} of {stands.critical}"
        yes = "yes" if code in offered else "no"
        # Its own name comes last: a terminal may give its letters any width.
        click.echo(
            f"{code:<3} {_english(code):<18}  {yes:<7}  {reviewed:>10}  {critical:>9}  {native_name(code)}"
        )


def _fits(language: str) -> None:
    """Only what can be spoken in whole is offered."""
    if language not in languages("contact"):
        raise click.ClickException(
            f"{language} has no catalog; there are {', '.join(languages('contact'))}"
        )
    if language not in lexicon.languages():
        raise click.ClickException(
            f"there are no words that people type in {language}: write triage/lexicons/{language}.toml"
        )
    source = Path(ROOT, language, "contact.po").read_text(encoding="utf-8")
    if problems := check_contact(source, language, spoken(), under=under()):
        raise click.ClickException(
            f"its catalog has {len(problems)} problems; `waypost locales check` names them"
        )


def _warn(language: str, stands: Standing) -> None:
    name, unread = _english(language), stands.critical - stands.critical_reviewed
    if stands.reviewed:
        click.echo(
            f"Nobody who speaks {name} has read {stands.texts - stands.reviewed} of its"
            f" {stands.texts} texts."
        )
    else:
        click.echo(f"Nobody who speaks {name} has read any of its {stands.texts} texts.")
    click.echo(f"Not reviewed of the {stands.critical} that people's safety hangs on: {unread}.")
    shown = told(language, SOURCE_LANGUAGE)
    click.echo(f'The desk shows on every case in it: "{shown}".')


def _open_cases(session: Session, line_id: int, language: str) -> int:
    asked = select(func.count()).where(
        Case.line_id == line_id, Case.language == language, Case.state != "closed"
    )
    return session.scalar(asked) or 0


def _english(language: str) -> str:
    return Locale.parse(language).get_display_name("en") or language


def _called(language: str) -> str:
    return f"{_english(language)} ({language})"
