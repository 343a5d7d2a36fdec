"""Reads questionnaires from TOML and reports everything that is wrong, with lines.

situation.toml:12: question "debt": "indicators" has "CD99", which is no indicator
"""

from collections.abc import Container, Iterator, Mapping
from typing import Any, cast

from triage.fields import FILE_KEYS, Keys, fitting, texts
from triage.flow import NOTHING, YES_NO, Flow, Meaning, Option, Question, Questionnaire
from triage.indicators import indicators, needs
from triage.source import Source

SHEET_KEYS: Keys = {**FILE_KEYS, "scored": bool, "adaptive": bool}
MEANING_KEYS: Keys = {"indicators": list, "needs": list, "says": str, "interrupts": str}
QUESTION_KEYS: Keys = {
    **MEANING_KEYS,
    "say": str,
    "counts": str,
    "options": list,
    "first": bool,
    "likely": float,
    "when": dict,
    "source": str,
}
OPTION_KEYS: Keys = {**MEANING_KEYS, "id": str, "label": str}
MOST_OPTIONS = 8  # one digit each, and one more to skip
ANSWERS = tuple(option.id for option in YES_NO)


def read_sheet(file: Source, problems: list[str]) -> Questionnaire:
    """The questionnaire in `file`, as far as it can be read."""
    head = fitting(file, "", "the questionnaire", file.data, SHEET_KEYS, problems, {"questions"})
    questions: dict[str, Question] = {}
    for name, table in file.tables("questions").items():
        questions[name] = _question(file, name, table, questions, problems)
    if not questions:
        problems.append(f"{file.path.name}:1: a questionnaire needs at least one [questions.NAME]")
    return Questionnaire(
        head.get("id") or file.path.stem,
        head.get("version", 0),
        questions,
        scored=head.get("scored", True),
        adaptive=head.get("adaptive", False),
    )


def lost_interrupts(file: Source, sheet: Questionnaire, flow: Flow) -> Iterator[str]:
    """Answers that lead to a step there is not."""
    for name, question in sheet.questions.items():
        for answer, meaning in question.means.items():
            if meaning.interrupts and meaning.interrupts not in flow.steps:
                yield (
                    f'{file.at(f"questions.{name}", "interrupts")}: question "{name}": a {answer} '
                    f'leads to "{meaning.interrupts}", which is no step'
                )


def missing_texts(file: Source, sheet: Questionnaire, known: Container[str]) -> Iterator[str]:
    """Message ids of a questionnaire that no catalog has."""
    for name, question in sheet.questions.items():
        labels = [option.label for option in question.options]
        said = [meaning.says for meaning in question.means.values() if meaning.says]
        for text in (question.say, *labels, *said):
            if text and text not in known:
                at = file.at(f"questions.{name}", text)
                yield f'{at}: question "{name}": no catalog has the text "{text}"'


def _question(
    file: Source,
    name: str,
    table: Mapping[str, Any],
    earlier: Mapping[str, Question],
    problems: list[str],
) -> Question:
    where, who = f"questions.{name}", f'question "{name}"'
    known = fitting(file, where, who, table, QUESTION_KEYS, problems)
    if not known.get("say", "").strip():
        problems.append(f'{file.at(where, "say")}: {who}: "say" needs a message id')
    if not 0 <= known.get("likely", 0.5) <= 1:
        problems.append(f'{file.at(where, "likely")}: {who}: "likely" is a share from 0.0 to 1.0')
    counts = known.pop("counts", "yes")
    if counts not in ANSWERS:
        problems.append(f'{file.at(where, "counts")}: {who}: "counts" is one of yes, no')
    when = known.get("when", {})
    problems += _lost_conditions(file, where, who, when, earlier)
    options, means = _options(file, where, who, known.pop("options", []), problems)
    own = _meaning(file, where, who, known, problems)
    if own != NOTHING and options:
        problems.append(
            f"{file.at(where)}: {who}: with options of its own, each option says what it means"
        )
    elif own != NOTHING:
        means[counts] = own
    fields: dict[str, Any] = {"id": name, "say": "", **known}
    return Question(**fields, means=means, options=options)


def _lost_conditions(
    file: Source, where: str, who: str, when: Mapping[str, object], earlier: Mapping[str, Question]
) -> Iterator[str]:
    for name, answer in when.items():
        at = file.at(where, "when")
        if name not in earlier:
            yield f'{at}: {who}: "when" names "{name}", which is no earlier question'
        elif answer not in [option.id for option in earlier[name].answers]:
            yield f'{at}: {who}: "when": "{answer}" is no answer to "{name}"'


def _options(
    file: Source, where: str, who: str, given: list[object], problems: list[str]
) -> tuple[tuple[Option, ...], dict[str, Meaning]]:
    options: list[Option] = []
    means: dict[str, Meaning] = {}
    if len(given) > MOST_OPTIONS:
        problems.append(f"{file.at(where, 'options')}: {who}: more than {MOST_OPTIONS} options")
    for number, row in enumerate(given, 1):
        if not isinstance(row, dict):
            problems.append(f"{file.at(where, 'options')}: {who}: options are tables")
            continue
        option = cast("dict[str, Any]", row)
        name = f'{who}: option "{option.get("id", number)}"'
        word = f'"{option.get("id", "")}"'
        known = fitting(file, where, name, option, OPTION_KEYS, problems, word=word)
        missing = [key for key in ("id", "label") if not known.get(key, "").strip()]
        problems += [f'{file.at(where, word)}: {name}: "{key}" is missing' for key in missing]
        if known.get("id") in means or known.get("id") in ("skip", "dont_know"):
            problems.append(f"{file.at(where, word)}: {name} stands there twice or is reserved")
        options.append(Option(known.get("id", ""), known.get("label", "")))
        means[known.get("id", "")] = _meaning(file, where, name, known, problems)
    return tuple(options), {
        answer: meaning for answer, meaning in means.items() if meaning != NOTHING
    }


def _meaning(
    file: Source, where: str, who: str, known: dict[str, Any], problems: list[str]
) -> Meaning:
    """What an answer means, its keys taken out of `known`."""
    codes = texts(file, where, who, known, "indicators", problems)
    needed = texts(file, where, who, known, "needs", problems)
    problems += [
        f'{file.at(where, code)}: {who}: "indicators" has "{code}", which is no indicator'
        for code in codes
        if code not in indicators()
    ]
    problems += [
        f'{file.at(where, name)}: {who}: "needs" has "{name}", which is none of {", ".join(needs())}'
        for name in needed
        if name not in needs()
    ]
    return Meaning(
        tuple(code for code in codes if code in indicators()),
        tuple(name for name in needed if name in needs()),
        known.pop("says", ""),
        known.pop("interrupts", ""),
    )
