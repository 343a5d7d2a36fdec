"""Every word people read, by message id and language, and facts about scripts and segments. Pure."""

from locales.cldr import keep_apart
from locales.handles import HANDLES, handle
from locales.names import native_name
from locales.scripts import direction, guess_language, likeliest
from locales.segments import Segments, count_segments
from locales.translator import Domain, Translator, languages, translator

__all__ = [
    "HANDLES",
    "Domain",
    "Segments",
    "Translator",
    "count_segments",
    "direction",
    "guess_language",
    "handle",
    "languages",
    "likeliest",
    "native_name",
    "translator",
]

keep_apart()
