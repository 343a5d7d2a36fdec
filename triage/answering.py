"""What an answer does, by kind of step, and what is made of words that are none. Pure."""

from dataclasses import replace

from triage import offering, understand
from triage.ages import age
from triage.assess import NORMAL
from triage.commands import obey
from triage.ear import Hunch
from triage.echoes import weighed
from triage.flow import PATHS, RESUME, Flow, Option, Question, Step
from triage.moves import (
    ASIDES,
    after_questions,
    again,
    ask,
    asks_back,
    assessment,
    before,
    enter,
    happened,
    home,
    note,
    offered,
    open_case,
)
from triage.phrasebook import Alarm
from triage.reading import SURE, Reading
from triage.routing import next_question, weigh
from triage.turn import (
    ERASE_DONE,
    NOT_UNDERSTOOD,
    PERSON_WAITING,
    WHICH_ONE,
    Checked,
    CoverLifted,
    CoverRaised,
    ErasureConfirmed,
    Event,
    Heard,
    LanguageChosen,
    PathChosen,
    Say,
    Screened,
    State,
    SummaryShared,
    Turn,
)

OPPOSITE = {"yes": "no", "no": "yes"}
# Whose age is asked: the writer's or another person's.
ABOUT_AGE = frozenset({"child", "other_child"})
UNSAFE_STEPS = ("not_safe", "danger")
MISSES_BEFORE_A_PERSON_IS_OFFERED = 2


def answered(
    flow: Flow, state: State, here: Step, heard: Heard, hunch: Hunch, reading: Reading
) -> Turn:
    if here.kind in ("relay", "rest"):
        turn = enter(flow, state, here.next) if here.kind == "rest" else Turn(state)
        return happened(turn, *note(state, heard))
    option = picked(flow, state, heard)
    if option is None:
        if _names_another(state, here, heard) and reading.confidence < SURE:
            # Never switched without asking: the language that was named stands first in the offer.
            return obey("language", flow, state, replace(heard, guess=heard.named))
        if reading.both:
            return before(Say(WHICH_ONE), again(flow, state))
        option = _option(flow, state, reading.meaning)
    if option is None:
        return _unanswered(flow, state, here, heard, hunch)
    return _taken(flow, replace(state, misses=0), here, option)


def read(flow: Flow, state: State, heard: Heard, reading: Reading) -> Reading:
    """The answer that a text is to what stands now; `reading` is what it picks by itself."""
    language = state.language or heard.guess
    if state.question:
        reading = weighed(reading, heard.text, state.question, language)
    if reading.meaning or reading.both or not _asks_age(flow, state):
        return reading
    told = age(heard.text, language)
    meant = {"child": "yes", "adult": "no"}.get(told.meaning, "")
    return Reading(meant, told.confidence)


def picked_in_words(flow: Flow, state: State, heard: Heard) -> Reading:
    """The option that a text picks. "Safe" is a yes to one question and a no to another."""
    if _offers_languages(flow, state):
        return offering.read(state, heard)
    language = state.language or heard.guess
    unsafe = _unsafe_answer(flow, state)
    told = understand.safety(heard.text, language) if unsafe else None
    if told:
        return Reading(unsafe if told == "unsafe" else OPPOSITE[unsafe], SURE)
    return understand.pick(heard.text, offered(flow, state), language, heard.labels)


def _names_another(state: State, here: Step, heard: Heard) -> bool:
    return here.kind != "language" and heard.named not in ("", state.language)


def _offers_languages(flow: Flow, state: State) -> bool:
    here = flow.steps.get(state.step)
    return here is not None and here.kind == "language"


def _unsafe_answer(flow: Flow, state: State) -> str:
    """The answer to what stands now that says that it is not safe; empty where that is not asked."""
    if state.question:
        question = _question(flow, state)
        return next((a for a in OPPOSITE if "danger" in question.said(a).needs), "")
    leads = {option.id: option.next for option in offered(flow, state)}
    return next((a for a in OPPOSITE if leads.get(a) in UNSAFE_STEPS), "")


def _asks_age(flow: Flow, state: State) -> bool:
    if not state.question:
        return False
    return not ABOUT_AGE.isdisjoint(_question(flow, state).said("yes").needs)


def _question(flow: Flow, state: State) -> Question:
    sheet = flow.questionnaires[flow.steps[state.step].questionnaire]
    return sheet.questions[state.question]


def _taken(flow: Flow, state: State, here: Step, option: Option) -> Turn:
    if here.kind == "language":
        return _language_picked(flow, state, option)
    if here.kind == "questionnaire":
        return _question_answered(flow, state, here, option.id)
    if here.kind == "erase" and option.id == "yes":
        return Turn(State(), (Say(ERASE_DONE),), (ErasureConfirmed(),))
    if here.id == "safe":
        return _safety_told(flow, state, option)
    return _chosen(flow, state, option)


def picked(flow: Flow, state: State, heard: Heard) -> Option | None:
    """The option whose button was pressed."""
    return _option(flow, state, heard.picked)


def _option(flow: Flow, state: State, option_id: str) -> Option | None:
    """What can be picked by its id; a language on any page."""
    if _offers_languages(flow, state):
        return offering.find(state, option_id)
    return next((o for o in offered(flow, state) if o.id == option_id), None)


def _language_picked(flow: Flow, state: State, option: Option) -> Turn:
    """A language is spoken from now on, or the page is turned."""
    page = offering.page_of(option)
    if page is not None:
        return again(flow, replace(state, page=page))
    state = replace(state, language=option.id)
    target = flow.steps["language"].next if state.resume == ("", "") else RESUME
    return happened(enter(flow, state, target), LanguageChosen(option.id))


def _safety_told(flow: Flow, state: State, option: Option) -> Turn:
    """Not safe means that nobody may write, a caseworker neither, until it is safe again."""
    covered = state.safety == "covered"
    if option.next == "not_safe":
        turn = _chosen(flow, replace(state, safety="covered"), option)
        return turn if covered else happened(turn, CoverRaised())
    hint = state.hint
    turn = _chosen(flow, replace(state, safety=""), option)
    if hint in PATHS and turn.state.step == hint:
        turn = _on_path(turn, hint)
    if turn.state.step == "with_person" and not turn.messages:
        # Back with a person: a yes is not met with silence.
        turn = replace(turn, messages=(Say(PERSON_WAITING),))
    return happened(turn, CoverLifted()) if covered else turn


def _question_answered(flow: Flow, state: State, here: Step, answer: str) -> Turn:
    sheet = flow.questionnaires[here.questionnaire]
    meaning = sheet.questions[state.question].said(answer)
    state = replace(state, answers={**state.answers, state.question: answer})
    following = next_question(sheet, state.answers, state.needs)
    if following and not meaning.interrupts:
        turn = ask(flow, replace(state, question=following))
        return before(Say(meaning.says), turn) if meaning.says else turn
    found = weigh(sheet, state.answers, state.needs)
    turn = enter(flow, state, meaning.interrupts or after_questions(here, found))
    if meaning.interrupts in PATHS:
        # What began as one path goes on as another.
        return _on_path(turn, meaning.interrupts)
    turn = before(Say(meaning.says), turn) if meaning.says else turn
    return happened(turn, Screened(found) if sheet.scored else Checked(sheet.id))


def _on_path(turn: Turn, path: str) -> Turn:
    changed = turn.state.path != path
    turn = replace(turn, state=replace(turn.state, path=path))
    return happened(turn, PathChosen(path)) if changed else turn


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
    asked_to_share = any(each.shares for each in offered(flow, state))
    if found and (option.opens_case or asked_to_share):
        # With the team now, sealed to it, or for nobody: here they would be read by who has the server.
        state = replace(state, answers={})
    turn = happened(enter(flow, state, option.next), *events)
    return before(Say(option.say), turn) if option.say else turn


# ---- what fits no answer


def _unanswered(flow: Flow, state: State, here: Step, heard: Heard, hunch: Hunch) -> Turn:
    """The ear's doubts and leads, a word mistyped, another language; else a miss."""
    if hunch.doubt and not state.case and here.id not in ASIDES:
        return _in_doubt(flow, state, hunch.doubt)
    lead = flow.topics().get(hunch.topic) or hunch.path
    if here.listens and lead in flow.steps:
        state = replace(state, misses=0)
        turn = enter(flow, state, lead)
        return _on_path(turn, hunch.path if lead == hunch.path else "information")
    meant = understand.nearly_command(heard.text, state.language or heard.guess)
    if meant and meant != "delete":
        return obey(meant, flow, state, heard)
    foreign = heard.written not in ("", state.language)
    # Once: who goes on in another language is offered a person, like anybody not understood.
    ours = bool(state.language) and heard.written in heard.languages
    if foreign and ours and not state.case and not state.misses and here.id not in ASIDES:
        # Never switched without asking: the language it seems to be stands first in the offer.
        return obey("language", flow, state, replace(heard, guess=heard.written))
    return _missed(flow, state, here, heard)


def _in_doubt(flow: Flow, state: State, doubt: Alarm) -> Turn:
    """Asked back once: an alarm that is not certain is not passed over."""
    state = replace(state, resume=home(state), misses=0)
    return enter(flow, state, asks_back(doubt))


def _missed(flow: Flow, state: State, here: Step, heard: Heard) -> Turn:
    """Nothing fits. Words to a waiting caseworker are kept; two misses offer a person."""
    kept = note(state, heard)
    if state.case and state.safety != "covered":
        there = replace(
            state, step="with_person", question="", resume=("", ""), misses=0, safety=""
        )
        return Turn(there, events=kept)
    if here.kind == "language":
        state = offering.likelier(state, heard.written)
    state = replace(state, misses=min(state.misses + 1, MISSES_BEFORE_A_PERSON_IS_OFFERED))
    turn = again(flow, state)
    may_offer = not state.case and state.step != "offer_person"
    if may_offer and state.misses >= MISSES_BEFORE_A_PERSON_IS_OFFERED:
        turn = enter(flow, replace(state, misses=0, resume=home(state)), "offer_person")
    return happened(before(Say(NOT_UNDERSTOOD), turn), *kept)
