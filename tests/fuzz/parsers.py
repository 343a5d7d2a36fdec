# ruff: noqa: PT017 - nothing here runs under pytest
"""Coverage-guided fuzzing of everything that reads what others wrote: `make fuzz SECONDS=60`.

Whatever is read, nothing may be raised but the refusals that a parser promises, and a talk goes on.
"""

import io
import sys
import tempfile
from datetime import date
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["triage", "ops.jsonlines", "campaigns.importing.sheets"]):
    from campaigns.importing.rows import Defaults, HeaderUnusable, Reader, RowUnusable
    from campaigns.importing.sheets import ImportRefused, opened
    from triage import FlowError, Heard, State, alarms, load_flow, step, understand
    from triage.ages import age
    from triage.loader import QUESTIONNAIRES
    from triage.policy import PolicyWrong, read_policy
    from triage.utterance import hear
    from triage.words import check_echoes, check_words

FLOW = load_flow()
LANGUAGES = ("en", "fr", "es", "ar")
STATES = [
    State(),
    State(step="menu", language="en"),
    State(step="situation", question="under_18", language="fr"),
    State(step="situation", question="need", language="ar"),
    State(step="situation", question="papers_kept", language="en"),
    State(step="cover", language="es", safety="covered"),
    State(step="with_person", language="en", case=True),
    State(step="safe", language="en", safety="asked", resume=("menu", "")),
]
DEFAULTS = Defaults(frozenset(LANGUAGES), "sms", date(2026, 3, 1), "CH", "fair", date(2026, 3, 1))
FOLDER = Path(tempfile.mkdtemp(prefix="waypost-fuzz-"))


def a_text(data):
    """A text in a talk, and by itself."""
    language = data.PickValueInList(list(LANGUAGES))
    state = data.PickValueInList(STATES)
    text = data.ConsumeUnicodeNoSurrogates(400)
    understand.answer(text, language)
    age(text, language)
    for expected in ("yesno", "age", "digit", "choice"):
        hear(text, language, expected, None, FLOW.steps["menu"].options, question="papers_kept")
    alarms.hear(text, LANGUAGES)
    turn = step(FLOW, state, Heard(text, LANGUAGES, language))
    kept = State.from_json(turn.state.to_json())
    assert kept == turn.state
    assert step(FLOW, kept, Heard("0", LANGUAGES, language)).state.case


def a_file(data):
    """A flow, a questionnaire, a policy or a lexicon: all that is wrong is said, a line each."""
    kind = data.ConsumeIntInRange(0, 2)
    body = data.ConsumeBytes(2000)
    if kind == 0:
        (FOLDER / "flow.toml").write_bytes(body)
        try:
            load_flow(FOLDER / "flow.toml", QUESTIONNAIRES)
        except FlowError as wrong:
            assert wrong.problems
            assert all(":" in problem for problem in wrong.problems)
    elif kind == 1:
        (FOLDER / "policy.toml").write_bytes(body)
        try:
            read_policy(FOLDER / "policy.toml")
        except PolicyWrong as wrong:
            assert str(wrong)
    else:
        (FOLDER / "words").mkdir(exist_ok=True)
        (FOLDER / "words" / "xx.toml").write_bytes(body)
        check_words(FOLDER / "words", FOLDER / "words")
        check_echoes({"unpaid"}, FOLDER / "words")


def a_list(data):
    """A list of subscribers: it is refused as a whole, or row by row."""
    head = data.PickValueInList([b"", b"phone,language,region\n", b"PK\x03\x04"])
    try:
        sheet = opened(io.BytesIO(head + data.ConsumeBytes(2000)))
        reader = Reader(sheet.header, DEFAULTS)
    except (ImportRefused, HeaderUnusable) as refused:
        assert refused.reason.startswith("import.")
        return
    for record in sheet.records():
        try:
            assert reader.read(record.cells).address.startswith("tel:+")
        except RowUnusable as unusable:
            assert unusable.reason.startswith("row.")


def one(raw):
    data = atheris.FuzzedDataProvider(raw)
    data.PickValueInList([a_text, a_file, a_list])(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
