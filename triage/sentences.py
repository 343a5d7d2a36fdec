"""An answer that is wrapped in a sentence: what opens it, ends it, or ends a part of it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from triage.lexicon import Lexicon, lexicon
from triage.plain import words
from triage.reading import LIKELY, NOTHING, Reading

LONGEST_LEAD = 3
# So many spaces has a phrase that means the same anywhere in a sentence: "no se" begins "no se los di".
LONG_PHRASE = 2
PARTS = re.compile(r"[,.;:!?\n،؛۔]+")
AFTER_FIRST_WORD = re.compile(r"^\W*\w+\s*[,.;:!\-–—،؛。]")
# So long is a part of a sentence whose last word answers.
SHORT_PART = 4


def in_sentence(text: str, language: str) -> Reading:
    """An answer that opens or ends a sentence, or a "don't know" anywhere in it."""
    found, lex = words(text), lexicon(language)
    if len(found) < 2:  # noqa: PLR2004 - one word is no sentence
        return NOTHING
    for length in range(min(LONGEST_LEAD, len(found) - 1), 0, -1):
        lead = lex.answers.get(" ".join(found[:length]))
        if lead is None:
            continue
        after = lex.answers.get(found[length])
        if {lead, after} == {"yes", "no"} and len(found) == length + 1:
            return Reading(both=(lead, cast("str", after)))
        # "No me pagan" is no "no": where the word also negates, what follows decides.
        negation = length == 1 and lead == "no" and found[0] in lex.negates
        goes_on = found[1] in lex.goes_on or (
            found[1] in lex.negates and len(found) <= LONGEST_LEAD
        )
        if negation and not (goes_on or AFTER_FIRST_WORD.match(text)):
            return NOTHING
        if lead in ("yes", "no") and _another_part(text, lex, lead):
            return Reading(both=("yes", "no"))
        # "I think so but not sure."
        unsure = lead in ("yes", "no") and _ending(found, _open_ended(lex.language)) == "dont_know"
        return Reading(both=(lead, "dont_know")) if unsure else Reading(lead, LIKELY)
    return _not_leading(text, found, lex)


def _not_leading(text: str, found: tuple[str, ...], lex: Lexicon) -> Reading:
    open_ended = _open_ended(lex.language)
    long = {word: name for word, name in open_ended.items() if word.count(" ") >= LONG_PHRASE}
    if said := _ending(found, open_ended) or contained(found, long):
        return Reading(said, LIKELY)
    # "They took it, yes"; "oh yes, my uncle keeps it".
    parts = _parts(text)
    last = {_closing(part, lex) for part in (parts[0], parts[-1])} - {""}
    return Reading(last.pop(), LIKELY) if len(last) == 1 else NOTHING


def _closing(part: tuple[str, ...], lex: Lexicon) -> str:
    """The answer that a short part of a sentence ends with."""
    negated = not lex.negates.isdisjoint(part[:-1])
    return "" if negated or len(part) > SHORT_PART else lex.answers.get(part[-1], "")


def _another_part(text: str, lex: Lexicon, lead: str) -> bool:
    """Whether another part of the sentence begins with the opposite: "no they refuse, yes he has it"."""
    return any(
        lex.answers.get(part[0]) in {"yes", "no"} - {lead} and part[0] not in lex.negates
        for part in _parts(text)[1:]
    )


def _parts(text: str) -> list[tuple[str, ...]]:
    """The words between commas and full stops."""
    return [part for part in map(words, PARTS.split(text)) if part]


@lru_cache
def _open_ended(language: str) -> Mapping[str, str]:
    """Phrases of skipping and of not knowing."""
    return {
        word: name
        for word, name in lexicon(language).answers.items()
        if name in ("skip", "dont_know") and " " in word
    }


def _ending(found: tuple[str, ...], meanings: Mapping[str, str]) -> str:
    """The meaning of the phrase of `meanings` that the words end with."""
    endings = (" ".join(found[-length:]) for length in range(len(found), 1, -1))
    return next((meanings[ending] for ending in endings if ending in meanings), "")


def contained(found: tuple[str, ...], meanings: Mapping[str, str]) -> str:
    """The meaning of the longest phrase of `meanings` that stands in the words, if they agree."""
    whole = f" {' '.join(found)} "
    hits = sorted((p for p in meanings if f" {p} " in whole), key=len, reverse=True)
    return meanings[hits[0]] if hits else ""
