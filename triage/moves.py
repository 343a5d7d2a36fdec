"""Moving between steps: enter one, say it again, ask a question, call a person. Pure."""

from dataclasses import replace

from triage.assess import ADULT_TEAM, Assessment, assess
from triage.flow import RESUME, Flow, Option, Questionnaire, Step
from triage.turn import (
    ANSWER_NO,
    ANSWER_SKIP,
    ANSWER_YES,
    PERSON_CALLED,
    CaseRequested,
    CoverLifted,
    Event,
    Heard,
    Say,
    State,
    Turn,
)

ANSWERS = (
    Option("yes", ANSWER_YES),
    Option("no", ANSWER_NO),
    Option("skip", ANSWER_SKIP),
)
# Steps that interrupt and come back; being in one, `resume` already says where to.
ASIDES = frozenset({"language", "safe", "not_safe", "cover", "erase", "offer_person"})


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


def offer_language(flow: Flow, state: State, heard: Heard) -> Turn:
    """Every language of the line, the likeliest first."""
    order = tuple(sorted(heard.languages, key=lambda code: code != heard.guess))
    return again(flow, replace(state, step="language", question="", offered=order, misses=0))


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
        target = name if back else "with_person" if state.case else "menu"
    here = flow.steps[target]
    if target == "safe" and not state.safety:
        state = replace(state, safety="asked")
    resume = ("", "") if state.resume[0] == target else state.resume
    state = replace(state, step=target, question="", resume=resume)
    if here.kind == "questionnaire":
        first = next(iter(flow.questionnaires[here.questionnaire].questions))
        asked = ask(flow, replace(state, question=first, answers={}))
        return Turn(asked.state, says(here) + asked.messages)
    if here.kind == "call":
        return _call(flow, state, here)
    return again(flow, state)


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
    return Turn(state, (Say(questionnaire.questions[state.question].say, ANSWERS),))


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
    """What the answers so far add up to, or None when nothing was answered."""

    def answered(questionnaire: Questionnaire) -> int:
        return len(state.answers.keys() & questionnaire.questions.keys())

    # Entering a questionnaire clears the answers, so they all belong to the one that knows most.
    asked = max(flow.questionnaires.values(), key=answered, default=None)
    return assess(asked, state.answers) if asked and answered(asked) else None


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


def _call(flow: Flow, state: State, here: Step) -> Turn:
    """A person is called at once; what was answered is passed on only with a yes."""
    events: tuple[Event, ...] = (CoverLifted(),) if state.safety == "covered" else ()
    state = replace(state, safety="")
    if not state.case:
        state, opened = open_case(flow, state, here.urgency, None)
        events += opened
    target = here.next if assessment(flow, state) else "with_person"
    turn = again(flow, replace(state, step=target))
    return Turn(turn.state, (*says(here), Say(PERSON_CALLED), *turn.messages), events)
