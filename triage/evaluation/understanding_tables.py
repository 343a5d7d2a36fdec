"""Tables of the report: what was understood of the held-out phrases."""

from collections.abc import Callable, Iterable, Mapping

from triage.evaluation.markdown import NOT_MEASURED, of, percent, short, table
from triage.evaluation.metrics import Share
from triage.evaluation.understanding import BOTH, BY_EAR, PHRASES, Heard, Tally, Understanding
from triage.phrasebook import ALARMS


def alarms(found: Iterable[Understanding]) -> str:
    return table(
        ("language", *ALARMS, "false alarms", "left out"),
        (
            (
                one.language,
                percent(one.heard.recall["danger"]),
                *(of(one.heard.recall.get(alarm)) for alarm in ALARMS[1:]),
                percent(one.heard.false),
                one.left_out,
            )
            for one in found
        ),
    )


def ways(found: Iterable[Understanding]) -> str:
    names = (PHRASES, BY_EAR, BOTH)
    return table(
        (
            "language",
            *(f"danger: {name}" for name in names),
            "asked about",
            *(f"false: {name}" for name in names),
            "calm, asked about",
            "answers interrupted",
        ),
        (
            (
                one.language,
                *(_short(one, way, lambda heard: heard.recall["danger"]) for way in names),
                of(one.doubted),
                *(_short(one, way, lambda heard: heard.false) for way in names),
                of(one.bothered),
                of(one.interrupted),
            )
            for one in found
        ),
    )


def tallies(found: Iterable[tuple[str, Mapping[str, Tally]]]) -> str:
    return table(
        ("language, kind", "right", "asked again or nothing", "wrong", "texts"),
        (
            (
                f"{language}, {kind}",
                percent(tally.accuracy),
                short(Share(tally.asked, tally.of)),
                short(Share(tally.wrong, tally.of)),
                tally.of,
            )
            for language, kinds in found
            for kind, tally in kinds.items()
        ),
    )


def _short(one: Understanding, way: str, figure: Callable[[Heard], Share]) -> str:
    return short(figure(one.ways[way])) if way in one.ways else NOT_MEASURED
