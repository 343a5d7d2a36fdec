"""The evaluation: rules agree with their sources, figures hold, and worse engines are found out."""

import json
import random
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.ear import load
from locales import languages
from ops import plots
from triage import load_flow
from triage.assess import assess
from triage.ear import sentences
from triage.evaluation import metrics
from triage.evaluation.evaluate import evaluate
from triage.evaluation.floors import FLOORS, behind, figures, gaps, most_apart, shortfalls
from triage.evaluation.held_out import HeldOut, apart, held_out
from triage.evaluation.metrics import (
    Confusion,
    Share,
    apart_beyond_chance,
    confusion,
)
from triage.evaluation.persons import person_checks
from triage.evaluation.population import Noise, assumptions, population, trafficked
from triage.evaluation.report import ALIKE, as_json, markdown, summary
from triage.evaluation.screeners import arithmetic_check, published
from triage.evaluation.screening import Engine, screen, screener
from triage.evaluation.simulation import SCREENER, simulate
from triage.evaluation.truth import rule_checks
from triage.evaluation.understanding import raised, understanding
from triage.flow import PATHS
from triage.indicators import indicators
from triage.routing import next_question, weigh

# Six thousand texts are heard by ear.
pytestmark = pytest.mark.timeout(600)

FLOW = load_flow()
SITUATION = FLOW.questionnaires["situation"]
SHIPPED = ("ar", "en", "es", "fr")
# The floors were measured with four times as many people and this seed, and hold for so few as well.
PEOPLE, SEED = 1000, 1
SETS = held_out()
FOUR = tuple(held for held in SETS if held.language in SHIPPED)


@pytest.fixture(scope="module")
def by_words():
    return evaluate(FLOW, None, PEOPLE, SEED, phrases=SETS)


@pytest.fixture(scope="module")
def by_ear():
    """Danger, suicide and calm texts only, and no answers: the ear is slow."""
    graver = [
        replace(
            held,
            alarms={name: held.alarms[name] for name in ("danger", "suicide", "none")},
            yesno={},
            elsewhere={},
            age={},
            digit={},
            paths={},
            topics={},
        )
        for held in SETS
    ]
    return evaluate(FLOW, load(), PEOPLE, SEED, phrases=graver)


def floors_missed(found):
    return [line for line in shortfalls(found) if "apart" not in line and "others" not in line]


@pytest.mark.parametrize(
    "check", [*rule_checks(), *person_checks(), arithmetic_check()], ids=lambda check: check.name
)
def test_every_row_agrees_with_its_source(check):
    assert check.rows
    assert check.mismatches == ()


def test_the_rule_is_tried_on_every_count_up_to_four():
    assert rule_checks()[0].rows == 5**3


def test_a_rule_that_asks_for_less_is_found_out():
    lenient = rule_checks(lambda strong, medium, weak: strong + medium >= 1)
    assert lenient[0].mismatches
    assert lenient[1].mismatches


def test_an_assessment_that_misses_children_is_found_out():
    def childless(yes, *, answered, age="unknown", populations=("adult_labour",)):
        return assess(yes, answered=answered, age="adult", populations=populations)

    assert any(" child " in line for check in person_checks(childless) for line in check.mismatches)


def test_four_tables_are_published_with_their_sources():
    assert len(published()) == 4
    assert all(table.source and table.printed for table in published())


def test_a_figure_that_is_not_what_was_printed_is_told(monkeypatch):
    spoilt = replace(published()[0], counts=Confusion(tp=20, fn=10, fp=73, tn=237))
    monkeypatch.setattr("triage.evaluation.screeners.published", lambda: (spoilt,))
    assert any("sensitivity: 86.7 is stated" in line for line in arithmetic_check().mismatches)


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        (Share(0, 10), 0.0, 0.2775),
        (Share(10, 10), 0.7225, 1.0),
        (Share(5, 10), 0.2366, 0.7634),
        (Share(0, 0), 0.0, 1.0),
    ],
)
def test_intervals_are_wilson_s(share, low, high):
    assert share.interval == pytest.approx((low, high), abs=1e-4)


def test_shares_that_differ_as_counts_do_are_not_apart_beyond_chance():
    # Twenty-five throws of a coin, forty times each, by a seed.
    throws = random.Random(4)
    coins = [Share(sum(throws.random() < 0.5 for _ in range(40)), 40) for _ in range(25)]
    assert metrics.apart(coins) > 0.2
    assert apart_beyond_chance(coins) < 0.05


def test_shares_of_many_that_differ_are_apart_as_they_are_counted():
    assert apart_beyond_chance([Share(5000, 10000), Share(8000, 10000)]) == pytest.approx(
        0.3, abs=0.001
    )


@pytest.mark.parametrize("shares", [[], [Share(0, 0)], [Share(3, 3), Share(9, 9)], [Share(1, 2)]])
def test_what_cannot_differ_is_not_apart(shares):
    assert apart_beyond_chance(shares) == 0


@given(
    st.lists(
        st.integers(1, 300).flatmap(
            lambda of: st.integers(0, of).map(lambda hits: Share(hits, of))
        ),
        max_size=30,
    )
)
def test_chance_only_takes_away(shares):
    assert 0 <= apart_beyond_chance(shares) <= metrics.apart(shares) + 1e-9


def test_a_table_counts_truth_against_what_was_flagged():
    found = confusion([(True, True), (True, False), (False, True), (False, False), (False, False)])
    assert found == Confusion(tp=1, fn=1, fp=1, tn=2)
    assert found.lr_plus == pytest.approx(1.5)
    assert found.lr_minus == pytest.approx(0.75)


def test_nothing_flagged_wrongly_is_an_endless_ratio_and_no_number_in_json(by_words):
    none = Confusion(tp=1, fn=0, fp=0, tn=1)
    assert none.lr_plus == float("inf")
    spoilt = replace(by_words.simulation, tests={**by_words.simulation.tests, SCREENER: none})
    told = json.loads(as_json(replace(by_words, simulation=spoilt)))
    assert told["simulation"]["tests"][SCREENER]["lr_plus"] is None


@pytest.mark.parametrize(
    ("yes", "age", "truth"),
    [
        ({"W01", "DR01", "W03"}, 30, True),
        ({"W01", "W03"}, 30, False),  # nothing of a means
        ({"W01", "W03"}, 15, True),  # of a child none is asked for
        ({"DR01", "W03"}, 30, True),  # who was lied to was recruited
        ({"W01", "DR01"}, 30, False),  # no purpose
        ({"W01", "DR01", "EX01"}, 30, False),  # a bad job, but free to go
        ({"W01", "EX01", "CD04"}, 30, True),  # exploited under violence
        (set(), 15, False),
    ],
)
def test_who_was_trafficked_follows_from_their_life(yes, age, truth):
    elements = {indicators()[code].element for code in yes}
    # Where the table of indicators has no act in this life, the treaty's test cannot be met.
    assert trafficked(frozenset(yes), age) == (truth and "act" in elements)


def test_the_same_seed_draws_the_same_people_and_another_one_others():
    assert population(200, 7) == population(200, 7)
    assert population(200, 7) != population(200, 8)
    assert population(200, 7)[:50] == population(50, 7)


def test_the_simulation_repeats_itself():
    assert simulate(SITUATION, 300, 3) == simulate(SITUATION, 300, 3)


def test_languages_take_turns_and_the_shipped_ones_are_spoken():
    people = population(400, SEED)
    assert {person.language for person in people} == set(SHIPPED)
    assert all(sum(person.language == code for person in people) == 100 for code in SHIPPED)


def test_classes_share_everybody_out():
    classes = assumptions().classes
    assert sum(kind.share for kind in classes) == pytest.approx(1)
    assert all(0 <= sum(kind.need.values()) <= 1 for kind in classes)
    assert all(0 <= chance <= 1 for kind in classes for chance in kind.chances.values())


def test_the_screener_asks_four_things_and_stops_at_the_first_yes():
    assert len(screener()) == 4
    known = indicators()
    assert all(
        code in known for question in screener() for code in question.means["yes"].indicators
    )


def test_fewer_questions_are_asked_than_the_list_has(by_words):
    asked = by_words.simulation.asked["everybody"]
    assert asked.questions < asked.in_full


def test_who_is_asked_adaptively_is_flagged_as_by_the_whole_list_when_nothing_goes_wrong():
    noise = Noise(skip=0, leave=0, misread=0, typed=0)
    for one in screen(population(500, SEED), SITUATION, SEED, noise=noise):
        assert (one.found.urgency, one.found.team) == (
            one.found_in_full.urgency,
            one.found_in_full.team,
        )
        assert one.found.outcome == one.found_in_full.outcome
        assert one.interview.asked <= one.in_full.asked


def test_every_figure_has_a_floor_and_every_floor_a_figure(by_words, by_ear):
    def flat(table, before=""):
        for name, value in table.items():
            yield from (
                flat(value, f"{before}{name}.") if isinstance(value, dict) else (before + name,)
            )

    kept = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    assert {name.replace("_", " ") for name in kept.pop("parity")} == gaps(by_ear).keys() | gaps(
        by_words
    ).keys()
    floors = set(flat(kept))
    assert floors == figures(by_words).keys() | figures(by_ear).keys()


def test_floors_hold_with_words_and_phrases_alone(by_words):
    assert floors_missed(by_words) == []


def test_floors_hold_by_ear(by_ear):
    assert floors_missed(by_ear) == []


def test_simulated_people_are_found_alike_in_whatever_language(by_words):
    assert gaps(by_words)["simulated sensitivity"].counted <= ALIKE


def test_languages_are_understood_alike_beyond_chance(by_words, by_ear):
    assert gaps(by_ear)["danger recall"].beyond_chance <= most_apart("danger recall") == ALIKE
    assert gaps(by_words)["yes or no"].beyond_chance <= most_apart("yes or no") == ALIKE


def test_no_language_is_understood_worse_than_the_others_by_more_than_chance(by_words, by_ear):
    assert behind(by_words)["yes or no"] == ()
    assert behind(by_ear)["danger recall"] == ()


def test_a_language_that_is_understood_worse_is_found_out(by_words):
    deaf = replace(
        by_words.understanding[0],
        answers={
            "yesno": replace(
                by_words.understanding[0].answers["yesno"], right=10, asked=87, wrong=0
            )
        },
    )
    worse = replace(by_words, understanding=(deaf, *by_words.understanding[1:]))
    assert behind(worse)["yes or no"] == (deaf.language,)
    assert any(deaf.language in line for line in shortfalls(worse) if "below the others" in line)


def test_questions_that_stop_too_early_fall_below_a_floor():
    def impatient(questionnaire, answers):
        return next_question(questionnaire, answers) if len(answers) < 3 else None

    worse = evaluate(FLOW, None, 1000, SEED, Engine(following=impatient), phrases=())
    assert any(line.startswith("simulation.sensitivity") for line in floors_missed(worse))


def test_an_assessment_that_flags_everybody_falls_below_a_floor():
    def alarmist(questionnaire, answers):
        return replace(weigh(questionnaire, answers), outcome="possible_trafficking")

    worse = evaluate(FLOW, None, 1000, SEED, Engine(weighing=alarmist), phrases=())
    missed = floors_missed(worse)
    assert any(line.startswith("simulation.specificity ") for line in missed)
    assert any(line.startswith("simulation.specificity_over_screener") for line in missed)


def test_an_assessment_that_hears_no_force_falls_below_a_floor():
    def blind(questionnaire, answers):
        kept = {name: said for name, said in answers.items() if name == "under_18"}
        return weigh(questionnaire, kept)

    worse = evaluate(FLOW, None, 1000, SEED, Engine(weighing=blind), phrases=())
    assert any(line.startswith("simulation.calm_sensitivity") for line in floors_missed(worse))


def test_an_ear_that_hears_nothing_falls_below_the_floors_of_danger():
    worse = evaluate(FLOW, lambda _text: {"danger": 0.0}, 100, SEED, phrases=FOUR)
    missed = floors_missed(worse)
    assert all(any(f"ear.{code}.danger" in line for line in missed) for code in SHIPPED)


def test_an_ear_that_hears_danger_everywhere_falls_below_the_floors_of_calm():
    worse = evaluate(FLOW, lambda _text: {"danger": 1.0}, 100, SEED, phrases=FOUR)
    missed = floors_missed(worse)
    assert all(any(f"ear.{code}.calm" in line for line in missed) for code in SHIPPED)


def test_languages_that_drift_apart_are_told(by_words):
    first, *others = by_words.understanding
    deaf = replace(first.heard, recall={**first.heard.recall, "danger": Share(0, 50)})
    apart = replace(first, ways={"phrases": deaf})
    told = shortfalls(replace(by_words, understanding=(apart, *others), with_ear=True))
    assert any(line.startswith("danger recall: further below the others") for line in told)


def test_a_danger_that_sounds_like_suicide_brings_the_same_help():
    held = small(danger=("we are here at the farm",), none=("it is raining here today",))
    found = understanding(held, lambda text: {"suicide": float("farm" in text)})
    assert found.heard.recall["danger"] == Share(1, 1)
    assert found.heard.false == Share(0, 1)


def test_a_text_of_danger_that_is_only_asked_about_is_not_recalled():
    held = small(danger=("we are here at the farm",), none=("it is raining here today",))
    found = understanding(held, lambda text: {"danger": 0.2 * ("farm" in text)})
    assert found.heard.recall["danger"] == Share(0, 1)
    assert found.doubted == Share(1, 1)
    assert found.bothered == Share(0, 1)


def test_words_that_work_anywhere_raise_their_alarm():
    assert raised("stop", "en", None) == {"stop"}
    assert raised("0", "fr", None) == {"human"}


def test_each_text_is_heard_once():
    heard = []
    held = small(danger=("we are here at the farm",), none=("it is raining here today",))
    understanding(held, lambda text: heard.append(text) or {"danger": 1.0})
    assert len(heard) == len(set(heard)) == 2


def test_what_the_ear_was_taught_is_left_out():
    held = small(
        danger=("They locked us in, please!", "we are here at the farm"),
        none=("it is raining here today my friend", "no"),
    )
    taught = ("they locked us in please", "it is raning here today my friend", "no way")
    kept = apart(held, taught)
    assert kept.alarms == {"danger": ("we are here at the farm",), "none": ("no",)}
    assert kept.left_out == 2


def test_few_of_the_held_out_texts_were_taught():
    for held in SETS:
        assert apart(held, sentences()[held.language]).left_out < held.size / 20


@pytest.mark.parametrize("held", held_out(), ids=lambda held: held.language)
def test_held_out_sets_are_whole(held):
    assert {"danger", "suicide", "child", "watched", "human", "none"} <= held.alarms.keys()
    assert held.yesno.keys() < {question.id for question in FLOW.questions()}
    for answers in (*held.yesno.values(), held.elsewhere):
        assert answers.keys() == {"yes", "no", "skip", "dont_know"}
    assert held.paths.keys() <= set(PATHS)
    assert held.topics.keys() <= FLOW.topics().keys()
    assert len(held.alarms["danger"]) >= 120
    said = [texts for answers in held.yesno.values() for texts in answers.values()]
    assert sum(map(len, said)) >= 190
    assert sum(map(len, held.elsewhere.values())) >= 80


def test_every_language_that_is_shipped_is_measured():
    assert {held.language for held in held_out()} == set(languages("contact"))


def test_the_report_is_the_same_each_time_and_says_what_it_is_not(by_words):
    once, again = (evaluate(FLOW, None, 100, SEED, phrases=SETS[:2]) for _ in range(2))
    assert markdown(again) == markdown(once)
    assert as_json(again) == as_json(once)
    report = markdown(by_words)
    assert "The people are simulated" in report
    assert "State: draft" in report
    assert "$" not in report


def test_the_report_names_what_is_missed(by_words):
    ours = replace(
        by_words.simulation, tests={**by_words.simulation.tests, "ours": Confusion(9, 1, 9, 1)}
    )
    assert "sensitivity MISSED, specificity MISSED" in markdown(replace(by_words, simulation=ours))


def test_the_aims_are_told_language_by_language(by_words):
    told = dict(summary(by_words))
    assert (
        told["aim: danger recall of 98 % or more in each shipped language"]
        == f"MISSED in {', '.join(sorted(languages('contact')))}"
    )
    # Without the ear, danger is held to no parity.
    apart = next(value for name, value in told.items() if "apart" in name)
    assert "danger recall" not in apart
    assert "simulated sensitivity met" in apart


def test_plots_are_the_same_bytes_each_time(by_words, tmp_path):
    once, again = plots.draw(by_words, tmp_path / "1"), plots.draw(by_words, tmp_path / "2")
    assert [path.name for path in once] == ["sensitivity.svg", "questions.svg", "alarms.svg"]
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]
    assert all(path.read_text(encoding="utf-8").startswith("<?xml") for path in once)


def small(**alarms):
    return HeldOut("en", alarms, {}, {}, {}, {}, {}, {})
