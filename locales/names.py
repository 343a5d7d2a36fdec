"""What languages are called: in themselves, in each other, and by what people type.

`names.csv` is CLDR's, written by `waypost locales names`: read from babel, all that it knows of each language
would stay in memory, 25 MB for its names alone. `nicknames.toml` is ours.
"""

import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from babel import Locale

HERE = Path(__file__).parent
NAMES, NICKNAMES = HERE / "names.csv", HERE / "nicknames.toml"

# A language, the language that names it, the name.
Row = tuple[str, str, str]


def native_name(language: str) -> str:
    """A language's name in itself, after CLDR, with a capital where the script has one."""
    name = _rows().get((language, language)) or Locale.parse(language).get_display_name()
    return name[:1].upper() + name[1:] if name else language


def names(language: str) -> tuple[str, ...]:
    """All that `language` is called, as it is written; nothing for one that the tables lack."""
    called = [name for (code, _), name in _rows().items() if code == language]
    return (*called, *_nicknames().get(language, ()))


def named_languages() -> tuple[str, ...]:
    """Codes of the languages whose names are known in each other."""
    return tuple(sorted({language for language, _ in _rows()}))


@lru_cache
def framing() -> tuple[str, ...]:
    """Words that may stand beside a name: "please", "language"."""
    return tuple(cast("list[str]", _data()["framing"]))


def from_cldr(languages: Iterable[str]) -> Iterator[Row]:
    """The rows of `names.csv` for `languages`: each one's name in each, where CLDR has it."""
    codes = sorted(set(languages))
    for code in codes:
        for other in codes:
            known = cast("Mapping[str, str]", Locale.parse(other).languages)
            if code in known:
                yield code, other, known[code]


@lru_cache
def _rows() -> dict[tuple[str, str], str]:
    with NAMES.open(encoding="utf-8", newline="") as file:
        return {(row["language"], row["in"]): row["name"] for row in csv.DictReader(file)}


def _nicknames() -> dict[str, list[str]]:
    return cast("dict[str, list[str]]", _data()["names"])


@lru_cache
def _data() -> dict[str, Any]:
    return tomllib.loads(NICKNAMES.read_text(encoding="utf-8"))
