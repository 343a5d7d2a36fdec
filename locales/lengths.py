"""How long a text is as a plain phone shows it: a question with its numbered answers below."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from babel.messages.catalog import Message as Entry

from locales.entries import texts_of
from locales.gsm import for_sms
from locales.scripts import native_name
from locales.segments import Segments, count_segments

# What asks has to be read at once on a small phone; advice may be longer.
ASKS: Final = re.compile(r"^question\.|\.(ask|choose|share|person)$")
MOST_SEGMENTS_ASKING, MOST_SEGMENTS = 2, 6


def most_segments(message_id: str) -> int:
    return MOST_SEGMENTS_ASKING if ASKS.search(message_id) else MOST_SEGMENTS


def measure(
    message_id: str,
    text: str,
    entries: Mapping[str, Entry],
    under: Mapping[str, Sequence[str]],
    language: str,
) -> Segments:
    """The size of a text of a catalog with the labels that `under` names, out of its `entries`, as SMS."""
    labels = under.get(message_id, ())
    lines = [f"{number} {_label(name, entries)}" for number, name in enumerate(labels, 1)]
    return count_segments(for_sms("\n".join([text, *lines]), language))


def _label(name: str, entries: Mapping[str, Entry]) -> str:
    kind, _, code = name.partition(":")
    if kind == "native":
        return native_name(code)
    return texts_of(entries[name])[0] if name in entries else ""
