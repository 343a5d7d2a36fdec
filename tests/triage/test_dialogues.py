"""Golden dialogues through the pure engine, in every language: what we answer and what happened."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from hotline.outofhours import HOURS_MESSAGES
from locales import native_name
from tests.triage.walk import FLOW, LANGUAGES, events, hears, ids
from triage import State, offered, step
from triage.phrasebook import phrase_for
from triage.turn import ENGINE_MESSAGES
from triage.understand import word_for

DIALOGUES = sorted((Path(__file__).parents[1] / "dialogues").glob("*.toml"))
LONG_SILENCE = timedelta(hours=2)
ACTS = {
    "says",
    "picks",
    "word",
    "alarm",
    "waits_minutes",
    "sends_picture",
    "caseworker",
    "caseworker_says",
    "hours",
}
# What needs more than the pure engine.
BEYOND = {"caseworker", "hours"}
SPOKEN = {*FLOW.message_ids(), *ENGINE_MESSAGES, "case.taken", "case.closed"}
KEYS = ACTS | {"answers", "happened", "besides"}


def read(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


def said(turn, state, language):
    if "picks" in turn:
        wanted = language if turn["picks"] == "language" else turn["picks"]
        options = [option.id for option in offered(FLOW, state)]
        if state.step == "language" and wanted not in options:
            # On another page of languages: then by its name.
            return native_name(wanted)
        return str(options.index(wanted) + 1)
    if "alarm" in turn:
        return phrase_for(turn["alarm"], language)
    return word_for(turn["word"], language) if "word" in turn else turn.get("says", "")


PURE = [path for path in DIALOGUES if not any(turn.keys() & BEYOND for turn in read(path)["turn"])]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_the_talk_goes_as_written(path, language):
    state, quiet = State(), timedelta()
    for number, turn in enumerate(read(path)["turn"], 1):
        if "waits_minutes" in turn:
            quiet = timedelta(minutes=turn["waits_minutes"])
            continue
        kind = "picture" if turn.get("sends_picture") else "text"
        text = said(turn, state, language)
        heard = hears(text, language, kind=kind, silence=quiet > LONG_SILENCE)
        made, quiet = step(FLOW, state, heard), timedelta()
        assert ids(made) == turn.get("answers", ids(made)), f"turn {number}"
        assert events(made) == turn.get("happened", events(made)), f"turn {number}"
        state = State.from_json(made.state.to_json())


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_a_dialogue_is_written_in_known_words(path):
    dialogue = read(path)
    assert dialogue["title"]
    for turn in dialogue["turn"]:
        assert len(turn.keys() & ACTS) == 1
        assert not turn.keys() - KEYS
        assert set(turn.get("answers", ())) <= SPOKEN
        assert set(turn.get("besides", ())) <= set(HOURS_MESSAGES)


def test_every_step_of_the_menu_has_its_dialogue():
    picked = {turn["picks"] for path in DIALOGUES for turn in read(path)["turn"] if "picks" in turn}
    assert picked >= {option.id for option in FLOW.steps["menu"].options}


def test_each_dialogue_has_a_phone_of_its_own():
    phones = [read(path)["phone"] for path in DIALOGUES]
    assert len(set(phones)) == len(phones) >= 16
