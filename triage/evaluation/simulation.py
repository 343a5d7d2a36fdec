"""Figures of the simulated screening: ours and the screener's, by language, and how much was asked."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import median

from triage.evaluation.interview import Reads
from triage.evaluation.metrics import Confusion, Share, confusion, share
from triage.evaluation.population import Noise, Person, assumptions, population
from triage.evaluation.screening import NO_READS, Engine, Screened, flagged, screen
from triage.flow import Questionnaire

OURS, SCREENER = "ours", "screener"
Tests = Mapping[str, Confusion]
# What a screened person is by each way of looking at it.
READINGS: Mapping[str, Callable[[Screened], bool]] = {
    OURS: lambda one: one.flagged,
    SCREENER: lambda one: one.screener,
    "urgent or anything possible": lambda one: one.urgent,
    "possible trafficking": lambda one: one.trafficking,
    "whole list asked": lambda one: flagged(one.found_in_full),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A class of lives: how many questions were put, against the whole list, and how many were flagged."""

    people: int
    trafficked: Share
    flagged: Share
    screener: Share
    questions: float
    in_full: float


@dataclass(frozen=True, slots=True)
class Simulation:
    """`tests` by reading; `patient` has all noise but that nobody is lost; `calm` has no noise at all. In
    `languages` the same people speak each.

    `disagree` counts (ours, screener) among the trafficked and the others. `questions` is how many people
    were asked how many.
    """

    people: int
    seed: int
    trafficked: Share
    lost: Share
    tests: Tests
    patient: Tests
    calm: Tests
    languages: Mapping[str, Tests]
    asked: Mapping[str, Asked]
    questions: Mapping[int, int]
    questions_in_full: Mapping[int, int]
    disagree: Mapping[str, Mapping[str, int]]

    @property
    def ours(self) -> Confusion:
        return self.tests[OURS]

    @property
    def screener(self) -> Confusion:
        return self.tests[SCREENER]


def simulate(
    questionnaire: Questionnaire,
    people: int,
    seed: int,
    engine: Engine | None = None,
    on_person: Callable[[], object] = lambda: None,
    reads: Mapping[str, Reads] = NO_READS,
) -> Simulation:
    """`people` lives through the questionnaire and the screener: with noise, without anybody lost, without
    any noise, and once in each language. `reads` is what written answers are taken for, by language.
    """
    drawn, spoken = population(people, seed), assumptions().languages
    assumed = assumptions().noise

    def screened(noise: Noise, people: Iterable[Person] = drawn) -> tuple[Screened, ...]:
        return screen(people, questionnaire, seed, engine, noise, on_person, reads)

    noisy, patient = screened(assumed), screened(replace(assumed, leave=0.0))
    calm = screened(Noise(0.0, 0.0, 0.0, 0.0))
    return Simulation(
        people=people,
        seed=seed,
        trafficked=share(one.trafficked for one in noisy),
        lost=share(one.interview.lost for one in noisy),
        tests=_tests(noisy, READINGS),
        patient=_tests(patient),
        calm=_tests(calm),
        languages={
            language: _tests(screened(assumed, [replace(one, language=language) for one in drawn]))
            for language in spoken
        },
        asked={"everybody": _asked(noisy)} | _by_class(noisy),
        questions=_distribution(one.interview.asked for one in noisy),
        questions_in_full=_distribution(one.in_full.asked for one in noisy),
        disagree=_disagree(noisy),
    )


def _tests(screened: Iterable[Screened], readings: Iterable[str] = (OURS, SCREENER)) -> Tests:
    screened = list(screened)
    return {
        name: confusion((one.trafficked, READINGS[name](one)) for one in screened)
        for name in readings
    }


def _by_class(screened: Iterable[Screened]) -> dict[str, Asked]:
    def drawn_as(one: Screened) -> str:
        return one.person.drawn_as

    groups = {name: list(of) for name, of in groupby(sorted(screened, key=drawn_as), drawn_as)}
    named = (kind.name for kind in assumptions().classes)
    return {name: _asked(groups[name]) for name in named if name in groups}


def _asked(screened: Iterable[Screened]) -> Asked:
    screened = list(screened)
    return Asked(
        len(screened),
        share(one.trafficked for one in screened),
        share(one.flagged for one in screened),
        share(one.screener for one in screened),
        median(one.interview.asked for one in screened),
        median(one.in_full.asked for one in screened),
    )


def _distribution(counts: Iterable[int]) -> Mapping[int, int]:
    return dict(sorted(Counter(counts).items()))


def _disagree(screened: Iterable[Screened]) -> Mapping[str, Mapping[str, int]]:
    found = {kind: Counter[str]() for kind in ("trafficked", "not trafficked")}
    names = {
        (True, True): "both",
        (True, False): "only ours",
        (False, True): "only the screener",
        (False, False): "neither",
    }
    for one in screened:
        kind = "trafficked" if one.trafficked else "not trafficked"
        found[kind][names[one.flagged, one.screener]] += 1
    return {kind: {name: of[name] for name in names.values()} for kind, of in found.items()}
