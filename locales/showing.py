"""A text as an SMS, marked up for who writes it: what makes it dear, and where one segment ends.

Carriers cut between characters; here a cut is shown before the letter, so that no letter is shown in two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

import regex

from locales.segments import (
    GSM7_JOINED,
    UCS2_JOINED,
    count_segments,
    in_alphabet,
    size,
)

LETTER: Final = regex.compile(r"\X")
# What word processors and phones put in by themselves, and what says the same in the SMS alphabet.
INSTEAD: Final = (
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u0060\u00b4", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u00b7", "-")
    | dict.fromkeys("\t\u00a0\u2002\u2003\u2007\u2009\u202f", " ")
    # Soft hyphens and marks of no width.
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff", "")
    | {"\u2026": "...", "\u0153": "oe", "\u0152": "OE", "\u00d7": "x", "\u00bd": "1/2"}
)

Kind = Literal["plain", "dear", "cut"]


@dataclass(frozen=True, slots=True)
class Part:
    """`dear` letters are outside the SMS alphabet; a `cut` has no words, the next segment begins there."""

    kind: Kind
    words: str = ""


def marked(text: str) -> list[Part]:
    """The text in parts, in order; their words put together are the text."""
    runs = (list(run) for _, run in groupby(_letters(text), key=lambda part: part.kind))
    return [Part(run[0].kind, "".join(part.words for part in run)) for run in runs]


def instead(text: str) -> dict[str, str]:
    """What of a text could be written in the SMS alphabet, and how."""
    return {c: INSTEAD[c] for c in dict.fromkeys(text) if c in INSTEAD}


def outside(text: str) -> Sequence[str]:
    """The letters that are outside the SMS alphabet, each once."""
    return [each for each in dict.fromkeys(LETTER.findall(text)) if _dear(each)]


def _letters(text: str) -> Iterator[Part]:
    counted = count_segments(text)
    dear = bool(counted.forced_by)
    joined = UCS2_JOINED if dear else GSM7_JOINED
    room = joined if counted.segments > 1 else counted.units
    for letter in LETTER.findall(text):
        cut = False
        for character in letter:
            needs = size(character, dear=dear)
            if needs > room:
                cut, room = True, joined
            room -= needs
        if cut:
            yield Part("cut")
        yield Part("dear" if dear and _dear(letter) else "plain", letter)


def _dear(letter: str) -> bool:
    return not all(map(in_alphabet, letter))
