"""Global words: what they do, at any step, in any language. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from triage.flow import Flow
from triage.lexicon import Command
from triage.moves import again, before, enter, happened, home, note, offer_language
from triage.turn import (
    HELP_WORDS,
    PERSON_WAITING,
    START_DONE,
    STOP_DONE,
    CoverLifted,
    CoverRaised,
    Heard,
    OptedIn,
    OptedOut,
    Say,
    State,
    Turn,
)


def obey(command: Command, flow: Flow, state: State, heard: Heard) -> Turn:
    """The turn that a global word makes."""
    return COMMANDS[command](flow, state, heard)


def _stop(flow: Flow, state: State, _heard: Heard) -> Turn:
    """Ends campaigns for this person, never the talk with the helpline."""
    return happened(before(Say(STOP_DONE), again(flow, state)), OptedOut())


def _start(flow: Flow, state: State, _heard: Heard) -> Turn:
    if state.step == "cover":
        # The cover is lifted by a yes to safety, not by the word alone.
        return enter(flow, state, "safe")
    return happened(before(Say(START_DONE), again(flow, state)), OptedIn())


def _human(flow: Flow, state: State, heard: Heard) -> Turn:
    state = replace(state, resume=("", ""), misses=0)
    if not state.case:
        return enter(flow, state, "person")
    lifted = (CoverLifted(),) if state.safety == "covered" else ()
    # In a talk the word may well be an answer, so the caseworker reads it too.
    there = replace(state, step="with_person", question="", safety="")
    return Turn(there, (Say(PERSON_WAITING),), (*lifted, *note(state, heard)))


def _help(flow: Flow, state: State, _heard: Heard) -> Turn:
    return before(Say(HELP_WORDS), again(flow, state))


def _language(flow: Flow, state: State, heard: Heard) -> Turn:
    back = home(state)
    # Asked for while languages are offered: then there is nothing else to come back to.
    back = ("", "") if back[0] == "language" else back
    return offer_language(flow, replace(state, resume=back), heard)


def _delete(flow: Flow, state: State, _heard: Heard) -> Turn:
    return enter(flow, replace(state, resume=home(state)), "erase")


def _safe_word(flow: Flow, state: State, _heard: Heard) -> Turn:
    raised = () if state.safety == "covered" else (CoverRaised(),)
    state = replace(state, resume=home(state), safety="covered")
    return happened(enter(flow, state, "cover"), *raised)


def _later(flow: Flow, state: State, heard: Heard) -> Turn:
    """A pause: nothing is lost, and what was asked comes again once it is safe."""
    if state.case and state.step == "with_person":
        # In a talk it is said to the person who answers.
        return Turn(state, events=note(state, heard))
    return enter(flow, replace(state, resume=home(state), misses=0), "paused")


COMMANDS: Mapping[Command, Callable[[Flow, State, Heard], Turn]] = {
    "stop": _stop,
    "start": _start,
    "human": _human,
    "help": _help,
    "language": _language,
    "delete": _delete,
    "safe_word": _safe_word,
    "later": _later,
}
