"""One row of a subscribers' file: what it says, or the one reason why it cannot be used."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Final

from campaigns import phones, quiet
from campaigns.phones import PhoneUnusable

# What a header may call a column.
COLUMNS: Final = {
    "phone": "phone",
    "language": "language",
    "region": "tag",
    "tag": "tag",
    "time_zone": "time_zone",
    "timezone": "time_zone",
    "consent_source": "consent_source",
    "consent_date": "consent_date",
}
NEEDED: Final = ("phone", "language")
READ: Final = ("phone", "language", "tag", "time_zone", "consent_source", "consent_date")
# The column of a list of bad rows that says what was wrong: passed over when the list comes back.
WHY: Final = "why"
LONGEST_SOURCE: Final = 100
LONGEST_TAG: Final = 40
# A number that slipped into another column would stand there for all to read.
# Nine digits, since a date has eight; and a date is no part of one.
DATE: Final = re.compile(r"\b(19|20)\d\d-(0\d|1[0-2])-[0-3]\d\b")
DIGITS: Final = re.compile(r"(\d[\W_]*){9}")
# A day of grace: it may be tomorrow already where the person agreed.
GRACE: Final = timedelta(days=1)
# A list of bad rows is opened in a spreadsheet, which takes what begins like this for a formula.
FORMULA: Final = tuple("=+-@\t\r")


class RowUnusable(Exception):
    """The one reason why a row cannot be used: a message id of the staff catalog."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class HeaderUnusable(Exception):
    """The first row does not name the columns. `column` are those that are missing."""

    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column


@dataclass(frozen=True, slots=True)
class Row:
    """A subscriber as a row gives them. Its repr does not show the address."""

    address: str = field(repr=False)
    country: str
    language: str
    tag: str
    time_zone: str
    consent_source: str
    consent_date: date


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for all rows of a file that do not say otherwise. Raises RowUnusable.

    `region` ("CH") is the country of numbers without one; `channel` is where all of them are reached.
    """

    languages: frozenset[str]
    channel: str
    today: date
    region: str = ""
    consent_source: str = ""
    consent_date: date | None = None

    def __post_init__(self) -> None:
        if self.consent_source:
            _source(self.consent_source)
        if self.consent_date and self.consent_date > self.today + GRACE:
            raise RowUnusable("row.date_future")


class Reader:
    """Reads the rows under one header. Raises HeaderUnusable."""

    def __init__(self, header: Sequence[str], defaults: Defaults) -> None:
        names = [COLUMNS.get(name(cell), "") for cell in header]
        missing = [each for each in NEEDED if each not in names]
        if missing:
            raise HeaderUnusable("import.column_missing", ", ".join(missing))
        named = [each for each in names if each]
        if len(set(named)) < len(named):
            raise HeaderUnusable("import.column_twice")
        self._defaults = defaults
        self._width = len(names)
        # A column that is not there is read from the empty cell after the last.
        self._pick = itemgetter(*(_index(names, each) for each in READ))
        self._own = [n for n, cell in enumerate(header) if name(cell) != WHY]
        self.header = self.own(header)

    def own(self, cells: Sequence[str]) -> list[str]:
        """The cells as the file gave them, without what a list of bad rows had added."""
        return [cells[n] if n < len(cells) else "" for n in self._own]

    def read(self, cells: Sequence[str]) -> Row:
        """The row's subscriber. Raises RowUnusable."""
        defaults, there = self._defaults, cells[: self._width]
        blank = [""] * (self._width + 1 - len(there))
        phone, language, tag, zone, source, day = map(str.strip, self._pick([*there, *blank]))
        try:
            number = phones.read(unguarded(phone), defaults.region)
        except PhoneUnusable as unusable:
            raise RowUnusable(unusable.reason) from None
        return Row(
            address=number.address,
            country=number.country,
            language=_language(language, defaults.languages),
            tag=_tag(unguarded(tag)),
            time_zone=_zone(zone) if zone else number.zones,
            consent_source=_source(unguarded(source) or defaults.consent_source),
            consent_date=_date(day, defaults.today) if day else _given(defaults.consent_date),
        )


def name(cell: str) -> str:
    """A column's name however it is written."""
    return cell.lstrip("\ufeff").strip().casefold().replace(" ", "_").replace("-", "_")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, or for a quantity: +41… would lose its plus."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def _index(names: Sequence[str], column: str) -> int:
    return names.index(column) if column in names else len(names)


# What follows is the same in most rows of a file, and remembered. A number never is.


@lru_cache(maxsize=1024)
def _language(cell: str, known: frozenset[str]) -> str:
    if not cell:
        raise RowUnusable("row.language_missing")
    # fr-CH and fr_CH are French here.
    code = re.split(r"[-_]", cell.casefold(), maxsplit=1)[0]
    if code not in known:
        raise RowUnusable("row.language_unknown")
    return code


@lru_cache(maxsize=1024)
def _tag(cell: str) -> str:
    return _public(cell, LONGEST_TAG, "row.tag_too_long", "row.tag_personal")


def _zone(cell: str) -> str:
    if not quiet.known(cell):
        raise RowUnusable("row.time_zone_unknown")
    return cell


@lru_cache(maxsize=1024)
def _source(cell: str) -> str:
    if not cell:
        raise RowUnusable("row.consent_missing")
    return _public(cell, LONGEST_SOURCE, "row.consent_too_long", "row.consent_personal")


@lru_cache(maxsize=1024)
def _date(cell: str, today: date) -> date:
    try:
        given = date.fromisoformat(cell)
    except ValueError:
        raise RowUnusable("row.date") from None
    if given > today + GRACE:
        raise RowUnusable("row.date_future")
    return given


def _given(default: date | None) -> date:
    if default is None:
        raise RowUnusable("row.date_missing")
    return default


def _public(cell: str, longest: int, too_long: str, personal: str) -> str:
    """A cell that all may read: short, plain, and nothing in it that points at a person."""
    if len(cell) > longest or not cell.isprintable():
        raise RowUnusable(too_long)
    if DIGITS.search(DATE.sub("", cell)) or "@" in cell:
        raise RowUnusable(personal)
    return cell
