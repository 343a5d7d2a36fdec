"""An imported form as files: the questionnaire in TOML, its texts in one .po file a language.

They are drafts and say so. What is saved can be loaded: the checks of the questionnaires run before.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.plurals import get_plural
from babel.messages.pofile import normalize

from ops.xlsform.columns import language_name
from ops.xlsform.findings import XlsFormRefused
from ops.xlsform.importing import Form
from triage.flow import Meaning, Question, Questionnaire
from triage.sheets import read_sheet
from triage.source import Source


def save(form: Form, folder: Path, *, force: bool = False) -> list[Path]:
    """Writes FOLDER/<form_id>.toml and FOLDER/<language>.po. Raises XlsFormRefused.

    Nothing is written when a file is there already, unless forced, and never among the drafts of another
    questionnaire, whose texts would be lost.
    """
    others = sorted(
        path.name for path in folder.glob("*.toml") if path.stem != form.questionnaire.id
    )
    if others:
        raise XlsFormRefused(
            f"{folder} holds the drafts of {', '.join(others)}: import into a folder of its own"
        )
    files = {folder / f"{form.questionnaire.id}.toml": toml(form)}
    for code, texts in sorted(form.texts.items()):
        files[folder / f"{code}.po"] = po(form, code, texts)
    there = [path.name for path in files if path.exists()]
    if there and not force:
        raise XlsFormRefused(f"{folder} already holds {', '.join(there)}; --force replaces them")
    _load(form)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise XlsFormRefused(f"{folder} cannot be written: {error.strerror}") from error
    return list(files)


def toml(form: Form) -> str:
    """The questionnaire as a file that `triage.sheets` reads."""
    sheet = form.questionnaire
    blocks = ["\n".join(_head(form.title, sheet))]
    blocks += ["\n".join(_question(question)) for question in sheet.questions.values()]
    return "\n\n".join(blocks) + "\n"


def po(form: Form, code: str, texts: Mapping[str, str]) -> str:
    """The form's texts in one language, as a catalog."""
    head = (
        "Project-Id-Version: Waypost\n"
        f"Language: {code}\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n"
        f"Plural-Forms: {get_plural(code.replace('-', '_')).plural_forms}\n"
        "X-Review-State: draft\n"
    )
    about = (
        f"# The texts of {form.questionnaire.id} in {language_name(code)}, out of a spreadsheet.\n"
        "# State: draft. Reviewed by nobody.\n"
    )
    entries = [_entry(message_id, text) for message_id, text in texts.items()]
    return about + "\n".join([_entry("", head), *entries])


def _head(title: str, sheet: Questionnaire) -> Iterator[str]:
    yield f"# {' '.join(title.split()) or sheet.id}, out of a spreadsheet."
    yield "# State: draft. Reviewed by nobody."
    yield ""
    yield f"id = {_quoted(sheet.id)}"
    yield f"version = {sheet.version}"
    yield f"scored = {_flag(sheet.scored)}"
    yield f"adaptive = {_flag(sheet.adaptive)}"


def _question(question: Question) -> Iterator[str]:
    yield f"[questions.{question.id}]"
    yield f"say = {_quoted(question.say)}"
    if question.options:
        yield "options = ["
        for option in question.options:
            parts = [f"id = {_quoted(option.id)}", f"label = {_quoted(option.label)}"]
            parts += _meaning(question.said(option.id))
            yield f"  {{ {', '.join(parts)} }},"
        yield "]"
    else:
        for answer, meaning in question.means.items():
            if answer != "yes":
                yield f"counts = {_quoted(answer)}"
            yield from _meaning(meaning)
    if question.first:
        yield "first = true"
    yield f"likely = {question.likely}"
    if question.when:
        asked = [f"{name} = {_quoted(answer)}" for name, answer in question.when.items()]
        yield f"when = {{ {', '.join(asked)} }}"
    if question.source:
        yield f"source = {_quoted(question.source)}"


def _meaning(meaning: Meaning) -> Iterator[str]:
    for key, names in (("indicators", meaning.indicators), ("needs", meaning.needs)):
        if names:
            yield f"{key} = [{', '.join(map(_quoted, names))}]"
    for key, text in (("says", meaning.says), ("interrupts", meaning.interrupts)):
        if text:
            yield f"{key} = {_quoted(text)}"


def _quoted(text: str) -> str:
    """A TOML string; JSON's is one, but for the one character it leaves bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _entry(message_id: str, text: str) -> str:
    return f"msgid {normalize(message_id, width=0)}\nmsgstr {normalize(text, width=0)}\n"


def _load(form: Form) -> None:
    """Reads the TOML as it will be read; what is wrong there is wrong in the form."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{form.questionnaire.id}.toml"
        path.write_text(toml(form), encoding="utf-8")
        file = Source(path)
        problems = list(file.problems)
        loaded = read_sheet(file, problems)
    if problems:
        raise XlsFormRefused("the questionnaire cannot be loaded; nothing was written", problems)
    assert loaded.questions == form.questionnaire.questions
