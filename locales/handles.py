"""Two words for a contact in the reader's language, so that colleagues can talk about somebody without any
personal data. `handles.csv` has one thing a row: whoever reads, the same number means the same two things.

A row keeps its place for ever; a bad word is replaced where it stands, in every language of its row. Moving,
adding or removing rows would give every contact another handle.
"""

import csv
from functools import lru_cache
from math import isqrt
from pathlib import Path
from typing import Final

from locales.translator import SOURCE_LANGUAGE

FILE = Path(__file__).with_name("handles.csv")
WORDS: Final[int] = 256
# Without order: spoken aloud, "river – lamp" and "lamp – river" would be one person.
HANDLES: Final[int] = WORDS * (WORDS - 1) // 2

# Drawn up without native speakers. Each language wants one, from more than one country, before real use:
# what is a name or an insult where our readers live is in no dictionary.
REVIEW: Final = "draft"


def handle(number: int, language: str) -> str:
    """The two words of `number`, "lamp – river"; in English for a language without a column.

    Each number from 0 to HANDLES - 1 has its own two different words, always in the order of the file.
    Raises ValueError for any other number.
    """
    if not 0 <= number < HANDLES:
        raise ValueError(f"no handle has number {number}: they run from 0 to {HANDLES - 1}")
    listed = words(language)
    # Word 1 goes with 1 earlier one, word 2 with 2: before word n there are n * (n - 1) / 2 pairs.
    second = (1 + isqrt(1 + 8 * number)) // 2
    first = number - second * (second - 1) // 2
    # An en dash has no direction of its own, so between two Arabic words it runs with them.
    return f"{listed[first]} – {listed[second]}"


def words(language: str) -> tuple[str, ...]:
    """The words themselves, each once, for drawing passphrases too."""
    columns = _columns()
    return columns.get(language, columns[SOURCE_LANGUAGE])


@lru_cache
def _columns() -> dict[str, tuple[str, ...]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return dict(zip(header, zip(*rows, strict=True), strict=True))
