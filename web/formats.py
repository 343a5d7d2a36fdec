"""Times as the staff of a line read and write them, by the line's own clock; and numbers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from sqlalchemy.orm import Session

from hotline import counts
from hotline.models import Line
from web import context


@dataclass(frozen=True, slots=True)
class Times:
    zone: str

    @classmethod
    def of_line(cls, session: Session) -> "Times":
        return cls(session.get_one(Line, context.deps().line_id).time_zone)

    def say(self, at: date | None) -> str:
        """In words of the page's language, with the zone; a day without a time as it is."""
        if at is None:
            return ""
        if not isinstance(at, datetime):
            return format_date(at, "d MMM y", locale=context.language())
        # The long form names the month: 03/04 is March to some and April to others.
        said = format_datetime(
            at, "d MMM y, HH:mm", tzinfo=ZoneInfo(self.zone), locale=context.language()
        )
        return f"{said} ({self.zone})"

    def field(self, at: datetime | None) -> str:
        """As a browser's date-time field wants it."""
        return f"{at.astimezone(ZoneInfo(self.zone)):%Y-%m-%dT%H:%M}" if at else ""

    def read(self, field: str) -> datetime | None:
        """What such a field holds; None for anything else."""
        try:
            wall = datetime.strptime(field[:16], "%Y-%m-%dT%H:%M").replace(
                tzinfo=ZoneInfo(self.zone)
            )
            return wall.astimezone(UTC)
        except (ValueError, OverflowError):
            return None


def shown(n: int, k: int) -> int | None:
    """A number as it may be shown; None stands for "fewer than k"."""
    return n if k <= 1 else counts.suppress(n, k)


def words() -> dict[str, Any]:
    """What the templates of these pages may use besides."""
    return {"decimal": _decimal, "percent": _percent}


def _decimal(n: int) -> str:
    return format_decimal(n, locale=context.language())


def _percent(share: float) -> str:
    return format_percent(round(share, 3), locale=context.language(), decimal_quantization=False)
