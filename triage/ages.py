"""Whether somebody says to be a child: by words, by a number of years, or by a yes to "are you under 18?"."""

import re
from collections.abc import Mapping
from functools import lru_cache

from triage.lexicon import lexicon
from triage.plain import plain, words
from triage.reading import LIKELY, NOTHING, SURE, Reading
from triage.sentences import contained, is_phrase
from triage.understand import answer, numbers

YOUNGEST, TEEN, GROWN_UP, OLDEST = 5, 10, 18, 99
# "16", "15ans", "-18", "+18"; of "16-17", two numbers.
# Letters of scripts without spaces may stand before.
YEARS = re.compile(
    r"(?:(?<![\w.,])|(?<=[\u0e01-\u0e4e\u0e81-\u0ecf\u1000-\u103f\u1780-\u17d3]))"
    r"([-−<+>]?)\s?(\d{1,2})(?![\d.,]?\d)"
)
BELOW, ABOVE = frozenset("-−<"), frozenset("+>")


def age(text: str, language: str) -> Reading:
    """`child` or `adult`; numbers that say both say nothing."""
    heard, found = plain(text), words(text)
    for code in (language, "en"):
        meanings = lexicon(code).ages
        told = meanings.get(heard) or contained(found, _phrases(code))
        if told == "adult" and heard not in meanings and _teen(text):
            # "16, and I have two children": who is meant has to be asked.
            return NOTHING
        if told:
            return Reading(told, SURE if heard in meanings else LIKELY)
    said = {_said(sign, int(years)) for sign, years in YEARS.findall(text)} - {""}
    if not said:
        # Of "fourty five" only the five is known.
        spelled = [n for n in numbers(text, language) if n >= TEEN or len(found) == 1]
        said = {_said("", years) for years in spelled} - {""}
    if said:
        return Reading(said.pop(), SURE) if len(said) == 1 else NOTHING
    yes_or_no = answer(text, language)
    meant = {"yes": "child", "no": "adult"}.get(yes_or_no.meaning, yes_or_no.meaning)
    return Reading(meant, yes_or_no.confidence, yes_or_no.both)


def _teen(text: str) -> bool:
    return any(TEEN <= int(years) < GROWN_UP for _, years in YEARS.findall(text))


@lru_cache
def _phrases(language: str) -> Mapping[str, str]:
    """What says an age anywhere in a text.

    "Under 18" holds a number that is nobody's age; a lone "child" may be somebody else's.
    """
    lex = lexicon(language)
    teens = {name: "child" for name, n in lex.told.items() if TEEN <= n < GROWN_UP}
    ages = {" ".join(words(word)): name for word, name in lex.ages.items()}
    return {word: name for word, name in (teens | ages).items() if is_phrase(word)}


def _said(sign: str, years: int) -> str:
    """What a number of years says, nothing where nobody is so old."""
    if not YOUNGEST <= years <= OLDEST:
        return ""
    if sign in BELOW and years <= GROWN_UP:
        return "child"
    if sign in ABOVE and years >= GROWN_UP - 1:
        return "adult"
    return "child" if years < GROWN_UP else "adult"
