"""The conversation engine: a state and something heard give the whole next turn. Pure.

Order of what counts: a picture or an edit, a global word, a long silence, an answer to the question,
and, when nothing fits, kindness: what can be said here, and after two misses a person.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from triage import understand
from triage.assess import ADULT_TEAM, LOW, NORMAL, Assessment, assess
from triage.flow import RESUME, Flow, Option, Step
from triage.turn import (
    ANSWER_NO,
    ANSWER_SKIP,
    ANSWER_YES,
    EDITED_UNSEEN,
    ERASE_DONE,
    HELP_WORDS,
    NOT_UNDERSTOOD,
    PERSON_CALLED,
    PERSON_WAITING,
    PICTURE_UNSEEN,
    START_DONE,
    STOP_DONE,
    CaseNote,
    CaseRequested,
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

ANSWERS = (
    Option("yes", ANSWER_YES),
    Option("no", ANSWER_NO),
    Option("skip", ANSWER_SKIP),
)
# Steps that interrupt and come back; being in one, `resume` already says where to.
ASIDES = frozenset({"language", "safe", "not_safe", "cover", "erase", "offer_person"})
MISSES_BEFORE_A_PERSON_IS_OFFERED = 2


def step(flow: Flow, state: State, heard: Heard) -> Turn:
    """The next turn. `state` may be empty: a person never met is offered a language first."""
    spoken = state.language or heard.guess
    command = understand.command(heard.text, spoken) if heard.kind == "text" else None
    here = flow.steps.get(state.step)
    if here is None or (state.question and not _question_exists(flow, here, state.question)):
        # Never met, or the flow has changed under a running conversation.
        return _greet(flow, replace(state, step="", question=""), heard, command)
    if here.kind == "cover" and command not in ("start", "human"):
        return Turn(state, _says(here))
    if command:
        return COMMANDS[command](flow, state, heard)
    if heard.kind != "text":
        unseen = PICTURE_UNSEEN if heard.kind == "picture" else EDITED_UNSEEN
        return _before(Say(unseen), _again(flow, state))
    if heard.silence and state.step not in ASIDES and here.kind != "rest":
        asked = _enter(flow, replace(state, resume=_home(state)), "safe")
        return replace(asked, events=_note(state, heard) + asked.events)
    return _answered(flow, state, here, heard)


def offered(flow: Flow, state: State) -> tuple[Option, ...]:
    """The options the contact can pick from now."""
    here = flow.steps.get(state.step)
    if here is None:
        return ()
    if state.question:
        return ANSWERS
    if here.kind == "language":
        return tuple(Option(code, f"native:{code}") for code in state.offered)
    return here.options


# ---- what an answer does, by kind of step


def _answered(flow: Flow, state: State, here: Step, heard: Heard) -> Turn:
    if here.kind == "relay":
        return Turn(state, events=_note(state, heard))
    if here.kind == "rest":
        return _enter(flow, state, here.next)
    options = offered(flow, state)
    option = next((o for o in options if o.id == heard.picked), None)
    option = option or understand.pick(heard.text, options, state.language or heard.guess)
    if option is None:
        return _missed(flow, state, heard)
    state = replace(state, misses=0)
    if here.kind == "language":
        return _language_chosen(flow, state, option.id)
    if here.kind == "questionnaire":
        return _question_answered(flow, state, here, option.id)
    if here.kind == "erase" and option.id == "yes":
        return Turn(State(), (Say(ERASE_DONE),), (ErasureConfirmed(),))
    return _chosen(flow, state, option)


def _language_chosen(flow: Flow, state: State, language: str) -> Turn:
    state = replace(state, language=language)
    target = flow.steps["language"].next if state.resume == ("", "") else RESUME
    return _with(_enter(flow, state, target), LanguageChosen(language))


def _question_answered(flow: Flow, state: State, here: Step, answer: str) -> Turn:
    questionnaire = flow.questionnaires[here.questionnaire]
    question = questionnaire.questions[state.question]
    state = replace(state, answers={**state.answers, question.id: answer})
    if answer == "yes" and question.interrupts:
        found = assess(questionnaire, state.answers)
        return _with(_enter(flow, state, question.interrupts), Screened(found), first=True)
    names = list(questionnaire.questions)
    rest = names[names.index(question.id) + 1 :]
    if rest:
        return _ask(flow, replace(state, question=rest[0]))
    found = assess(questionnaire, state.answers)
    target = here.next if found.urgency < LOW else here.next_advice
    return _with(_enter(flow, replace(state, question=""), target), Screened(found), first=True)


def _chosen(flow: Flow, state: State, option: Option) -> Turn:
    events: tuple[Event, ...] = ()
    if option.path and option.path != state.path:
        state = replace(state, path=option.path)
        events += (PathChosen(option.path),)
    found = _assessment(flow, state)
    if option.opens_case:
        state, opened = _open(flow, state, NORMAL, found)
        events += opened
    if option.shares and found:
        events += (SummaryShared(found),)
    turn = _enter(flow, state, option.next)
    said = (Say(option.say),) if option.say else ()
    return Turn(turn.state, said + turn.messages, events + turn.events)


def _missed(flow: Flow, state: State, heard: Heard) -> Turn:
    """Nothing fits. Words to a waiting caseworker are kept; two misses offer a person."""
    state = replace(state, misses=state.misses + 1)
    kept = _note(state, heard)
    if state.case:
        return Turn(replace(state, step="with_person", question="", misses=0), events=kept)
    if state.misses >= MISSES_BEFORE_A_PERSON_IS_OFFERED and state.step != "offer_person":
        turn = _enter(flow, replace(state, misses=0, resume=_home(state)), "offer_person")
        return _before(Say(NOT_UNDERSTOOD), turn)
    return _before(Say(NOT_UNDERSTOOD), _again(flow, state))


# ---- global words


def _stop(flow: Flow, state: State, _heard: Heard) -> Turn:
    """Ends campaigns for this person, never the talk with the helpline."""
    return _with(_before(Say(STOP_DONE), _again(flow, state)), OptedOut())


def _start(flow: Flow, state: State, _heard: Heard) -> Turn:
    if state.step == "cover":
        return _with(_enter(flow, state, "safe"), CoverLifted())
    return _with(_before(Say(START_DONE), _again(flow, state)), OptedIn())


def _human(flow: Flow, state: State, _heard: Heard) -> Turn:
    lifted: tuple[Event, ...] = (CoverLifted(),) if state.step == "cover" else ()
    state = replace(state, resume=("", ""), misses=0)
    if state.case:
        turn = Turn(replace(state, step="with_person", question=""), (Say(PERSON_WAITING),))
    else:
        turn = _enter(flow, state, "person")
    return replace(turn, events=lifted + turn.events)


def _help(flow: Flow, state: State, _heard: Heard) -> Turn:
    return _before(Say(HELP_WORDS), _again(flow, state))


def _language(flow: Flow, state: State, heard: Heard) -> Turn:
    return _offer_language(flow, replace(state, resume=_home(state)), heard)


def _delete(flow: Flow, state: State, _heard: Heard) -> Turn:
    return _enter(flow, replace(state, resume=_home(state)), "erase")


def _safe_word(flow: Flow, state: State, _heard: Heard) -> Turn:
    return _with(_enter(flow, replace(state, resume=_home(state)), "cover"), CoverRaised())


COMMANDS: Mapping[understand.Command, Callable[[Flow, State, Heard], Turn]] = {
    "stop": _stop,
    "start": _start,
    "human": _human,
    "help": _help,
    "language": _language,
    "delete": _delete,
    "safe_word": _safe_word,
}


# ---- moving between steps


def _greet(flow: Flow, state: State, heard: Heard, command: understand.Command | None) -> Turn:
    """A person never met is offered a language; known ones are asked whether it is safe."""
    if command == "stop":
        # May well be the first thing ever heard, as a reply to a campaign: no questions then.
        return Turn(state, (Say(STOP_DONE),), (OptedOut(),))
    known = bool(state.language) and command != "language"
    hello = _enter(flow, state, "safe") if known else _offer_language(flow, state, heard)
    if command == "start":
        return _with(hello, OptedIn())
    return COMMANDS[command](flow, hello.state, heard) if command else hello


def _offer_language(flow: Flow, state: State, heard: Heard) -> Turn:
    state = replace(state, step="language", question="", offered=_order(heard), misses=0)
    return _again(flow, state)


def _order(heard: Heard) -> tuple[str, ...]:
    return tuple(sorted(heard.languages, key=lambda code: code != heard.guess))


def _enter(flow: Flow, state: State, target: str) -> Turn:
    """Go to `target` and speak it; `@resume` goes back to what was interrupted, or to the menu."""
    if target == RESUME:
        name, question = state.resume
        state = replace(state, resume=("", ""), step=name, question=question)
        if name in flow.steps:
            return _again(flow, state)
        target = "with_person" if state.case else "menu"
    here = flow.steps[target]
    resume = ("", "") if state.resume[0] == target else state.resume
    state = replace(state, step=target, question="", resume=resume)
    if here.kind == "questionnaire":
        first = next(iter(flow.questionnaires[here.questionnaire].questions))
        asked = _ask(flow, replace(state, question=first, answers={}))
        return Turn(asked.state, _says(here) + asked.messages)
    if here.kind == "call":
        return _call(flow, state, here)
    return _again(flow, state)


def _call(flow: Flow, state: State, here: Step) -> Turn:
    """A person is called at once; what was answered is passed on only with a yes."""
    events: tuple[Event, ...] = ()
    if not state.case:
        state, events = _open(flow, state, here.urgency, None)
    said = (*_says(here), Say(PERSON_CALLED))
    target = here.next if _assessment(flow, state) else "with_person"
    turn = _again(flow, replace(state, step=target, question=""))
    return Turn(turn.state, said + turn.messages, events)


def _open(
    flow: Flow, state: State, urgency: int, found: Assessment | None
) -> tuple[State, tuple[Event, ...]]:
    """Danger and stated need outrank any score, so the more urgent of the two counts."""
    scored = _assessment(flow, state)
    team = scored.team if scored else ADULT_TEAM
    urgency = min(urgency, scored.urgency) if scored else urgency
    request = CaseRequested(state.path or "person", urgency, team, found)
    return replace(state, case=True), (request,)


def _again(flow: Flow, state: State) -> Turn:
    """Say what the present step says, with its options."""
    if state.question:
        return _ask(flow, state)
    here = flow.steps[state.step]
    options = offered(flow, state)
    says = _says(here)
    if says and options:
        says = (*says[:-1], replace(says[-1], options=options))
    return Turn(state, says)


def _ask(flow: Flow, state: State) -> Turn:
    questionnaire = flow.questionnaires[flow.steps[state.step].questionnaire]
    return Turn(state, (Say(questionnaire.questions[state.question].say, ANSWERS),))


def _assessment(flow: Flow, state: State) -> Assessment | None:
    """What the answers so far add up to, or None when nothing was answered."""
    for here in flow.steps.values():
        if here.kind == "questionnaire":
            questionnaire = flow.questionnaires[here.questionnaire]
            if state.answers.keys() & questionnaire.questions.keys():
                return assess(questionnaire, state.answers)
    return None


def _question_exists(flow: Flow, here: Step, question: str) -> bool:
    questionnaire = flow.questionnaires.get(here.questionnaire)
    return questionnaire is not None and question in questionnaire.questions


def _home(state: State) -> tuple[str, str]:
    if state.step in ASIDES:
        # Interrupted before anything else was said: come back to the opening question.
        opening = "language" if state.step == "language" else "safe"
        return state.resume if state.resume != ("", "") else (opening, "")
    return (state.step, state.question)


def _note(state: State, heard: Heard) -> tuple[Event, ...]:
    return (CaseNote(heard.text),) if state.case else ()


def _says(here: Step) -> tuple[Say, ...]:
    return tuple(Say(message) for message in here.say)


def _before(say: Say, turn: Turn) -> Turn:
    return replace(turn, messages=(say, *turn.messages))


def _with(turn: Turn, event: Event, *, first: bool = False) -> Turn:
    return replace(turn, events=(event, *turn.events) if first else (*turn.events, event))
