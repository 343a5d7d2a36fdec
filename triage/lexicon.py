"""The words of a language: what people type for yes and no, for numbers, and for what works anywhere."""

import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

from triage.once import Once
from triage.plain import plain, words

Command = Literal["stop", "start", "human", "help", "language", "delete", "safe_word", "later"]
Answer = Literal["yes", "no", "skip", "dont_know"]
Age = Literal["child", "adult"]
Safety = Literal["safe", "unsafe"]
NAMES = frozenset((*get_args(Command), *get_args(Answer)))

# Lists that may be left out, since not every language needs them.
LOOSE: Mapping[str, str] = {
    "not": "negates",
    "goes_on": "goes_on",
    "framing": "framing",
    "address": "around",
    "not_first": "not_first",
    "not_last": "not_last",
}

LEXICONS = Path(__file__).parent / "lexicons"
# The table of commands: up to the next line that begins with a bracket.
COMMANDS = re.compile(r"^\[commands\]$.*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What plain words mean, and how the first word of each meaning is written.

    `alone` are answers only as whole messages: as the first words of a sentence they mean something else.
    `negates` are words that turn a sentence round; `goes_on` are words after a "no" that show it to be an
    answer where the same word also negates; `framing` may stand beside a number ("option 3"), and `around`
    before or after an answer ("hello", "madam", "by God"). Words of
    `not_first` open ordinary sentences, those of `not_last` end them: there they are no answers. `spoken`
    are the answers, and `told` the numbers, as they stand in sentences, word by word, as those of `alone`
    do. `safety` tells what is safe and what is not.
    """

    language: str
    answers: Mapping[str, str]
    spoken: Mapping[str, str]
    alone: Mapping[str, str]
    first: Mapping[str, str]
    numbers: Mapping[str, int]
    told: Mapping[str, int]
    ages: Mapping[str, str]
    safety: Mapping[str, str]
    negates: frozenset[str]
    goes_on: frozenset[str]
    framing: frozenset[str]
    around: frozenset[str]
    not_first: frozenset[str]
    not_last: frozenset[str]


@lru_cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that have a lexicon."""
    return tuple(sorted(path.stem for path in LEXICONS.glob("*.toml")))


@Once
def lexicon(language: str) -> Lexicon:
    """The lexicon of `language`; an empty one when there is none."""
    data: dict[str, Any] = tomllib.loads(_text(language))
    answers = {name: cast("list[str]", data.get(name, [])) for name in get_args(Answer)}
    whole, spoken = _meanings(answers), _spoken(answers)
    numbers = cast("dict[str, list[str]]", data.get("numbers", {}))
    ages = cast("dict[str, list[str]]", data.get("ages", {}))
    return Lexicon(
        language=language,
        answers=whole,
        # The same where words stand apart.
        spoken=whole if spoken == whole else spoken,
        alone=_spoken(cast("dict[str, list[str]]", data.get("alone", {}))),
        first={
            name: said[0] for name, said in (answers | data.get("commands", {})).items() if said
        },
        numbers={word: int(n) for word, n in _meanings(numbers).items()},
        told={word: int(n) for word, n in _spoken(numbers).items()},
        ages=_meanings(ages),
        safety=_meanings(cast("dict[str, list[str]]", data.get("safety", {}))),
        **{
            name: frozenset(" ".join(words(word)) for word in data.get(key, []))
            for key, name in LOOSE.items()
        },
    )


@Once
def commands(language: str) -> Mapping[str, str]:
    """The words of `language` that work anywhere.

    Those of every language are looked at from the first text on, and a whole lexicon takes a hundred times
    as long to read: so only their table is.
    """
    table = COMMANDS.search(_text(language))
    return _meanings(tomllib.loads(table[0])["commands"]) if table else {}


def _text(language: str) -> str:
    path = LEXICONS / f"{language}.toml"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _meanings(table: Mapping[str, list[str]]) -> dict[str, str]:
    # Mostly the same strings as in `_spoken`: shared, they are half of the memory.
    return {sys.intern(plain(word)): name for name, said in table.items() for word in said}


def _spoken(table: Mapping[str, list[str]]) -> dict[str, str]:
    return {
        sys.intern(" ".join(words(word))): name for name, said in table.items() for word in said
    }


def word_for(name: str, language: str) -> str:
    """The first word of `language` for a command or for yes/no/skip, as people would type it."""
    return lexicon(language).first[name]
