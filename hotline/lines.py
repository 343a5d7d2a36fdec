"""Lines: one helpline each, with its own languages and time zone."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models import Line

DEMONSTRATION = "demonstration"


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
