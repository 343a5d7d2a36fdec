"""Reads flows and questionnaires from TOML and reports everything that is wrong at once, with lines.

helpline.toml:12: step "menu": option "offer" leads to "screning", which is no step
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from triage.flow import (
    ELEMENTS,
    KINDS,
    REQUIRED,
    RESUME,
    Flow,
    Option,
    Question,
    Questionnaire,
    Step,
)

HERE = Path(__file__).parent
STEP_KEYS = {"kind", "say", "options", "next", "questionnaire", "next_advice", "urgency"}
OPTION_KEYS = {"id", "label", "next", "say", "path", "shares", "opens_case"}
QUESTION_KEYS = {"say", "element", "indicator", "interrupts", "source"}
MOST_OPTIONS = 9  # one digit each


class FlowError(Exception):
    """All that is wrong with a flow and its questionnaires, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load_flow(
    path: Path = HERE / "flows" / "helpline.toml", questionnaires: Path = HERE / "questionnaires"
) -> Flow:
    """The flow in `path` with every questionnaire of a folder. Raises FlowError."""
    files = [_File(path), *(_File(file) for file in sorted(questionnaires.glob("*.toml")))]
    problems = [problem for file in files for problem in file.problems]
    loaded = {
        str(file.data.get("id", file.path.stem)): _questionnaire(file, problems)
        for file in files[1:]
        if not file.problems
    }
    flow = _flow(files[0], loaded, problems) if not files[0].problems else None
    if problems or flow is None:
        raise FlowError(problems)
    for file in files[1:]:
        _check_interrupts(file, flow, problems)
    if problems:
        raise FlowError(problems)
    return flow


class _File:
    """A TOML file that remembers which line a table or a word stands on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []
        self.data: dict[str, Any] = {}
        self.lines: list[str] = []
        try:
            source = path.read_text(encoding="utf-8")
            self.lines = source.splitlines()
            self.data = tomllib.loads(source)
        except OSError as error:
            self.problems = [f"{path.name}: cannot be read: {error.strerror}"]
        except UnicodeDecodeError:
            self.problems = [f"{path.name}: is not UTF-8 text"]
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))
            where = f":{found[1]}" if found else f":{len(self.lines)}"
            self.problems = [f"{path.name}{where}: not TOML: {error}"]

    def tables(self, name: str) -> dict[str, dict[str, Any]]:
        found = self.data.get(name, {})
        if not isinstance(found, dict):
            return {}
        items = cast("dict[str, object]", found).items()
        return {key: cast("dict[str, Any]", v) for key, v in items if isinstance(v, dict)}

    def at(self, table: str, word: str = "") -> str:
        """`file:line` of a table's header, or of the first line below it that holds `word`."""
        for number, line in enumerate(self.lines, 1):
            if line.strip() == f"[{table}]":
                for below, text in enumerate(self.lines[number:], number + 1):
                    if text.startswith("[") or not word:
                        break
                    if word in text:
                        return f"{self.path.name}:{below}"
                return f"{self.path.name}:{number}"
        return f"{self.path.name}:1"


def _questionnaire(file: _File, problems: list[str]) -> Questionnaire:
    questions: dict[str, Question] = {}
    for name, table in file.tables("questions").items():
        where = f"questions.{name}"
        for key in table.keys() - QUESTION_KEYS:
            problems.append(f'{file.at(where, key)}: question "{name}": unknown key "{key}"')
        if not _texts(table.get("say")):
            problems.append(f'{file.at(where)}: question "{name}": "say" needs a message id')
        if table.get("element") not in ELEMENTS:
            problems.append(
                f'{file.at(where, "element")}: question "{name}": "element" is one of '
                f"{', '.join(ELEMENTS)}"
            )
        known = {key: str(table[key]) for key in QUESTION_KEYS & table.keys()}
        questions[name] = Question(id=name, **({"say": "", "element": ""} | known))  # pyright: ignore[reportArgumentType]
    if not questions:
        problems.append(f"{file.path.name}:1: a questionnaire needs at least one [questions.NAME]")
    return Questionnaire(str(file.data.get("id", "")), int(file.data.get("version", 0)), questions)


def _flow(file: _File, loaded: Mapping[str, Questionnaire], problems: list[str]) -> Flow:
    steps = {name: _step(file, name, t, problems) for name, t in file.tables("steps").items()}
    for name, kind in REQUIRED.items():
        if name not in steps:
            problems.append(f'{file.path.name}:1: the flow needs a step "{name}" of kind "{kind}"')
        elif steps[name].kind != kind:
            problems.append(f'{file.at(f"steps.{name}")}: step "{name}" must be of kind "{kind}"')
    for step in steps.values():
        for word, what, target in _leads(step):
            if target not in steps and target != RESUME:
                problems.append(
                    f'{file.at(f"steps.{step.id}", word)}: step "{step.id}": {what} leads to '
                    f'"{target}", which is no step'
                )
        if step.kind == "questionnaire" and step.questionnaire not in loaded:
            problems.append(
                f'{file.at(f"steps.{step.id}", "questionnaire =")}: step "{step.id}": there is no '
                f'questionnaire "{step.questionnaire}"'
            )
    flow = Flow(str(file.data.get("id", "")), int(file.data.get("version", 0)), steps, loaded)
    if not problems:
        for name in steps.keys() - _reachable(flow):
            problems.append(f'{file.at(f"steps.{name}")}: step "{name}" is never reached')
    return flow


def _step(file: _File, name: str, table: Mapping[str, Any], problems: list[str]) -> Step:
    where = f"steps.{name}"
    for key in table.keys() - STEP_KEYS:
        problems.append(f'{file.at(where, key)}: step "{name}": unknown key "{key}"')
    kind = table.get("kind")
    if kind not in KINDS:
        problems.append(
            f'{file.at(where, "kind")}: step "{name}": "kind" is one of {", ".join(KINDS)}'
        )
    say = table.get("say", [])
    if not isinstance(say, list) or not all(_texts(s) for s in cast("list[object]", say)):
        problems.append(f'{file.at(where, "say")}: step "{name}": "say" is a list of message ids')
        say = []
    options = tuple(_options(file, name, table.get("options", []), problems))
    if kind in ("choice", "erase") and not options:
        problems.append(f'{file.at(where)}: step "{name}": a {kind} needs options')
    return Step(
        id=name,
        kind=kind,  # pyright: ignore[reportArgumentType]
        say=tuple(cast("list[str]", say)),
        options=options,
        next=str(table.get("next", "")),
        questionnaire=str(table.get("questionnaire", "")),
        next_advice=str(table.get("next_advice", "")),
        urgency=int(table.get("urgency", 3)),
    )


def _options(file: _File, name: str, given: object, problems: list[str]) -> Iterator[Option]:
    where = f"steps.{name}"
    rows = cast("list[Any]", given) if isinstance(given, list) else [given]
    if len(rows) > MOST_OPTIONS:
        problems.append(f'{file.at(where, "options")}: step "{name}": more than 9 options')
    seen: set[str] = set()
    for row in rows:
        if not isinstance(row, dict):
            problems.append(f'{file.at(where, "options")}: step "{name}": options are tables')
            continue
        option = cast("dict[str, Any]", row)
        label = f'step "{name}": option "{option.get("id", "?")}"'
        line = file.at(where, f'"{option.get("id", "")}"')
        for key in option.keys() - OPTION_KEYS:
            problems.append(f'{line}: {label}: unknown key "{key}"')
        for key in ("id", "label", "next"):
            if not _texts(option.get(key)):
                problems.append(f'{line}: {label}: "{key}" is missing')
        if option.get("id") in seen:
            problems.append(f"{line}: {label} stands there twice")
        seen.add(str(option.get("id")))
        yield Option(
            **({"id": "", "label": ""} | {k: option[k] for k in OPTION_KEYS & option.keys()})
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


def _check_interrupts(file: _File, flow: Flow, problems: list[str]) -> None:
    for name in file.tables("questions"):
        questionnaire = flow.questionnaires.get(str(file.data.get("id", file.path.stem)))
        target = questionnaire.questions[name].interrupts if questionnaire else ""
        if target and target not in flow.steps:
            problems.append(
                f'{file.at(f"questions.{name}", "interrupts")}: question "{name}": a yes leads to '
                f'"{target}", which is no step'
            )


def _texts(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
