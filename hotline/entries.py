"""One entry of the referral directory: what a form or a row of a file says, or the one reason why not.

What is known of a service is public, so all of it is readable here; nothing of a contact ever is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, cast
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel import Locale, localedata

from hotline import hours as opening_hours
from hotline.hours import Hours, HoursUnusable

SERVICE_KINDS: Final = (
    "shelter",
    "crisis_line",
    "medical",
    "counselling",
    "legal",
    "labour_rights",
    "child_protection",
    "return_home",
    "papers",
    "food",
    "money",
    "other",
)
SERVED: Final = ("anybody", "adults", "children", "women", "men")
COSTS: Final = ("ask", "free", "some", "paid")
# How somebody is reached; an entry has one of these at least.
REACHED_BY: Final = ("phone", "email", "web", "place")
# What a row of a file has besides a text for each language.
FIELDS: Final = (
    "code",
    "name",
    "kind",
    "country",
    "area",
    "languages",
    "serves",
    "hours",
    "time_zone",
    "cost",
    *REACHED_BY,
    "note",
    "source",
    "verified_on",
    "verified_by",
)
UNCONFIRMED: Final = ("code", "note", "verified_on", "verified_by")
# Begins the name of a column that holds the text of one language: text_fr.
TEXT: Final = "text_"
LONGEST: Final[Mapping[str, int]] = {
    "name": 80,
    "area": 80,
    "email": 120,
    "web": 200,
    "place": 160,
    "note": 500,
    "source": 200,
    "verified_by": 60,
}
LONGEST_TEXT: Final = 240
CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
PHONE: Final = re.compile(r"[+0-9*#(][0-9 ()/.*#-]{1,29}")
EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
# Neither control characters nor marks that turn the direction of what follows: a text has to be as it looks.
UNSHOWN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
# Regions that babel names and nobody lives in.
NO_COUNTRY: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
COUNTRY_LETTERS: Final = 2
# A day of grace: it may be tomorrow already where it was confirmed.
GRACE: Final = timedelta(days=1)


class EntryUnusable(Exception):
    """The one reason why an entry cannot be used: a message id of the staff catalog."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """A service as people say it. Lists have no order of their own; `country` empty is anywhere."""

    code: str
    name: str
    kind: str
    country: str
    area: str
    languages: tuple[str, ...]
    serves: tuple[str, ...]
    hours: str
    time_zone: str
    cost: str
    phone: str = field(repr=False)
    email: str
    web: str
    place: str
    texts: Mapping[str, str]
    note: str
    source: str
    verified_on: date | None = None
    verified_by: str = ""
    week: Hours | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "week", opening_hours.read(self.hours) if self.hours else None)


def read(cells: Mapping[str, str], today: date) -> Entry:
    """The entry that named cells say; ones that are missing are empty. Raises EntryUnusable."""
    said = {name: _tidy(cell) for name, cell in cells.items()}

    def cell(name: str) -> str:
        text = said.get(name, "")
        if len(text) > LONGEST.get(name, LONGEST_TEXT):
            raise EntryUnusable("entry.too_long")
        return text

    entry = Entry(
        code=_code(cell("code").lower()),
        name=_named(cell("name")),
        kind=_one_of(cell("kind").lower(), SERVICE_KINDS, "entry.kind"),
        country=_country(cell("country").upper()),
        area=cell("area"),
        languages=_languages(cell("languages")),
        serves=_serves(cell("serves").lower()),
        hours=_hours(cell("hours")),
        time_zone=_zone(cell("time_zone"), cell("hours")),
        cost=_one_of(cell("cost").lower() or "ask", COSTS, "entry.cost"),
        phone=_fits(cell("phone"), PHONE, "entry.phone"),
        email=_fits(cell("email"), EMAIL, "entry.email"),
        web=_web(cell("web")),
        place=cell("place"),
        texts=_texts({name: cell(name) for name in said if name.startswith(TEXT)}),
        note=cell("note"),
        source=cell("source"),
        verified_on=_day(cell("verified_on"), today),
        verified_by=cell("verified_by"),
    )
    if not any(getattr(entry, way) for way in REACHED_BY):
        raise EntryUnusable("entry.unreachable")
    confirmed = entry.verified_on is not None
    if confirmed != bool(entry.verified_by) or (confirmed and not entry.source):
        raise EntryUnusable("entry.verified")
    return entry


def facts(entry: Entry) -> tuple[object, ...]:
    """All that is confirmed when an entry is: whatever changes of it has to be confirmed anew.

    What a file calls it, and the desk's own note, a contact is never told.
    """
    own = tuple(getattr(entry, name) for name in FIELDS if name not in UNCONFIRMED)
    return (*own, *sorted(entry.texts.items()))


def cells(entry: Entry) -> dict[str, str]:
    """What `read` reads; nothing is lost on the way."""
    said = {name: _cell(getattr(entry, name)) for name in FIELDS}
    return said | {f"{TEXT}{language}": text for language, text in entry.texts.items()}


@lru_cache
def countries() -> frozenset[str]:
    names = cast("Mapping[str, str]", Locale("en").territories)
    codes = {code for code in names if len(code) == COUNTRY_LETTERS and code.isalpha()}
    return frozenset(codes - NO_COUNTRY)


@lru_cache
def written_languages() -> frozenset[str]:
    """Those in which a text can be told: how its days are called, and from which side it is read."""
    return frozenset(filter(localedata.exists, known_languages()))


@lru_cache
def known_languages() -> frozenset[str]:
    names = cast("Mapping[str, str]", Locale("en").languages)
    return frozenset(code for code in names if code.isalpha() and code != "und")


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(cast("tuple[str, ...]", value))
    return "" if value is None else str(value)


def _tidy(cell: str) -> str:
    """As typed or pasted: one space between words, on one line."""
    said = " ".join(cell.split())
    if UNSHOWN.search(said):
        raise EntryUnusable("entry.unshown")
    return said


def _code(code: str) -> str:
    return _needed(_fits(code, CODE, "entry.code"), "entry.code")


def _named(name: str) -> str:
    return _needed(name, "entry.name")


def _needed(cell: str, reason: str) -> str:
    if not cell:
        raise EntryUnusable(reason)
    return cell


def _fits(cell: str, shape: re.Pattern[str], reason: str) -> str:
    if cell and shape.fullmatch(cell) is None:
        raise EntryUnusable(reason)
    return cell


def _one_of(cell: str, known: tuple[str, ...], reason: str) -> str:
    if cell not in known:
        raise EntryUnusable(reason)
    return cell


def _country(code: str) -> str:
    if code and code not in countries():
        raise EntryUnusable("entry.country")
    return code


def _languages(cell: str) -> tuple[str, ...]:
    found = tuple(sorted(set(cell.lower().replace(",", " ").split())))
    if not set(found) <= known_languages():
        raise EntryUnusable("entry.languages")
    return found


def _serves(cell: str) -> tuple[str, ...]:
    found = set(cell.replace(",", " ").split())
    if not found or not found <= set(SERVED):
        raise EntryUnusable("entry.serves")
    return tuple(each for each in SERVED if each in found)


def _hours(cell: str) -> str:
    try:
        return str(opening_hours.read(cell)) if cell else ""
    except HoursUnusable:
        raise EntryUnusable("entry.hours") from None


def _zone(zone: str, opening: str) -> str:
    """Hours of a place whose clock nobody knows say nothing."""
    by_the_clock = opening not in ("", opening_hours.ALWAYS)
    if (zone and zone not in available_timezones()) or (by_the_clock and not zone):
        raise EntryUnusable("entry.time_zone")
    return zone


def _web(cell: str) -> str:
    try:
        parts = urlsplit(cell)
    except ValueError:
        raise EntryUnusable("entry.web") from None
    if cell and (parts.scheme not in ("https", "http") or not parts.hostname or " " in cell):
        raise EntryUnusable("entry.web")
    return cell


def _texts(said: Mapping[str, str]) -> dict[str, str]:
    texts = {name.removeprefix(TEXT): text for name, text in said.items() if text}
    if not texts.keys() <= written_languages():
        raise EntryUnusable("entry.text_language")
    return texts


def _day(cell: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(cell) if cell else None
    except ValueError:
        raise EntryUnusable("entry.verified") from None
    if day and day > today + GRACE:
        raise EntryUnusable("entry.future")
    return day
