"""Held-out phrases: written apart from the lexicons, the phrases of alarm and the ear's examples.

They only measure. A phrase of theirs that finds its way into what is measured makes the measure worthless, so
one that the ear was taught, by chance or by mistake, is left out.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from triage.plain import words

FOLDER = Path(__file__).with_name("held_out")
Texts = Mapping[str, tuple[str, ...]]
# So much of 100 alike is the same text; of fewer letters, only the very same.
ALIKE, FEWEST_LETTERS = 92, 12


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Texts by what they ought to be taken for. `left_out` counts texts that the ear was taught.

    `yesno` are the answers to each question of the line, `elsewhere` those to one that it does not ask.
    """

    language: str
    alarms: Texts
    yesno: Mapping[str, Texts]
    elsewhere: Texts
    age: Texts
    digit: Texts
    paths: Texts
    topics: Texts
    left_out: int = 0

    @property
    def size(self) -> int:
        return sum(1 for _ in self.texts())

    def texts(self) -> Iterator[str]:
        """Every text, of whatever kind."""
        kinds = (self.alarms, self.elsewhere, self.age, self.digit, self.paths, self.topics)
        for kind in (*kinds, *self.yesno.values()):
            for said in kind.values():
                yield from said


@lru_cache
def held_out(folder: Path = FOLDER) -> tuple[HeldOut, ...]:
    """Every language's set."""
    return tuple(_read(path) for path in sorted(folder.glob("*.toml")))


def apart(held: HeldOut, taught: Iterable[str]) -> HeldOut:
    """`held` without what is among the `taught` texts or nearly so. The ear learns no answers: they stay."""
    known = frozenset(map(_told, taught))

    def kept(texts: Texts) -> Texts:
        return _without(texts, lambda text: _among(_told(text), known))

    new = replace(held, alarms=kept(held.alarms), paths=kept(held.paths), topics=kept(held.topics))
    return replace(new, left_out=held.size - new.size)


def _without(texts: Texts, leave_out: Callable[[str], bool]) -> Texts:
    return {
        name: tuple(text for text in said if not leave_out(text)) for name, said in texts.items()
    }


def _among(told: str, known: frozenset[str]) -> bool:
    if told in known:
        return True
    if len(told) < FEWEST_LETTERS:
        return False
    return process.extractOne(told, known, scorer=fuzz.ratio, score_cutoff=ALIKE) is not None


def _told(text: str) -> str:
    """As it is compared: plain words, or the text itself where it has none, as of pictures."""
    return " ".join(words(text)) or text


def _read(path: Path) -> HeldOut:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return HeldOut(
        language=data["language"],
        alarms=_texts(data, "alarms"),
        yesno={question: _texts(data["yesno"], question) for question in data.get("yesno", {})},
        elsewhere=_texts(data, "elsewhere"),
        age=_texts(data, "age"),
        digit=_texts(data, "digit"),
        paths=_texts(data, "paths"),
        topics=_texts(data, "topics"),
    )


def _texts(data: Mapping[str, Any], kind: str) -> Texts:
    return {name: tuple(said) for name, said in data.get(kind, {}).items()}
