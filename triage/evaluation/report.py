"""The published report: Markdown for people, JSON for machines. The same evaluation gives the same bytes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from math import isfinite
from pathlib import Path
from string import Template
from typing import Any, cast

from triage.evaluation import screening_tables as screening
from triage.evaluation import understanding_tables as heard
from triage.evaluation.evaluate import Evaluation
from triage.evaluation.floors import behind, gaps, most_apart, shortfalls
from triage.evaluation.markdown import percent, short, table, whole
from triage.evaluation.metrics import Confusion, Share
from triage.evaluation.population import assumptions
from triage.evaluation.simulation import Simulation
from triage.evaluation.understanding import Tally

TEXT = Path(__file__).with_name("report.txt")
# What was hoped for before anything was measured: this sensitivity, at a specificity above the screener's;
# and in each shipped language this danger recall, with the languages no further apart than this. What a
# change may not fall below is in floors.toml, and less.
AIM, DANGER_AIM, ALIKE, FEW = 0.95, 0.98, 0.05, 6
DIGITS = 4
# What is reckoned from counts and published with them.
DERIVED: Mapping[type, tuple[str, ...]] = {
    Share: ("value", "interval"),
    Confusion: ("sensitivity", "specificity", "ppv", "npv", "lr_plus", "lr_minus"),
    Tally: ("accuracy",),
}
EAR: Mapping[bool, str] = {
    True: "Phrases of alarm and the ear together, as in use.",
    False: "Phrases of alarm only: the ear was left out of this run.",
}


def markdown(found: Evaluation) -> str:
    """The whole report."""
    words = {
        "summary": "\n".join(f"- {name}: **{value}**" for name, value in summary(found)),
        "rules": screening.rules(found.checks),
        "published": screening.printed(),
        "floors": _held_to(found),
    }
    text = Template(TEXT.read_text(encoding="utf-8"))
    return text.substitute(words | _simulated(found.simulation) | _understood(found))


def as_json(found: Evaluation) -> str:
    """Every figure, with sorted keys and four digits."""
    return json.dumps(_data(found), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def summary(found: Evaluation) -> Iterator[tuple[str, str]]:
    """The main figures by what they are."""
    mismatches = sum(len(check.mismatches) for check in found.checks)
    rows = sum(check.rows for check in found.checks)
    yield "rules and arithmetic, rows that differ from their source", f"{mismatches} of {rows}"
    for name in ("ours", "screener"):
        of = found.simulation.tests[name]
        told = f"sensitivity {percent(of.sensitivity)}, specificity {percent(of.specificity)}"
        yield f"simulated people, {name}", told
        calm = found.simulation.calm[name]
        told = f"sensitivity {percent(calm.sensitivity)}, specificity {percent(calm.specificity)}"
        yield f"the same without noise, {name}", told
    yield f"aim: sensitivity of {whole(AIM)} or more, specificity above the screener's", _aim(found)
    asked = found.simulation.asked["everybody"]
    few = "met" if asked.questions <= FEW else "MISSED"
    told = f"{few}: {asked.questions:g} instead of {asked.in_full:g}"
    yield f"aim: questions asked, a median of {FEW} or fewer", told
    shipped = [one for one in found.understanding if one.answers]
    missed = [o.language for o in shipped if o.heard.recall["danger"].value < DANGER_AIM]
    yield (
        f"aim: danger recall of {whole(DANGER_AIM)} or more in each shipped language",
        f"MISSED in {', '.join(missed)}" if missed else "met",
    )
    yield (
        f"aim: shipped languages at most {ALIKE * 100:g} points apart beyond chance",
        _alike(found),
    )
    taken = Share(
        sum(one.interrupted.hits for one in shipped), sum(one.interrupted.of for one in shipped)
    )
    yield "answers to yes or no that are no cry, taken for an alarm", percent(taken)
    for one in shipped:
        danger, false = percent(one.heard.recall["danger"]), percent(one.heard.false)
        right = percent(one.answers["yesno"].accuracy)
        name = f"held-out phrases, {one.language}: danger, false alarms, yes or no at once"
        yield name, f"{danger}, {false}, {right}"


def _aim(found: Evaluation) -> str:
    ours, theirs = found.simulation.ours, found.simulation.screener
    met = {
        "sensitivity": ours.sensitivity.value >= AIM,
        "specificity": ours.specificity.value > theirs.specificity.value,
    }
    return ", ".join(f"{name} {'met' if is_met else 'MISSED'}" for name, is_met in met.items())


def _alike(found: Evaluation) -> str:
    return ", ".join(
        f"{name} {'met' if gap.beyond_chance <= ALIKE else 'MISSED'}"
        f" ({gap.beyond_chance * 100:.1f}; as counted {gap.counted * 100:.1f})"
        for name, gap in gaps(found).items()
    )


def _simulated(found: Simulation) -> dict[str, object]:
    noise, everybody = assumptions().noise, found.asked["everybody"]
    return {
        "people": found.people,
        "seed": found.seed,
        "trafficked": short(found.trafficked),
        "lost": short(found.lost),
        "skip": whole(noise.skip),
        "leave": whole(noise.leave),
        "lost_by_three": whole(1 - (1 - noise.leave) ** 3),
        "misread": whole(noise.misread),
        "typed": whole(noise.typed),
        "median": f"{everybody.questions:g}",
        "median_full": f"{everybody.in_full:g}",
        "classes": screening.classes(found),
        "tests": screening.tests(found.tests),
        "quiet": screening.quiet(found),
        "disagree": screening.disagree(found),
        "languages": screening.languages(found),
        "questions": screening.questions(found),
    }


def _understood(found: Evaluation) -> dict[str, object]:
    full = [one for one in found.understanding if one.answers]
    return {
        "heard": EAR[found.with_ear],
        "alarms": heard.alarms(full),
        "ways": heard.ways(full),
        "answers": heard.tallies((one.language, one.answers) for one in full),
        "leads": heard.tallies((one.language, one.leads) for one in full),
    }


def _held_to(found: Evaluation) -> str:
    below = behind(found)
    apart = table(
        (
            "shipped languages",
            "best and worst apart as counted, points",
            "beyond chance",
            "allowed",
            "below by more than chance",
        ),
        (
            (
                name,
                f"{gap.counted * 100:.1f}",
                f"{gap.beyond_chance * 100:.1f}",
                f"{most_apart(name) * 100:.1f}",
                ", ".join(below.get(name, ())) or "none",
            )
            for name, gap in gaps(found).items()
        ),
    )
    short_of = [f"- {line}" for line in shortfalls(found)] or ["No figure is below its floor."]
    return "\n".join((apart, "", *short_of))


def _data(value: Any) -> Any:
    if is_dataclass(value):
        kept = {field.name: getattr(value, field.name) for field in fields(value)}
        return _data(kept | {name: getattr(value, name) for name in DERIVED.get(type(value), ())})
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return {str(key): _data(one) for key, one in items}
    if isinstance(value, tuple):
        return [_data(one) for one in cast("tuple[object, ...]", value)]
    if isinstance(value, float):
        return round(value, DIGITS) if isfinite(value) else None
    return value
