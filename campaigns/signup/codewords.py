"""What is heard as a code, and what may not be one because the line hears something else in it."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Final

import triage
from hotline.naming import all_names
from locales import languages, translator
from triage import alarms, phrasebook, understand
from triage.lexicon import commands, lexicon
from triage.phrasebook import Phrasebook
from triage.plain import folded

CODE: Final = re.compile(r"[A-Z0-9]{3,20}")
# The longest code with a space between any two letters, and what may stand around it.
LONGEST_TEXT: Final = 48


def read(said: str) -> str:
    """The code that a whole text would be, as it is kept; empty for what can be none.

    `radio 7`, `#Radio7`, `"RADIO7"` and `RADIO٧` are RADIO7.
    """
    if len(said) > LONGEST_TEXT:
        return ""
    code = "".join(map(_digit, folded(said))).replace(" ", "").upper()
    return code if CODE.fullmatch(code) else ""


def means_something(code: str) -> bool:
    """Whether the line hears something else in a code: a word, a label, an alarm, a typo."""
    if code.lower() in _words() or alarms.hear(code, phrasebook.languages()):
        return True
    return any(
        understand.digit(code, language) is not None
        or understand.command(code, language)
        or understand.nearly_command(code, language)
        or understand.answer(code, language).meaning
        for language in understand.languages()
    )


def _digit(letter: str) -> str:
    """A digit of any script as the code has it."""
    number = unicodedata.digit(letter, None)
    return letter if number is None else str(number)


@lru_cache
def _words() -> frozenset[str]:
    """All that is a whole answer somewhere, in any language, written together as a code is."""
    return frozenset(folded(word).replace(" ", "") for word in _said())


def _said() -> Iterator[str]:
    for language in understand.languages():
        lex = lexicon(language)
        for meanings in (lex.answers, lex.alone, commands(language), lex.numbers, lex.ages):
            yield from meanings
    for book in map(phrasebook.phrasebook, phrasebook.languages()):
        yield from _cries(book)
    yield from phrasebook.ALARMS
    flow = triage.load_flow()
    steps = [option for step in flow.steps.values() for option in step.options]
    yield from all_names()
    for language in languages("contact"):
        yield language
        for option in steps:
            yield from (option.id, translator(language, "contact").text(option.label))


def _cries(book: Phrasebook) -> Iterator[str]:
    """Phrases that are words, or begin and end them; a number stands for too many to be a code."""
    for opened in chain(book.whole.values(), book.beginning.values(), book.ending.values()):
        for phrase in phrasebook.unpacked(opened):
            words = [word.strip("*") for word in phrase.pattern if word != phrasebook.GAP]
            if phrase.does == "raises" and all(map(str.isalnum, words)):
                yield "".join(words)
