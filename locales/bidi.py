"""Marks of direction in a text that plain phones show, after the Unicode bidirectional algorithm (UAX 9).

A phone takes the direction of a line from its first letter: where a line begins is up to the text. Numbers
and addresses that are filled in are marked by who fills them in.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from locales.scripts import direction

OVERRIDES: Final = frozenset("\u202d\u202e")
MARKS: Final = frozenset("\u200e\u200f\u061c")
CLOSED_BY: Final = dict.fromkeys("\u2066\u2067\u2068", "\u2069") | dict.fromkeys(
    "\u202a\u202b", "\u202c"
)
CLOSING: Final = frozenset(CLOSED_BY.values())
# All that a text may hold of these; an override is no way to write.
CONTROLS: Final = MARKS | CLOSED_BY.keys() | CLOSING
# An isolate does not count for the direction of its line.
ISOLATED: Final = re.compile("[\u2066-\u2068][^\u2069]*\u2069")
PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")


def wrong(text: str, language: str) -> Iterator[str]:
    """What of a text of `language` is shown in the wrong order somewhere, in words."""
    right_to_left = direction(language) == "rtl"
    found = set(text)
    if found & OVERRIDES:
        yield "holds a mark that overrides the direction of letters"
    if found & MARKS and not right_to_left:
        yield f"holds a mark of direction, which {language} does not need"
    lines = text.split("\n")
    if not all(map(_balanced, lines)):
        yield "opens a direction without closing it on its line, or the other way round"
    if right_to_left and any(_begins_left(line) for line in lines):
        yield (
            "a line begins with a placeholder or a word in Latin letters, so that a phone would show it from"
            " left to right: begin with another word"
        )


def _balanced(line: str) -> bool:
    """Whether what is opened is closed, in the right order, before the line ends."""
    expected: list[str] = []
    for character in line:
        if character in CLOSED_BY:
            expected.append(CLOSED_BY[character])
        elif character in CLOSING and (not expected or expected.pop() != character):
            return False
    return not expected


def _begins_left(line: str) -> bool:
    """Whether the first letter is one that makes the whole line run from left to right.

    A value may be in any script, so a placeholder counts as Latin. A line of nothing else stays as it is.
    """
    shown = PLACEHOLDER.sub("x", ISOLATED.sub("", line))
    strong = [kind for kind in map(unicodedata.bidirectional, shown) if kind in {"L", "R", "AL"}]
    return bool(strong) and strong[0] == "L" and len(set(strong)) > 1
