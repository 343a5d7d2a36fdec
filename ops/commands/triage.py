"""`waypost triage`: flows and questionnaires."""

from pathlib import Path

import click

from triage import load_flow
from triage.loader import HERE


@click.group()
def triage() -> None:
    """Check flows and questionnaires."""


@triage.command()
@click.argument("flow", type=click.Path(path_type=Path), default=HERE / "flows" / "helpline.toml")
@click.option("--questionnaires", type=click.Path(path_type=Path), default=HERE / "questionnaires")
def check(flow: Path, questionnaires: Path) -> None:
    """Read a flow with its questionnaires and report everything that is wrong, with lines."""
    loaded = load_flow(flow, questionnaires)
    questions = sum(len(q.questions) for q in loaded.questionnaires.values())
    click.echo(f"{flow.name}: {len(loaded.steps)} steps, {questions} questions, nothing wrong.")
