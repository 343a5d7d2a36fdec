"""Periods of published counts: ISO weeks from Monday to Sunday, or calendar months. Days are those of UTC."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

WEEK, MONTH = "week", "month"
PERIODS: Final = (WEEK, MONTH)


def first_day(period: str, day: date) -> date:
    """The first day of the period that `day` is in."""
    return day - timedelta(days=day.weekday()) if period == WEEK else day.replace(day=1)


def last_day(period: str, day: date) -> date:
    """The last day of the period that `day` is in."""
    if period == WEEK:
        return day + timedelta(days=6 - day.weekday())
    return day.replace(day=monthrange(day.year, day.month)[1])


def days(since: date, until: date) -> list[date]:
    """Every day from `since` to `until`, both included."""
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]
