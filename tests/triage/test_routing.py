"""The order of questions: the next is the likeliest to settle routing, and stopping early loses nothing."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.triage.walk import FLOW
from triage.flow import Meaning, Question, Questionnaire
from triage.routing import next_question, remaining, settled, weigh

SITUATION = FLOW.questionnaires["situation"]
SHEETS = list(FLOW.questionnaires.values())


def answers_of(sheet):
    return st.fixed_dictionaries(
        {},
        optional={
            q.id: st.sampled_from([o.id for o in q.answers] + ["dont_know"])
            for q in sheet.questions.values()
        },
    )


def routed(sheet, answers):
    found = weigh(sheet, answers)
    return found.urgency, found.team, found.outcome


def all_the_rest(sheet, answers):
    """Any answers to everything that was not asked."""
    left = [q for q in sheet.questions.values() if q.id not in answers]
    return st.tuples(*(st.sampled_from([o.id for o in q.answers]) for q in left)).map(
        lambda said: {**answers, **{q.id: a for q, a in zip(left, said, strict=True)}}
    )


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_stopping_early_equals_asking_everything(data):
    whole = data.draw(all_the_rest(SITUATION, {}))
    answers = {}
    while (question := next_question(SITUATION, answers)) is not None:
        answers[question] = whole[question]
    stopped = routed(SITUATION, answers)
    for _ in range(5):
        everything = data.draw(all_the_rest(SITUATION, answers))
        assert routed(SITUATION, everything) == stopped


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SHEETS), st.data())
def test_what_is_settled_no_answer_changes_and_what_is_not_some_answer_does(sheet, data):
    answers = data.draw(answers_of(sheet))
    left = list(remaining(sheet, answers))
    everything = {**answers, **{q.id: next(iter(q.means), "yes") for q in left}}
    if settled(sheet, answers):
        assert routed(sheet, data.draw(all_the_rest(sheet, answers))) == routed(sheet, answers)
        assert routed(sheet, everything) == routed(sheet, answers)
    elif all(len(q.means) < 2 for q in left):
        assert routed(sheet, everything) != routed(sheet, answers)


@given(answers_of(SITUATION))
def test_the_same_answers_lead_to_the_same_question_in_any_order(answers):
    backwards = dict(reversed(answers.items()))
    assert next_question(SITUATION, answers) == next_question(SITUATION, backwards)
    assert weigh(SITUATION, answers) == weigh(SITUATION, backwards)


def test_safety_and_age_are_asked_before_anything_else():
    assert next_question(SITUATION, {}) == "danger_now"
    assert next_question(SITUATION, {"danger_now": "no"}) == "under_18"


def test_in_danger_nothing_more_is_asked():
    answers = {"danger_now": "yes"}
    found = weigh(SITUATION, answers)
    assert found.urgency == 1
    assert "danger_now" not in found.not_asked
    assert "watched" in found.not_asked


def test_three_answers_that_add_up_end_the_questions():
    answers = {"danger_now": "no", "under_18": "no"}
    asked = []
    while (question := next_question(SITUATION, answers)) is not None:
        asked.append(question)
        answers[question] = "yes"
    assert len(asked) == 3
    assert weigh(SITUATION, answers).outcome == "possible_trafficking"


def test_who_says_no_to_everything_is_asked_everything():
    answers = {}
    while (question := next_question(SITUATION, answers)) is not None:
        answers[question] = "skip" if question == "need" else "no"
    assert set(answers) == set(SITUATION.questions)
    assert weigh(SITUATION, answers).outcome == "nothing_reported"


def test_what_is_skipped_stays_open_and_what_was_never_asked_is_told_apart():
    found = weigh(SITUATION, {"danger_now": "no", "debt": "skip", "hurt": "dont_know"})
    assert found.not_answered == ("hurt", "debt")
    assert set(found.not_asked) == set(SITUATION.questions) - {"danger_now", "debt", "hurt"}
    assert found.outcome == "not_enough_known"


def test_a_need_stated_elsewhere_counts():
    assert weigh(SITUATION, {"debt": "no"}, ("suicide",)).urgency == 1
    assert next_question(SITUATION, {}, ("danger", "child")) is not None


def test_the_age_is_an_adults_only_after_an_answer_about_age():
    assert weigh(SITUATION, {"under_18": "no"}).age == "adult"
    assert weigh(SITUATION, {"under_18": "skip"}).age == "unknown"
    assert weigh(SITUATION, {"under_18": "yes"}).age == "child"
    assert weigh(SITUATION, {"debt": "no"}).age == "unknown"


def test_sexual_exploitation_counts_by_both_populations():
    found = weigh(SITUATION, {"sexual": "yes", "watched": "yes", "papers_kept": "yes"})
    assert found.populations == ("adult_labour", "adult_sexual")
    assert found.outcome == "possible_trafficking"


def test_an_unscored_sheet_is_asked_in_its_order_and_weighs_nothing():
    sheet = FLOW.questionnaires["someone_else"]
    order, answers = [], {}
    while (question := next_question(sheet, answers)) is not None:
        order.append(question)
        answers[question] = "yes"
    assert order == list(sheet.questions)
    found = weigh(sheet, answers)
    assert (found.outcome, found.met, found.dimensions) == ("", False, ())
    assert (found.urgency, found.team, found.needs) == (
        1,
        "child",
        ("other_in_danger", "other_child"),
    )


def test_answers_to_unknown_questions_count_for_nothing():
    assert weigh(SITUATION, {"gone": "yes"}) == weigh(SITUATION, {})


@pytest.mark.parametrize("gate", ["yes", "no", "skip"])
def test_a_question_with_a_condition_is_asked_only_after_that_answer(gate):
    sheet = Questionnaire(
        "gated",
        1,
        {
            "works": Question("works", "q", {}),
            "paid": Question("paid", "q", {"no": Meaning(("EX04",))}, when={"works": "yes"}),
        },
    )
    asked = next_question(sheet, {"works": gate})
    assert asked == ("paid" if gate == "yes" else None)


def test_every_pair_of_yes_is_weighed_alike_whatever_the_order():
    for one, two in product(SITUATION.questions, repeat=2):
        if "need" in (one, two):
            continue
        assert weigh(SITUATION, {one: "yes", two: "yes"}) == weigh(
            SITUATION, {two: "yes", one: "yes"}
        )
