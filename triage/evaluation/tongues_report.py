"""The published report on how well languages are known. The same measurement gives the same bytes."""

from collections.abc import Iterator
from pathlib import Path
from string import Template

from triage.evaluation.markdown import NOT_MEASURED, of, percent, short, table
from triage.evaluation.tongues import Detection, Tongue

TEXT = Path(__file__).with_name("tongues.txt")


def markdown(found: Detection, sure: float) -> str:
    words = {
        "summary": "\n".join(f"- {name}: **{value}**" for name, value in summary(found)),
        "sure": f"{sure:g}",
        "languages": _languages(found),
        "limits": table(
            ("likelihood", "of a language's texts", "of these right"),
            (
                (f"{limit:g}", f"{told:.1%}", f"{true:.2%}")
                for limit, (told, true) in found.limits.items()
            ),
        ),
        "lengths": table(
            ("text", "guessed right"),
            ((name, percent(right)) for name, right in found.lengths.items()),
        ),
    }
    return Template(TEXT.read_text(encoding="utf-8")).substitute(words)


def summary(found: Detection) -> Iterator[tuple[str, str]]:
    """The main figures by what they are."""
    texts = sum(one.guessed.of for one in found.tongues)
    yield "languages, texts", f"{len(found.tongues)}, {texts}"
    yield "guessed right, mean of the languages", f"{found.guessed:.1%}"
    yield "counted as sure, mean of the languages", f"{found.told:.1%}"
    yield "sure and right", percent(found.true)


def _languages(found: Detection) -> str:
    return table(
        (
            "language",
            "texts",
            "guessed right",
            "other letters",
            "Latin letters",
            "sure",
            "sure and right",
            "taken for",
        ),
        (
            (
                one.language,
                one.guessed.of,
                percent(one.guessed),
                *_scripts(one),
                short(one.told),
                of(one.true),
                ", ".join(f"{code} {n}" for code, n in sorted(one.mistaken.items()))
                or NOT_MEASURED,
            )
            for one in found.tongues
        ),
    )


def _scripts(one: Tongue) -> tuple[str, str]:
    """Shown apart where a language is written in both."""
    both = one.other.of and one.latin.of
    return (of(one.other), of(one.latin)) if both else (NOT_MEASURED, NOT_MEASURED)
