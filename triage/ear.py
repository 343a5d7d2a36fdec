"""The ear behind the lexicons: what a sentence is likely about.

The model that hears is somewhere else; here is what its likelihoods mean. Words and digits decide first;
either one may raise an alarm; where the ear is not sure, we ask back.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast

from triage.alarms import heard
from triage.phrasebook import ALARMS, Alarm
from triage.plain import chunks, words

EXAMPLES = Path(__file__).parent / "examples"
THRESHOLDS = Path(__file__).parent / "thresholds.toml"
CALM = Path(__file__).parent / "calm.toml"
NONE = "none"
PATH, TOPIC = "path.", "topic."
TWINS: Mapping[Alarm, Alarm] = {"danger": "suicide", "suicide": "danger"}
# Fewer words are for the lexicons: a model is no judge of "yes".
FEWEST_WORDS, FEWEST_LETTERS = 3, 12


class Ear(Protocol):
    """How likely a text is of each class, from 0 to 1. The same text always sounds the same."""

    def __call__(self, text: str) -> Mapping[str, float]: ...


@dataclass(frozen=True, slots=True)
class Hunch:
    """What a sentence seems to be about. `alarm` is to be believed, `doubt` to be asked about."""

    alarm: Alarm | None = None
    doubt: Alarm | None = None
    path: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which likelihood on something is believed, in any text and in one that `answers` what was asked,
    and from which on it is asked about.
    """

    sure: float
    ask: float = 1.0
    answers: float = 1.0


def alarms_in(
    text: str, tongues: Iterable[str], ear: Ear | None, *, answers: bool = False
) -> tuple[tuple[Alarm, ...], Hunch]:
    """The alarms that `text` raises, by phrases of `tongues` or by ear, and what else the ear makes of it.

    Whether it `answers` what was asked: then the ear alone has to be surer.
    """
    hunch = listen(ear, text, answers=answers)
    by_phrase, never = heard(text, tongues)
    if hunch.alarm in never or hunch.doubt in never:
        hunch = Hunch(path=hunch.path, topic=hunch.topic)
    # By place: a membership test would widen the type.
    ranks = {ALARMS.index(alarm) for alarm in (*by_phrase, hunch.alarm) if alarm}
    return tuple(ALARMS[rank] for rank in sorted(ranks)), hunch


def listen(ear: Ear | None, text: str, *, answers: bool = False) -> Hunch:
    """What the ear makes of `text`; nothing without an ear, for a greeting, or for what is no sentence."""
    if ear is None or not is_sentence(text) or " ".join(words(text)) in calm():
        return Hunch()
    return judge(ear(text), answers=answers)


def is_sentence(text: str) -> bool:
    found = chunks(text)
    return len(found) >= FEWEST_WORDS or sum(map(len, found)) >= FEWEST_LETTERS


def judge(likely: Mapping[str, float], *, answers: bool = False) -> Hunch:
    """The hunch from likelihoods by class: alarms, `path.offer`, `topic.papers`."""
    limits = thresholds()
    doubt: Alarm | None = None
    for alarm in ALARMS:
        if alarm not in likely:
            continue
        # Danger and suicide lead to the same help: what may be either counts for the likelier.
        twin = TWINS.get(alarm)
        both = likely[alarm] + (likely.get(twin, 0.0) if twin else 0.0)
        if twin and likely.get(twin, 0.0) > likely[alarm]:
            continue
        if both >= (limits[alarm].answers if answers else limits[alarm].sure):
            return Hunch(alarm=alarm)
        if both >= limits[alarm].ask:
            doubt = doubt or alarm
    return Hunch(doubt=doubt, path=_best(likely, PATH), topic=_best(likely, TOPIC))


def _best(likely: Mapping[str, float], kind: str) -> str:
    """The likeliest path or topic, if it is likely enough."""
    of_kind = {name: p for name, p in likely.items() if name.startswith(kind)}
    best = max(of_kind, key=lambda name: of_kind[name], default=None)
    if best is None or of_kind[best] < thresholds()[kind.rstrip(".")].sure:
        return ""
    return best.removeprefix(kind)


@lru_cache
def calm() -> frozenset[str]:
    """Greetings and the like in every language, word by word as they are compared."""
    said: Mapping[str, list[str]] = tomllib.loads(CALM.read_text(encoding="utf-8"))
    return frozenset(" ".join(words(text)) for texts in said.values() for text in texts)


@lru_cache
def thresholds() -> Mapping[str, Threshold]:
    """Limits by alarm, and for `path` and `topic`; found by the evaluation."""
    data = tomllib.loads(THRESHOLDS.read_text(encoding="utf-8"))
    return {name: Threshold(**cast("dict[str, float]", row)) for name, row in data.items()}


@lru_cache
def examples() -> Mapping[str, tuple[str, ...]]:
    """Example sentences by class, of every language."""
    found: dict[str, list[str]] = {}
    for path in sorted(EXAMPLES.glob("*.toml")):
        for name, said in _read(path):
            found.setdefault(name, []).extend(said)
    return {name: tuple(said) for name, said in found.items()}


@lru_cache
def sentences() -> Mapping[str, tuple[str, ...]]:
    """Example sentences by language, of every class."""
    return {
        path.stem: tuple(dict.fromkeys(each for _, said in _read(path) for each in said))
        for path in sorted(EXAMPLES.glob("*.toml"))
    }


def _read(path: Path) -> Iterator[tuple[str, list[str]]]:
    """(class, sentences) of one language's file."""
    for name, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if name in ("paths", "topics"):
            for which, said in cast("dict[str, list[str]]", value).items():
                yield f"{name.rstrip('s')}.{which}", said
        elif isinstance(value, list):
            yield name, cast("list[str]", value)
