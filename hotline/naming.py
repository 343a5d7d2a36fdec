"""Which language a text names, and nothing else: by any of its names in any script, as people type it."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from locales.names import framing, named_languages, names
from triage.plain import folded, plain


def named(text: str, languages: Collection[str]) -> str:
    """The one of `languages` whose name `text` is, "please" and the like aside; empty for anything else."""
    heard = plain(text)
    if not heard:
        return ""
    bare = _bare(heard)
    language = _called().get(heard) or _called().get(bare, "")
    if not language and bare != heard:
        language = _framed().get(bare, "")
    return language if language in languages else ""


@lru_cache
def all_names() -> frozenset[str]:
    """Every name of every language, as texts are compared."""
    return frozenset(_called())


@lru_cache
def _called() -> Mapping[str, str]:
    return {folded(name): language for language in named_languages() for name in names(language)}


@lru_cache
def _framed() -> Mapping[str, str]:
    """What is left of names that have such a word in them: only beside another one it is a name."""
    bare = {_bare(name): language for name, language in _called().items()}
    return {name: language for name, language in bare.items() if name}


def _bare(heard: str) -> str:
    return " ".join(word for word in heard.split() if word not in _framing())


@lru_cache
def _framing() -> frozenset[str]:
    """Single words: those of "i speak" are left out one by one."""
    return frozenset(word for phrase in framing() for word in folded(phrase).split())
