"""A message's words and options as they are sealed into the outbox, and how a plain phone reads them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from locales import count_segments, native_name, translator
from locales.gsm import for_sms
from triage import Option, Say

# Between an option and the place it was offered at.
AT = "@"


@dataclass(frozen=True, slots=True)
class Body:
    """`options` are (option id, label) pairs; a channel with buttons shows them as buttons.

    `language` is set where the line itself speaks: as SMS such a text may have a shorter form.
    """

    text: str = field(repr=False)
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    language: str = ""

    def to_json(self) -> str:
        parts = [self.text, self.options, *([self.language] if self.language else [])]
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Body":
        words, options, *language = json.loads(text)
        pairs = tuple((str(option), str(label)) for option, label in options)
        return cls(words, pairs, language[0] if language else "")

    def as_sms(self) -> "Body":
        """In the shorter alphabet, if the language of what the line says has such a form."""
        pairs = tuple((option, for_sms(label, self.language)) for option, label in self.options)
        short = replace(self, text=for_sms(self.text, self.language), options=pairs)
        whole = numbered(short.text, short.options)
        return short if count_segments(whole).encoding == "GSM-7" else self


def numbered(text: str, options: Sequence[tuple[str, str]]) -> str:
    """The text as a phone without buttons shows it: each option on a line with its number."""
    lines = [f"{number} {label}" for number, (_, label) in enumerate(options, 1)]
    return "\n".join([text, *lines])


def speak(says: Sequence[Say], language: str, place: str = "", **values: str) -> Body | None:
    """One body for all of a turn's messages, so that they arrive together and in order.

    `place` is where the conversation stands: a button carries it, so that one pressed late or twice
    is not taken for an answer to the next question.
    """
    if not says:
        return None
    texts = translator(language, "contact")
    words = "\n\n".join(texts.text(say.id, **values) for say in says)
    options = tuple(
        (f"{option.id}{AT}{place}" if place else option.id, label(option, language))
        for option in says[-1].options
    )
    return Body(words, options, language)


def label(option: Option, language: str) -> str:
    kind, _, code = option.label.partition(":")
    if kind == "native":
        return native_name(code)
    return translator(language, "contact").text(option.label)
