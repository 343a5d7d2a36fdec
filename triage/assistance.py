"""The form of assistance as data: its sections and questions, what pre-fills them, and what they export to.

A question or an answer that was ever filled in keeps its id and meaning; it may be retired, never removed.

exploitation.toml:12: question "control": option "Debt" is no code of vic_MethodsOfControl
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

from triage.fields import FILE_KEYS, Keys, fitting, texts
from triage.flow import PATHS
from triage.indicators import indicators, needs
from triage.source import Source

Kind = Literal["yes_no", "one", "many", "country", "countries", "language", "number", "text"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WITH_OPTIONS: frozenset[Kind] = frozenset({"one", "many"})
PREFILLED_AS_A_WHOLE: frozenset[Kind] = frozenset({"yes_no", "language"})
# Different answers, and neither is a no.
NOT_KNOWN, NOT_SAID = "not_known", "not_said"
# The language in which somebody writes is known before they answer anything.
CASE_LANGUAGE = "case.language"

FOLDER = Path(__file__).parent / "assistance"
FORM_KEYS: Keys = {**FILE_KEYS, "sections": list}
QUESTION_KEYS: Keys = {
    "kind": str,
    "options": list,
    "said": list,
    "help": bool,
    "htcds": str,
    "most": int,
    "retired": bool,
    "source": str,
}
OPTION_KEYS: Keys = {"id": str, "label": str, "said": list, "htcds": str, "retired": bool}


class FormWrong(Exception):
    """All that is wrong with the form, a line each."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose. `label` is a message id of the staff catalog; `said` what the chat heard for it.

    `htcds` is the code of the standard it becomes, or empty.
    """

    id: str
    label: str
    said: tuple[str, ...] = ()
    htcds: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """`said` pre-fills a question of kind language; a yes is a choice like others. `htcds` names a field."""

    id: str
    kind: Kind
    choices: tuple[Choice, ...] = ()
    said: tuple[str, ...] = ()
    help: bool = False
    htcds: str = ""
    most: int = 99
    retired: bool = False
    source: str = ""

    @property
    def label(self) -> str:
        return f"assistance.q.{self.id}"

    @property
    def texts(self) -> tuple[str, ...]:
        """Message ids of the staff catalog that it needs."""
        helped = (f"{self.label}.help",) if self.help else ()
        return (self.label, *helped, *(choice.label for choice in self.choices))


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    questions: tuple[Question, ...]

    @property
    def label(self) -> str:
        return f"assistance.section.{self.id}"


@dataclass(frozen=True, slots=True)
class Form:
    id: str
    version: int
    sections: tuple[Section, ...]

    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions


@lru_cache
def assistance_form() -> Form:
    """The form that is shipped. Raises FormWrong."""
    return load_form()


def load_form(folder: Path = FOLDER, known_texts: Container[str] | None = None) -> Form:
    """The form in a folder. Raises FormWrong.

    With `known_texts`, message ids that are not among them are reported too.
    """
    head, standard = Source(folder / "form.toml"), Source(folder / "htcds.toml")
    problems = [*head.problems, *standard.problems]
    known = fitting(head, "", "the form", head.data, FORM_KEYS, problems)
    names = texts(head, "", "the form", known, "sections", problems)
    seen: set[str] = set()
    sections: list[Section] = []
    for name in names:
        file = Source(folder / f"{name}.toml")
        problems += file.problems
        asked = tuple(
            _question(file, question, table, standard.data, problems)
            for question, table in file.tables("questions").items()
        )
        for question in asked:
            at = file.at(f"questions.{question.id}")
            if question.id in seen:
                problems.append(f'{at}: there are two questions "{question.id}"')
            problems += _missing_texts(at, question, known_texts)
            seen.add(question.id)
        sections.append(Section(name, asked))
    if not seen:
        problems.append(f"{head.path.name}:1: a form needs at least one question")
    if problems:
        raise FormWrong("\n".join(problems))
    return Form(known.get("id", ""), known.get("version", 0), tuple(sections))


def _question(
    file: Source,
    name: str,
    table: Mapping[str, Any],
    standard: Mapping[str, Any],
    problems: list[str],
) -> Question:
    where, who = f"questions.{name}", f'question "{name}"'
    known = fitting(file, where, who, table, QUESTION_KEYS, problems)
    kind = known.get("kind")
    if kind not in KINDS:
        problems.append(f'{file.at(where, "kind")}: {who}: "kind" is one of {", ".join(KINDS)}')
    said = _said(file, where, who, known, problems)
    if said and kind not in PREFILLED_AS_A_WHOLE:
        problems.append(f"{file.at(where, 'said')}: {who}: here each option says what was said")
    field = known.get("htcds", "")
    if field and field not in standard:
        problems.append(f'{file.at(where, "htcds")}: {who}: htcds.toml has no field "{field}"')
    rows = known.pop("options", [])
    if (kind in WITH_OPTIONS) != bool(rows):
        problems.append(f'{file.at(where)}: {who}: "options" belong to the kinds one and many')
    codes = standard.get(field, [])
    choices = tuple(_options(file, name, rows, codes, problems))
    if kind == "yes_no":
        choices = (Choice("yes", "assistance.yes", said), Choice("no", "assistance.no"))
    fields: dict[str, Any] = {"id": name, "kind": "text", **known}
    return Question(**fields, choices=choices, said=said if kind == "language" else ())


def _options(
    file: Source, name: str, rows: list[object], codes: list[str], problems: list[str]
) -> Iterator[Choice]:
    where = f"questions.{name}"
    seen = {NOT_KNOWN, NOT_SAID, "help", ""}
    for row in rows:
        option = cast("dict[str, Any]", row) if isinstance(row, dict) else {}
        option_id = str(option.get("id", ""))
        who, word = f'question "{name}": option "{option_id}"', f'"{option_id}"'
        known = fitting(file, where, who, option, OPTION_KEYS, problems, word=word)
        if option_id in seen:
            problems.append(f"{file.at(where, word)}: {who} stands there twice or is no id")
        seen.add(option_id)
        said = _said(file, where, who, known, problems, word)
        code = known.pop("htcds", option_id if codes else "")
        if code and code not in codes:
            problems.append(f'{file.at(where, word)}: {who}: "{code}" is no code of the standard')
        fields: dict[str, Any] = {"id": "", "label": f"assistance.q.{name}.{option_id}", **known}
        yield Choice(**fields, said=said, htcds=code)


def _said(
    file: Source, where: str, who: str, known: dict[str, Any], problems: list[str], word: str = ""
) -> tuple[str, ...]:
    """What the chat has to have heard, taken out of `known`."""
    found = texts(file, where, who, known, "said", problems)
    problems += [
        f'{file.at(where, word or reason)}: {who}: "said" has "{reason}", which nobody says'
        for reason in found
        if reason not in _sayings()
    ]
    return found


@lru_cache
def _sayings() -> frozenset[str]:
    """All that a case can bring from its chat, by the names that summaries give it."""
    return frozenset(
        {
            CASE_LANGUAGE,
            *(f"indicator.{code}" for code in indicators()),
            *(f"need.{name}" for name in needs()),
            *(f"path.{name}" for name in PATHS),
        }
    )


def _missing_texts(
    at: str, question: Question, known_texts: Container[str] | None
) -> Iterator[str]:
    for text in question.texts:
        if known_texts is not None and text not in known_texts:
            yield f'{at}: question "{question.id}": no catalog has the text "{text}"'
