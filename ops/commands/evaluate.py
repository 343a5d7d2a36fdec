"""`waypost triage evaluate`: measure the triage, publish the figures, and hold them to their floors."""

import sys
from pathlib import Path

import click

from ops import plots
from triage import Ear, load_flow
from triage.evaluation.evaluate import ROUNDS, Evaluation, evaluate
from triage.evaluation.floors import shortfalls
from triage.evaluation.held_out import held_out
from triage.evaluation.report import as_json, markdown, summary

NAME, PLOTS = "triage-evaluation", "plots"


@click.command("evaluate")
@click.option("--people", default=4000, show_default=True, type=click.IntRange(100, 100_000))
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same figures.")
@click.option("--ear/--no-ear", default=True, help="With or without the model behind the lexicons.")
@click.option(
    "--report",
    "folder",
    # Measuring takes minutes: that nothing can be written there is said before.
    type=click.Path(path_type=Path, exists=True, file_okay=False, writable=True),
    metavar="DIR",
    help="Write the report there, as Markdown, JSON and plots.",
)
def evaluate_triage(people: int, seed: int, folder: Path | None, *, ear: bool) -> None:
    """Measure rules, questions and understanding; exit 1 when a figure is below its floor."""
    found = _measured(people, seed, _ear() if ear else None)
    rows = list(summary(found))
    wide = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{wide}}  {value}")
    if folder:
        _write(found, folder)
    if wrong := shortfalls(found):
        raise click.ClickException("\n".join(wrong))


def _measured(people: int, seed: int, ear: Ear | None) -> Evaluation:
    flow, languages = load_flow(), len(held_out())
    bar = click.progressbar(length=people * ROUNDS + languages, label="Measuring", file=sys.stderr)
    with bar as steps:

        def step() -> None:
            steps.update(1)

        return evaluate(flow, ear, people, seed, on_person=step, on_language=step)


def _write(found: Evaluation, folder: Path) -> None:
    try:
        drawn = plots.draw(found, folder / PLOTS)
        for suffix, text in (("md", markdown(found)), ("json", as_json(found))):
            (folder / f"{NAME}.{suffix}").write_text(text, encoding="utf-8")
    except ImportError as error:
        raise click.ClickException("matplotlib draws the plots: install it first") from error
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror}") from error
    click.echo(f"{folder / NAME}.md, .json and {len(drawn)} plots are written.", err=True)


def _ear() -> Ear:
    from hotline.ear import load  # noqa: PLC0415 - loads numpy and the model

    return load()
