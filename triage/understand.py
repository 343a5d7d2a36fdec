"""Short answers and global words: digits of any script, yes/no/skip, and the words that work anywhere.

Only whole messages are compared, so a sentence that happens to hold "stop" stops nothing.
"""

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast, get_args

from triage.flow import Option

Command = Literal["stop", "start", "human", "help", "language", "delete", "safe_word"]
Answer = Literal["yes", "no", "skip"]
NAMES = frozenset((*get_args(Command), *get_args(Answer)))

LEXICONS = Path(__file__).parent / "lexicons"
# Nobody types a command or an option in more; a longer text is a story, not an answer.
LONGEST_ANSWER = 60
# Apostrophes as keyboards make them.
JOINED = str.maketrans(dict.fromkeys("'\u2019\u2018\u02bc\u02bb`\u00b4", ""))
# Arabic letters that are written for one another, and the stretch between letters.
ALIKE = str.maketrans(
    {
        "\u0629": "\u0647",  # teh marbuta, heh
        "\u0649": "\u064a",  # alef maksura, yeh
        "\u06cc": "\u064a",  # Farsi yeh
        "\u06a9": "\u0643",  # keheh, kaf
        "\u0671": "\u0627",  # alef wasla
        "\u0640": "",  # tatweel
    }
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What plain words mean, and how the first word of each meaning is written."""

    language: str
    answers: Mapping[str, str]
    commands: Mapping[str, str]
    first: Mapping[str, str]


def command(text: str, language: str) -> Command | None:
    """The global word that `text` is, in `language` first and then in any other. `0` is `human`."""
    heard = plain(text)
    if digit(text) == 0:
        return "human"
    for code in (language, *(known for known in languages() if known != language)):
        if found := lexicon(code).commands.get(heard):
            return cast("Command", found)
    return None


def answer(text: str, language: str) -> Answer | None:
    """Yes, no or skip, in `language` or in English."""
    heard = plain(text)
    for code in (language, "en"):
        if found := lexicon(code).answers.get(heard):
            return cast("Answer", found)
    return None


def pick(text: str, options: Sequence[Option], language: str) -> Option | None:
    """The option `text` picks: by its number, its id, or yes/no/skip in words."""
    number = digit(text)
    if number is not None:
        return options[number - 1] if 1 <= number <= len(options) else None
    heard = answer(text, language) or plain(text)
    return next((option for option in options if option.id in (heard, text)), None)


def digit(text: str) -> int | None:
    """The number `text` is, in any script's digits, however it is dressed: `2.`, `(2)`, `٢`, `2️⃣`."""
    bare = plain(text)
    if not bare or len(bare) > 2:  # noqa: PLR2004 - option numbers have one digit, rarely two
        return None
    try:
        return int("".join(str(unicodedata.digit(character)) for character in bare))
    except ValueError:
        return None


def plain(text: str) -> str:
    """`text` without case, accents, punctuation, emoji and direction marks; words one space apart.

    An apostrophe joins what it stands between: `don't` is `dont`, `quelqu'un` is `quelquun`.
    """
    text = text.strip()
    if len(text) > LONGEST_ANSWER:
        return ""
    # Twice: letters such as mathematical capitals have a case only once they are decomposed.
    bare = unicodedata.normalize("NFKD", text.translate(JOINED))
    folded = unicodedata.normalize("NFKD", bare.casefold()).translate(ALIKE)
    letters = (
        character if unicodedata.category(character)[0] in "LN" else " "
        for character in folded
        if unicodedata.category(character) not in ("Mn", "Me", "Cf")
    )
    return " ".join("".join(letters).split())


def word_for(name: str, language: str) -> str:
    """The first word of `language` for a command or for yes/no/skip, as people would type it."""
    return lexicon(language).first[name]


@lru_cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that have a lexicon."""
    return tuple(sorted(path.stem for path in LEXICONS.glob("*.toml")))


@lru_cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of `language`; an empty one when there is none."""
    path = LEXICONS / f"{language}.toml"
    if not path.exists():
        return Lexicon(language, {}, {}, {})
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Lexicon(
        language=language,
        answers={plain(w): name for name in get_args(Answer) for w in data[name]},
        commands={plain(w): name for name in get_args(Command) for w in data["commands"][name]},
        first={
            name: words[0] for name, words in (data | data["commands"]).items() if name in NAMES
        },
    )
