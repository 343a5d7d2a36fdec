"""Texts as they are compared: without case, accents, punctuation, emoji and direction marks.

Vowel signs and tone marks stay in the scripts of South and South-East Asia, where they make the word.
"""

import re
import unicodedata
from functools import lru_cache

# Nobody types a command or an option in more; a longer text is a story, not an answer.
LONGEST_ANSWER = 60
# What is looked through for phrases; an SMS has 1,600 characters at most.
LONGEST_STORY = 2000
# Apostrophes as keyboards make them.
JOINED = str.maketrans(dict.fromkeys("'\u2019\u2018\u02bc\u02bb`\u00b4", ""))
# Ethiopic series of one sound, by the letter that each begins with: h, s, the glottal stop, ts.
SAME_SOUND = (
    (0x1200, (0x1200, 0x1210, 0x1280, 0x12B8)),
    (0x1230, (0x1220,)),
    (0x12A0, (0x12A0, 0x12D0)),
    (0x1338, (0x1340,)),
)
# In the series of h and of the glottal stop the first vowel sounds as the fourth.
THROAT, FOURTH = (0x1200, 0x12A0), 3
_ETHIOPIC = {
    series + vowel: chr(sound + (0 if sound in THROAT and vowel == FOURTH else vowel))
    for sound, all_series in SAME_SOUND
    for series in all_series
    for vowel in range(7)
}
# Letters that are written for one another, and the stretch between Arabic letters.
ALIKE = str.maketrans(
    {
        "\u0629": "\u0647",  # teh marbuta, heh
        "\u0649": "\u064a",  # alef maksura, yeh
        "\u06cc": "\u064a",  # Farsi yeh
        "\u06a9": "\u0643",  # keheh, kaf
        "\u0671": "\u0627",  # alef wasla
        "\u0640": "",  # tatweel
        "\u0111": "d",  # Vietnamese d with stroke
        # Letters that a Russian keyboard lacks: ng, o, u, kh, q, j, gh, Ukrainian g.
        **dict(zip("\u04a3\u04e9\u04af\u04b3\u049b\u04b7\u0493\u0491", "ноухкчгг", strict=True)),
        **_ETHIOPIC,
        # Devanagari nukta, candrabindu and anusvara, which many leave out.
        "\u093c": "",
        "\u0901": "",
        "\u0902": "",
    }
)
# Khmer subscript da, which looks like subscript ta.
SUBSCRIPT_DA, SUBSCRIPT_TA = "\u17d2\u178a", "\u17d2\u178f"
# Scripts of South and South-East Asia: a mark is a vowel, a tone, or joins two letters.
WITH_VOWEL_SIGNS = ((0x0900, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF))
# Thai, Lao, Myanmar, Khmer: written without spaces, so every letter is compared as a word.
UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF))
RUNS = re.compile(r"\d+|\D+")
# The next letter stands below the one before: Myanmar virama, Khmer coeng.
JOINERS = "\u1039\u17d2"


def plain(text: str) -> str:
    """`text` as it is compared when it is the whole message, words one space apart.

    An apostrophe joins what it stands between: `don't` is `dont`, `quelqu'un` is `quelquun`. Empty for a
    text that is too long to be an answer.
    """
    text = text.strip()
    return "" if len(text) > LONGEST_ANSWER else folded(text)


def folded(text: str) -> str:
    """As `plain`, however long."""
    # Twice: letters such as mathematical capitals have a case only once they are decomposed.
    bare = unicodedata.normalize("NFKD", text.translate(JOINED))
    bare = unicodedata.normalize("NFKD", bare.casefold()).translate(ALIKE)
    bare = bare.replace(SUBSCRIPT_DA, SUBSCRIPT_TA)
    return " ".join("".join(filter(None, map(_letter, bare))).split())


def words(text: str) -> tuple[str, ...]:
    """The words of a text of any length; in scripts without spaces its letters, each with its signs."""
    found: list[str] = []
    for word in folded(text[:LONGEST_STORY]).split():
        if any(map(is_unspaced, word)):
            found += _clusters(word)
        else:
            found.append(word)
    return tuple(found)


def chunks(text: str) -> tuple[str, ...]:
    """What stands between spaces; in scripts without spaces, digits stand by themselves."""
    found: list[str] = []
    for word in folded(text[:LONGEST_STORY]).split():
        found += RUNS.findall(word) if any(map(is_unspaced, word)) else [word]
    return tuple(found)


def is_unspaced(text: str) -> bool:
    """Whether a text begins with a letter of a script that is written without spaces."""
    return bool(text) and _is_unspaced(text[0])


@lru_cache(maxsize=8192)
def _is_unspaced(letter: str) -> bool:
    return _within(letter, UNSPACED)


@lru_cache(maxsize=8192)
def _letter(character: str) -> str:
    """A character as it is compared: itself, a space, or nothing."""
    category = unicodedata.category(character)
    if category[0] in "LN":
        return character
    if category[0] == "M" and _within(character, WITH_VOWEL_SIGNS):
        return character
    return "" if category in ("Mn", "Me", "Cf") else " "


def _within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= ord(character) <= high for low, high in ranges)


def _clusters(word: str) -> list[str]:
    """Letters with the signs above, below and around them; numbers, and words of other scripts."""
    found: list[str] = []
    for character in word:
        before = found[-1][-1] if found else " "
        sign = unicodedata.category(character)[0] == "M"
        number = character.isdecimal() and before.isdecimal()
        other = _is_spaced(character) and _is_spaced(before)
        if found and (sign or number or other or before in JOINERS):
            found[-1] += character
        else:
            found.append(character)
    return found


def _is_spaced(character: str) -> bool:
    return character.isalpha() and not is_unspaced(character)


def digits(bare: str) -> int | None:
    """The number that a plain word of at most two digits is, in any script's digits."""
    if not bare or len(bare) > 2:  # noqa: PLR2004 - option numbers have one digit, rarely two
        return None
    try:
        return int("".join(str(unicodedata.digit(character)) for character in bare))
    except ValueError:
        return None
