"""Lines: one helpline each, with its own languages and time zone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.models import Line

DEMONSTRATION = "demonstration"


class LineRefused(Exception):
    """What was asked of a line cannot be; one line for who asked."""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line as everybody but the database needs it."""

    id: int
    name: str
    languages: tuple[str, ...]
    time_zone: str


def first(session: Session) -> LineFacts | None:
    """The line this installation serves, or None on a fresh database."""
    line = session.execute(select(Line).order_by(Line.id).limit(1)).scalar_one_or_none()
    return line and LineFacts(line.id, line.name, tuple(line.languages), line.time_zone)


def reached_at(session: Session, line_id: int, *, number: str = "", bot: str = "") -> None:
    """Where the helpline is reached, as far as it is known now: for texts that say so."""
    line = session.get_one(Line, line_id)
    if number and number != line.number:
        line.number = number
    if bot and bot != line.bot:
        line.bot = bot


def enable(session: Session, line_id: int, language: str, now: datetime) -> None:
    """Offer a language, after those that are. Nothing happens where it is offered already."""
    line = session.get_one(Line, line_id, with_for_update=True)
    if language not in line.languages:
        line.languages = [*line.languages, language]
        audit.note(session, line_id, None, "languages.enabled", now, language=language)


def disable(session: Session, line_id: int, language: str, now: datetime) -> None:
    """Offer a language no more. Raises LineRefused for the last one, and for one that is not offered."""
    line = session.get_one(Line, line_id, with_for_update=True)
    if language not in line.languages:
        raise LineRefused(f"{language} is not offered; {', '.join(line.languages)} are")
    if len(line.languages) == 1:
        raise LineRefused(f"{language} is the last language of the line: enable another one first")
    line.languages = [code for code in line.languages if code != language]
    audit.note(session, line_id, None, "languages.disabled", now, language=language)


def make_demonstration(session: Session, languages: tuple[str, ...]) -> LineFacts:
    """The line of a fresh installation. English first: it is what is offered when nothing hints."""
    ordered = sorted(languages, key=lambda code: (code != "en", code))
    line = Line(
        slug=DEMONSTRATION,
        name="Waypost demonstration line",
        languages=ordered,
        time_zone="UTC",
        demonstration=True,
    )
    session.add(line)
    session.flush()
    return LineFacts(line.id, line.name, tuple(ordered), line.time_zone)
