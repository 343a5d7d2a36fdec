"""What a notice says, in the member's language: that something of a kind waits, and where the desk is.

No case number, no name, no language of anybody, and no link with a number in it.
"""

from dataclasses import dataclass, field
from typing import Final

from hotline.notices import Kind
from locales import translator

# Told without a number.
UNCOUNTED: Final[frozenset[Kind]] = frozenset({"case.handed", "directory.stale"})


@dataclass(frozen=True, slots=True)
class Message:
    """What is handed to a carrier. Its repr shows nothing of it."""

    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    language: str


def sentence(language: str, what: Kind, n: int) -> str:
    """The notice itself: "3 cases are waiting."."""
    texts = translator(language, "staff")
    if what in UNCOUNTED:
        return texts.text(f"notice.{what}")
    return texts.plural(f"notice.{what}", n)


def notice(address: str, language: str, what: Kind, n: int, public_url: str) -> Message:
    """The notice, where the desk is, and how to be told no more."""
    texts, said = translator(language, "staff"), sentence(language, what, n)
    parts = [said]
    if public_url:
        parts += [
            f"{public_url}/desk",
            texts.text("notice.why", link=f"{public_url}/account/notices"),
        ]
    return Message(address, said, "\n\n".join(parts), language)


def code(address: str, language: str, secret: str) -> Message:
    """What shows that an address is theirs."""
    texts = translator(language, "staff")
    said = texts.text("notice.code", code=secret)
    return Message(address, texts.text("notice.code.subject"), said, language)


def linked(address: str, language: str) -> Message:
    """The first words in a chat that was linked."""
    said = translator(language, "staff").text("notice.linked")
    return Message(address, said, said, language)
