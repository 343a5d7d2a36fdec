"""Texts as they are compared: without case, accents, punctuation, emoji and direction marks."""

import unicodedata

# Nobody types a command or an option in more; a longer text is a story, not an answer.
LONGEST_ANSWER = 60
# What is looked through for phrases; an SMS has 1,600 characters at most.
LONGEST_STORY = 2000
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
# Thai, Lao, Myanmar, Khmer: written without spaces, so every letter is compared as a word.
UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF))


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
    letters = (
        character if unicodedata.category(character)[0] in "LN" else " "
        for character in bare
        if unicodedata.category(character) not in ("Mn", "Me", "Cf")
    )
    return " ".join("".join(letters).split())


def words(text: str) -> tuple[str, ...]:
    """The words of a text of any length, in scripts without spaces its letters."""
    found: list[str] = []
    for word in folded(text[:LONGEST_STORY]).split():
        if any(low <= ord(word[0]) <= high for low, high in UNSPACED) and not word.isdecimal():
            found += word
        else:
            found.append(word)
    return tuple(found)


def digits(bare: str) -> int | None:
    """The number that a plain word of at most two digits is, in any script's digits."""
    if not bare or len(bare) > 2:  # noqa: PLR2004 - option numbers have one digit, rarely two
        return None
    try:
        return int("".join(str(unicodedata.digit(character)) for character in bare))
    except ValueError:
        return None
