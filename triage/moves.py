"""Moving between steps: enter one, say it again, ask a question, call a person. Pure."""

from dataclasses import replace

from triage.assess import ADULT_TEAM, LOW, Assessment, assess
from triage.flow import RESUME, Flow, Option, Questionnaire, Step
from triage.offering import shown
from triage.phrasebook import Alarm
from triage.routing import next_question, weigh
from triage.turn import (
    PERSON_CALLED,
    CaseNote,
    CaseRequested,
    CoverLifted,
    Event,
    Heard,
    Say,
    State,
    Turn,
)

# Steps that interrupt and come back; being in one, `resume` already says where to.
ASIDES = frozenset(
    {"language", "safe", "not_safe", "paused", "check", "cover", "erase", "offer_person"}
)


def offered(flow: Flow, state: State) -> tuple[Option, ...]:
    """The options the contact can pick from now."""
    here = flow.steps.get(state.step)
    if here is None:
        return ()
    if state.question:
        return flow.questionnaires[here.questionnaire].questions[state.question].answers
    if here.kind == "language":
        return shown(state)
    return here.options


def offer_language(flow: Flow, state: State, heard: Heard) -> Turn:
    """The languages of the line, the likeliest first, from the first page on."""
    order = tuple(sorted(heard.languages, key=lambda code: code != heard.guess))
    state = replace(state, step="language", question="", offered=order, page=0, misses=0)
    return again(flow, state)


def enter(flow: Flow, state: State, target: str) -> Turn:
    """Go to `target` and speak it; `@resume` goes back to what was interrupted, or to the menu."""
    if target == RESUME and state.safety:
        # Something else was talked about while the question of safety was open.
        target = "safe"
    if target == RESUME:
        name, question = state.resume
        state = replace(state, resume=("", ""))
        back = flow.steps.get(name)
        if back and question_exists(flow, back, question):
            return ask(flow, replace(state, step=name, question=question))
        # The flow may have changed while something else was talked about.
        hinted = state.hint if state.hint in flow.steps else "menu"
        target = name if back else "with_person" if state.case else hinted
        state = replace(state, hint="")
    here = flow.steps[target]
    if target == "safe" and not state.safety:
        state = replace(state, safety="asked")
    resume = ("", "") if state.resume[0] == target else state.resume
    state = replace(state, step=target, question="", resume=resume)
    if here.kind == "questionnaire":
        return _begin(flow, state, here)
    if here.kind == "call":
        return _call(flow, state, here)
    return again(flow, state)


def asks_back(doubt: Alarm) -> str:
    """The step that asks whether an alarm is meant which is not certain."""
    return {"human": "offer_person", "watched": "safe"}.get(doubt, "check")


def again(flow: Flow, state: State) -> Turn:
    """Say what the present step says, with its options."""
    if state.question:
        return ask(flow, state)
    here = flow.steps[state.step]
    options = offered(flow, state)
    said = says(here)
    if said and options:
        said = (*said[:-1], replace(said[-1], options=options))
    return Turn(state, said)


def ask(flow: Flow, state: State) -> Turn:
    questionnaire = flow.questionnaires[flow.steps[state.step].questionnaire]
    question = questionnaire.questions[state.question]
    return Turn(state, (Say(question.say, question.answers),))


def open_case(
    flow: Flow, state: State, urgency: int, found: Assessment | None
) -> tuple[State, tuple[Event, ...]]:
    """Danger and stated need outrank any score, so the more urgent of the two counts."""
    scored = assessment(flow, state)
    team = scored.team if scored else ADULT_TEAM
    urgency = min(urgency, scored.urgency) if scored else urgency
    request = CaseRequested(state.path or "person", urgency, team, found)
    return replace(state, case=True), (request,)


def assessment(flow: Flow, state: State) -> Assessment | None:
    """What was answered and stated so far adds up to, or None when nothing was."""
    asked = answered_sheet(flow, state)
    if asked is not None:
        return weigh(asked, state.answers, state.needs)
    if state.needs:
        return assess((), answered=0, stated=state.needs, scored=False)
    return None


def answered_sheet(flow: Flow, state: State) -> Questionnaire | None:
    """The questionnaire that answers were given to."""

    def answered(questionnaire: Questionnaire) -> int:
        return len(state.answers.keys() & questionnaire.questions.keys())

    # Entering a questionnaire clears the answers, so they all belong to the one that knows most.
    asked = max(flow.questionnaires.values(), key=answered, default=None)
    return asked if asked and answered(asked) else None


def question_exists(flow: Flow, here: Step, question: str) -> bool:
    questionnaire = flow.questionnaires.get(here.questionnaire)
    return questionnaire is not None and question in questionnaire.questions


def home(state: State) -> tuple[str, str]:
    """Where to come back to after an interruption that begins now."""
    if state.step in ASIDES:
        # Interrupted before anything else was said: come back to the opening question.
        opening = "language" if state.step == "language" else "safe"
        return state.resume if state.resume != ("", "") else (opening, "")
    if state.step == "ended":
        # Nothing is said there; a talk that begins again begins with safety.
        return ("safe", "")
    return (state.step, state.question)


def says(here: Step) -> tuple[Say, ...]:
    return tuple(Say(message) for message in here.say)


def before(say: Say, turn: Turn) -> Turn:
    """`turn` with something said before the rest of it."""
    return replace(turn, messages=(say, *turn.messages))


def happened(turn: Turn, *events: Event) -> Turn:
    """`turn` with events before its own."""
    return replace(turn, events=(*events, *turn.events))


def note(state: State, heard: Heard) -> tuple[Event, ...]:
    """Words for the caseworker; a pressed button has none."""
    return (CaseNote(heard.text),) if state.case and heard.text.strip() else ()


def _begin(flow: Flow, state: State, here: Step) -> Turn:
    sheet = flow.questionnaires[here.questionnaire]
    state = replace(state, answers={})
    first = next_question(sheet, {}, state.needs)
    if first is None:
        # Nothing that could be asked would change anything any more.
        return enter(flow, state, after_questions(here, weigh(sheet, {}, state.needs)))
    asked = ask(flow, replace(state, question=first))
    return Turn(asked.state, says(here) + asked.messages)


def after_questions(here: Step, found: Assessment) -> str:
    """Where a questionnaire's step goes on: to consent when a person should look at it."""
    return here.next if found.urgency < LOW else here.next_advice


def _call(flow: Flow, state: State, here: Step) -> Turn:
    """A person is called at once; what was answered is passed on only with a yes."""
    events: tuple[Event, ...] = (CoverLifted(),) if state.safety == "covered" else ()
    needed = tuple(dict.fromkeys((*state.needs, *here.needs)))
    state = replace(state, safety="", needs=needed)
    if not state.case:
        state, opened = open_case(flow, state, here.urgency, None)
        events += opened
    target = here.next if answered_sheet(flow, state) else "with_person"
    turn = again(flow, replace(state, step=target))
    return Turn(turn.state, (*says(here), Say(PERSON_CALLED), *turn.messages), events)
