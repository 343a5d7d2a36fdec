"""Golden dialogues of passing a case on, through the whole core, in every language."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from hotline.cases import CaseRefused
from locales import native_name, translator
from tests.conftest import LANGUAGES
from tests.hotline.desk import Desk
from triage.phrasebook import phrase_for
from triage.understand import word_for

DIALOGUES = sorted((Path(__file__).parent / "handoffs").glob("*.toml"))


class Talk:
    """Plays one dialogue in one language."""

    def __init__(self, desk, language):
        self.desk, self.language = desk, language
        self.says = translator(language, "contact").text
        self.colleague = desk.hires("Noor")
        if language != "en":
            desk.person.says_word("language")
            desk.person.texts_us(native_name(language))
            desk.person.hears()
        desk.person.language = language

    def acts(self, turn):
        """What the line answers, by id; nothing for what a caseworker does."""
        person = self.desk.person
        if "waits_hours" in turn:
            person.now += timedelta(hours=turn["waits_hours"])
            return None
        if "word" in turn:
            return person.texts_us(word_for(turn["word"], self.language))
        if "alarm" in turn:
            return person.texts_us(phrase_for(turn["alarm"], self.language))
        if "says" in turn:
            return person.texts_us(turn["says"])
        self.works(turn)
        return None

    def works(self, turn):
        match turn["caseworker"]:
            case "asks":
                self.desk.asks(sent=False)
            case "writes":
                self.desk.writes()
            case "passes":
                self.desk.passes(reason=turn.get("reason", ""), parts=("thread",))
            case "hands over":
                self.desk.hands_over(self.colleague)

    def begins_like(self, text, message_id):
        """Whether a message is that one, whatever stands in its places."""
        start = self.says(message_id).partition("{")[0]
        return text.startswith(start) and bool(start or text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_the_handoff_goes_as_written(path, language, person, sessions, vault, line_id, now):
    talk = Talk(Desk(person, sessions, vault, line_id, now), language)
    for number, turn in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["turn"], 1):
        if "refused" in turn:
            with pytest.raises(CaseRefused) as refused:
                talk.acts(turn)
            assert refused.value.reason == turn["refused"], f"turn {number}"
            continue
        answers = talk.acts(turn)
        heard = person.hears()
        if answers is not None:
            assert answers == turn.get("answers", answers), f"turn {number}"
        if "hears" in turn:
            assert len(heard) == len(turn["hears"]), f"turn {number}"
            for text, message_id in zip(heard, turn["hears"], strict=True):
                assert talk.begins_like(text, message_id), f"turn {number}"
        if "state" in turn:
            assert talk.desk.state()[0] == turn["state"], f"turn {number}"
