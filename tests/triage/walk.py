"""Walks every state a conversation can reach, by every option, every word, and words that fit nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import get_args
from unittest.mock import patch

from hotline.naming import named
from locales import languages
from triage import Ear, Flow, Heard, State, Turn, alarms, load_flow, offered, step
from triage.ear import thresholds
from triage.lexicon import Command, word_for
from triage.phrasebook import ALARMS, phrase_for

# Whatever is shipped is held to the promises from its first day.
LANGUAGES = languages("contact")
# A walk takes a while: one language for each way of writing, on a line that offers these. The others differ
# from them by their words alone, and the words of each are tried by themselves.
WALKED = tuple(code for code in ("en", "ar", "uz", "km") if code in LANGUAGES)
WORDS = get_args(Command)
GIBBERISH = "blue elephants 77"
FLOW = load_flow()
# What was found on the walk, by the state's identity; reachable states live as long as this.
TURNS: dict[tuple[int, str], list[tuple[str, Turn]]] = {}


def doubtful(text: str) -> dict[str, float]:
    """An ear that always hears danger, and is never sure."""
    del text
    return {"danger": thresholds()["danger"].ask}


def hears(text: str, language: str = "en", **more: object) -> Heard:
    heard = Heard(text, LANGUAGES, language, named=named(text, LANGUAGES))
    return replace(heard, **more)


def takes(
    state: State, text: str, language: str = "en", ear: Ear | None = None, **more: object
) -> Turn:
    return _step(FLOW, state, hears(text, language, **more), ear)


def _step(flow: Flow, state: State, heard: Heard, ear: Ear | None = None) -> Turn:
    """A step that remembers which phrases it has heard: the same few texts are said in thousands of states."""
    with patch("triage.ear.heard", _heard_before):
        return step(flow, state, heard, ear)


def _heard_before(text: str, tongues: Iterable[str]) -> object:
    return _remembered(text, tuple(tongues))


_remembered = cache(alarms.heard)


def ids(turn: Turn) -> list[str]:
    return [say.id for say in turn.messages]


def events(turn: Turn) -> list[str]:
    return [type(event).__name__ for event in turn.events]


@cache
def reachable(language: str) -> tuple[State, ...]:
    """One state of each kind that differs in what can follow; what was answered is not told apart."""
    met: dict[tuple[object, ...], State] = {}
    # Never met, met before, and after a case was closed.
    todo = [State(), State(language=language), State(step="ended", language=language)]
    while todo:
        state = todo.pop()
        if _kind(state) in met:
            continue
        met[_kind(state)] = state
        TURNS[id(state), language] = list(_everything_said(FLOW, state, language))
        todo += [turn.state for _, turn in TURNS[id(state), language]]
    return tuple(met.values())


def everything_said(flow: Flow, state: State, language: str) -> Iterable[tuple[str, Turn]]:
    """(what is said, the turn it makes) for all that can be said in `state`."""
    return TURNS.get((id(state), language)) or _everything_said(flow, state, language)


def _everything_said(flow: Flow, state: State, language: str) -> Iterator[tuple[str, Turn]]:
    said: list[tuple[str, Callable[[], Heard]]] = [
        (word, lambda word=word: _walks(word_for(word, language), language)) for word in WORDS
    ]
    for number, option in enumerate(offered(flow, state), 1):
        if state.step == "language" and option.id != language:
            continue
        said.append((option.id, lambda number=number: _walks(str(number), language)))
    said.append(("nonsense", lambda: _walks(GIBBERISH, language)))
    said.append(("after silence", lambda: _walks(GIBBERISH, language, silence=True)))
    said.append(("stop after silence", lambda: _walks("stop", language, silence=True)))
    said.append(("picture", lambda: _walks("", language, kind="picture")))
    said += [(a, lambda a=a: _walks(phrase_for(a, language), language)) for a in ALARMS]
    for what, heard in said:
        yield what, _step(flow, state, heard())
    yield "doubtful", _step(flow, state, _walks(GIBBERISH, language), doubtful)


def _kind(state: State) -> tuple[object, ...]:
    return (
        state.step,
        state.question,
        state.language,
        state.misses,
        (state.resume[0], bool(state.resume[1])),
        state.case,
        state.safety,
        bool(state.answers),
    )


def _walks(text: str, language: str, **more: object) -> Heard:
    return hears(text, language, languages=WALKED, **more)
