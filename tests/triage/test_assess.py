"""The assessment: the Palermo table, and that a further yes never lowers anything."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triage.walk import FLOW
from triage import assess

SHEET = FLOW.questionnaires["first_contact"]
SPEAKS = {
    "child": "under_18",
    "danger": "danger_now",
    "act": "arranged",
    "means": "debt",
    "purpose": "unpaid",
}
ANSWERS = st.dictionaries(
    st.sampled_from(list(SHEET.questions)), st.sampled_from(["yes", "no", "skip"])
)


def found(**yes: bool):
    return assess(SHEET, {SPEAKS[name]: "yes" if said else "no" for name, said in yes.items()})


@pytest.mark.parametrize(
    ("act", "means", "purpose", "child"), list(product([False, True], repeat=4))
)
def test_an_adult_needs_act_means_and_purpose_and_a_child_act_and_purpose(
    act, means, purpose, child
):
    judged = found(act=act, means=means, purpose=purpose, child=child)
    assert judged.met == (act and purpose and (means or child))
    assert (judged.act, judged.means, judged.purpose) == (act, means, purpose)
    assert judged.team == ("child" if child else "general")


@pytest.mark.parametrize(
    ("yes", "urgency"),
    [
        ((), 4),
        (("act",), 4),
        (("means",), 3),
        (("purpose",), 3),
        (("act", "means", "purpose"), 2),
        (("child",), 2),
        (("danger",), 1),
        (("danger", "child"), 1),
    ],
)
def test_danger_outranks_every_score(yes, urgency):
    assert found(**dict.fromkeys(yes, True)).urgency == urgency


@given(ANSWERS, st.sampled_from(list(SHEET.questions)))
def test_a_further_yes_never_lowers_anything(answers, question):
    less, more = assess(SHEET, answers), assess(SHEET, {**answers, question: "yes"})
    assert more.urgency <= less.urgency
    assert (more.act, more.means, more.purpose, more.met) >= (
        less.act,
        less.means,
        less.purpose,
        less.met,
    )
    for name in ("act", "means", "purpose", "met"):
        assert getattr(more, name) >= getattr(less, name)
    assert set(more.reasons) >= set(less.reasons)
    assert less.team == "general" or more.team == "child"


@given(ANSWERS)
def test_reasons_are_what_was_said_yes_to_and_silence_is_no_no(answers):
    judged = assess(SHEET, answers)
    assert set(judged.reasons) == {q for q, said in answers.items() if said == "yes"}
    assert set(judged.not_answered) == {
        q for q in SHEET.questions if answers.get(q, "skip") == "skip"
    }


def test_answers_to_unknown_questions_count_for_nothing():
    assert assess(SHEET, {"gone": "yes"}) == assess(SHEET, {})
