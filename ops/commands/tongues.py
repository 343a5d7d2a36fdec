"""`waypost locales detect` and `names`: which language a text is in, and what languages are called."""

import csv
import io
import sys
from pathlib import Path

import click

from hotline import languages as detector
from locales import languages as catalogs
from locales.names import NAMES, from_cldr, named_languages
from triage.ear import sentences
from triage.evaluation.held_out import held_out
from triage.evaluation.tongues import Detection, detection
from triage.evaluation.tongues_report import markdown, summary

NAME = "language-detection.md"


@click.command()
@click.argument("text", required=False)
@click.option(
    "--report",
    "folder",
    # Measuring takes minutes: that nothing can be written there is said before.
    type=click.Path(path_type=Path, exists=True, file_okay=False, writable=True),
    metavar="DIR",
    help="Write the report there, as Markdown.",
)
def detect(text: str | None, folder: Path | None) -> None:
    """The language of TEXT, the likeliest first; without one, how well that goes on the held-out phrases."""
    if text is not None:
        ranked = sorted(detector.likely(text).items(), key=lambda item: -item[1])
        for language, likelihood in ranked[:3]:
            click.echo(f"{language:<3}  {likelihood:.3f}")
        return
    found = _measured()
    rows = list(summary(found))
    wide = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{wide}}  {value}")
    if folder:
        _write(folder / NAME, markdown(found, detector.limits().sure))


def _measured() -> Detection:
    limits, sets = detector.limits(), held_out()
    with click.progressbar(sets, label="Measuring", file=sys.stderr) as steps:
        return detection(
            detector.likely, limits.sure, limits.fewest_words, tuple(steps), sentences()
        )


@click.command()
def names() -> None:
    """Write down anew what the languages with a catalog are called in each other, after CLDR."""
    codes = {*named_languages(), *catalogs("contact")}
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("language", "in", "name"))
    table.writerows(from_cldr(codes))
    _write(NAMES, out.getvalue())


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error
    click.echo(f"{path} is written.", err=True)
