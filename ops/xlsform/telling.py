"""What to do with an imported form: drafts become part of the line by hand, after somebody has read them."""

from collections.abc import Iterator, Mapping

from locales.translator import SOURCE_LANGUAGE
from ops.xlsform.importing import Form
from ops.xlsform.texts import Texts


def next_steps(form: Form, known: Texts) -> Iterator[str]:
    """Lines for whoever imported it; `known` are the texts of the catalogs."""
    sheet = form.questionnaire
    yield f"{sheet.id}.toml: {len(sheet.questions)} questions, a draft."
    for code, texts in sorted(form.texts.items()):
        yield f"{code}.po: {_compared(texts, known.get(code))}"
    if SOURCE_LANGUAGE not in form.texts:
        yield "There are no English texts: languages without their own would show message ids."
    silent = [name for name, question in sheet.questions.items() if not question.means]
    if silent:
        yield f"No answer stands for anything yet at: {', '.join(silent)}."
    yield "Next:"
    yield "  1. Have the questions and each language read by somebody who knows them."
    yield f"  2. Put {sheet.id}.toml into triage/questionnaires and name it in a step of the flow."
    yield "  3. Copy what is new or changed in each .po into locales/<language>/contact.po."
    yield "  4. waypost triage check; waypost locales check; waypost rehearse DIALOGUE.toml"


def _compared(texts: Mapping[str, str], known: Mapping[str, str] | None) -> str:
    if known is None:
        return f"{len(texts)} texts; this language has no catalog (docs/adding-a-language.md)."
    new = len(texts.keys() - known.keys())
    changed = sum(known.get(message_id, text) != text for message_id, text in texts.items())
    return f"{len(texts)} texts: {new} new, {changed} changed."
