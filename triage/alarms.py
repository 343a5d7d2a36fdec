"""Words that interrupt whatever is being talked about: phrases of danger, and a child's age.

A phrase is a sequence of plain words. `..` lets up to three other words stand between, `stem*`, `*stem` and
`*stem*` match parts of words, and a word of five letters or more also matches with one typo. A hit that
overlaps an `unless` phrase is taken back: "I am not in danger". A phrase of `never_with` takes back all hits
of its alarm, wherever they stand: who writes "I am alone, he comes at six" is not watched now.
"""

from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

from triage.lexicon import Lexicon, lexicon
from triage.phrasebook import (
    ALARMS,
    GAP,
    NUMBER,
    Alarm,
    Phrase,
    Phrasebook,
    may_be_mistyped,
    phrasebook,
    unpacked,
)
from triage.plain import digits, words

MOST_BETWEEN = 3
# In words, or in letters where there are no spaces.
LONGEST_NUMBER, LONGEST_BEFORE = 10, 3
CHILD_AGES = range(5, 18)

Span = tuple[int, int]


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
                yield from unpacked(book.whole.get(first, ""))
                yield from unpacked(book.whole.get(f"{first} {following}", ""))
    yield from unpacked(book.whole.get(word, ""))
    yield from unpacked(book.whole.get(f"{word} {following}", ""))
    for cut in range(1, len(word) + 1):
        yield from unpacked(book.beginning.get(word[:cut], ""))
        yield from unpacked(book.ending.get(word[-cut:], ""))
    for part, phrases in book.inside.items():
        if part in word:
            yield from unpacked(phrases)
    if book.numbers and _after_age(said, at, book.language) is not None:
        yield from unpacked(book.numbers)


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
        and may_be_mistyped(wanted)
        and OSA.distance(wanted, word, score_cutoff=1) <= 1
    )
