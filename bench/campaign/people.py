"""Synthetic people: the n-th of up to ten million always has the same number, language and tag.

The numbers are valid by libphonenumber, in ten countries and in more time zones, since an import refuses
all others. Nobody is ever sent anything: the provider is a stub on loopback.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

# A million numbers below each.
RANGES: Final = (
    "+41790",
    "+447400",
    "+2348030",
    "+919812",
    "+254722",
    "+639170",
    "+525510",
    "+8801711",
    # No zone can be told from these two: Australia has several, and California's is by area code.
    "+61412",
    "+13105",
)
DIGITS: Final = 6
MOST: Final = len(RANGES) * 10**DIGITS
# Coprime to ten, so that every number is reached once; neighbours are as far apart as in real life.
SPREAD: Final = 387_421
GATHER: Final = pow(SPREAD, -1, 10**DIGITS)
LANGUAGES: Final = ("en", "fr", "es", "ar")
HEADER: Final = "phone,language,region,consent_source,consent_date\n"
# The first ones carry a tag, so that a campaign can be for them alone.
FIRST: Final = 10_000
FIRST_TAG: Final = "first"
TAGS: Final = ("north", "south", "coast", "capital")
LINES_AT_ONCE: Final = 10_000

_RANGE_OF: Final = {prefix.encode(): n for n, prefix in enumerate(RANGES)}


def number(n: int) -> str:
    """The phone number of the n-th person."""
    tail = n // len(RANGES) * SPREAD % 10**DIGITS
    return f"{RANGES[n % len(RANGES)]}{tail:0{DIGITS}d}"


def who(phone: bytes) -> int:
    """Which person has this number; -1 for one of nobody here."""
    within = _RANGE_OF.get(phone[:-DIGITS])
    if within is None or not phone[-DIGITS:].isdigit():
        return -1
    return int(phone[-DIGITS:]) * GATHER % 10**DIGITS * len(RANGES) + within


def write(path: Path, many: int) -> None:
    """A file of the first `many` people, as staff would import it."""
    assert many <= MOST
    with path.open("w", encoding="ascii") as file:
        file.write(HEADER)
        for lines in _lines(many):
            file.write(lines)


def _lines(many: int) -> Iterator[str]:
    for begin in range(0, many, LINES_AT_ONCE):
        yield "".join(
            f"{number(n)},{LANGUAGES[n // len(RANGES) % len(LANGUAGES)]},{_tag(n)},fair,2026-02-01\n"
            for n in range(begin, min(many, begin + LINES_AT_ONCE))
        )


def _tag(n: int) -> str:
    return FIRST_TAG if n < FIRST else TAGS[n % len(TAGS)]
