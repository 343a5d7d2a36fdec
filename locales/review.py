"""Who has read a text: kept beside it in its catalog, and void once the text or its English has changed.

    # reviewed: 2026-11-20, Amina H., native speaker, sha256:1a2b3c4d5e6f
    # remark: 2026-11-20, Amina H., native speaker: too formal for young people

An entry without such a line is a draft; there is no other record. A remark is what somebody who read the
text wants changed.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from locales.entries import by_id, is_translated, texts_of
from locales.safety import points
from locales.translator import ROOT, SOURCE_LANGUAGE, read_catalog, translator

REVIEWED: Final = "reviewed:"
REMARK: Final = "remark:"
REVIEW_LINE: Final = re.compile(r"reviewed: (\d{4}-\d\d-\d\d), (.+), (sha256:[0-9a-f]{12})")
REMARK_LINE: Final = re.compile(r"remark: (\d{4}-\d\d-\d\d), (.+?): (.+)")
LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Review:
    """`digest` is of what was read; `by` says who they are, in one line."""

    on: date
    by: str
    digest: str

    def __str__(self) -> str:
        return f"{REVIEWED} {self.on}, {self.by}, {self.digest}"


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody who read the text wants changed."""

    on: str
    by: str
    words: str

    def __str__(self) -> str:
        return f"{REMARK} {self.on}, {self.by}: {self.words}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of a language has been read, of `texts` in all; on the `critical` ones safety hangs."""

    texts: int
    translated: int
    critical: int
    critical_reviewed: int
    # Those that hold, by message id.
    reviews: Mapping[str, Review]

    @property
    def reviewed(self) -> int:
        return len(self.reviews)


def digest(english: Sequence[str], translation: Sequence[str]) -> str:
    """Of what a reviewer has before them: twelve digits tell a change, which is all they are for."""
    both = json.dumps([list(english), list(translation)], ensure_ascii=False)
    return "sha256:" + hashlib.sha256(both.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def review_in(comments: Iterable[str]) -> Review | None:
    """The review that an entry's comments tell of, the last if there are several."""
    found = None
    for comment in comments:
        if match := REVIEW_LINE.fullmatch(comment):
            try:
                found = Review(date.fromisoformat(match[1]), match[2], match[3])
            except ValueError:
                continue  # no such day: `waypost locales check` says so
    return found


def remark_in(comments: Iterable[str]) -> Remark | None:
    """What a reviewer wants changed, the last if there are several."""
    found = None
    for comment in comments:
        if match := REMARK_LINE.fullmatch(comment):
            found = Remark(match[1], match[2], match[3])
    return found


def unreadable(comments: Iterable[str]) -> list[str]:
    """Comments that look like a review and are none."""
    return [
        comment
        for comment in comments
        if comment.lower().startswith(REVIEWED.rstrip(":")) and review_in([comment]) is None
    ]


def one_line(words: str) -> str:
    """A name or a remark as it may stand in a comment: one line, nothing that no screen shows."""
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in words)
    return " ".join(seen.split())


@lru_cache(maxsize=64)
def standing(language: str, root: Path = ROOT) -> Standing:
    """How the contact catalog of a language stands; a language without one has nothing of it.

    Raises OSError or ValueError for a file that is no catalog.
    """
    english = by_id(read_catalog(SOURCE_LANGUAGE, "contact", root))
    there = (root / language / "contact.po").is_file()
    own = by_id(read_catalog(language, "contact", root)) if there else {}
    translated = {name for name in own.keys() & english.keys() if is_translated(own[name])}
    read = {
        name: review
        for name in translated
        if (review := review_in(own[name].user_comments))
        and review.digest == digest(texts_of(english[name]), texts_of(own[name]))
    }
    critical = english.keys() & points().keys()
    return Standing(
        texts=len(english),
        translated=len(translated),
        critical=len(critical),
        critical_reviewed=len(critical & read.keys()),
        reviews=read,
    )


def told(language: str, reader: str) -> str:
    """How far the texts of a language are reviewed, as the desk says it to who reads `reader`."""
    stands, say = standing(language), translator(reader, "staff").text
    if not stands.reviewed:
        return say("reviewed.none")
    return say("reviewed.some", n=stands.reviewed, all=stands.texts)
