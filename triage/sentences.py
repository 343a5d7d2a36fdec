"""An answer that is wrapped in a sentence: what opens it, ends it, or ends a part of it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from triage.lexicon import Lexicon, lexicon
from triage.plain import is_unspaced, words
from triage.reading import LIKELY, NOTHING, Reading

# In words, and in letters where there are no spaces.
LONGEST_LEAD, LONGEST_LEAD_UNSPACED = 3, 12
# Fewer letters may well begin another word.
SHORTEST_LEAD_UNSPACED = 2
# So many spaces has a phrase that means the same anywhere in a sentence: "no se" begins "no se los di".
LONG_PHRASE = 2
STOPS = ",.;:!?\\n،؛۔।።፣៕។၊။"
PARTS, UNSPACED_PARTS = re.compile(f"[{STOPS}]+"), re.compile(rf"[\s{STOPS}]+")
# A word is all that is neither space nor stop: vowel signs are no letters to `\\w`.
AFTER_FIRST_WORD = re.compile(rf"^\W*[^\s{STOPS}\-–—]+\s*[{STOPS}\-–—]")
# So long is a part of a sentence whose last word answers.
SHORT_PART = 4
# Words of a form of address; in scripts without spaces these are letters.
LONGEST_ADDRESS = 16


def in_sentence(text: str, language: str) -> Reading:
    """An answer that opens or ends a sentence, or a "don't know" anywhere in it."""
    found, lex = words(text), lexicon(language)
    if len(found) < 2:  # noqa: PLR2004 - one word is no sentence
        return NOTHING
    unspaced = is_unspaced(found[0])
    longest = LONGEST_LEAD_UNSPACED if unspaced else LONGEST_LEAD
    shortest = SHORTEST_LEAD_UNSPACED if unspaced else 1
    for length in range(min(longest, len(found) - 1), shortest - 1, -1):
        opening = " ".join(found[:length])
        lead = lex.spoken.get(opening)
        apart = bool(AFTER_FIRST_WORD.match(text)) or (
            unspaced and _parts(text)[0] == found[:length]
        )
        if lead is None or (opening in lex.not_first and not apart):
            continue
        after = lex.spoken.get(found[length])
        if {lead, after} == {"yes", "no"} and len(found) == length + 1:
            return Reading(both=(lead, cast("str", after)))
        # "No me pagan" is no "no": where the word also negates, what follows decides.
        negation = (unspaced or length == 1) and lead == "no" and opening in lex.negates
        goes_on = found[1] in lex.goes_on or (
            found[1] in lex.negates and len(found) <= LONGEST_LEAD
        )
        if negation and not (goes_on or apart):
            return NOTHING
        if lead in ("yes", "no") and _another_part(text, lex, lead):
            return Reading(both=("yes", "no"))
        # "I think so but not sure."
        unsure = lead in ("yes", "no") and _ending(found, _open_ended(lex.language)) == "dont_know"
        return Reading(both=(lead, "dont_know")) if unsure else Reading(lead, LIKELY)
    return _not_leading(text, found, lex)


def _not_leading(text: str, found: tuple[str, ...], lex: Lexicon) -> Reading:
    language = lex.language
    if said := _ending(found, _open_ended(language)) or contained(found, _anywhere(language)):
        return Reading(said, LIKELY)
    # "They took it, yes"; "oh yes, my uncle keeps it".
    parts = _parts(text)
    last = {_closing(part, lex) for part in (parts[0], parts[-1])} - {""}
    return Reading(last.pop(), LIKELY) if len(last) == 1 else NOTHING


def _closing(part: tuple[str, ...], lex: Lexicon) -> str:
    """The answer that a short part of a sentence ends with."""
    if whole := lex.spoken.get(" ".join(part)):
        return whole
    negated = not lex.negates.isdisjoint(part[:-1])
    ended = negated or part[-1] in lex.not_last or len(part) > SHORT_PART
    return "" if ended else lex.spoken.get(part[-1], "")


def _another_part(text: str, lex: Lexicon, lead: str) -> bool:
    """Whether another part of the sentence begins with the opposite: "no they refuse, yes he has it"."""
    return any(
        lex.spoken.get(part[0]) in {"yes", "no"} - {lead}
        and part[0] not in lex.negates | lex.not_first
        for part in _parts(text)[1:]
    )


def _parts(text: str) -> list[tuple[str, ...]]:
    """The words between commas and full stops; where a script has no spaces, one stands for these."""
    first = next(iter(words(text)), "")
    marks = UNSPACED_PARTS if is_unspaced(first) else PARTS
    return [part for part in map(words, marks.split(text)) if part]


@lru_cache
def _open_ended(language: str) -> Mapping[str, str]:
    """Phrases of skipping and of not knowing."""
    return {
        word: name
        for word, name in lexicon(language).spoken.items()
        if name in ("skip", "dont_know") and is_phrase(word)
    }


@lru_cache
def _anywhere(language: str) -> Mapping[str, str]:
    """Those of them that are long enough to mean it wherever they stand."""
    return {
        word: name
        for word, name in _open_ended(language).items()
        if is_unspaced(word) or word.count(" ") >= LONG_PHRASE
    }


def is_phrase(word: str) -> bool:
    """Whether it is too long to stand in a sentence by chance."""
    least = LONG_PHRASE + 1 if is_unspaced(word) else 1
    return word.count(" ") >= least


def _ending(found: tuple[str, ...], meanings: Mapping[str, str]) -> str:
    """The meaning of the phrase of `meanings` that the words end with."""
    endings = (" ".join(found[-length:]) for length in range(len(found), 1, -1))
    return next((meanings[ending] for ending in endings if ending in meanings), "")


def without_address(said: tuple[str, ...], lex: Lexicon) -> tuple[str, ...]:
    """The words without greetings, forms of address and the like at either end: "hello yes madam" is yes.

    At least one word stays.
    """
    for length in range(min(len(said) - 1, LONGEST_ADDRESS), 0, -1):
        if " ".join(said[:length]) in lex.around:
            return without_address(said[length:], lex)
        if " ".join(said[-length:]) in lex.around:
            return without_address(said[:-length], lex)
    return said


def contained(found: tuple[str, ...], meanings: Mapping[str, str]) -> str:
    """The meaning of the longest phrase of `meanings` that stands in the words, if they agree."""
    whole = f" {' '.join(found)} "
    hits = sorted((p for p in meanings if f" {p} " in whole), key=len, reverse=True)
    return meanings[hits[0]] if hits else ""
