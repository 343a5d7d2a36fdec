"""Facts about languages and scripts: direction, native name, and what a number or a text hints at.

Hints only order what is offered; nobody is ever switched to a language without being asked.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence

from babel import Locale

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


def direction(language: str) -> str:
    """`rtl` or `ltr`, after CLDR."""
    return Locale.parse(language).text_direction


def native_name(language: str) -> str:
    """A language's name in itself, after CLDR, with a capital where the script has one."""
    name = Locale.parse(language).get_display_name() or language
    return name[:1].upper() + name[1:]


def guess_language(
    languages: Sequence[str],
    *,
    profile: str = "",
    region_languages: Sequence[str] = (),
    text: str = "",
    written: str = "",
) -> str:
    """The likeliest of `languages`, from the text, its script, the profile, the number's region.

    `written` is what the text is surely written in, if that is known. `profile` is a code as Telegram
    gives it (`pt-br`). `region_languages` are the languages of the number's country, likeliest first.
    Falls back on the first of `languages`.
    """
    hints = [written, *_script_languages(text), profile.partition("-")[0], *region_languages]
    return next((hint for hint in hints if hint in languages), languages[0])


def _script_languages(text: str) -> tuple[str, ...]:
    scripts = Counter(
        unicodedata.name(character, "").partition(" ")[0]
        for character in text[:200]
        if character.isalpha()
    )
    if not scripts:
        return ()
    return SCRIPT_LANGUAGES.get(scripts.most_common(1)[0][0], ())
