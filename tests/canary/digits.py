"""Numbers whose digits have something between them, or are of another script: +44 (0)7700–900 123."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_to_bytes

from tests.canary.writings import LAST_DIGITS, Canary, short_forms

# ASCII, Arabic-Indic, Persian, Devanagari, Bengali, Thai, Khmer and fullwidth: in UTF-8, in URLs, in JSON.
DIGIT = (
    rb"(?:[0-9]|\xd9[\xa0-\xa9]|\xdb[\xb0-\xb9]|\xe0(?:[\xa5\xa7][\xa6-\xaf]|\xb9[\x90-\x99])"
    rb"|\xe1\x9f[\xa0-\xa9]|\xef\xbc[\x90-\x99]"
    rb"|%d9%a[0-9]|%db%b[0-9]|%e0%(?:a[57]%a[6-9a-f]|b9%9[0-9])|%e1%9f%a[0-9]|%ef%bc%9[0-9]"
    rb"|\\u(?:066[0-9]|06f[0-9]|09[6e][6-9a-f]|0e5[0-9]|17e[0-9]|ff1[0-9]))"
)
# Spaces of every width, dashes, dots, slashes, parentheses, underscores and marks of direction, as they
# are or escaped. Zero bytes and low ones are what UTF-16 has between digits.
BETWEEN = (
    rb"(?:[ \-./()_+\x00\x0b-\x15\xa0]|\xc2[\xa0\xad]|\xe2\x80[\x80-\xaf]|\xe2\x81[\xa0-\xaf]"
    rb"|\xef\xbb\xbf|%20|%2[89bdf]|%c2%a0|%e2%80%[89a][0-9a-f]|%e2%81%a[0-9a-f]"
    rb"|\\xa0|\\u00a0|\\u20[0-6][0-9a-f]|&nbsp;|=20|=c2=a0)"
)
# Between two digits stand at most that many.
MOST_BETWEEN = 4
RUN = re.compile(rb"%b(?:%b{0,%d}%b){%d,}" % (DIGIT, BETWEEN, MOST_BETWEEN, DIGIT, LAST_DIGITS - 1))
GAP = re.compile(BETWEEN)
ESCAPED = re.compile(rb"\\u([0-9a-f]{4})")
HEX = re.compile(rb"[0-9a-f]*")
HEX_BACKWARDS = re.compile(rb"[0-9a-f]*\Z")
# Longer runs of hex digits are a dump of bytes, in which nine digits stand by chance.
LONGEST_HEX = 20


class Digits:
    """Finds the numbers of canaries, with or without their country's code."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        numbers = [canary for canary in canaries if canary.number]
        self._whole = [(canary.number.removeprefix("+"), canary) for canary in numbers]
        self._short = [(form, canary) for canary in numbers for form in short_forms(canary.number)]

    def find(self, data: bytes) -> Iterator[tuple[int, Canary, str]]:
        """Offset, canary and how it is written. `data` is lower-case."""
        for run in RUN.finditer(data):
            bare = GAP.sub(b"", run[0])
            digits = _digits(bare)
            spaced = "with something between" if len(bare) < len(run[0]) else "as digits"
            for form, canary in self._whole:
                if form in digits:
                    yield run.start(), canary, spaced
            if spaced == "as digits" and _in_a_dump(data, run):
                continue
            for form, canary in self._short:
                if form in digits:
                    yield run.start(), canary, f"without its country, {spaced}"


def _digits(bare: bytes) -> str:
    if bare.isdigit():
        return bare.decode()
    plain = ESCAPED.sub(lambda found: chr(int(found[1], 16)).encode(), unquote_to_bytes(bare))
    text = plain.decode("utf-8", "ignore")
    return "".join(str(unicodedata.digit(character, "")) for character in text)


def _in_a_dump(data: bytes, run: re.Match[bytes]) -> bool:
    start, end = run.span()
    after = HEX.match(data, end, end + LONGEST_HEX)
    before = HEX_BACKWARDS.search(data[max(0, start - LONGEST_HEX) : start])
    around = sum(len(found[0]) for found in (before, after) if found)
    return end - start + around > LONGEST_HEX
