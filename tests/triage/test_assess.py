"""The assessment: the ILO rule, the Palermo test, needs first, and that a further yes never lowers anything."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.assess import (
    ENOUGH,
    OUTCOMES,
    URGENCY_OF,
    assess,
    palermo,
    positive,
)
from triage.indicators import (
    DIMENSIONS,
    EXPLOITATION,
    POPULATIONS,
    STRENGTHS,
    indicators,
    needs,
    rated,
)

CODES = sorted(indicators())
SETS = st.sets(st.sampled_from(CODES))
STATED = st.sets(st.sampled_from(sorted(needs())))
AGES = st.sampled_from(["adult", "child", "unknown"])
PEOPLE = st.sampled_from(POPULATIONS)


def weighed(*yes, answered=10, **more):
    return assess(yes, answered=answered, **more)


@pytest.mark.parametrize(("strong", "medium", "weak"), list(product(range(5), repeat=3)))
def test_a_dimension_is_positive_by_one_of_the_four_alternatives_of_the_ilo(strong, medium, weak):
    alternatives = [
        strong >= 2,
        strong >= 1 and medium + weak >= 1,
        medium >= 3,
        medium >= 2 and weak >= 1,
    ]
    assert positive(strong, medium, weak) == any(alternatives)


@pytest.mark.parametrize("counts", [(1, 0, 0), (0, 2, 0), (0, 1, 4), (0, 0, 4)])
def test_what_the_ilo_says_is_not_enough_is_not_enough(counts):
    assert not positive(*counts)


@pytest.mark.parametrize(
    ("age", "act", "means", "purpose"),
    list(product(["adult", "child", "unknown"], *[[False, True]] * 3)),
)
def test_an_adult_needs_act_means_and_purpose_and_a_child_act_and_purpose(age, act, means, purpose):
    wanted = act and purpose if age == "child" else act and means and purpose
    assert palermo(age, act=act, means=means, purpose=purpose) == wanted


@pytest.mark.parametrize(
    ("yes", "outcome", "urgency"),
    [
        ((), "nothing_reported", 4),
        (("W01",), "nothing_reported", 4),
        (("EX04",), "some_indications", 3),
        (("CD01",), "some_indications", 3),
        (("DR01", "DR02"), "possible_recruitment", 3),
        (("CR01", "CR03"), "possible_recruitment", 3),
        (("EX01", "EX04"), "possible_exploitation", 3),
        (("W02",), "possible_exploitation", 3),
        (("CD01", "CD03"), "possible_coercion", 2),
        (("VD01", "VD02", "VD03"), "possible_coercion", 2),
        (("DR01", "DR02", "CD01", "CD03"), "possible_coercion", 2),
        (("DR01", "DR02", "EX01", "EX04"), "possible_trafficking", 2),
        (("CD01", "CD03", "W03"), "possible_trafficking", 2),
    ],
)
def test_every_combination_of_findings_has_its_outcome(yes, outcome, urgency):
    found = weighed(*yes)
    assert (found.outcome, found.urgency) == (outcome, urgency)


def test_too_few_answers_are_never_an_outcome():
    assert weighed(answered=ENOUGH - 1).outcome == "not_enough_known"
    assert weighed(answered=ENOUGH).outcome == "nothing_reported"


def test_for_a_child_exploitation_is_enough_and_the_act_is_presumed():
    found = weighed("EX01", "EX04", age="child", populations=("child_labour",))
    assert (found.act, found.means, found.purpose, found.met) == (True, False, True, True)
    assert (found.outcome, found.team, found.urgency) == ("possible_trafficking", "child", 2)
    assert "rule.palermo_child" in found.reasons


def test_an_unknown_age_is_a_childs_where_a_child_is_likely():
    found = weighed("EX01", "EX04", populations=("child_labour",))
    assert (found.age, found.met) == ("child", True)
    assert found.reasons[0] == "rule.child_likely"
    assert weighed("EX01", "EX04", age="adult", populations=("child_labour",)).age == "adult"
    assert weighed("EX01", "EX04").age == "unknown"


@pytest.mark.parametrize(
    ("stated", "urgency", "team"),
    [
        (["danger"], 1, "general"),
        (["suicide"], 1, "general"),
        (["other_in_danger"], 1, "general"),
        (["danger", "child"], 1, "child"),
        (["child"], 2, "child"),
        (["other_child"], 2, "child"),
        (["health"], 2, "general"),
        (["shelter"], 2, "general"),
        (["food"], 2, "general"),
        (["documents"], 3, "general"),
        (["wages"], 3, "general"),
        (["return"], 3, "general"),
        (["legal"], 3, "general"),
    ],
)
def test_danger_and_need_outrank_every_score(stated, urgency, team):
    found = weighed(stated=stated)
    assert (found.urgency, found.team) == (urgency, team)
    assert found.reasons[0] == f"need.{found.needs[0]}"
    assert found.specialism == needs()[found.needs[0]].specialism


def test_the_most_urgent_need_decides_the_specialism():
    found = weighed(stated=["wages", "child", "health"])
    assert found.needs == ("child", "health", "wages")
    assert found.specialism == "child"


def test_nobody_absent_is_weighed():
    found = weighed("CD01", "CD03", "EX01", "EX04", stated=["other_in_danger"], scored=False)
    assert (found.outcome, found.met, found.dimensions) == ("", False, ())
    assert found.urgency == 1


def test_the_urgency_of_every_outcome_rises_with_it():
    assert list(URGENCY_OF.values()) == sorted(URGENCY_OF.values(), reverse=True)


@given(SETS, st.sampled_from(CODES), STATED, st.sampled_from(sorted(needs())), AGES, PEOPLE)
def test_a_further_yes_never_lowers_anything(yes, code, stated, need, age, population):
    def found(said, needed):
        return assess(said, answered=len(said), age=age, populations=(population,), stated=needed)

    less = found(yes, stated)
    for more in (found(yes | {code}, stated), found(yes, stated | {need})):
        assert more.urgency <= less.urgency
        assert OUTCOMES.index(more.outcome) >= OUTCOMES.index(less.outcome)
        for name in ("act", "means", "purpose", "met"):
            assert getattr(more, name) >= getattr(less, name)
        for before, after in zip(less.dimensions, more.dimensions, strict=True):
            assert after.positive >= before.positive
            assert after.indicated >= before.indicated
        assert less.team == "general" or more.team == "child"


@given(SETS, AGES, PEOPLE)
def test_a_further_population_never_lowers_anything(yes, age, population):
    one = assess(yes, answered=9, age=age, populations=("adult_labour",))
    two = assess(yes, answered=9, age=age, populations=("adult_labour", population))
    assert two.urgency <= one.urgency
    assert OUTCOMES.index(two.outcome) >= OUTCOMES.index(one.outcome)


@given(SETS, STATED, AGES, PEOPLE)
def test_reasons_are_what_was_said_and_nothing_else(yes, stated, age, population):
    found = assess(yes, answered=9, age=age, populations=(population,), stated=stated)
    assert {r for r in found.reasons if r.startswith("indicator.")} == {
        f"indicator.{code}" for code in yes
    }
    assert {f"need.{name}" for name in stated} <= set(found.reasons)
    assert {code for dimension in found.dimensions for code in dimension.codes} == {
        code for code in yes if indicators()[code].dimension
    }


@given(SETS, PEOPLE)
def test_an_unknown_strength_is_never_part_of_the_ilo_rule(yes, population):
    found = assess(yes, answered=9, populations=(population,))
    for dimension in found.dimensions:
        known = [indicators()[c].strength.get(population) for c in dimension.codes]
        assert dimension.positive == positive(*(known.count(s) for s in STRENGTHS))
        assert dimension.unknown == known.count(None)


@given(SETS, PEOPLE)
def test_no_outcome_says_that_somebody_is_no_victim(yes, population):
    outcome = assess(yes, answered=99, populations=(population,)).outcome
    assert "not_a_victim" not in outcome
    assert outcome in OUTCOMES


def test_an_unknown_code_is_the_callers_mistake():
    with pytest.raises(KeyError):
        weighed("XX99")


class TestTheData:
    def test_there_are_the_indicators_of_the_ilo_and_ours(self):
        ilo = [code for code in CODES if not code.startswith("W")]
        assert len(ilo) == 67
        assert {indicators()[c].dimension for c in ilo} == set(DIMENSIONS)

    @pytest.mark.parametrize("code", CODES)
    def test_each_says_where_it_comes_from(self, code):
        indicator = indicators()[code]
        assert indicator.source
        assert indicator.confidence in ("low", "medium", "high")
        assert set(indicator.strength) <= set(POPULATIONS)
        assert set(indicator.strength.values()) <= set(STRENGTHS)
        if indicator.dimension:
            purpose = indicator.dimension == EXPLOITATION
            assert indicator.element == ("purpose" if purpose else "means")

    def test_ours_have_no_rating(self):
        for code in CODES:
            if code.startswith("W"):
                assert rated(code, POPULATIONS) is None

    @pytest.mark.parametrize(
        ("code", "population", "strength"),
        [
            ("DR01", "adult_labour", "strong"),
            ("DR10", "adult_labour", "weak"),
            ("DR10", "child_labour", "strong"),
            ("CR02", "adult_labour", "medium"),
            ("CR02", "child_labour", "strong"),
            ("EX06", "child_labour", None),
            ("EX01", "adult_sexual", "medium"),
            ("EX03", "child_sexual", "strong"),
            ("CD06", "adult_sexual", "strong"),
            ("CD15", "adult_labour", "weak"),
            ("VD07", "child_labour", "medium"),
        ],
    )
    def test_strengths_are_those_of_the_sources(self, code, population, strength):
        assert rated(code, (population,)) == strength

    def test_the_needs_are_in_the_order_of_their_urgency(self):
        assert [n.urgency for n in needs().values()] == sorted(n.urgency for n in needs().values())
