"""The golden dialogues, through the real engine and a real database, in every language."""

from pathlib import Path

import pytest

import triage
from hotline.conversation import Conversation
from ops.rehearsal import DialogueWrong, Rehearsal, read_dialogue

DIALOGUES = sorted((Path(__file__).parent.parent / "dialogues").glob("*.toml"))


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_every_dialogue_goes_as_written(sessions, vault, line_id, language):
    conversation = Conversation(vault, triage.load_flow(), line_id, ("en", "ar", "es", "fr"))
    strayed = []
    for number, path in enumerate(DIALOGUES):
        phone = f"+1202555{1000 + number}"
        rehearsal = Rehearsal(sessions, conversation, language, phone)
        said = list(rehearsal.play(read_dialogue(path)["turn"]))
        strayed += [f"{path.name}: {line.problem}" for line in said if line.problem]
    assert DIALOGUES
    assert strayed == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("title = ", "Invalid"),
        ('title = "x"', "no [[turn]]"),
        ('[[turn]]\nsays = "a"\npicks = "b"', "exactly one"),
    ],
)
def test_a_dialogue_that_cannot_be_played_gets_one_clear_line(tmp_path, written, told):
    path = tmp_path / "wrong.toml"
    path.write_text(written)
    with pytest.raises(DialogueWrong) as wrong:
        read_dialogue(path)
    assert told in str(wrong.value)
    assert "wrong.toml" in str(wrong.value)
