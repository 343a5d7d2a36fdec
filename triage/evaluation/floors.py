"""What may not get worse: figures with floors, and languages that may not drift apart."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from triage.evaluation.evaluate import Evaluation
from triage.evaluation.metrics import Share, apart, apart_beyond_chance
from triage.evaluation.simulation import OURS, Simulation
from triage.evaluation.understanding import Understanding

FLOORS = Path(__file__).with_name("floors.toml")


def shortfalls(found: Evaluation) -> tuple[str, ...]:
    """A line for everything that is wrong, below its floor, or too far apart; none is good."""
    return (*_mismatches(found), *_below(found), *_apart(found))


def figures(found: Evaluation) -> Mapping[str, float]:
    """What has a floor, by the name that it has there: the higher the better, all of them.

    Answers are given by words, so they are held to their floors without the ear.
    """
    simulated = {f"simulation.{name}": value for name, value in _simulated(found.simulation)}
    way = "ear" if found.with_ear else "phrases"
    return simulated | {
        f"{way}.{one.language}.{name}": share.value
        for one in found.understanding
        for name, share in (*_alarmed(one), *(() if found.with_ear else _answered(one)))
    }


@dataclass(frozen=True, slots=True)
class Gap:
    """How far the best and the worst language are apart, from 0 to 1: as counted, and beyond what chance
    makes of so few texts, which is held to parity (docs/decisions/0016).
    """

    counted: float
    beyond_chance: float


def most_apart(name: str) -> float:
    """How far languages may be apart in a figure beyond chance, from 0 to 1."""
    return _floors()["parity"][name.replace(" ", "_")]


def gaps(found: Evaluation) -> Mapping[str, Gap]:
    """How far the shipped languages are apart. Danger is held to parity as in use, with the ear."""
    by_name = {name: list(shares.values()) for name, shares in _held_out(found).items()}
    by_name["simulated sensitivity"] = [
        tests[OURS].sensitivity for tests in found.simulation.languages.values()
    ]
    return {
        name: Gap(apart(shares), apart_beyond_chance(shares))
        for name, shares in by_name.items()
        if shares
    }


def behind(found: Evaluation) -> Mapping[str, tuple[str, ...]]:
    """The shipped languages that are further below the mean of all than is allowed, by more than chance: even
    the upper end of their interval is.
    """
    told: dict[str, tuple[str, ...]] = {}
    for name, shares in _held_out(found).items():
        most = most_apart(name)
        mean = sum(share.value for share in shares.values()) / len(shares)
        told[name] = tuple(
            language for language, share in shares.items() if share.interval[1] < mean - most
        )
    return told


def _held_out(found: Evaluation) -> Mapping[str, Mapping[str, Share]]:
    """Shares of the held-out texts that are held to parity, by language."""
    danger = {
        one.language: one.heard.recall["danger"] for one in found.understanding if found.with_ear
    }
    yes_or_no = {
        one.language: one.answers["yesno"].accuracy
        for one in found.understanding
        if "yesno" in one.answers
    }
    both = {"danger recall": danger, "yes or no": yes_or_no}
    return {name: shares for name, shares in both.items() if shares}


def _simulated(found: Simulation) -> Iterator[tuple[str, float]]:
    yield "sensitivity", found.ours.sensitivity.value
    yield "specificity", found.ours.specificity.value
    over = found.ours.specificity.value - found.screener.specificity.value
    yield "specificity_over_screener", over
    yield "calm_sensitivity", found.calm[OURS].sensitivity.value


def _alarmed(one: Understanding) -> Iterator[tuple[str, Share]]:
    for alarm in ("danger", "suicide"):
        yield alarm, one.heard.recall[alarm]
    false = one.heard.false
    yield "calm", Share(false.of - false.hits, false.of)


def _answered(one: Understanding) -> Iterator[tuple[str, Share]]:
    for kind, tally in one.answers.items():
        yield kind, tally.accuracy
        yield f"{kind}_not_wrong", Share(tally.of - tally.wrong, tally.of)


def _mismatches(found: Evaluation) -> Iterator[str]:
    for check in found.checks:
        for mismatch in check.mismatches:
            yield f"{check.name}: {mismatch}"


def _below(found: Evaluation) -> Iterator[str]:
    floors = dict(_flat(_floors()))
    for name, value in figures(found).items():
        floor = floors.get(name, 0.0)
        if value < floor:
            yield f"{name} is {value:.3f}, below its floor of {floor:.3f}"


def _apart(found: Evaluation) -> Iterator[str]:
    for name, gap in gaps(found).items():
        most = most_apart(name)
        if gap.beyond_chance > most + 1e-9:
            yield (
                f"{name}: the languages are {gap.beyond_chance:.3f} apart beyond chance, "
                f"more than {most:.3f}"
            )
    for name, languages in behind(found).items():
        if languages:
            most = most_apart(name)
            yield f"{name}: further below the others than {most:.3f}: {', '.join(languages)}"


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, float]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")  # pyright: ignore[reportUnknownArgumentType]
        else:
            yield f"{before}{name}", value


@lru_cache
def _floors() -> Mapping[str, Any]:
    return tomllib.loads(FLOORS.read_text(encoding="utf-8"))
