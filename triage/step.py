"""The conversation engine: a state and something heard give the whole next turn. Pure.

Order of what counts: a global word, words of alarm, cover, a long silence, a picture or an edit, an answer
to the question, what the ear makes of it, and, when nothing fits, kindness: what can be said here, and
after two misses a person. An option picked by its button is never taken for a word.
"""

from dataclasses import replace

from triage import understand
from triage.answering import answered, picked, picked_in_words, read
from triage.commands import obey
from triage.ear import Ear, Hunch
from triage.flow import Flow, Step
from triage.interrupts import interrupted, raised_by
from triage.lexicon import Command
from triage.moves import (
    ASIDES,
    again,
    asks_back,
    before,
    enter,
    happened,
    home,
    note,
    offer_language,
    question_exists,
    says,
)
from triage.phrasebook import Alarm
from triage.reading import NOTHING, Reading
from triage.turn import (
    EDITED_UNSEEN,
    PICTURE_UNSEEN,
    STOP_DONE,
    Heard,
    OptedIn,
    OptedOut,
    Say,
    State,
    Turn,
)


def step(flow: Flow, state: State, heard: Heard, ear: Ear | None = None) -> Turn:
    """The next turn. `state` may be empty: a person never met is offered a language first."""
    spoken = state.language or heard.guess
    command = understand.command(heard.text, spoken) if heard.kind == "text" else None
    here = flow.steps.get(state.step)
    asking = here is not None and (here.kind == "questionnaire" or state.question != "")
    if here is None or (asking and not question_exists(flow, here, state.question)):
        # Never met, or the flow has changed under a running conversation.
        here, state = None, replace(state, step="", question="")
    option = picked(flow, state, heard)
    hunch, reading = Hunch(), NOTHING
    if heard.kind == "text" and not command and not option:
        answer = picked_in_words(flow, state, heard)
        reading = read(flow, state, heard, answer)
        raised, hunch = raised_by(state, heard, ear, answer, reading)
        if raised and raised[0] not in ("stop", "human"):
            return interrupted(flow, state, heard, raised, reading)
        command = _in_a_sentence(raised, here)
    if here is None:
        return _greet(flow, state, heard, command, hunch)
    if here.kind == "cover" and command not in ("start", "human"):
        # A stop is obeyed, but no word may show what this number is.
        return Turn(state, says(here), (OptedOut(),) if command == "stop" else ())
    if heard.silence and state.step not in ASIDES and here.kind != "rest":
        return _after_silence(flow, state, heard, command)
    return _heard(flow, state, here, heard, None if option else command, hunch, reading)


def _in_a_sentence(raised: tuple[Alarm, ...], here: Step | None) -> Command | None:
    """The global word that a sentence comes to; under cover a person is called by the word alone."""
    if "stop" in raised:
        return "stop"
    under_cover = here is not None and here.kind == "cover"
    return "human" if "human" in raised and not under_cover else None


def _heard(
    flow: Flow,
    state: State,
    here: Step,
    heard: Heard,
    command: Command | None,
    hunch: Hunch,
    reading: Reading,
) -> Turn:
    if command:
        return obey(command, flow, state, heard)
    if heard.kind != "text":
        return before(_unseen(heard), again(flow, state))
    return answered(flow, state, here, heard, hunch, reading)


def _greet(flow: Flow, state: State, heard: Heard, command: Command | None, hunch: Hunch) -> Turn:
    """A person never met is offered a language; known ones are asked whether it is safe."""
    # Whether it is safe is asked in any case; any other doubt is asked about once it is.
    doubted = asks_back(hunch.doubt) if hunch.doubt and hunch.doubt != "watched" else ""
    state = replace(state, hint=doubted or hunch.path)
    if command == "stop":
        # May well be the first thing ever heard, as a reply to a campaign: no questions then.
        return Turn(state, (Say(STOP_DONE),), (OptedOut(),))
    known = bool(state.language) and command != "language" and heard.named in ("", state.language)
    heard = replace(heard, guess=heard.named or heard.guess)
    hello = enter(flow, state, "safe") if known else offer_language(flow, state, heard)
    if command == "start":
        return happened(hello, OptedIn())
    if command:
        return obey(command, flow, hello.state, heard)
    return happened(hello, *note(state, heard))


def _after_silence(flow: Flow, state: State, heard: Heard, command: Command | None) -> Turn:
    """The phone may be in other hands: nothing of the talk is repeated before it is safe again."""
    asked = enter(flow, replace(state, resume=home(state)), "safe")
    if command == "stop":
        # As a rule the reply to a campaign: no questions; the next words are met with one.
        parked = replace(asked.state, step="not_safe")
        return Turn(parked, (Say(STOP_DONE),), (OptedOut(),))
    if command:
        return obey(command, flow, asked.state, heard)
    if heard.kind != "text":
        return before(_unseen(heard), asked)
    return happened(asked, *note(state, heard))


def _unseen(heard: Heard) -> Say:
    return Say(PICTURE_UNSEEN if heard.kind == "picture" else EDITED_UNSEEN)
