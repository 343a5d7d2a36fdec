"""The phrases of alarm of a language, as they are kept: those that begin alike together.

How they are written stands in `triage/alarms.py`, which matches them.
"""

import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from pathlib import Path
from string import ascii_letters
from typing import Any, Literal, NamedTuple, cast, get_args

from triage.once import Once
from triage.plain import folded, is_unspaced, words

Alarm = Literal["danger", "suicide", "child", "watched", "human", "stop"]
# What outranks what when a text holds several.
ALARMS: tuple[Alarm, ...] = get_args(Alarm)

PHRASES = Path(__file__).parent / "phrases"
GAP, NUMBER = "..", "#"
SHORTEST_FUZZY = 5

Does = Literal["raises", "unless", "never_with"]
# A letter for each thing that a phrase can do.
MEANT: Mapping[str, tuple[Alarm, Does]] = dict(
    zip(ascii_letters, product(ALARMS, get_args(Does)), strict=False)
)
LETTERS = {meant: letter for letter, meant in MEANT.items()}


class Phrase(NamedTuple):
    """`pattern` are the words to follow one another. They raise the alarm, or take it back: where they
    stand (`unless`) or for the whole text (`never_with`).
    """

    pattern: tuple[str, ...]
    alarm: Alarm
    does: Does = "raises"


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The phrases of a language by how they begin: a word, or two that are short enough to be typed right;
    the beginning, the end or a part of a word; a number.

    `alike` are first words by their first letter and length. Those that begin alike are one string, a line
    each: as objects of their own the phrases of twenty-five languages take three times the memory.
    """

    language: str
    whole: Mapping[str, str] = field(repr=False)
    alike: Mapping[tuple[str, int], tuple[str, ...]] = field(repr=False)
    beginning: Mapping[str, str] = field(repr=False)
    ending: Mapping[str, str] = field(repr=False)
    inside: Mapping[str, str] = field(repr=False)
    numbers: str = field(repr=False)


@lru_cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that have phrases."""
    return tuple(sorted(path.stem for path in PHRASES.glob("*.toml")))


@Once
def phrasebook(language: str) -> Phrasebook:
    """The phrases of `language`; an empty book when there are none."""
    path = PHRASES / f"{language}.toml"
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    whole: dict[str, list[Phrase]] = {}
    beginning: dict[str, list[Phrase]] = {}
    ending: dict[str, list[Phrase]] = {}
    inside: dict[str, list[Phrase]] = {}
    numbers: list[Phrase] = []
    alike: dict[tuple[str, int], dict[str, None]] = {}
    for phrase in _phrases(data):
        first, second = phrase.pattern[0], (*phrase.pattern, "")[1]
        if first == NUMBER:
            numbers.append(phrase)
        elif "*" in first:
            parts = ending if first.startswith("*") else beginning
            parts = inside if first.startswith("*") and first.endswith("*") else parts
            parts.setdefault(first.strip("*"), []).append(phrase)
        else:
            key = f"{first} {second}" if _is_exact(second) else first
            whole.setdefault(key, []).append(phrase)
            if not _is_exact(first):
                alike.setdefault((first[0], len(first)), {})[first] = None
    _compared.cache_clear()
    return Phrasebook(
        language,
        _packed(whole),
        {key: tuple(found) for key, found in alike.items()},
        _packed(beginning),
        _packed(ending),
        _packed(inside),
        _lines(numbers),
    )


def _is_exact(word: str) -> bool:
    """Whether a word of a phrase matches itself alone: no gap, no part of a word, too short for a typo."""
    return (
        bool(word) and word not in (GAP, NUMBER) and "*" not in word and not may_be_mistyped(word)
    )


def _packed(found: Mapping[str, list[Phrase]]) -> dict[str, str]:
    return {part: _lines(phrases) for part, phrases in found.items()}


def _lines(phrases: Iterable[Phrase]) -> str:
    """A line each: a letter for the alarm and what the phrase does, then its words."""
    return "\n".join(
        LETTERS[phrase.alarm, phrase.does] + " ".join(phrase.pattern) for phrase in phrases
    )


def unpacked(lines: str) -> Iterator[Phrase]:
    """The phrases that a book keeps as one string."""
    for line in lines.split("\n") if lines else ():
        alarm, does = MEANT[line[0]]
        yield Phrase(tuple(line[1:].split(" ")), alarm, does)


@lru_cache
def phrase_for(alarm: str, language: str) -> str:
    """The first phrase of some words of `language` for an alarm, as people would type it."""
    data = tomllib.loads((PHRASES / f"{language}.toml").read_text(encoding="utf-8"))
    first = next(p for p in cast("list[str]", data[alarm]["phrases"]) if " " in p)
    return " ".join(word.strip("*") for word in first.split() if word != GAP)


def pattern(phrase: str) -> tuple[str, ...]:
    """The words of a phrase as they are compared."""
    return tuple(word for part in phrase.split() for word in _compared(part))


@lru_cache(maxsize=20_000)
def _compared(part: str) -> tuple[str, ...]:
    """Few words make up many phrases. Only phrases are remembered here, never what somebody wrote."""
    if part in (GAP, NUMBER):
        return (part,)
    if "*" in part:
        stem = f"{'*' * part.startswith('*')}{folded(part)}{'*' * part.endswith('*')}"
        return (sys.intern(stem),)
    return tuple(map(sys.intern, words(part)))


def _phrases(data: Mapping[str, Any]) -> Iterator[Phrase]:
    for alarm in ALARMS:
        table = cast("Mapping[str, list[str]]", data.get(alarm, {}))
        yield from (Phrase(pattern(p), alarm) for p in table.get("phrases", ()))
        yield from (Phrase(pattern(p), alarm, "unless") for p in table.get("unless", ()))
        yield from (Phrase(pattern(p), alarm, "never_with") for p in table.get("never_with", ()))
    frames = cast("Mapping[str, list[str]]", data.get("age_frames", {}))
    yield from (Phrase(pattern(p), "child") for p in frames.get("frames", ()))
    yield from (Phrase(pattern(p), "child", "unless") for p in frames.get("unless", ()))


def may_be_mistyped(wanted: str) -> bool:
    """A letter with its signs is no word, however many signs."""
    return len(wanted) >= SHORTEST_FUZZY and not is_unspaced(wanted)
