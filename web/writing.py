"""Whether the contact of a case may be written to now, as data for its page; and places by time zone."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from zoneinfo import available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location
from babel.units import format_unit
from sqlalchemy.orm import Session

from hotline import writing
from hotline.models import Case
from web import context

# "Do not write for so many hours", in one press.
PAUSES: Final = (1, 3, 8, 24)
# Nowhere in particular.
NO_PLACE: Final = frozenset({"UTC", "Etc/UTC"})


def told(session: Session, case_id: int) -> dict[str, Any]:
    """When it opens, if it is not open now; until when it is, if it ends; and what was agreed."""
    vault, now, language = context.deps().vault, context.now(), context.language()
    case = session.get_one(Case, case_id)
    agreed = writing.of(vault, case)
    window = writing.window_of(session, vault, case, now)
    waits = window.opens > now
    held = agreed.not_before is not None and agreed.not_before > now
    return {
        "opens": window.opens.isoformat() if waits else None,
        "closes": window.closes.isoformat() if window.closes and not waits else None,
        "zone": agreed.zone,
        "place": place(agreed.zone, language) if agreed.zone else "",
        "hours": agreed.hours.said(language),
        "not_before": agreed.not_before.isoformat() if agreed.not_before and held else None,
    }


def pauses() -> list[tuple[int, str]]:
    """Hours, and how the reader says so many."""
    return [(hours, format_unit(hours, "hour", locale=context.language())) for hours in PAUSES]


def place(zone: str, language: str) -> str:
    """A time zone by where it is, as the reader calls it, with its name kept from left to right."""
    if zone in NO_PLACE:
        return zone
    return f"{get_timezone_location(zone, locale=language)} · \u2066{zone}\u2069"


@lru_cache(maxsize=16)
def places(language: str) -> list[tuple[str, str]]:
    """Every zone in which somebody lives, and its place."""
    inhabited: Mapping[str, str] = get_global("zone_territories")
    known = available_timezones()
    named = [(zone, place(zone, language)) for zone in inhabited if zone in known]
    return sorted(named, key=lambda each: each[1])
