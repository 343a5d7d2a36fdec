"""Reads flows and questionnaires from TOML and reports everything that is wrong at once, with lines.

helpline.toml:12: step "menu": option "offer" leads to "screning", which is no step
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from triage.flow import (
    ELEMENTS,
    KINDS,
    PATHS,
    REQUIRED,
    RESUME,
    Flow,
    Option,
    Question,
    Questionnaire,
    Step,
)
from triage.source import Source

HERE = Path(__file__).parent
STEP_KEYS: Mapping[str, type] = {
    "kind": str,
    "say": list,
    "options": list,
    "next": str,
    "questionnaire": str,
    "next_advice": str,
    "urgency": int,
}
OPTION_KEYS: Mapping[str, type] = {
    "id": str,
    "label": str,
    "next": str,
    "say": str,
    "path": str,
    "shares": bool,
    "opens_case": bool,
}
QUESTION_KEYS: Mapping[str, type] = {
    "say": str,
    "element": str,
    "indicator": str,
    "interrupts": str,
    "source": str,
}
FILE_KEYS: Mapping[str, type] = {"id": str, "version": int}
TYPES = {str: "a text", int: "a whole number", bool: "true or false", list: "a list"}
MOST_OPTIONS = 9  # one digit each
URGENCIES = range(1, 5)


class FlowError(Exception):
    """All that is wrong with a flow and its questionnaires, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load_flow(
    path: Path = HERE / "flows" / "helpline.toml", questionnaires: Path = HERE / "questionnaires"
) -> Flow:
    """The flow in `path` with every questionnaire of a folder. Raises FlowError."""
    file, others = Source(path), [Source(p) for p in sorted(questionnaires.glob("*.toml"))]
    problems = [problem for each in (file, *others) for problem in each.problems]
    read = [(other, _questionnaire(other, problems)) for other in others if not other.problems]
    loaded: dict[str, Questionnaire] = {}
    for other, questionnaire in read:
        if questionnaire.id in loaded:
            problems.append(
                f'{other.at("", "id")}: there are two questionnaires "{questionnaire.id}"'
            )
        loaded[questionnaire.id] = questionnaire
    flow = None if file.problems else _flow(file, loaded, problems)
    if flow is not None:
        for other, questionnaire in read:
            problems += _lost_interrupts(other, questionnaire, flow)
    if problems or flow is None:
        raise FlowError(problems)
    if unreached := flow.steps.keys() - _reachable(flow):
        where = {name: file.at(f"steps.{name}") for name in sorted(unreached)}
        raise FlowError([f'{at}: step "{name}" is never reached' for name, at in where.items()])
    return flow


def _questionnaire(file: Source, problems: list[str]) -> Questionnaire:
    head = _fitting(file, "", "the questionnaire", file.data, FILE_KEYS, problems, {"questions"})
    questions: dict[str, Question] = {}
    for name, table in file.tables("questions").items():
        where, who = f"questions.{name}", f'question "{name}"'
        known = _fitting(file, where, who, table, QUESTION_KEYS, problems)
        if not known.get("say", "").strip():
            problems.append(f'{file.at(where, "say")}: {who}: "say" needs a message id')
        if known.get("element") not in ELEMENTS:
            problems.append(
                f'{file.at(where, "element")}: {who}: "element" is one of {", ".join(ELEMENTS)}'
            )
        fields: dict[str, Any] = {"id": name, "say": "", "element": "", **known}
        questions[name] = Question(**fields)
    if not questions:
        problems.append(f"{file.path.name}:1: a questionnaire needs at least one [questions.NAME]")
    return Questionnaire(head.get("id") or file.path.stem, head.get("version", 0), questions)


def _lost_interrupts(file: Source, questionnaire: Questionnaire, flow: Flow) -> Iterator[str]:
    for name, question in questionnaire.questions.items():
        if question.interrupts and question.interrupts not in flow.steps:
            yield (
                f'{file.at(f"questions.{name}", "interrupts")}: question "{name}": a yes leads to '
                f'"{question.interrupts}", which is no step'
            )


def _flow(file: Source, loaded: Mapping[str, Questionnaire], problems: list[str]) -> Flow:
    head = _fitting(file, "", "the flow", file.data, FILE_KEYS, problems, {"steps"})
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
    known = _fitting(file, where, who, table, STEP_KEYS, problems)
    kind = known.get("kind")
    if kind not in KINDS:
        problems.append(f'{file.at(where, "kind")}: {who}: "kind" is one of {", ".join(KINDS)}')
    say = cast("list[object]", known.pop("say", []))
    texts = [text for text in say if isinstance(text, str) and text.strip()]
    if len(texts) < len(say):
        problems.append(f'{file.at(where, "say")}: {who}: "say" is a list of message ids')
    if known.get("urgency", 3) not in URGENCIES:
        problems.append(f'{file.at(where, "urgency")}: {who}: "urgency" is 1 to 4')
    options = tuple(_options(file, name, known.pop("options", []), problems))
    if kind in ("choice", "erase") and not (options and texts):
        problems.append(f'{file.at(where)}: {who}: a {kind} needs "say" and "options"')
    # The engine looks for these answers by what they do.
    if name == "safe" and options and "not_safe" not in (option.next for option in options):
        problems.append(f'{file.at(where)}: {who}: one option has to lead to "not_safe"')
    if kind == "erase" and options and "yes" not in (option.id for option in options):
        problems.append(f'{file.at(where)}: {who}: the option that erases has the id "yes"')
    fields: dict[str, Any] = {"id": name, "kind": "", **known}
    return Step(**fields, say=tuple(texts), options=options)


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
        known = _fitting(file, where, who, option, OPTION_KEYS, problems, word=word)
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


def _fitting(
    file: Source,
    where: str,
    who: str,
    table: Mapping[str, Any],
    keys: Mapping[str, type],
    problems: list[str],
    also: Iterable[str] = (),
    *,
    word: str = "",
) -> dict[str, Any]:
    """What of `table` has a known key and the right type; the rest is reported."""
    known: dict[str, Any] = {}
    for key, value in table.items():
        if key in also:
            continue
        at = file.at(where, word or key)
        if key not in keys:
            problems.append(f'{at}: {who}: unknown key "{key}"')
        elif type(value) is not keys[key]:  # a bool is no number here
            problems.append(f'{at}: {who}: "{key}" is {TYPES[keys[key]]}')
        else:
            known[key] = value
    return known


def _lost(
    file: Source, step: Step, steps: Mapping[str, Step], loaded: Mapping[str, Questionnaire]
) -> Iterator[str]:
    """Ways out of a step that lead nowhere."""
    where = f"steps.{step.id}"
    for word, what, target in _leads(step):
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


def _leads(step: Step) -> Iterator[tuple[str, str, str]]:
    """(word to find its line by, what leads, where to) for each way out of a step."""
    for option in step.options:
        yield f'"{option.id}"', f'option "{option.id}"', option.next
    needs_next = step.kind in ("language", "questionnaire", "call", "rest")
    if step.next or needs_next:
        yield "next =", '"next"', step.next
    if step.next_advice or step.kind == "questionnaire":
        yield "next_advice", '"next_advice"', step.next_advice


def _reachable(flow: Flow) -> set[str]:
    interrupts = {
        question.interrupts
        for questionnaire in flow.questionnaires.values()
        for question in questionnaire.questions.values()
        if question.interrupts
    }
    found: set[str] = set()
    todo = {*REQUIRED, *interrupts} & flow.steps.keys()
    while todo:
        name = todo.pop()
        found.add(name)
        todo |= {to for _, _, to in _leads(flow.steps[name]) if to in flow.steps} - found
    return found
