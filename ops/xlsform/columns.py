"""The columns of the three sheets: those of XLSForm and our own.

Our own are plain columns that begin with `waypost_`. pyxform 4.5 lets unknown columns of `survey` and
`settings` pass, and copies those of `choices` beside each choice, where the name has to do as a name in XML:
so no colons. A `bind::` or `instance::` column would reach what a filled-in form sends; ours should not.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from babel import Locale, UnknownLocaleError

from locales import languages, native_name

SAY = "waypost_say"  # the message id, so that it survives
INDICATORS, NEEDS = "waypost_indicators", "waypost_needs"  # names with a space between
SAYS, INTERRUPTS = "waypost_says", "waypost_interrupts"
COUNTS = "waypost_counts"  # yes or no: the answer that matters
FIRST, LIKELY, SOURCE = "waypost_first", "waypost_likely", "waypost_source"
SCORED, ADAPTIVE = "waypost_scored", "waypost_adaptive"
MEANING = (INDICATORS, NEEDS, SAYS, INTERRUPTS)

SURVEY_HEAD = ("type", "name")
SURVEY_TAIL = ("relevant", SAY, COUNTS, *MEANING, FIRST, LIKELY, SOURCE)
CHOICES_HEAD = ("list_name", "name")
CHOICES_TAIL = (SAY, *MEANING)
SETTINGS = ("form_title", "form_id", "version", "default_language", SCORED, ADAPTIVE)

# Older names that XLSForm still allows, after pyxform/aliases.py.
ALIASES: Mapping[str, str] = {
    "list name": "list_name",
    "caption": "label",
    "relevance": "relevant",
    "command": "type",
    "tag": "name",
    "value": "name",
    "set form id": "form_id",
    "set form title": "form_title",
}
LABEL = re.compile(r"(?:label|caption)\s*(?:::?\s*(?P<language>.*))?", re.IGNORECASE)
CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")
CODE_IN_BRACKETS = re.compile(r".*\(\s*([^()]+?)\s*\)")

# Names become keys, message ids and the payload of a button.
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,47}")
NAME_RULE = "a name is up to 48 letters a-z, digits, _ and -"
MESSAGE_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def column(written: str) -> str:
    """A header in the one form we know it by: ` Label :: French ` is `label::French`."""
    bare = " ".join(written.split())
    if labelled := LABEL.fullmatch(bare):
        language = (labelled["language"] or "").strip()
        return f"label::{language}" if language else "label"
    lower = bare.lower()
    return ALIASES.get(lower, lower)


def labels(columns: tuple[str, ...]) -> list[str]:
    """The label columns among them."""
    return [name for name in columns if name == "label" or name.startswith("label::")]


def label_of(code: str) -> str:
    return f"label::{language_name(code)}"


def language_name(code: str) -> str:
    """`French (fr)`, as XLSForm recommends it."""
    return f"{_locale(code).get_display_name('en') or code} ({code})"


def language_of(named: str) -> str:
    """The code in `French (fr)`, `fr`, `French` or `français`; empty where none is meant for sure."""
    bracketed = CODE_IN_BRACKETS.fullmatch(named)
    code = bracketed[1] if bracketed else _codes().get(named.casefold(), named)
    if not CODE.fullmatch(code):
        return ""
    try:
        _locale(code)
    except (UnknownLocaleError, ValueError):
        return ""
    return code


def _locale(code: str) -> Locale:
    return Locale.parse(code.replace("-", "_"))


@lru_cache
def _codes() -> dict[str, str]:
    """Languages by their English name; those of the catalogs also by their own."""
    names = cast("Mapping[str, str]", Locale("en").languages)
    own = {native_name(code).casefold(): code for code in languages()}
    return own | {name.casefold(): code for code, name in names.items()}
