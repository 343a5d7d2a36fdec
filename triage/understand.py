"""Short answers and global words: digits of any script, yes/no/skip, option labels.

Commands are only ever whole messages, so a sentence that happens to hold "stop" stops nothing. An answer
may be wrapped in a sentence; what could be read both ways is not guessed but asked again.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast, get_args

from rapidfuzz.distance import OSA

from triage.flow import Option
from triage.lexicon import Answer, Command, Safety, commands, languages, lexicon, word_for
from triage.plain import chunks, digits, plain, words
from triage.reading import LIKELY, NOTHING, SURE, Reading
from triage.sentences import in_sentence, without_address

__all__ = ["answer", "command", "digit", "languages", "pick", "plain", "word_for"]

SHORTEST_FUZZY = 4
LONG_WORD = 7
# "Shop" is no "stop".
SHORTEST_MISTYPED = 5
# A sentence this short that holds one number means the number.
SHORT_SENTENCE = 4


ANSWERS = frozenset(get_args(Answer))

# Pictures that are answers, when they stand alone.
NODS: Mapping[str, Answer] = {
    "👍": "yes",
    "✅": "yes",
    "👌": "yes",
    "✔": "yes",
    "👎": "no",
    "❌": "no",
    "🤷": "dont_know",
}
DRAWN_OUT = re.compile(r"(.)\1+")


def command(text: str, language: str) -> Command | None:
    """The global word that `text` is, in `language` first and then in any other. `0` is `human`."""
    heard = plain(text)
    if digits(heard) == 0:
        return "human"
    for code in (language, *(known for known in languages() if known != language)):
        if found := commands(code).get(heard):
            return cast("Command", found)
    return None


def nearly_command(text: str, language: str) -> Command | None:
    """The global word that `text` misses by one letter, for a text that fits nothing else."""
    heard = plain(text)
    if len(heard) < SHORTEST_MISTYPED:
        return None
    found = _nearest(heard, commands(language)) or _nearest(heard, commands("en"))
    return cast("Command", found.meaning) if found.meaning else None


def answer(text: str, language: str) -> Reading:
    """Yes, no, skip or dont_know, in `language` or in English."""
    heard, said = plain(text), words(text)
    if nodded := NODS.get(text.strip()[:1]) if not heard else None:
        return Reading(nodded, SURE)
    for code in (language, "en"):
        lex = lexicon(code)
        if found := lex.answers.get(heard) or lex.alone.get(" ".join(said)):
            return Reading(cast("Answer", found), SURE)
        if found := _squeezed(code).get(_squeeze(heard)):
            return Reading(found, LIKELY)
        bare = " ".join(without_address(said, lex))
        if found := lex.spoken.get(bare) or lex.alone.get(bare):
            return Reading(found, SURE)
    for code in (language, "en"):
        near = _nearest(heard, _answers_from(code).get(heard[:1], {}))
        if near.meaning:
            return near
    # English words lead sentences of other languages as well: "ya" is no yes in Spanish.
    return in_sentence(text, language if language in languages() else "en")


def safety(text: str, language: str) -> Safety | None:
    """Whether `text` says, and nothing else, that it is safe or that it is not."""
    heard = plain(text)
    told = lexicon(language).safety.get(heard) or lexicon("en").safety.get(heard)
    return cast("Safety | None", told)


def pick(
    text: str,
    options: Sequence[Option],
    language: str,
    labels: Mapping[str, str] | None = None,
) -> Reading:
    """The option `text` picks: by its number, its id, yes/no/skip in words, or its label.

    `labels` are the words shown for each option id.
    """
    ids = [option.id for option in options]
    several = [n for n in numbers(text, language) if 1 <= n <= len(options)]
    if len(set(several)) > 1:
        return Reading(both=tuple(ids[n - 1] for n in dict.fromkeys(several)))
    heard = plain(text)
    number = digit(text, language)
    if number is not None:
        confidence = SURE if " " not in heard else LIKELY
        return Reading(ids[number - 1], confidence) if 1 <= number <= len(options) else NOTHING
    if heard and heard in ids:
        return Reading(heard, SURE)
    by_label = _by_label(text, labels or {}) if labels else NOTHING
    if by_label.confidence == SURE:
        return by_label
    said = answer(text, language)
    if said.meaning not in ids and said.meaning in ("dont_know", "no"):
        # "No" to "what do you need most?" is none of what is offered.
        said = Reading("skip", said.confidence)
    if said.meaning in ids or (said.both and set(said.both) <= set(ids)):
        return said
    return by_label


def digit(text: str, language: str = "en") -> int | None:
    """The number `text` is: `2.`, `(2)`, `٢`, `2️⃣`, `two`, `option 2`; in any script's digits."""
    bare = plain(text)
    number = digits(bare)
    if number is not None:
        return number
    for code in (language, "en"):
        if bare in lexicon(code).numbers:
            return lexicon(code).numbers[bare]
    found = chunks(text)
    if not 1 < len(found) <= SHORT_SENTENCE:
        return None
    told = [n for word in found if (n := digits(word)) is not None]
    if len(told) == 1:
        return told[0]
    for code in (language, "en"):
        lex = lexicon(code)
        spelled = [lex.numbers[word] for word in found if word in lex.numbers]
        rest = [word for word in found if word not in lex.numbers]
        if len(spelled) == 1 and rest and set(rest) <= lex.framing:
            return spelled[0]
    return None


def numbers(text: str, language: str) -> list[int]:
    """Every number told in digits, and a whole text's number words ("one and three")."""
    found = chunks(text)
    told = [n for word in found if (n := digits(word)) is not None]
    if told:
        return told
    for code in (language, "en"):
        lex = lexicon(code)
        spelled = [lex.numbers[word] for word in found if word in lex.numbers]
        if spelled and len(found) <= SHORT_SENTENCE:
            return spelled
    return []


def _by_label(text: str, labels: Mapping[str, str]) -> Reading:
    """The option whose label was typed, with a typo or in a sentence; two of them are both."""
    heard = plain(text)
    plains = {plain(label): option for option, label in labels.items() if plain(label)}
    if heard in plains:
        return Reading(plains[heard], SURE)
    near = _nearest(heard, plains)
    if near.meaning:
        return near
    # A yes or a no inside of a sentence is something else: its words are looked at one by one.
    whole = f" {' '.join(words(text))} "
    inside = {
        option
        for option, label in labels.items()
        if option not in ANSWERS and f" {' '.join(words(label))} " in whole
    }
    if len(inside) > 1:
        return Reading(both=tuple(option for option in labels if option in inside))
    return Reading(inside.pop(), LIKELY) if inside else NOTHING


def _squeeze(word: str) -> str:
    """`yesss` is `yes`, `noo` is `no`."""
    return DRAWN_OUT.sub(r"\1", word)


@lru_cache
def _squeezed(language: str) -> Mapping[str, str]:
    """Answers with drawn-out letters squeezed; what then means two things means nothing."""
    found: dict[str, str] = {}
    for word, name in lexicon(language).answers.items():
        short = _squeeze(word)
        found[short] = name if found.get(short, name) == name else ""
    return found


@lru_cache
def _answers_from(language: str) -> Mapping[str, Mapping[str, str]]:
    """Answers that may be mistyped, by their first letter."""
    found: dict[str, dict[str, str]] = {}
    for word, name in lexicon(language).answers.items():
        if len(word) >= SHORTEST_FUZZY:
            found.setdefault(word[0], {})[word] = name
    return found


def _nearest(heard: str, meanings: Mapping[str, str]) -> Reading:
    """The meaning that `heard` misses by a typo, unless two meanings are equally near."""
    if len(heard) < SHORTEST_FUZZY or heard.isdecimal():
        return NOTHING
    allowed = 1 if len(heard) < LONG_WORD else 2
    best, found = allowed + 1, set[str]()
    for word, meaning in meanings.items():
        if abs(len(word) - len(heard)) > allowed or len(word) < SHORTEST_FUZZY:
            continue
        # The first letter is rarely the wrong one, and "never" is not "fever".
        if word[0] != heard[0]:
            continue
        far = OSA.distance(heard, word, score_cutoff=min(allowed, best))
        if far < best:
            best, found = far, {meaning}
        elif far == best:
            found.add(meaning)
    return Reading(found.pop(), LIKELY) if best <= allowed and len(found) == 1 else NOTHING
