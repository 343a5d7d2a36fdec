"""Words that interrupt whatever is being talked about: phrases of danger, and a child's age.

A phrase is a sequence of plain words. `..` lets up to three other words stand between, `stem*`, `*stem` and
`*stem*` match parts of words, and a word of five letters or more also matches with one typo. A hit that
overlaps an `unless` phrase is taken back: "I am not in danger". A phrase of `never_with` takes back all hits
of its alarm, wherever they stand: who writes "I am alone, he comes at six" is not watched now.
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

from rapidfuzz.distance import OSA

from triage.lexicon import Lexicon, lexicon
from triage.once import Once
from triage.plain import digits, folded, is_unspaced, words

Alarm = Literal["danger", "suicide", "child", "watched", "human", "stop"]
# What outranks what when a text holds several.
ALARMS: tuple[Alarm, ...] = get_args(Alarm)

PHRASES = Path(__file__).parent / "phrases"
GAP, NUMBER = "..", "#"
MOST_BETWEEN = 3
SHORTEST_FUZZY = 5
# In words, or in letters where there are no spaces.
LONGEST_NUMBER, LONGEST_BEFORE = 10, 3
CHILD_AGES = range(5, 18)

Span = tuple[int, int]
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


def hear(text: str, languages: Iterable[str]) -> tuple[Alarm, ...]:
    """The alarms that `text` raises by the phrases of any of `languages`, the gravest first."""
    return heard(text, languages)[0]


def heard(text: str, languages: Iterable[str]) -> tuple[tuple[Alarm, ...], frozenset[str]]:
    """The alarms that `text` raises, the gravest first, and those that it says are not so.

    One language takes back what another raised: "sos" is a cry in English and "you are" in Spanish.
    """
    said = words(text)
    hits: list[tuple[str, Span]] = []
    back: list[tuple[str, Span]] = []
    never: set[str] = set()
    for language in languages if said else ():
        _matched(said, phrasebook(language), hits, back, never)
    raised = {
        alarm
        for alarm, (start, end) in hits
        if not any(alarm == other and start < stop and begin < end for other, (begin, stop) in back)
    }
    raised -= never
    return tuple(alarm for alarm in ALARMS if alarm in raised), frozenset(never)


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
        bool(word) and word not in (GAP, NUMBER) and "*" not in word and not _may_be_mistyped(word)
    )


def _packed(found: Mapping[str, list[Phrase]]) -> dict[str, str]:
    return {part: _lines(phrases) for part, phrases in found.items()}


def _lines(phrases: Iterable[Phrase]) -> str:
    """A line each: a letter for the alarm and what the phrase does, then its words."""
    return "\n".join(
        LETTERS[phrase.alarm, phrase.does] + " ".join(phrase.pattern) for phrase in phrases
    )


def _unpacked(lines: str) -> Iterator[Phrase]:
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


def _matched(
    said: tuple[str, ...],
    book: Phrasebook,
    hits: list[tuple[str, Span]],
    back: list[tuple[str, Span]],
    never: set[str],
) -> None:
    """Put what the phrases of `book` raise into `hits`, and what they take back into the others."""
    for start in range(len(said)):
        for phrase in _opening(book, said, start):
            end = _end(said, start, phrase.pattern, book.language)
            if end is None:
                continue
            if phrase.does == "never_with":
                never.add(phrase.alarm)
            else:
                told = back if phrase.does == "unless" else hits
                told.append((phrase.alarm, (start, end)))


def _opening(book: Phrasebook, said: tuple[str, ...], at: int) -> Iterator[Phrase]:
    """The phrases that may begin at a word, by the letter or but for a typo.

    Nothing is remembered between texts: a word somebody wrote stays nowhere.
    """
    word, following = said[at], (*said[at + 1 : at + 2], "")[0]
    for length in (len(word) - 1, len(word), len(word) + 1):
        for first in book.alike.get((word[0], length), ()):
            if first != word and _typo(first, word):
                yield from _unpacked(book.whole.get(first, ""))
                yield from _unpacked(book.whole.get(f"{first} {following}", ""))
    yield from _unpacked(book.whole.get(word, ""))
    yield from _unpacked(book.whole.get(f"{word} {following}", ""))
    for cut in range(1, len(word) + 1):
        yield from _unpacked(book.beginning.get(word[:cut], ""))
        yield from _unpacked(book.ending.get(word[-cut:], ""))
    for part, phrases in book.inside.items():
        if part in word:
            yield from _unpacked(phrases)
    if book.numbers and _after_age(said, at, book.language) is not None:
        yield from _unpacked(book.numbers)


def _end(said: tuple[str, ...], at: int, wanted: tuple[str, ...], language: str) -> int | None:
    """Where the match of `wanted` that begins at `at` ends, or None."""
    if not wanted:
        return at
    if wanted[0] == GAP:
        for skipped in range(MOST_BETWEEN + 1):
            end = _end(said, at + skipped, wanted[1:], language)
            if end is not None:
                return end
        return None
    if at >= len(said):
        return None
    if wanted[0] != NUMBER:
        matches = _matches(wanted[0], said[at])
        return _end(said, at + 1, wanted[1:], language) if matches else None
    after = _after_age(said, at, language)
    return None if after is None else _end(said, after, wanted[1:], language)


def _matches(wanted: str, word: str) -> bool:
    if wanted == word:
        return True
    if "*" not in wanted:
        return _typo(wanted, word)
    stem = wanted.strip("*")
    if wanted.startswith("*"):
        return stem in word if wanted.endswith("*") else word.endswith(stem)
    return word.startswith(stem)


def _after_age(said: tuple[str, ...], at: int, language: str) -> int | None:
    """Where a number that is a child's age ends: digits, or its name, which may have several words."""
    number = digits(said[at])
    if number is not None:
        return at + 1 if number in CHILD_AGES else None
    known = lexicon(language)
    for end in range(min(at + LONGEST_NUMBER, len(said)), at, -1):
        number = known.told.get(" ".join(said[at:end]))
        if number is not None:
            return end if number in CHILD_AGES and not _of_more(said, at, end, known) else None
    return None


def _of_more(said: tuple[str, ...], at: int, end: int, known: Lexicon) -> bool:
    """Whether a number is the end of a larger one: the five of "twenty five"."""
    before = range(max(0, at - LONGEST_BEFORE), at)
    return any(known.ages.get(" ".join(said[first:end])) == "adult" for first in before)


def _typo(wanted: str, word: str) -> bool:
    # The cheapest first: this is asked of half a million words for every thousand texts.
    return (
        wanted[0] == word[0]
        and -1 <= len(wanted) - len(word) <= 1
        and _may_be_mistyped(wanted)
        and OSA.distance(wanted, word, score_cutoff=1) <= 1
    )


def _may_be_mistyped(wanted: str) -> bool:
    """A letter with its signs is no word, however many signs."""
    return len(wanted) >= SHORTEST_FUZZY and not is_unspaced(wanted)
