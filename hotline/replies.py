"""Answers that are kept ready for the desk, by language: drafts until somebody of the line has read them.

The ones that come with the software are in the contact catalog; what a line changes, reviews, adds or takes
away is kept beside them, so that a new language brings its drafts along and reviewed words never change.

ReplyRefused   what was asked cannot be done; `reason` is a message id of the staff catalog
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from string import Formatter
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotline import audit
from hotline.models import ReadyReply, ReadyText, Staff
from locales import translator
from locales.review import Review, standing

# What comes with the software, in the order of a talk; message ids of the contact catalog.
STARTERS: Final = (
    "ready.safe_to_write",
    "ready.here",
    "ready.take_time",
    "ready.thank_you",
    "ready.one_moment",
    "ready.place_alone",
    "ready.emergency",
    "ready.what_we_do",
    "ready.confidential",
    "ready.no_names",
    "ready.when_safe",
    "ready.delete",
    "ready.handing_over",
    "ready.goodbye",
)
# {name} is who writes, {line} the helpline.
PLACEHOLDERS: Final = frozenset({"name", "line"})
LONGEST: Final = 1000


class ReplyRefused(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Text:
    """One language of a reply; a draft without a reviewer. Of a catalog's review the day is known."""

    text: str = field(repr=False)
    reviewed_by: str = ""
    reviewed_at: date | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A reply by what pages call it: the message id it came with, or the number of one of the line's own."""

    key: str = field(repr=False)
    texts: Mapping[str, Text] = field(default_factory=dict[str, Text])


def listed(session: Session, line_id: int, languages: Sequence[str]) -> list[Ready]:
    """Every reply of a line in those of `languages` in which there is one; its own come last."""
    rows = session.scalars(
        select(ReadyReply).where(ReadyReply.line_id == line_id).order_by(ReadyReply.id)
    ).all()
    kept = _texts(session, line_id)
    by_name = {row.name: row for row in rows if row.name}
    found: list[Ready] = []
    for name in STARTERS:
        row = by_name.get(name)
        if row is None or row.removed_at is None:
            changed = kept.get(row.id, {}) if row else {}
            found.append(Ready(name, _shipped(name, languages) | _in(changed, languages)))
    own = [row for row in rows if not row.name]
    return found + [Ready(str(row.id), _in(kept.get(row.id, {}), languages)) for row in own]


def write(
    session: Session,
    line_id: int,
    staff: Staff,
    key: str,
    language: str,
    text: str,
    now: datetime,
    *,
    reviewed: bool,
) -> None:
    """Keep a text of a reply, as a draft or as read and found good. An empty `key` makes a new reply.

    Raises ReplyRefused.
    """
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    _check(text)
    row = _row(session, line_id, key) if key else _new(session, line_id)
    values = {
        "text": text,
        "changed_at": now,
        "reviewed_by": staff.id if reviewed else None,
        "reviewed_at": now if reviewed else None,
    }
    session.execute(
        insert(ReadyText)
        .values(reply_id=row.id, language=language, **values)
        .on_conflict_do_update(index_elements=["reply_id", "language"], set_=values)
    )
    audit.note(session, line_id, staff.id, "replies.changed", now, reply=row.id)


def remove(session: Session, line_id: int, staff: Staff, key: str, now: datetime) -> None:
    """Take a reply away, in every language. Raises ReplyRefused."""
    row = _row(session, line_id, key)
    number = row.id
    if row.name:
        row.removed_at = now
    else:
        session.delete(row)
    session.flush()
    audit.note(session, line_id, staff.id, "replies.changed", now, reply=number)


def shipped(text: str, review: Review | None) -> Text:
    """A text of the catalog with its review, if there is one that holds."""
    return Text(text, review.by, review.on) if review else Text(text)


def filled(text: str, *, name: str, line: str) -> str:
    """A text with who writes and for which line."""
    return text.format(name=name, line=line)


def _check(text: str) -> None:
    if not text:
        raise ReplyRefused("refused.empty")
    if len(text) > LONGEST:
        raise ReplyRefused("replies.refused.long")
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        raise ReplyRefused("replies.refused.placeholder") from None
    if any(name not in PLACEHOLDERS or spec or how for _, name, spec, how in parts):
        raise ReplyRefused("replies.refused.placeholder")


def _texts(session: Session, line_id: int) -> dict[int, dict[str, Text]]:
    """What the line wrote or reviewed, by reply and language."""
    found: dict[int, dict[str, Text]] = {}
    rows = session.execute(
        select(ReadyText, Staff.display_name)
        .join(ReadyReply, ReadyReply.id == ReadyText.reply_id)
        .outerjoin(Staff, Staff.id == ReadyText.reviewed_by)
        .where(ReadyReply.line_id == line_id)
    )
    for row, name in rows:
        text = Text(row.text, name or "", row.reviewed_at)
        found.setdefault(row.reply_id, {})[row.language] = text
    return found


def _shipped(name: str, languages: Sequence[str]) -> dict[str, Text]:
    # A language without its own text falls back to English, which is no translation.
    texts = {code: translator(code, "contact") for code in languages}
    return {
        code: shipped(texts[code].text(name), standing(code).reviews.get(name))
        for code in languages
        if name in texts[code].ids
    }


def _in(texts: Mapping[str, Text], languages: Sequence[str]) -> dict[str, Text]:
    return {code: text for code, text in texts.items() if code in languages}


def _row(session: Session, line_id: int, key: str) -> ReadyReply:
    """The row of a reply, locked; made for one that came with the software and was as it came."""
    if key in STARTERS:
        session.execute(
            insert(ReadyReply).values(line_id=line_id, name=key).on_conflict_do_nothing()
        )
        found = ReadyReply.name == key
    elif key.isascii() and key.isdigit() and len(key) < len(str(2**63)):
        found = ReadyReply.id == int(key)
    else:
        raise ReplyRefused("replies.refused.unknown")
    row = session.scalar(
        select(ReadyReply)
        .where(ReadyReply.line_id == line_id, ReadyReply.removed_at.is_(None), found)
        .with_for_update()
    )
    if row is None:
        raise ReplyRefused("replies.refused.unknown")
    return row


def _new(session: Session, line_id: int) -> ReadyReply:
    row = ReadyReply(line_id=line_id, name=None, removed_at=None)
    session.add(row)
    session.flush()
    return row
