"""What a reviewer gets and gives back, whatever kind of file carries it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from locales.figures import Text
from locales.review import digest

# The verdict that a text is good as it stands; any other words are a remark, and none leave it as it is.
OK: Final = "ok"


class ReviewRefused(Exception):
    """A file that cannot be taken in; one line for each place that is wrong."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Row:
    """`seen` is the digest of what was exported, since which it may have changed here; empty: not known."""

    at: str
    id: str
    text: str = field(repr=False)
    verdict: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    language: str
    rows: Sequence[Row]


def seen(text: Text) -> str:
    """What a reviewer has before them."""
    return digest([text.english], [text.text])
