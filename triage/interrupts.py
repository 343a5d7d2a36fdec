"""Words of alarm interrupt whatever is being talked about: emergency information, then a person. Pure."""

from dataclasses import replace

from triage.assess import NORMAL
from triage.ear import Ear, Hunch, alarms_in
from triage.echoes import beside
from triage.flow import Flow
from triage.moves import enter, happened, home, note, open_case, says
from triage.phrasebook import Alarm
from triage.reading import PLAIN, PLAIN_NO, SURE, Reading
from triage.turn import Alarmed, CoverRaised, Event, Heard, State, Turn
from triage.understand import ANSWERS


def raised_by(
    state: State, heard: Heard, ear: Ear | None, answer: Reading, reading: Reading
) -> tuple[tuple[Alarm, ...], Hunch]:
    """Alarms that `heard` raises, by phrases or by ear, and what else the ear makes of it.

    `answer` is what it picks by itself, `reading` what it is taken for as an answer to what stands now.
    """
    if not heard.text or answer.confidence == SURE:
        return (), Hunch()
    known = (state.language, heard.guess, heard.written, "en")
    # Words of one language mean another thing in the next: "cartel" is a poster in Spanish.
    told = state.language or heard.written
    tongues = dict.fromkeys(known if told else (*known, *heard.languages))
    if reading == PLAIN_NO:
        # "I am not in danger" is none, though "in danger" stands in it; what stands beside it may be.
        return alarms_in(beside(heard.text, state.question, known[0] or heard.guess), tongues, None)
    answers = reading.meaning in ANSWERS or bool(reading.both)
    # The ear knows negation badly: "yes they don't pay" is danger to it.
    asked = None if reading.confidence == PLAIN else ear
    return alarms_in(heard.text, tongues, asked, answers=answers)


def interrupted(
    flow: Flow, state: State, heard: Heard, raised: tuple[Alarm, ...], reading: Reading
) -> Turn:
    """The gravest alarm decides where to go; the others are remembered as needs."""
    first = raised[0]
    if first == "watched":
        return _watched(flow, state, heard)
    return _alarmed(flow, _answer_kept(state, reading), heard, raised)


def _alarmed(flow: Flow, state: State, heard: Heard, raised: tuple[Alarm, ...]) -> Turn:
    first = raised[0]
    new: list[Alarm] = [a for a in raised if flow.steps.get(a) and a not in state.needs]
    state = replace(
        state,
        needs=(*state.needs, *new),
        language=state.language or heard.guess,
    )
    alarmed = tuple(Alarmed(alarm) for alarm in new)
    if state.step == "cover":
        return _alarm_under_cover(flow, state, heard, alarmed)
    if not state.case:
        turn = enter(flow, replace(state, resume=("", ""), misses=0), first)
        return replace(turn, events=(*turn.events, *alarmed))
    told = says(flow.steps[first]) if first in new else ()
    if state.safety:
        # Whether it is safe is still open, so what was told is followed by that question.
        asked = enter(flow, state, "safe")
        return Turn(asked.state, (*told, *asked.messages), (*note(state, heard), *alarmed))
    there = replace(state, step="with_person", question="", resume=("", ""), misses=0)
    return Turn(there, told, (*note(state, heard), *alarmed))


def _alarm_under_cover(flow: Flow, state: State, heard: Heard, alarmed: tuple[Event, ...]) -> Turn:
    """Whoever holds the phone reads about the weather; one of ours learns of the alarm."""
    events: tuple[Event, ...] = note(state, heard)
    if not state.case:
        state, opened = open_case(flow, replace(state, resume=("with_person", "")), NORMAL, None)
        events = (*opened, CoverRaised())
    return Turn(state, says(flow.steps["cover"]), (*events, *alarmed))


def _watched(flow: Flow, state: State, heard: Heard) -> Turn:
    """Somebody else may be reading: nothing more is said until it is safe again."""
    if state.step == "cover":
        return Turn(state, says(flow.steps["cover"]))
    raised = () if state.safety == "covered" else (CoverRaised(),)
    state = replace(state, resume=home(state), safety="covered")
    turn = happened(enter(flow, state, "not_safe"), *note(state, heard), *raised)
    return replace(turn, events=(*turn.events, Alarmed("watched"))) if state.case else turn


def _answer_kept(state: State, reading: Reading) -> State:
    """What answers the question that stands is kept, whatever else it says."""
    if not state.question or not reading.meaning:
        return state
    return replace(state, question="", answers={**state.answers, state.question: reading.meaning})
