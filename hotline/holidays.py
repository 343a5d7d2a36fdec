"""Holidays of a line: days on which weekly shifts fall out. A country's public ones can be filled in, and
changed afterwards: what a state celebrates is not what a line does.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotline import audit
from hotline.models import Holiday
from hotline.shifts import RotaRefused

LONGEST_NAME: Final = 80
# As far as calendars are known that go by the moon.
YEARS_AHEAD: Final = 2


def listed(session: Session, line_id: int, since: date) -> Sequence[Holiday]:
    return session.scalars(
        select(Holiday)
        .where(Holiday.line_id == line_id, Holiday.day >= since)
        .order_by(Holiday.day)
    ).all()


def add(session: Session, line_id: int, days: dict[date, str], now: datetime, *, by: int) -> int:
    """Put days on the list; one that is there keeps its name. Gives how many are new."""
    if not days:
        return 0
    rows = [
        {"line_id": line_id, "day": day, "name": name.strip()[:LONGEST_NAME]}
        for day, name in days.items()
    ]
    made = session.scalars(
        insert(Holiday).values(rows).on_conflict_do_nothing().returning(Holiday.day)
    ).all()
    audit.note(session, line_id, by, "rota.changed", now, kind="holidays_added")
    return len(made)


def remove(session: Session, line_id: int, day: date, now: datetime, *, by: int) -> None:
    session.execute(delete(Holiday).where(Holiday.line_id == line_id, Holiday.day == day))
    audit.note(session, line_id, by, "rota.changed", now, kind="holidays_removed")


def public(country: str, year: int, now: datetime) -> dict[date, str]:
    """A country's public holidays of a year, as they are called there. Raises RotaRefused."""
    import holidays  # noqa: PLC0415 - large, and needed once a year

    if country not in countries() or not now.year <= year <= now.year + YEARS_AHEAD:
        raise RotaRefused("rota.refused.country")
    return dict(sorted(holidays.country_holidays(country, years=year).items()))


@lru_cache
def countries() -> tuple[str, ...]:
    """The countries whose holidays are known, as ISO 3166 alpha-2 codes."""
    import holidays  # noqa: PLC0415 - the same

    return tuple(sorted(code for code in holidays.list_supported_countries() if len(code) == 2))  # noqa: PLR2004
