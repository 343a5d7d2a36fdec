"""Answers that echo the question: "they keep it" is a yes to one question and says nothing to the next.

Many languages have no word for yes, or rarely use it: who is asked answers with the verb. What such an answer
means stands in `triage/echoes/XX.toml`, by question. Each phrase means what it says wherever it stands in an
answer to its question; `*` stands for any letters of a word ("otobral*"), or by itself for any one word.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Literal, cast, get_args

from triage.lexicon import Lexicon, lexicon
from triage.once import Once
from triage.plain import is_unspaced, words
from triage.reading import LIKELY, PLAIN, SURE, Reading

Echoed = Literal["yes", "no"]
MEANINGS: tuple[Echoed, ...] = get_args(Echoed)
ECHOES = Path(__file__).parent / "echoes"
ANY = "*"
# Who answers in so few words, or letters where there are no spaces, of which so few are not listed, says
# nothing else.
SHORT, SHORT_UNSPACED = 8, 24
BESIDE, BESIDE_UNSPACED = 2, 6
NO_LETTERS = re.compile(r"[ *]")
# What parts a text; no point within a number or an abbreviation.
STOPPED = re.compile(r"[,;:!?\n…،؛؟۔।።፣፤፥។៕၊။]+|\.(?=\s|$)")
RANK = itemgetter(0, 1, 2)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where an echo stands in a text that is padded with a space at either end."""

    meaning: Echoed
    start: int
    end: int


@Once
def echoes(language: str) -> Mapping[str, str]:
    """The echoes of `language` by question; empty where there are none.

    A line each, with the meaning first: phrases as words a space apart, in which `*` stands for letters. Some
    0.1 s to read, and 0.1 MB.
    """
    path = ECHOES / f"{language}.toml"
    if not path.exists():
        return {}
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    tables = cast("dict[str, dict[str, list[str]]]", {**data, "language": {}})
    return {question: _lines(of) for question, of in tables.items()}


def _lines(table: Mapping[str, Sequence[str]]) -> str:
    return "\n".join(
        f"{meaning} {folded_phrase(phrase)}"
        for meaning in MEANINGS
        for phrase in table.get(meaning, ())
    )


def folded_phrase(phrase: str) -> str:
    """`phrase` as it is compared, its `*` left in place; empty without letters."""
    if ANY not in phrase:
        return " ".join(words(phrase))
    return " ".join(filter(None, map(_word, phrase.split())))


def weighed(reading: Reading, text: str, question: str, language: str) -> Reading:
    """`reading` of an answer to `question`, together with what its words echo.

    A whole answer that is listed with the question counts more than what its words mean elsewhere:
    "nothing" is a yes to whether somebody works for no pay. An echo that takes in the first words is what
    these begin ("no me pagan"); any other that says the opposite of a yes or no before it is asked about
    ("no they took it").
    """
    if not any(map(str.isalpha, text)):
        return reading
    said = _padded(text)
    for code in dict.fromkeys((language, "en")):
        lex = lexicon(code)
        found = _hits(said, echoes(code).get(question, ""), lex)
        if whole := next((hit for hit in found if hit.end - hit.start == len(said) - 2), None):
            return (
                reading
                if reading == Reading(whole.meaning, SURE)
                else Reading(whole.meaning, PLAIN)
            )
        meant = _meant(said, found, lex, answered=reading.meaning != "")
        if not meant or reading.confidence == SURE or reading.both:
            continue
        if reading.meaning in ("", meant):
            plain = _is_plain(said, found, answered=reading.meaning != "")
            return Reading(meant, PLAIN if plain else LIKELY)
        if reading.meaning in MEANINGS:
            first = any(hit.start == 1 for hit in found)
            return Reading(meant, LIKELY) if first else Reading(both=MEANINGS)
    return reading


def beside(text: str, question: str, language: str) -> str:
    """What stands in an answer to `question` beside its echoes: in the rest a cry is one."""
    said = _padded(text)
    for code in dict.fromkeys((language, "en")):
        for hit in _hits(said, echoes(code).get(question, ""), lexicon(code)):
            said = f"{said[: hit.start]}{' ' * (hit.end - hit.start)}{said[hit.end :]}"
    return said.strip()


def _padded(text: str) -> str:
    """The words of a text a space apart, with a space at either end and a comma where it stops."""
    parts = (" ".join(words(part)) for part in STOPPED.split(text))
    return f" {' , '.join(filter(None, parts))} "


def _is_plain(said: str, found: Sequence[Hit], *, answered: bool) -> bool:
    """Whether so short a text says nothing else: all but a word or two is listed, that it was `answered` by
    left out.
    """
    unspaced = is_unspaced(said[1:2])
    count = len(said.split())
    listed = sum(len(said[hit.start : hit.end].split()) for hit in found)
    most, beside = (SHORT_UNSPACED, BESIDE_UNSPACED) if unspaced else (SHORT, BESIDE)
    return count <= most and count - listed <= beside + answered


def _meant(said: str, found: Sequence[Hit], lex: Lexicon, *, answered: bool) -> str:
    """What all echoes in the text agree on; nothing where a word beside them may turn them round.

    The word by which it was `answered`, at the beginning, turns no other round. Nor does any word turn what
    is negated itself: "nobody" and "never" go along with "not" in many languages.
    """
    meant = {hit.meaning for hit in found}
    if len(meant) != 1:
        return ""
    rest = said
    for hit in found:
        if _negated(said[hit.start - 1 : hit.end + 1], lex):
            return meant.pop()
        rest = f"{rest[: hit.start]}{'|' * (hit.end - hit.start)}{rest[hit.end :]}"
    if answered:
        rest = f" {rest[1:].partition(' ')[2]}"
    beside = (f" {part} " for part in rest.split(",") if "|" in part)
    return "" if any(_negated(part, lex) for part in beside) else meant.pop()


def _negated(said: str, lex: Lexicon) -> bool:
    return any(f" {word} " in said for word in lex.negates)


def _hits(said: str, lines: str, lex: Lexicon) -> list[Hit]:
    """Where echoes stand. Of those that share a word one that is negated counts ("do not pay", not "pay me
    well"), else the longest, and of two as long the one that leaves less open.
    """
    standing: list[tuple[bool, int, int, Hit]] = []
    for meaning, phrase, surely in _listed(lines):
        if surely not in said:
            continue
        letters = len(NO_LETTERS.sub("", phrase))
        standing += [
            (
                not _negated(said[start - 1 : end + 1], lex),
                start - end,
                -letters,
                Hit(meaning, start, end),
            )
            for start, end in _places(said, phrase)
        ]
    found: list[tuple[bool, int, int, Hit]] = []
    for each in sorted(standing, key=RANK):
        hit = each[-1]
        # Two that are alike in all of this both stay, and say that it is not clear.
        if all(
            hit.end <= other.start or other.end <= hit.start or RANK(each) == RANK((*rank, other))
            for *rank, other in found
        ):
            found.append(each)
    return [hit for *_, hit in found]


# Of the questions that are asked just now: all of them would take ten times the memory of their strings.
@lru_cache(maxsize=64)
def _listed(lines: str) -> tuple[tuple[Echoed, str, str], ...]:
    """What each line means, its phrase, and what of it stands in every text that it fits."""
    found: list[tuple[Echoed, str, str]] = []
    for line in lines.splitlines():
        meaning, _, phrase = line.partition(" ")
        surely = max(f" {phrase} ".split(ANY), key=len)
        found.append((cast("Echoed", meaning), phrase, surely))
    return tuple(found)


def _places(said: str, phrase: str) -> Iterator[tuple[int, int]]:
    if ANY in phrase:
        yield from (match.span() for match in _expression(phrase).finditer(said))
        return
    at = said.find(f" {phrase} ")
    while at >= 0:
        yield at + 1, at + 1 + len(phrase)
        at = said.find(f" {phrase} ", at + 1)


# Compiled when they are first looked for: there are tens of thousands of phrases, and few questions a minute.
@lru_cache(maxsize=4096)
def _expression(phrase: str) -> re.Pattern[str]:
    found = (r"\S+" if word == ANY else _stem(word) for word in phrase.split())
    return re.compile(f"(?<= ){' '.join(found)}(?= )")


def _stem(word: str) -> str:
    return r"\S*".join(map(re.escape, word.split(ANY)))


def _word(word: str) -> str:
    """A word of a phrase as it is compared; empty for what is no word, such as a dash."""
    if word == ANY:
        return word
    parts = [" ".join(words(part)) for part in word.split(ANY)]
    return ANY.join(parts) if any(parts) else ""
