"""`waypost triage`: flows, questionnaires, assessment and understanding."""

import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast, get_args

import click

from locales import languages, translator
from ops.commands.evaluate import evaluate_triage
from ops.jsonlines import BadLine, objects, texts
from triage import Ear, FlowError, load_flow
from triage.assess import Age, Assessment, assess
from triage.assistance import load_form
from triage.ear import examples
from triage.indicators import POPULATIONS, indicators
from triage.indicators import needs as known_needs
from triage.loader import FLOW, QUESTIONNAIRES
from triage.utterance import Expected, hear, options_of
from triage.words import check_echoes, check_words

FILE = click.Path(path_type=Path)


@click.group()
def triage() -> None:
    """Check, try and measure the triage."""


triage.add_command(evaluate_triage)


@triage.command()
@click.argument("flow", type=FILE, default=FLOW)
@click.option("--questionnaires", type=FILE, default=QUESTIONNAIRES)
def check(flow: Path, questionnaires: Path) -> None:
    """Read a flow with its questionnaires, and the words and phrases of every language, and report everything
    that is wrong, with lines.
    """
    known = translator("en", "contact")
    loaded = load_flow(flow, questionnaires, known)
    if problems := check_words() + check_echoes({question.id for question in loaded.questions()}):
        raise FlowError(problems)
    desk = translator("en", "staff")
    if nameless := [
        f"question.{q.id}" for q in loaded.questions() if f"question.{q.id}" not in desk
    ]:
        raise FlowError(
            [f'en/staff.po: "{name}" is missing: the desk has no name for it' for name in nameless]
        )
    questions = sum(len(q.questions) for q in loaded.questionnaires.values())
    click.echo(f"{flow.name}: {len(loaded.steps)} steps, {questions} questions, nothing wrong.")
    asked = len(list(load_form(known_texts=desk).questions()))
    click.echo(f"Form of assistance: {asked} questions, nothing wrong.")


@triage.command("assess")
def assess_lines() -> None:
    """Weigh answers: one JSON object a line on standard input, one result a line on standard output.

    {"population": "adult_labour", "answers": {"DR01": true, "CD03": false}, "age": "adult"}

    population: adult_labour, child_labour, adult_sexual or child_sexual. answers: indicator code to true,
    false or null (not answered). age: adult, child or unknown. needs: a list, may be left out.
    """
    bad = 0
    for line in objects(_stdin()):
        try:
            result = _weighed(line)
        except BadLine as wrong:
            bad += 1
            result = {"error": str(wrong), "line": wrong.number}
        click.echo(json.dumps(result))
    if bad:
        raise click.ClickException(f"{bad} lines could not be weighed; each says why")


@triage.command()
@click.option("--language", required=True, metavar="XX", help="Code of the language, such as fr.")
@click.option(
    "--expect", required=True, help="yesno, age, digit, or choice:ID of a step or question."
)
@click.option("--ear/--no-ear", default=True, help="With or without the model behind the lexicons.")
def understand(language: str, expect: str, *, ear: bool) -> None:
    """Say what each line of standard input means: one JSON object a line."""
    expected, _, which = expect.partition(":")
    if expected not in get_args(Expected) or bool(which) != (expected == "choice"):
        raise click.BadParameter("one of yesno, age, digit, choice:ID", param_hint="--expect")
    options = options_of(load_flow(), which) if which else ()
    if options is None:
        raise click.BadParameter(
            f'no step or question "{which}" has options', param_hint="--expect"
        )
    spoken = language if language in languages("contact") else "en"
    labels = {option.id: translator(spoken, "contact").text(option.label) for option in options}
    listener = _ear() if ear else None
    for text in texts(_stdin()):
        kind = cast("Expected", expected)
        found = hear(text, language, kind, listener, options, labels, question=which)
        told: dict[str, Any] = {
            "meaning": found.meaning,
            "confidence": found.confidence,
            "alarm": found.alarm,
        }
        click.echo(json.dumps(told | ({"both": found.both} if found.both else {})))


@triage.command("ear")
def make_ear() -> None:
    """Teach the ear, and how languages are spelled, anew after the example sentences were changed."""
    try:
        from hotline.teaching import teach_languages, teaching  # noqa: PLC0415 - loads scikit-learn
    except ImportError as missing:
        raise click.ClickException("scikit-learn is missing: run `make setup` first") from missing

    heard = sum(map(len, examples().values()))
    with click.progressbar(teaching(), heard, label=f"Listening to {heard} examples") as steps:
        for _ in steps:
            pass
    click.echo("ear.npz is made. Comparing languages ...")
    teach_languages()
    click.echo("languages.npz is made.")


@triage.command("export-xlsform")
@click.argument("questionnaire")
@click.argument("file", type=FILE)
@click.option("--questionnaires", type=FILE, default=QUESTIONNAIRES)
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def export_xlsform(questionnaire: str, file: Path, questionnaires: Path, *, force: bool) -> None:
    """Write a questionnaire with its texts as a spreadsheet (XLSForm)."""
    from ops import xlsform  # noqa: PLC0415 - loads pyxform

    if file.exists() and not force:
        raise click.ClickException(f"{file} is there already; --force replaces it")
    found = xlsform.find(questionnaire, questionnaires)
    book = xlsform.export_form(found, xlsform.catalog_texts())
    try:
        file.write_bytes(book)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error
    click.echo(f"{file}: {len(found.questions)} questions.")


@triage.command("import-xlsform")
@click.argument("file", type=FILE)
@click.option("--to", "folder", type=FILE, required=True, metavar="FOLDER", help="Where to write.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
def import_xlsform(file: Path, folder: Path, *, force: bool) -> None:
    """Read a spreadsheet (XLSForm) as a questionnaire in TOML and its texts in .po files."""
    from ops import xlsform  # noqa: PLC0415 - loads pyxform

    known = xlsform.catalog_texts()
    form = xlsform.import_form(file, known)
    xlsform.save(form, folder, force=force)
    for remark in form.remarks:
        click.echo(remark, err=True)
    for line in xlsform.next_steps(form, known):
        click.echo(line)


def _stdin() -> IO[str]:
    return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")


def _ear() -> Ear:
    from hotline.ear import load  # noqa: PLC0415

    return load()


def _weighed(line: Mapping[str, Any] | BadLine) -> dict[str, Any]:
    if isinstance(line, BadLine):
        raise line
    number = cast("int", line["line"])
    given = cast("Mapping[str, Any]", line["object"])
    if unknown := sorted(given.keys() - {"population", "answers", "age", "needs"}):
        raise BadLine(number, f"unknown key: {', '.join(unknown)}")
    population, age = given.get("population", "adult_labour"), given.get("age", "unknown")
    answers, stated = given.get("answers", {}), given.get("needs", [])
    if population not in POPULATIONS:
        raise BadLine(number, f"population is one of {', '.join(POPULATIONS)}")
    if age not in get_args(Age):
        raise BadLine(number, f"age is one of {', '.join(get_args(Age))}")
    if not isinstance(answers, dict):
        raise BadLine(number, "answers is an object of indicator codes")
    answered = cast("dict[str, object]", answers)
    if lost := sorted(answered.keys() - indicators().keys()):
        raise BadLine(number, f"no such indicator: {', '.join(lost)}")
    if wrong := sorted(code for code, said in answered.items() if not _yes_no_or_null(said)):
        raise BadLine(number, f"true, false or null is needed for {', '.join(wrong)}")
    if not isinstance(stated, list) or (
        set(map(str, cast("list[object]", stated))) - known_needs().keys()
    ):
        raise BadLine(number, f"needs is a list of {', '.join(known_needs())}")
    found = assess(
        [code for code, said in answered.items() if said is True],
        answered=sum(said is not None for said in answered.values()),
        age=age,
        populations=(population,),
        stated=cast("list[str]", stated),
    )
    return _told(found)


def _yes_no_or_null(said: object) -> bool:
    return said is None or isinstance(said, bool)


def _told(found: Assessment) -> dict[str, Any]:
    return {
        "dimensions": {
            dimension.name: {
                "positive": dimension.positive,
                "indicated": dimension.indicated,
                "strong": dimension.strong,
                "medium": dimension.medium,
                "weak": dimension.weak,
                "unknown": dimension.unknown,
            }
            for dimension in found.dimensions
        },
        "palermo": {
            "act": found.act,
            "means": found.means,
            "purpose": found.purpose,
            "met": found.met,
        },
        "urgency": found.urgency,
        "outcome": found.outcome,
        "team": found.team,
        "specialism": found.specialism,
        "needs": found.needs,
        "reasons": found.reasons,
    }
