"""Reads flows and questionnaires from TOML and reports everything that is wrong at once, with lines.

helpline.toml:12: step "menu": option "offer" leads to "screning", which is no step
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from triage.fields import FILE_KEYS, Keys, fitting, texts
from triage.flow import KINDS, PATHS, REQUIRED, RESUME, Flow, Option, Questionnaire, Step
from triage.graph import leads, unreached, without_exit
from triage.indicators import needs
from triage.sheets import lost_interrupts, missing_texts, read_sheet
from triage.source import Source

HERE = Path(__file__).parent
FLOW, QUESTIONNAIRES = HERE / "flows" / "helpline.toml", HERE / "questionnaires"
STEP_KEYS: Keys = {
    "kind": str,
    "say": list,
    "options": list,
    "next": str,
    "questionnaire": str,
    "next_advice": str,
    "urgency": int,
    "needs": list,
    "listens": bool,
    "topic": str,
    "source": str,
}
OPTION_KEYS: Keys = {
    "id": str,
    "label": str,
    "next": str,
    "say": str,
    "path": str,
    "shares": bool,
    "opens_case": bool,
}
MOST_OPTIONS = 9  # one digit each
URGENCIES = range(1, 5)


class FlowError(Exception):
    """All that is wrong with a flow and its questionnaires, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load_flow(
    path: Path = FLOW,
    questionnaires: Path = QUESTIONNAIRES,
    known_texts: Container[str] | None = None,
) -> Flow:
    """The flow in `path` with every questionnaire of a folder. Raises FlowError.

    With `known_texts`, message ids that are not among them are reported too.
    """
    file, others = Source(path), [Source(p) for p in sorted(questionnaires.glob("*.toml"))]
    problems = [problem for each in (file, *others) for problem in each.problems]
    read = [(other, read_sheet(other, problems)) for other in others if not other.problems]
    loaded: dict[str, Questionnaire] = {}
    for other, sheet in read:
        if sheet.id in loaded:
            problems.append(f'{other.at("", "id")}: there are two questionnaires "{sheet.id}"')
        loaded[sheet.id] = sheet
    flow = None if file.problems else _flow(file, loaded, problems)
    if flow is not None:
        asked = {step.questionnaire for step in flow.steps.values()}
        for other, sheet in read:
            problems += lost_interrupts(other, sheet, flow)
            problems += missing_texts(other, sheet, known_texts) if known_texts else ()
            if sheet.questions and sheet.id not in asked:
                problems.append(f'{other.at("", "id")}: no step asks questionnaire "{sheet.id}"')
        problems += _missing_texts(file, flow, known_texts) if known_texts else ()
        problems += _lost_ways(file, flow)
    if problems or flow is None:
        raise FlowError(problems)
    return flow


def _lost_ways(file: Source, flow: Flow) -> Iterator[str]:
    for name in sorted(unreached(flow)):
        yield f'{file.at(f"steps.{name}")}: step "{name}" is never reached'
    for name, why in sorted(without_exit(flow).items()):
        yield f'{file.at(f"steps.{name}")}: step "{name}" {why}'


def _missing_texts(file: Source, flow: Flow, known: Container[str]) -> Iterator[str]:
    for step in flow.steps.values():
        labels = [o.label for o in step.options if not o.label.startswith("native:")]
        for text in (*step.say, *labels, *(o.say for o in step.options if o.say)):
            if text not in known:
                at = file.at(f"steps.{step.id}", text)
                yield f'{at}: step "{step.id}": no catalog has the text "{text}"'


def _flow(file: Source, loaded: Mapping[str, Questionnaire], problems: list[str]) -> Flow:
    head = fitting(file, "", "the flow", file.data, FILE_KEYS, problems, {"steps"})
    steps = {name: _step(file, name, t, problems) for name, t in file.tables("steps").items()}
    for name, kind in REQUIRED.items():
        if name not in steps:
            problems.append(f'{file.path.name}:1: the flow needs a step "{name}" of kind "{kind}"')
        elif steps[name].kind != kind:
            problems.append(f'{file.at(f"steps.{name}")}: step "{name}" must be of kind "{kind}"')
    for step in steps.values():
        problems += _lost(file, step, steps, loaded)
    return Flow(head.get("id", ""), head.get("version", 0), steps, loaded)


def _step(file: Source, name: str, table: Mapping[str, Any], problems: list[str]) -> Step:
    where, who = f"steps.{name}", f'step "{name}"'
    known = fitting(file, where, who, table, STEP_KEYS, problems)
    kind = known.get("kind")
    if kind not in KINDS:
        problems.append(f'{file.at(where, "kind")}: {who}: "kind" is one of {", ".join(KINDS)}')
    said = texts(file, where, who, known, "say", problems)
    needed = texts(file, where, who, known, "needs", problems)
    problems += [
        f'{file.at(where, name)}: {who}: "needs" has "{name}", which is no need'
        for name in needed
        if name not in needs()
    ]
    if known.get("urgency", 3) not in URGENCIES:
        problems.append(f'{file.at(where, "urgency")}: {who}: "urgency" is 1 to 4')
    options = tuple(_options(file, name, known.pop("options", []), problems))
    if kind in ("choice", "erase") and not (options and said):
        problems.append(f'{file.at(where)}: {who}: a {kind} needs "say" and "options"')
    # The engine looks for these answers by what they do.
    if name == "safe" and options and "not_safe" not in (option.next for option in options):
        problems.append(f'{file.at(where)}: {who}: one option has to lead to "not_safe"')
    if kind == "erase" and options and "yes" not in (option.id for option in options):
        problems.append(f'{file.at(where)}: {who}: the option that erases has the id "yes"')
    fields: dict[str, Any] = {"id": name, "kind": "", **known}
    return Step(**fields, say=said, needs=needed, options=options)


def _options(
    file: Source, name: str, given: Iterable[object], problems: list[str]
) -> Iterator[Option]:
    where = f"steps.{name}"
    seen: set[str] = set()
    for number, row in enumerate(given, 1):
        if number > MOST_OPTIONS:
            problems.append(f'{file.at(where, "options")}: step "{name}": more than 9 options')
            return
        if not isinstance(row, dict):
            problems.append(f'{file.at(where, "options")}: step "{name}": options are tables')
            continue
        option = cast("dict[str, Any]", row)
        option_id = str(option.get("id", ""))
        who, word = f'step "{name}": option "{option_id or number}"', f'"{option_id}"'
        known = fitting(file, where, who, option, OPTION_KEYS, problems, word=word)
        line = file.at(where, word)
        missing = [key for key in ("id", "label", "next") if not known.get(key, "").strip()]
        problems += [f'{line}: {who}: "{key}" is missing' for key in missing]
        if known.get("path", PATHS[0]) not in PATHS:
            problems.append(f'{line}: {who}: "path" is one of {", ".join(PATHS)}')
        if option_id in seen:
            problems.append(f"{line}: {who} stands there twice")
        seen.add(option_id)
        fields: dict[str, Any] = {"id": "", "label": "", **known}
        yield Option(**fields)


def _lost(
    file: Source, step: Step, steps: Mapping[str, Step], loaded: Mapping[str, Questionnaire]
) -> Iterator[str]:
    """Ways out of a step that lead nowhere."""
    where = f"steps.{step.id}"
    for word, what, target in leads(step):
        if target not in steps and target != RESUME:
            yield (
                f'{file.at(where, word)}: step "{step.id}": {what} leads to "{target}", '
                f"which is no step"
            )
    after = steps.get(step.next)
    if step.kind == "call" and (step.next == RESUME or (after and after.kind != "choice")):
        yield f'{file.at(where, "next =")}: step "{step.id}": a call goes on at a choice'
    if step.kind == "questionnaire" and step.questionnaire not in loaded:
        yield (
            f'{file.at(where, "questionnaire =")}: step "{step.id}": there is no '
            f'questionnaire "{step.questionnaire}"'
        )
