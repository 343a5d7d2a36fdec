"""The conversation engine: a state and something heard give the whole next turn. Pure.

Order of what counts: cover, a long silence, an option picked by its button or label, a global word,
a picture or an edit, an answer to the question, and, when nothing fits, kindness: what can be said
here, and after two misses a person.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from triage import understand
from triage.assess import LOW, NORMAL, assess
from triage.flow import RESUME, Flow, Option, Step
from triage.moves import (
    ASIDES,
    again,
    ask,
    assessment,
    before,
    enter,
    happened,
    home,
    offer_language,
    offered,
    open_case,
    question_exists,
    says,
)
from triage.turn import (
    EDITED_UNSEEN,
    ERASE_DONE,
    HELP_WORDS,
    NOT_UNDERSTOOD,
    PERSON_WAITING,
    PICTURE_UNSEEN,
    START_DONE,
    STOP_DONE,
    CaseNote,
    CoverLifted,
    CoverRaised,
    ErasureConfirmed,
    Event,
    Heard,
    LanguageChosen,
    OptedIn,
    OptedOut,
    PathChosen,
    Say,
    Screened,
    State,
    SummaryShared,
    Turn,
)

MISSES_BEFORE_A_PERSON_IS_OFFERED = 2


def step(flow: Flow, state: State, heard: Heard) -> Turn:
    """The next turn. `state` may be empty: a person never met is offered a language first."""
    spoken = state.language or heard.guess
    command = understand.command(heard.text, spoken) if heard.kind == "text" else None
    here = flow.steps.get(state.step)
    asking = here is not None and (here.kind == "questionnaire" or state.question != "")
    if here is None or (asking and not question_exists(flow, here, state.question)):
        # Never met, or the flow has changed under a running conversation.
        return _greet(flow, replace(state, step="", question=""), heard, command)
    if here.kind == "cover" and command not in ("start", "human"):
        # A stop is obeyed, but no word may show what this number is.
        return Turn(state, says(here), (OptedOut(),) if command == "stop" else ())
    if heard.silence and state.step not in ASIDES and here.kind != "rest":
        return _after_silence(flow, state, heard, command)
    if command and not _picked(flow, state, heard):
        return COMMANDS[command](flow, state, heard)
    if heard.kind != "text":
        return before(_unseen(heard), again(flow, state))
    return _answered(flow, state, here, heard)


# ---- what an answer does, by kind of step


def _answered(flow: Flow, state: State, here: Step, heard: Heard) -> Turn:
    if here.kind in ("relay", "rest"):
        turn = enter(flow, state, here.next) if here.kind == "rest" else Turn(state)
        return happened(turn, *_note(state, heard))
    option = _picked(flow, state, heard) or understand.pick(
        heard.text, offered(flow, state), state.language or heard.guess
    )
    if option is None:
        return _missed(flow, state, heard)
    return _taken(flow, replace(state, misses=0), here, option)


def _taken(flow: Flow, state: State, here: Step, option: Option) -> Turn:
    if here.kind == "language":
        return _language_chosen(flow, state, option.id)
    if here.kind == "questionnaire":
        return _question_answered(flow, state, here, option.id)
    if here.kind == "erase" and option.id == "yes":
        return Turn(State(), (Say(ERASE_DONE),), (ErasureConfirmed(),))
    if here.id == "safe":
        return _safety_told(flow, state, option)
    return _chosen(flow, state, option)


def _picked(flow: Flow, state: State, heard: Heard) -> Option | None:
    return next((o for o in offered(flow, state) if o.id == heard.picked), None)


def _language_chosen(flow: Flow, state: State, language: str) -> Turn:
    state = replace(state, language=language)
    target = flow.steps["language"].next if state.resume == ("", "") else RESUME
    return happened(enter(flow, state, target), LanguageChosen(language))


def _safety_told(flow: Flow, state: State, option: Option) -> Turn:
    """Not safe means that nobody may write, a caseworker neither, until it is safe again."""
    covered = state.safety == "covered"
    if option.next == "not_safe":
        turn = _chosen(flow, replace(state, safety="covered"), option)
        return turn if covered else happened(turn, CoverRaised())
    turn = _chosen(flow, replace(state, safety=""), option)
    return happened(turn, CoverLifted()) if covered else turn


def _question_answered(flow: Flow, state: State, here: Step, answer: str) -> Turn:
    questionnaire = flow.questionnaires[here.questionnaire]
    question = questionnaire.questions[state.question]
    state = replace(state, answers={**state.answers, question.id: answer})
    names = list(questionnaire.questions)
    rest = names[names.index(question.id) + 1 :]
    interrupted = answer == "yes" and question.interrupts
    if rest and not interrupted:
        return ask(flow, replace(state, question=rest[0]))
    found = assess(questionnaire, state.answers)
    target = question.interrupts if interrupted else here.next
    if not interrupted and found.urgency == LOW:
        target = here.next_advice
    return happened(enter(flow, state, target), Screened(found))


def _chosen(flow: Flow, state: State, option: Option) -> Turn:
    events: tuple[Event, ...] = ()
    if option.path and option.path != state.path:
        state = replace(state, path=option.path)
        events += (PathChosen(option.path),)
    found = assessment(flow, state)
    if option.opens_case:
        state, opened = open_case(flow, state, NORMAL, found)
        events += opened
    if option.shares and found:
        events += (SummaryShared(found),)
    turn = happened(enter(flow, state, option.next), *events)
    return before(Say(option.say), turn) if option.say else turn


def _missed(flow: Flow, state: State, heard: Heard) -> Turn:
    """Nothing fits. Words to a waiting caseworker are kept; two misses offer a person."""
    kept = _note(state, heard)
    if state.case and state.safety != "covered":
        there = replace(
            state, step="with_person", question="", resume=("", ""), misses=0, safety=""
        )
        return Turn(there, events=kept)
    state = replace(state, misses=min(state.misses + 1, MISSES_BEFORE_A_PERSON_IS_OFFERED))
    turn = again(flow, state)
    offering = not state.case and state.step != "offer_person"
    if offering and state.misses >= MISSES_BEFORE_A_PERSON_IS_OFFERED:
        turn = enter(flow, replace(state, misses=0, resume=home(state)), "offer_person")
    return happened(before(Say(NOT_UNDERSTOOD), turn), *kept)


# ---- global words


def _stop(flow: Flow, state: State, _heard: Heard) -> Turn:
    """Ends campaigns for this person, never the talk with the helpline."""
    return happened(before(Say(STOP_DONE), again(flow, state)), OptedOut())


def _start(flow: Flow, state: State, _heard: Heard) -> Turn:
    if state.step == "cover":
        back = enter(flow, replace(state, safety=""), "safe")
        return happened(back, CoverLifted())
    return happened(before(Say(START_DONE), again(flow, state)), OptedIn())


def _human(flow: Flow, state: State, heard: Heard) -> Turn:
    state = replace(state, resume=("", ""), misses=0)
    if not state.case:
        return enter(flow, state, "person")
    lifted = (CoverLifted(),) if state.safety == "covered" else ()
    # In a talk the word may well be an answer, so the caseworker reads it too.
    there = replace(state, step="with_person", question="", safety="")
    return Turn(there, (Say(PERSON_WAITING),), (*lifted, *_note(state, heard)))


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


COMMANDS: Mapping[understand.Command, Callable[[Flow, State, Heard], Turn]] = {
    "stop": _stop,
    "start": _start,
    "human": _human,
    "help": _help,
    "language": _language,
    "delete": _delete,
    "safe_word": _safe_word,
}


# ---- openings


def _greet(flow: Flow, state: State, heard: Heard, command: understand.Command | None) -> Turn:
    """A person never met is offered a language; known ones are asked whether it is safe."""
    if command == "stop":
        # May well be the first thing ever heard, as a reply to a campaign: no questions then.
        return Turn(state, (Say(STOP_DONE),), (OptedOut(),))
    known = bool(state.language) and command != "language"
    hello = enter(flow, state, "safe") if known else offer_language(flow, state, heard)
    if command == "start":
        return happened(hello, OptedIn())
    if command:
        return COMMANDS[command](flow, hello.state, heard)
    return happened(hello, *_note(state, heard))


def _after_silence(
    flow: Flow, state: State, heard: Heard, command: understand.Command | None
) -> Turn:
    """The phone may be in other hands: nothing of the talk is repeated before it is safe again."""
    asked = enter(flow, replace(state, resume=home(state)), "safe")
    if command == "stop":
        # As a rule the reply to a campaign: no questions; the next words are met with one.
        parked = replace(asked.state, step="not_safe")
        return Turn(parked, (Say(STOP_DONE),), (OptedOut(),))
    if command:
        return COMMANDS[command](flow, asked.state, heard)
    if heard.kind != "text":
        return before(_unseen(heard), asked)
    return happened(asked, *_note(state, heard))


def _unseen(heard: Heard) -> Say:
    return Say(PICTURE_UNSEEN if heard.kind == "picture" else EDITED_UNSEEN)


def _note(state: State, heard: Heard) -> tuple[Event, ...]:
    """Words for the caseworker; a pressed button has none."""
    return (CaseNote(heard.text),) if state.case and heard.text.strip() else ()
