"""The whole evaluation in one call."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from triage.ear import Ear, sentences
from triage.evaluation.held_out import HeldOut, apart, held_out
from triage.evaluation.persons import person_checks
from triage.evaluation.population import assumptions
from triage.evaluation.screeners import arithmetic_check
from triage.evaluation.screening import Engine
from triage.evaluation.simulation import Simulation, simulate
from triage.evaluation.truth import Check, rule_checks
from triage.evaluation.understanding import Understanding, readings, understanding
from triage.flow import Flow

SHEET = "situation"
# With noise, with nobody lost, without noise, and once in each language.
ROUNDS = 3 + len(assumptions().languages)


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
    """Measure everything. `on_person` is called ROUNDS times a person, `on_language` once a language.

    What is not understood of the held-out answers is not understood of the simulated people either.
    """
    taught = sentences()
    understood: list[Understanding] = []
    phrases = tuple(held_out() if phrases is None else phrases)
    for held in phrases:
        understood.append(
            understanding(apart(held, taught.get(held.language, ())), ear, flow.topics())
        )
        on_language()
    reads = {held.language: readings(held) for held in phrases if held.yesno}
    simulation = simulate(flow.questionnaires[SHEET], people, seed, engine, on_person, reads)
    checks = (*rule_checks(), *person_checks(), arithmetic_check())
    return Evaluation(checks, simulation, tuple(understood), ear is not None)
