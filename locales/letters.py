"""What a text is made of: the script of its letters, its digits, and characters that no phone shows."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from locales.bidi import CONTROLS, OVERRIDES, PLACEHOLDER
from locales.scripts import SCRIPT_LANGUAGES

# Written in Latin letters in every script.
NAMES: Final = frozenset({"SMS", "WhatsApp", "Telegram", "MMS", "PIN", "E-mail"})
NAME: Final = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(NAMES)))
# Words to type that are the same in every language are in capitals in the English text: STOP, START.
TYPED: Final = re.compile(r"\b[A-Z]{2,}\b")
WORD: Final = re.compile(r"[^\W\d_]+")
# Their letters look alike: a Latin "i" in a Cyrillic word is found by nobody's eye, and by no search.
ALIKE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK"})
# Persian and Urdu part letters with a non-joiner; Indic scripts shape them with both.
JOINERS: Final = {
    "ARABIC": "\u200c\u200d",
    "DEVANAGARI": "\u200c\u200d",
    "BENGALI": "\u200c\u200d",
}
# Control, format, surrogate, private and unassigned; and ends of lines that are none in an SMS.
UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
REPLACEMENT: Final = "\ufffd"


def unshown(text: str, language: str) -> Iterator[str]:
    """Characters that are lost, invisible or in parts, in words."""
    joiners = JOINERS.get(script_of(language), "")
    for place, character in enumerate(text):
        if character == "\n" or character in CONTROLS | OVERRIDES:
            continue
        if character in joiners and _joins(text, place, script_of(language)):
            continue
        if unicodedata.category(character) in UNSHOWN or character == REPLACEMENT:
            yield f"holds U+{ord(character):04X} {_called(character)}".rstrip()
    if not unicodedata.is_normalized("NFC", text):
        yield "holds letters in parts (Unicode NFC has them as one)"


def foreign(text: str, language: str, *, names: bool) -> Iterator[str]:
    """A text without a letter of the language's script, and words of two scripts, in words.

    `names`: whether a single word may be a name, as SMS or CSV.
    """
    bare, own = PLACEHOLDER.sub("", text), script_of(language)
    scripts = {script(letter) for letter in bare if letter.isalpha()}
    a_name = names and " " not in bare.strip()
    if scripts and own not in scripts and not a_name:
        yield f"holds no letter of the script of {language}"
    for word in WORD.findall(bare):
        if len({script(letter) for letter in word} & ALIKE) > 1:
            yield f'"{word}" mixes letters of two scripts that look alike'


def mostly_foreign(text: str, english: str, language: str) -> Iterator[str]:
    """A text of which more than half is in another script, names and words to type apart."""
    own, typed = script_of(language), set(TYPED.findall(english))
    bare = NAME.sub("", PLACEHOLDER.sub("", text))
    said = TYPED.sub(lambda word: "" if word[0] in typed else word[0], bare)
    scripts = Counter(script(letter) for letter in said if letter.isalpha())
    if 0 < 2 * scripts[own] < scripts.total():
        yield f"is mostly not in the script of {language}"


def wrong_digits(text: str, english: str) -> Iterator[str]:
    """Numbers that the English text does not have, and the other way round; options are numbered for it."""
    here, there = _numbers(text), _numbers(english)
    for number in (here - there).elements():
        yield f"{number} is not in the English text; options get their numbers by themselves"
    for number in (there - here).elements():
        yield f"{number} of the English text is missing"


def script_of(language: str) -> str:
    return next((name for name, codes in SCRIPT_LANGUAGES.items() if language in codes), "LATIN")


def script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _numbers(text: str) -> Counter[str]:
    """Runs of digits of any script as they would be in Latin ones; ① and Roman numerals as they stand."""
    found: list[str] = []
    run = ""
    for character in PLACEHOLDER.sub(" ", text) + " ":
        kind = unicodedata.category(character)
        if kind == "Nd":
            run += str(unicodedata.decimal(character))
            continue
        if run:
            found.append(run)
        run = ""
        if kind in {"Nl", "No"}:
            found.append(character)
    return Counter(found)


def _joins(text: str, place: int, own: str) -> bool:
    """Whether a joiner stands between two letters of its script."""
    sides: Sequence[str] = (text[place - 1 : place] if place else "", text[place + 1 : place + 2])
    return all(side and script(side) == own for side in sides)


def _called(character: str) -> str:
    return unicodedata.name(character, "").lower() or "(no character)"
