"""What is promised in every state that can be reached, walked in every language."""

from dataclasses import replace

import pytest

from tests.triage.walk import (
    FLOW,
    GIBBERISH,
    LANGUAGES,
    WALKED,
    WORDS,
    events,
    everything_said,
    ids,
    reachable,
    takes,
)
from triage import State, offered
from triage.lexicon import commands, word_for
from triage.lexicon import languages as lexicons
from triage.phrasebook import ALARMS, phrase_for

everywhere = pytest.mark.parametrize("language", WALKED)


@everywhere
def test_the_walk_reaches_every_step_that_can_be_stood_in(language):
    stood_in = {state.step for state in reachable(language)}
    assert stood_in >= {name for name, here in FLOW.steps.items() if here.kind != "call"}


@everywhere
def test_nought_and_the_human_word_reach_a_person_from_everywhere(language):
    for state in reachable(language):
        for text in ("0", "٠", "0️⃣", word_for("human", language)):
            turn = takes(state, text, language)
            assert turn.state.case
            assert turn.state.step in ("with_person", "share")
            assert {"person.called", "person.waiting"} & set(ids(turn))
            if not state.case:
                assert "CaseRequested" in events(turn)


@everywhere
def test_every_word_of_every_lexicon_works_in_this_language_too(language):
    menu = State(step="menu", language=language)
    for code in lexicons():
        for word, name in commands(code).items():
            assert takes(menu, word, language) == takes(menu, word_for(name, code), language)


@everywhere
def test_stop_opts_out_and_neither_moves_the_talk_nor_ends_a_case(language):
    for state in reachable(language):
        turn = takes(state, word_for("stop", language), language)
        assert events(turn) == ["OptedOut"]
        assert turn.state == state


@everywhere
def test_stop_after_a_long_silence_asks_nothing_and_the_next_words_are_met_with_safety(language):
    relay = State(step="with_person", language=language, case=True)
    turn = takes(relay, word_for("stop", language), language, silence=True)
    assert (ids(turn), events(turn), turn.state.case) == (["stop.done"], ["OptedOut"], True)
    back = takes(turn.state, GIBBERISH, language)
    assert (ids(back), events(back)) == (["safe.ask"], ["CaseNote"])


@everywhere
def test_nobody_is_left_without_an_answer_except_in_a_talk_with_a_person(language):
    for state in reachable(language):
        for said, turn in everything_said(FLOW, state, language):
            if not turn.messages:
                assert turn.state.step == "with_person", (state, said)


@everywhere
def test_words_are_kept_for_the_case_whatever_is_being_asked(language):
    for state in reachable(language):
        if state.case and state.step != "cover":
            for text in (GIBBERISH, *(phrase_for(a, language) for a in ("danger", "watched"))):
                assert "CaseNote" in events(takes(state, text, language)), (state, text)


@everywhere
def test_nothing_but_safety_is_asked_after_a_long_silence(language):
    for state in reachable(language):
        if FLOW.steps.get(state.step) is None or state.step in ("cover", "language"):
            continue
        for text in (GIBBERISH, "1", word_for("help", language)):
            turn = takes(state, text, language, silence=True)
            sensitive = {i for i in ids(turn) if i.startswith(("question", "menu", "consent"))}
            aside = state.step in ("safe", "not_safe", "paused", "check", "erase", "offer_person")
            assert aside or not sensitive


@everywhere
def test_the_talk_goes_on_only_after_a_yes_to_safety(language):
    for state in reachable(language):
        if not state.safety:
            continue
        for said, turn in everything_said(FLOW, state, language):
            lifted = said in ("yes", "human") or (state.case and state.safety == "asked")
            assert lifted or not any(i.startswith(("question", "menu")) for i in ids(turn))


@everywhere
def test_a_caseworker_may_write_again_after_start_human_or_a_yes(language):
    for state in reachable(language):
        covered = state.safety == "covered"
        for _said, turn in everything_said(FLOW, state, language):
            happened = events(turn)
            if "ErasureConfirmed" in happened:
                continue
            now_covered = turn.state.safety == "covered"
            # A case opened under cover has to be told of it, too.
            raised = now_covered and (not covered or "CaseRequested" in happened)
            assert ("CoverRaised" in happened) == raised
            assert ("CoverLifted" in happened) == (covered and not now_covered)


@everywhere
def test_under_cover_only_the_weather_is_talked_about(language):
    under = [state for state in reachable(language) if state.step == "cover"]
    assert under
    for state in under:
        for word in set(WORDS) - {"start", "human"}:
            assert ids(takes(state, word_for(word, language), language)) == ["cover.text"]
        for text in (GIBBERISH, "1", "yes", "", "what is this number?"):
            assert ids(takes(state, text, language)) == ["cover.text"]
        for alarm in set(ALARMS) - {"human"}:
            assert ids(takes(state, phrase_for(alarm, language), language)) == ["cover.text"]
        assert ids(takes(state, "", language, kind="picture")) == ["cover.text"]
        back = takes(state, word_for("start", language), language)
        assert (ids(back), events(back)) == (["safe.ask"], [])
        assert back.state.safety == "covered"
        assert events(takes(back.state, word_for("yes", language), language)) == ["CoverLifted"]


@everywhere
def test_every_question_can_be_skipped_in_words_and_by_number(language):
    state = takes(State(step="menu", language=language), "2", language).state
    asked = []
    while state.question:
        asked.append(state.question)
        by_word = takes(state, word_for("skip", language), language)
        assert by_word == takes(state, str(len(offered(FLOW, state))), language)
        state = by_word.state
    assert set(asked) == set(FLOW.questionnaires["situation"].questions)
    assert set(state.answers.values()) == {"skip"}


@everywhere
@pytest.mark.parametrize(
    ("question", "says"), [("danger_now", "help.emergency"), ("under_18", "child.honest.may")]
)
def test_danger_and_a_child_interrupt_with_no_more_questions(language, question, says):
    state = replace(
        State(step="situation", language=language, path="situation"),
        question=question,
        answers={"debt": "yes"},
    )
    turn = takes(state, "1", language)
    assert ids(turn) == [says, "person.called", "person.share"]
    assert events(turn) == ["Screened", "CaseRequested"]
    assert turn.state.question == ""


def test_danger_is_urgent_and_a_child_goes_to_the_child_team():
    at = State(step="situation", language="en", path="situation")
    danger = takes(replace(at, question="danger_now"), "yes").events[1]
    child = takes(replace(at, question="under_18"), "yes").events[1]
    assert (danger.urgency, danger.team, danger.assessment) == (1, "general", None)
    assert (child.urgency, child.team, child.assessment) == (2, "child", None)


@everywhere
def test_first_a_language_is_offered_and_then_safety_is_asked(language):
    first = takes(State(), "hello there", language)
    assert ids(first) == ["language.choose"]
    assert first.messages[0].options[0].id == language
    assert first.state.offered == (language, *(code for code in LANGUAGES if code != language))
    second = takes(first.state, "1", language)
    assert (ids(second), events(second)) == (["safe.ask"], ["LanguageChosen"])
    assert second.state.language == language


def test_asking_for_languages_while_they_are_offered_offers_them_once():
    first = takes(State(), "language")
    again = takes(first.state, "language")
    assert ids(takes(again.state, "1")) == ["safe.ask"]


@everywhere
def test_two_misses_offer_a_person_and_going_on_comes_back(language):
    menu = State(step="menu", language=language)
    once = takes(menu, GIBBERISH, language)
    assert ids(once) == ["not_understood", "menu.ask"]
    twice = takes(once.state, GIBBERISH, language)
    assert ids(twice) == ["not_understood", "offer.person"]
    assert ids(takes(twice.state, "2", language)) == ["menu.ask"]
    assert "CaseRequested" in events(takes(twice.state, "1", language))


@everywhere
def test_erasing_takes_two_messages_and_leaves_an_empty_state(language):
    for state in reachable(language):
        if state.step == "cover" or not state.step:
            continue
        asked = takes(state, word_for("delete", language), language)
        assert ids(asked) == ["erase.ask"]
        gone = takes(asked.state, word_for("yes", language), language)
        assert (ids(gone), events(gone)) == (["erase.done"], ["ErasureConfirmed"])
        assert gone.state == State()


@everywhere
def test_an_interruption_ends_where_it_began(language):
    for state in reachable(language):
        if state.step in (
            "ended",
            "",
            "cover",
            "language",
            "safe",
            "not_safe",
            "paused",
            "check",
            "erase",
            "offer_person",
        ):
            continue
        asked = takes(state, word_for("delete", language), language)
        kept = takes(asked.state, "2", language).state
        assert (kept.step, kept.question, kept.case) == (state.step, state.question, state.case)


@everywhere
def test_after_a_closed_case_every_interruption_leads_to_safety(language):
    ended = State(step="ended", language=language)
    for word in ("language", "delete", "safe_word"):
        aside = takes(ended, word_for(word, language), language)
        out = {"language": "1", "delete": "2", "safe_word": word_for("start", language)}[word]
        assert ids(takes(aside.state, out, language))[-1] == "safe.ask"
