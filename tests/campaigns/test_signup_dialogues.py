"""Golden dialogues of signing up, through the whole core, in every language."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from campaigns import purging
from campaigns.models import Subscriber
from campaigns.signup import codes
from campaigns.signup.optin import SignUps
from hotline.channels import SIMULATOR, TELEGRAM, Inbound
from hotline.conversation import Conversation
from hotline.models import OptOut
from tests.conftest import FLOW, LANGUAGES
from triage.phrasebook import phrase_for
from triage.understand import word_for

DIALOGUES = sorted((Path(__file__).parent / "signups").glob("*.toml"))
PHONES = {
    "en": "tel:+12025550101",
    "fr": "tel:+33639980101",
    "es": "tel:+34600000101",
    "ar": "tel:+962790000101",
}
# A language that shares no yes with the first.
ANOTHER = {"en": "fr", "fr": "es", "es": "ar", "ar": "es"}


WORDS = {
    "says": lambda text, *_: text,
    "word": lambda name, _, language, __: word_for(name, language),
    "alarm": lambda alarm, _, language, __: phrase_for(alarm, language),
    "yes_and_alarm": lambda alarm, _, language, __: (
        f"{word_for('yes', language)}, {phrase_for(alarm, language)}"
    ),
    "code_and_alarm": lambda alarm, _, language, __: f"RADIO7 {phrase_for(alarm, language)}",
    "yes_in_another": lambda _, __, ___, another: word_for("yes", another),
    "picks_language": lambda _, reader, language, __: reader.number(language),
    "picks_another": lambda _, reader, __, another: reader.number(another),
}


@pytest.fixture
def conversation(vault, line_id, sessions, now):
    with sessions.begin() as session:
        for code in ("RADIO7", "BUS42"):
            codes.add(session, line_id, code, "A poster", staff_id=None, now=now)
    hear = SignUps(vault, line_id).hear
    return Conversation(vault, FLOW, line_id, LANGUAGES, signing_up=hear)


@dataclass
class Reader:
    """Somebody with a poster in front of them, whose number or profile tells their language."""

    conversation: Conversation
    sessions: object
    now: object
    language: str
    channel: str = SIMULATOR
    texts: int = 0

    def acts(self, turn):
        """What the line answers, by id, and in which language."""
        if "link" in turn:
            self.channel = TELEGRAM
            return self._sends("/start", code=turn["link"])
        if "presses_another" in turn:
            return self._sends("", picked=f"{ANOTHER[self.language]}@signup")
        if "presses" in turn:
            return self._sends("", picked=turn["presses"])
        return self._sends(self._words(turn))

    def _words(self, turn):
        language, another = self.language, ANOTHER[self.language]
        (act,) = turn.keys() & WORDS.keys()
        return WORDS[act](turn[act], self, language, another)

    @property
    def address(self):
        return "telegram:4711" if self.channel == TELEGRAM else PHONES[self.language]

    def number(self, option):
        return str([each.id for each in self.offered].index(option) + 1)

    def _sends(self, text, **more):
        self.texts += 1
        self.now += timedelta(seconds=5)
        inbound = Inbound(
            self.channel, self.address, text, str(self.texts), self.now,
            language_hint=self.language, **more,
        )  # fmt: skip
        with self.sessions.begin() as session:
            handled = self.conversation.receive(session, inbound, self.now)
        said = handled.turn.messages if handled.turn else ()
        self.offered = said[-1].options if said else ()
        return [say.id for say in said], handled.language

    def waits(self, how_long):
        self.now += how_long
        with self.sessions.begin() as session:
            purging.purge(session, self.now)


def read(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_the_sign_up_goes_as_written(path, language, conversation, sessions, now):
    reader = Reader(conversation, sessions, now, language)
    for number, turn in enumerate(read(path)["turn"], 1):
        if "waits_hours" in turn:
            reader.waits(timedelta(hours=turn["waits_hours"]))
            continue
        answers, spoken = reader.acts(turn)
        with sessions() as session:
            found = session.scalars(select(Subscriber)).one_or_none()
            stopped = session.scalars(select(OptOut)).one_or_none() is not None
        expected = ANOTHER[language] if turn.get("speaks_another") else language
        assert answers == turn.get("answers", answers), f"turn {number}"
        assert (found is not None) == turn.get("subscribed", False), f"turn {number}"
        assert stopped == turn.get("stopped", False), f"turn {number}"
        if answers:
            assert spoken == expected, f"turn {number}"
        if found is not None:
            assert (found.language, found.channel) == (expected, reader.channel), f"turn {number}"
            assert found.consent_source == turn.get("source", "RADIO7"), f"turn {number}"
