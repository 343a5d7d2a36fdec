"""From an XLSForm to a questionnaire and its texts. Any problem refuses the whole form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from locales.translator import SOURCE_LANGUAGE
from ops.xlsform import columns as col
from ops.xlsform.book import Row, Sheet, read_book
from ops.xlsform.choices import OPEN, YES_OR_NO, read_choices
from ops.xlsform.findings import Findings, XlsFormRefused
from ops.xlsform.survey import lists_used, read_survey
from ops.xlsform.texts import Gathered, Texts, labels_in, lost_languages
from ops.xlsform.values import version, yes_or_no
from triage.flow import Questionnaire

# Columns with a meaning in XLSForm that a text message has no room for; `disabled` and labels are read.
UNUSED = ("hint", "required", "constraint", "calculation", "default", "appearance", "read_only")


@dataclass(frozen=True, slots=True)
class Form:
    """What a spreadsheet holds: questions, their texts by language, and what there is to tell of it."""

    title: str
    questionnaire: Questionnaire
    texts: Texts
    remarks: tuple[str, ...]


def import_form(path: Path, known: Texts) -> Form:
    """The form in an .xlsx file. Raises XlsFormRefused with every problem there is.

    `known` are the texts of the catalogs: yes, no and skip are said as they stand there.
    """
    findings = Findings()
    sheets = read_book(path, findings.problems)
    settings = _settings(sheets)
    default = _default_language(settings, findings)
    survey = _needed(sheets, "survey", ("type", "name"), findings)
    lists = lists_used(survey)
    choices = sheets.get("choices", Sheet("choices"))
    if set(lists) - {"yes_no"}:
        choices = _needed(sheets, "choices", ("list_name", "name"), findings)
    for sheet in (survey, choices):
        findings.refuse(f"{sheet.name}:1", *lost_languages(sheet.columns, default))
    gathered = Gathered(findings, default)
    found = read_choices(choices, lists, gathered)
    questions = read_survey(survey, found, gathered)
    if not questions and not findings.problems:
        findings.refuse("survey:1", "there is no question in it")
    questionnaire = Questionnaire(
        _form_id(settings, path, findings),
        version(settings, findings),
        questions,
        scored=yes_or_no(settings, col.SCORED, findings, otherwise=True),
        adaptive=yes_or_no(settings, col.ADAPTIVE, findings, otherwise=False),
    )
    if findings.problems:
        count = len(findings.problems)
        raise XlsFormRefused(
            f"{path.name}: nothing was written: {count} problem{'s' * (count > 1)}",
            findings.problems,
        )
    remarks = (*findings.remarks, *_unused(survey), *_own_words(choices, default, known))
    return Form(settings.get("form_title"), questionnaire, gathered.texts, remarks)


def _settings(sheets: Mapping[str, Sheet]) -> Row:
    rows = sheets.get("settings", Sheet("settings")).rows
    return rows[0] if rows else Row("settings", 2, {})


def _default_language(settings: Row, findings: Findings) -> str:
    """The language of a plain `label`. Without a setting we take it for English, and say so."""
    named = settings.get("default_language")
    code = col.language_of(named)
    if named and not code:
        wrong = f'default_language "{named}" is no language; write it as French (fr)'
        findings.refuse(settings.at, wrong)
    return code or SOURCE_LANGUAGE


def _needed(
    sheets: Mapping[str, Sheet], name: str, columns: tuple[str, ...], findings: Findings
) -> Sheet:
    """A sheet that has to be there, with columns that have to be there."""
    sheet = sheets.get(name)
    if sheet is None:
        findings.refuse(f"{name}:1", f'there is no sheet "{name}"')
        return Sheet(name)
    lost = [each for each in columns if each not in sheet.columns]
    if not col.labels(sheet.columns):
        lost.append("label")
    findings.refuse(f"{name}:1", *(f'there is no column "{each}"' for each in lost))
    return sheet


def _form_id(settings: Row, path: Path, findings: Findings) -> str:
    """The id, which becomes a file's name; without one, the name of the spreadsheet."""
    written = settings.get("form_id")
    form_id = written or re.sub(r"[^A-Za-z0-9_-]+", "_", path.stem).strip("_-")
    if not col.NAME.fullmatch(form_id):
        findings.refuse(settings.at, f'form_id "{form_id}": {col.NAME_RULE}')
    return form_id


def _unused(survey: Sheet) -> list[str]:
    """Columns that somebody filled in and nobody will see."""
    return [
        f'survey:1: the column "{name}" is left out'
        for name in survey.columns
        if name.partition("::")[0] in UNUSED and any(row.get(name) for row in survey.rows)
    ]


def _own_words(choices: Sheet, default: str, known: Texts) -> list[str]:
    """Rows that word yes, no or skip in another way than the program does."""
    return [
        f'{row.at}: "{text}" is not used: in {code} the line says "{said}"'
        for row in choices.rows
        if row.get("name") in (*OPEN, *YES_OR_NO)
        for code, text in labels_in(row, default).items()
        if (said := known.get(code, {}).get(f"answer.{row.get('name')}", text)) != text
    ]
