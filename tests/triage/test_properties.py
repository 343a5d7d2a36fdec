"""Properties that hold for any text in any state."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.triage.walk import FLOW, LANGUAGES, WORDS, hears, reachable
from triage import State, step
from triage.lexicon import word_for
from triage.plain import plain

# Walked when a test first draws one, since a walk takes a while. A talk in another language has the same states.
STATES = st.deferred(
    lambda: st.builds(_in, st.sampled_from(reachable("en")), st.sampled_from(LANGUAGES))
)
COMMANDS = st.sampled_from([word_for(word, code) for word in WORDS for code in LANGUAGES])
TEXTS = st.one_of(
    st.text(max_size=80),
    st.text(min_size=1000, max_size=1100),
    COMMANDS,
    st.sampled_from(
        ["", "\0", "0", "١", "🙂", "\u202eSTOP", "9" * 5000, "½", "yes\u200f", "ß" * 60]
    ),
)
KINDS = st.sampled_from(["text", "picture", "edited"])


def _in(state, language):
    return replace(state, language=state.language and language)


@settings(max_examples=500, deadline=None)
@given(STATES, TEXTS, KINDS, st.booleans(), st.sampled_from(["", "yes", "person", "en", "?"]))
def test_a_step_never_fails_and_always_leads_to_a_state_that_can_be_kept(
    state, text, kind, silence, picked
):
    heard = hears(text, kind=kind, silence=silence, picked=picked)
    turn = step(FLOW, state, heard)
    kept = State.from_json(turn.state.to_json())
    assert kept == turn.state
    assert turn.state.step in {"", *FLOW.steps}
    step(FLOW, kept, heard)


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=12), st.sampled_from(LANGUAGES))
def test_a_talk_of_any_texts_can_always_still_reach_a_person(texts, language):
    state = State()
    for text in texts:
        state = step(FLOW, state, hears(text, language)).state
    assert step(FLOW, state, hears("0", language)).state.case


@given(STATES)
def test_a_state_is_the_same_after_json(state):
    assert State.from_json(state.to_json()) == state
    json.loads(state.to_json())


def test_a_state_kept_by_an_older_version_is_still_read():
    old = '{"step":"menu","question":"","language":"en","path":"","answers":{},"misses":0,"resume":["",""],"offered":[],"case":false}'
    assert State.from_json(old) == State(step="menu", language="en")


@given(st.text(max_size=200))
def test_plain_is_stable(text):
    assert plain(plain(text)) == plain(text)


def test_neither_what_was_heard_nor_a_note_shows_its_text_when_printed():
    heard = hears("my secret words")
    turn = step(FLOW, State(step="with_person", language="en", case=True), heard)
    assert "secret" not in repr(heard) + repr(turn)
