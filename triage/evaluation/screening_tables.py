"""Tables of the report: rules, published screeners, and the simulated people."""

from collections.abc import Iterable, Mapping

from triage.evaluation.markdown import NOT_MEASURED, percent, short, table, whole
from triage.evaluation.metrics import Confusion
from triage.evaluation.population import assumptions
from triage.evaluation.screeners import as_printed, published
from triage.evaluation.simulation import OURS, SCREENER, Simulation, Tests
from triage.evaluation.truth import Check

FIGURES = ("sensitivity", "specificity", "ppv", "npv", "lr_plus")


def rules(checks: Iterable[Check]) -> str:
    rows = ((check.name, check.rows, len(check.mismatches)) for check in checks)
    return table(("table", "rows", "mismatches"), rows)


def printed() -> str:
    def cell(name: str, counts: Confusion, said: Mapping[str, str]) -> str:
        if name not in said:
            return NOT_MEASURED
        return f"{said[name]} / {as_printed(counts, name, said[name])}"

    return table(
        ("tool (printed / ours)", "sensitivity", "specificity", "PPV", "NPV", "LR+"),
        (
            (
                f"{one.name}: {one.people}",
                *(cell(name, one.counts, one.printed) for name in FIGURES),
            )
            for one in published()
        ),
    )


def classes(found: Simulation) -> str:
    return table(
        ("drawn as", "assumed share", "in danger", "under 18", "people", "trafficked"),
        (
            (
                kind.name.replace("_", " "),
                whole(kind.share),
                whole(kind.danger),
                whole(kind.child),
                found.asked[kind.name].people,
                short(found.asked[kind.name].trafficked),
            )
            for kind in assumptions().classes
            if kind.name in found.asked
        ),
    )


def tests(found: Tests) -> str:
    return table(
        ("flagged by", "sensitivity", "specificity", "PPV", "NPV", "LR+"),
        (
            (
                name,
                percent(counts.sensitivity),
                percent(counts.specificity),
                percent(counts.ppv),
                percent(counts.npv),
                f"{counts.lr_plus:.2f}",
            )
            for name, counts in found.items()
        ),
    )


def quiet(found: Simulation) -> str:
    rows = {f"{name}, no noise": counts for name, counts in found.calm.items()}
    return tests({f"{name}, nobody lost": of for name, of in found.patient.items()} | rows)


def disagree(found: Simulation) -> str:
    kinds = found.disagree
    names = next(iter(kinds.values()))
    return table(
        ("flagged by", *kinds), ((name, *(of[name] for of in kinds.values())) for name in names)
    )


def languages(found: Simulation) -> str:
    return table(
        ("language", "ours: sensitivity", "specificity", "screener: sensitivity", "specificity"),
        (
            (
                language,
                *(
                    percent(share)
                    for name in (OURS, SCREENER)
                    for share in (by[name].sensitivity, by[name].specificity)
                ),
            )
            for language, by in found.languages.items()
        ),
    )


def questions(found: Simulation) -> str:
    return table(
        ("drawn as", "questions (median)", "whole list", "flagged by us", "by the screener"),
        (
            (
                name.replace("_", " "),
                f"{one.questions:g}",
                f"{one.in_full:g}",
                percent(one.flagged),
                percent(one.screener),
            )
            for name, one in found.asked.items()
        ),
    )
