"""In which language a text is surely written, by a library that ships its model.

py3langid, limited to the languages of the line. A guess is only ever offered, never acted on unasked.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from triage.plain import words

# Below this, short texts are a coin toss between neighbours.
SURE = 0.9
# "No" and "ok" are words of half the world.
FEWEST_WORDS = 3
LONGEST = 200
# Codes that the library writes in another way.
THEIRS = {"fil": "tl"}


def written_in(text: str, languages: Sequence[str]) -> str:
    """The one of `languages` that `text` is surely written in, or an empty string."""
    if len(words(text)) < FEWEST_WORDS or len(languages) < 2:  # noqa: PLR2004 - a choice of one is none
        return ""
    ours = {THEIRS.get(language, language): language for language in languages}
    identifier = _identifier(tuple(ours))
    if identifier is None:
        return ""
    language, likelihood = identifier.classify(text[:LONGEST])
    return ours[language] if likelihood >= SURE else ""


@lru_cache(maxsize=8)
def _identifier(languages: tuple[str, ...]) -> Any:
    """The library for these languages; None where it knows fewer than two of them."""
    # Loaded when first needed: 25 MB that most commands never use.
    langid: Any = import_module("py3langid.langid")
    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    known = [language for language in languages if language in set(identifier.labels)]
    if len(known) < 2:  # noqa: PLR2004 - a choice of one is none
        return None
    identifier.set_languages(known)
    return identifier
