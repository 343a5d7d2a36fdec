"""Facts about languages and scripts: direction, and what a number or a text hints at.

Hints only order what is offered; nobody is ever switched to a language without being asked.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence

from locales.names import native_name

__all__ = [
    "SCRIPT_LANGUAGES",
    "direction",
    "guess_language",
    "likeliest",
    "native_name",
    "script_languages",
]

# Script of a character, by the first word of its Unicode name, and the languages it points to.
SCRIPT_LANGUAGES = {
    "ARABIC": ("ar", "fa", "ur"),
    "CYRILLIC": ("uk", "ru", "ky", "bg", "tg"),
    "DEVANAGARI": ("ne", "hi"),
    "ETHIOPIC": ("am",),
    "KHMER": ("km",),
    "LAO": ("lo",),
    "THAI": ("th",),
    "MYANMAR": ("my",),
    "BENGALI": ("bn",),
    "LATIN": (),
}
# Languages that many write in another script than we do.
ALSO_WRITTEN = {"CYRILLIC": ("uz",)}
RIGHT_TO_LEFT = frozenset({"R", "AL"})


def direction(language: str) -> str:
    """`rtl` or `ltr`: the way its own name runs."""
    letters = map(unicodedata.bidirectional, native_name(language))
    return "rtl" if not RIGHT_TO_LEFT.isdisjoint(letters) else "ltr"


def likeliest(
    languages: Sequence[str],
    *,
    named: str = "",
    written: str = "",
    text: str = "",
    offered: Sequence[str] = (),
    profile: str = "",
    region_languages: Sequence[str] = (),
) -> tuple[str, ...]:
    """`languages`, the likeliest first.

    What counts, in this order: the language that is `named`, what the text is surely `written` in, its
    script, what was `offered` before, the `profile` as Telegram gives it (`pt-br`), the languages of the
    number's country, the likeliest first. Otherwise they stay as they are.
    """
    script = script_languages(text)
    hints = (*offered, profile.partition("-")[0], *region_languages, *script, *languages)

    def rank(code: str) -> tuple[bool, bool, bool, int]:
        return code != named, code != written, code not in script, hints.index(code)

    return tuple(sorted(languages, key=rank))


def guess_language(
    languages: Sequence[str],
    *,
    profile: str = "",
    region_languages: Sequence[str] = (),
    text: str = "",
    written: str = "",
) -> str:
    """The likeliest of `languages`."""
    return likeliest(
        languages, written=written, text=text, profile=profile, region_languages=region_languages
    )[0]


def script_languages(text: str) -> tuple[str, ...]:
    """The languages that the script of most of `text` points to; none for Latin letters."""
    scripts = Counter(
        unicodedata.name(character, "").partition(" ")[0]
        for character in text[:200]
        if character.isalpha()
    )
    if not scripts:
        return ()
    script = scripts.most_common(1)[0][0]
    return (*SCRIPT_LANGUAGES.get(script, ()), *ALSO_WRITTEN.get(script, ()))
