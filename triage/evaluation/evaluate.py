"""The whole evaluation in one call."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from triage.ear import Ear, examples
from triage.evaluation.held_out import HeldOut, apart, held_out
from triage.evaluation.persons import person_checks
from triage.evaluation.screeners import arithmetic_check
from triage.evaluation.screening import Engine
from triage.evaluation.simulation import Simulation, simulate
from triage.evaluation.truth import Check, rule_checks
from triage.evaluation.understanding import Understanding, understanding
from triage.flow import Flow

SHEET = "situation"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`with_ear`: whether anything was measured by ear, or by words and phrases alone."""

    checks: tuple[Check, ...]
    simulation: Simulation
    understanding: tuple[Understanding, ...]
    with_ear: bool


def evaluate(
    flow: Flow,
    ear: Ear | None,
    people: int,
    seed: int,
    engine: Engine | None = None,
    on_person: Callable[[], object] = lambda: None,
    on_language: Callable[[], object] = lambda: None,
    phrases: Iterable[HeldOut] | None = None,
) -> Evaluation:
    """Measure everything. `on_person` is called twice for each of `people`, `on_language` once for each."""
    simulation = simulate(flow.questionnaires[SHEET], people, seed, engine, on_person)
    taught = [text for of_class in examples().values() for text in of_class]
    understood: list[Understanding] = []
    for held in held_out() if phrases is None else phrases:
        understood.append(understanding(apart(held, taught), ear, flow.topics()))
        on_language()
    checks = (*rule_checks(), *person_checks(), arithmetic_check())
    return Evaluation(checks, simulation, tuple(understood), ear is not None)
