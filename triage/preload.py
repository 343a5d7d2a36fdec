"""What is read before the first text is served, so that nobody waits for it."""

from collections.abc import Iterable

from triage.alarms import phrasebook
from triage.echoes import echoes
from triage.lexicon import lexicon


def listen_for(languages: Iterable[str]) -> None:
    """Read what is needed to hear texts in `languages`; some 0.1 s and 2 MB each."""
    for language in (*languages, "en"):
        phrasebook(language)
        lexicon(language)
        echoes(language)
