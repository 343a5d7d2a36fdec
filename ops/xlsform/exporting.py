"""From a questionnaire to an XLSForm. pyxform reads every form before it is handed out.

A text that an answer makes the line say at once is a note below its question, so that whoever reviews the
form reads it where it is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyxform.errors import PyXFormError  # pyright: ignore[reportMissingTypeStubs]
from pyxform.xls2xform import (  # pyright: ignore[reportMissingTypeStubs]
    convert,  # pyright: ignore[reportUnknownVariableType]
)

from locales.translator import SOURCE_LANGUAGE
from ops.xlsform import columns as col
from ops.xlsform.book import Table, write_book
from ops.xlsform.conditions import condition
from ops.xlsform.findings import XlsFormRefused
from ops.xlsform.texts import Texts, labels
from triage.flow import NOTHING, SKIP, YES_NO, Meaning, Option, Question, Questionnaire
from triage.loader import FlowError
from triage.sheets import read_sheet
from triage.source import Source

YES_NO_LIST = "yes_no"
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Rows as cells by column."""

    texts: Texts

    def survey(self, questionnaire: Questionnaire) -> Iterator[Cells]:
        for question in questionnaire.questions.values():
            yield self._question(question)
            for answer, meaning in question.means.items():
                if meaning.says:
                    yield {
                        "type": "note",
                        "name": f"{question.id}_{answer}_says",
                        "relevant": condition({question.id: answer}),
                        col.SAY: meaning.says,
                        **labels(meaning.says, self.texts),
                    }

    def choices(self, questionnaire: Questionnaire) -> Iterator[Cells]:
        for option in (*YES_NO, SKIP):
            yield self._choice(YES_NO_LIST, option)
        for question in questionnaire.questions.values():
            for option in question.answers if question.options else ():
                yield self._choice(_list_of(question), option, question.said(option.id))

    def _question(self, question: Question) -> Cells:
        return {
            "type": f"select_one {_list_of(question)}",
            "name": question.id,
            "relevant": condition(question.when),
            col.SAY: question.say,
            col.FIRST: "yes" if question.first else "",
            col.LIKELY: str(question.likely),
            col.SOURCE: question.source,
            **labels(question.say, self.texts),
            **({} if question.options else _counted(question)),
        }

    def _choice(self, list_name: str, option: Option, means: Meaning = NOTHING) -> Cells:
        return {
            "list_name": list_name,
            "name": option.id,
            col.SAY: option.label,
            **_meaning(means),
            **labels(option.label, self.texts),
        }


def find(questionnaire_id: str, folder: Path) -> Questionnaire:
    """A questionnaire of a folder, in a flow or not yet. Raises XlsFormRefused or FlowError."""
    problems: list[str] = []
    files = [Source(path) for path in sorted(folder.glob("*.toml"))]
    ids = [str(file.data.get("id", file.path.stem)) for file in files]
    if questionnaire_id not in ids:
        known = ", ".join(ids) or "none"
        raise XlsFormRefused(f'there is no questionnaire "{questionnaire_id}"; there are: {known}')
    file = files[ids.index(questionnaire_id)]
    problems += file.problems
    found = read_sheet(file, problems)
    if problems:
        raise FlowError(problems)
    return found


def export_form(questionnaire: Questionnaire, texts: Texts) -> bytes:
    """The form as an .xlsx workbook that pyxform accepts. Raises XlsFormRefused."""
    writer = _Writer(texts)
    spoken = [col.label_of(code) for code in texts]
    settings: Cells = {
        "form_title": questionnaire.id,
        "form_id": questionnaire.id,
        "version": str(questionnaire.version),
        "default_language": col.language_name(SOURCE_LANGUAGE),
        col.SCORED: _yes_no(questionnaire.scored),
        col.ADAPTIVE: _yes_no(questionnaire.adaptive),
    }
    survey, choices = writer.survey(questionnaire), writer.choices(questionnaire)
    book = write_book(
        {
            "survey": _table((*col.SURVEY_HEAD, *spoken, *col.SURVEY_TAIL), survey),
            "choices": _table((*col.CHOICES_HEAD, *spoken, *col.CHOICES_TAIL), choices),
            "settings": _table(col.SETTINGS, iter([settings])),
        }
    )
    _validate(book)
    return book


def _list_of(question: Question) -> str:
    return f"{question.id}_options" if question.options else YES_NO_LIST


def _counted(question: Question) -> Cells:
    """What a yes or no stands for: a line of the sheet has room for one of them."""
    if len(question.means) > 1:
        raise XlsFormRefused(f'question "{question.id}": both yes and no stand for something')
    for answer, meaning in question.means.items():
        return {col.COUNTS: answer, **_meaning(meaning)}
    return {}


def _meaning(meaning: Meaning) -> Cells:
    return {
        col.INDICATORS: " ".join(meaning.indicators),
        col.NEEDS: " ".join(meaning.needs),
        col.SAYS: meaning.says,
        col.INTERRUPTS: meaning.interrupts,
    }


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _table(columns: Sequence[str], rows: Iterator[Cells]) -> Table:
    return [columns, *([row.get(name, "") for name in columns] for row in rows)]


def _validate(book: bytes) -> None:
    """What pyxform, the reference reader of XLSForm, says. ODK Validate would need Java."""
    try:
        convert(book, validate=False)
    except PyXFormError as error:
        raise XlsFormRefused(f"pyxform refuses the form: {' '.join(str(error).split())}") from error
