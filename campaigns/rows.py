"""One row of a subscribers' file: what it says, or the one reason why it cannot be used."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import NumberParseException
from phonenumbers import timezone as phone_zones

from campaigns import quiet

# What a header may call a column.
COLUMNS: Final = {
    "phone": "phone",
    "language": "language",
    "time_zone": "time_zone",
    "timezone": "time_zone",
    "consent_source": "consent_source",
    "consent_date": "consent_date",
}
NEEDED: Final = ("phone", "language")
# Longer is no number in any writing, and reading it costs time.
LONGEST_PHONE: Final = 40
LONGEST_SOURCE: Final = 100
# 4.17912E+10: a spreadsheet took the number for a quantity, and its last digits are gone.
ROUNDED: Final = re.compile(r"\+?\d+([.,]\d+)?[eE]\+?\d+")
# A number that slipped into another column would stand there for all to read.
# Nine digits, since a date has eight; and a date is no part of one.
DATE: Final = re.compile(r"\b(19|20)\d\d-(0\d|1[0-2])-[0-3]\d\b")
DIGITS: Final = re.compile(r"(\d[\W_]*){9}")
SEASONS: Final = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))
# Numbers that France keeps free for films and novels (ARCEP, 06 39 98 00 00 to 99 99): the simulator's
# phones. They are "not valid" because they reach nobody, which is what a demonstration wants.
FICTIONAL: Final = ("tel:+3363998",)
WHY_NOT_PARSED: Final = {
    NumberParseException.INVALID_COUNTRY_CODE: "row.phone_country",
    NumberParseException.NOT_A_NUMBER: "row.phone_not_a_number",
}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: its number in the file and a message id of the staff catalog."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A subscriber as a row gives them. Its repr does not show the address."""

    address: str = field(repr=False)
    language: str
    time_zone: str
    consent_source: str
    consent_date: date | None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for all rows of a file."""

    languages: frozenset[str]
    region: str
    consent_source: str
    today: date


class _Unusable(Exception):
    pass


def read(number: int, record: dict[str, str], defaults: Defaults) -> Row | BadRow:
    """The row's subscriber, or why there is none."""
    cells = {name: cell.strip() for name, cell in record.items()}
    try:
        phone = _phone(cells.get("phone", ""), defaults.region)
        return Row(
            address=_address(phone),
            language=_language(cells.get("language", ""), defaults.languages),
            time_zone=_zone(cells.get("time_zone", ""), phone),
            consent_source=_source(cells.get("consent_source", "") or defaults.consent_source),
            consent_date=_date(cells.get("consent_date", ""), defaults.today),
        )
    except _Unusable as unusable:
        return BadRow(number, str(unusable))


def _phone(cell: str, region: str) -> phonenumbers.PhoneNumber:
    if not cell:
        raise _Unusable("row.phone_missing")
    if ROUNDED.fullmatch(cell):
        raise _Unusable("row.phone_rounded")
    if len(cell) > LONGEST_PHONE:
        raise _Unusable("row.phone_not_a_number")
    if not region and cell.startswith("00"):
        cell = "+" + cell[2:]
    try:
        phone = phonenumbers.parse(cell, region or None)
    except NumberParseException as error:
        raise _Unusable(WHY_NOT_PARSED.get(error.error_type, "row.phone_invalid")) from None
    if not phonenumbers.is_valid_number(phone) and not _address(phone).startswith(FICTIONAL):
        raise _Unusable("row.phone_invalid")
    return phone


def _address(phone: phonenumbers.PhoneNumber) -> str:
    return "tel:" + phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164)


def _language(cell: str, known: frozenset[str]) -> str:
    if not cell:
        raise _Unusable("row.language_missing")
    # fr-CH and fr_CH are French here.
    code = re.split(r"[-_]", cell.casefold(), maxsplit=1)[0]
    if code not in known:
        raise _Unusable("row.language_unknown")
    return code


def _zone(cell: str, phone: phonenumbers.PhoneNumber) -> str:
    """The zone as given, else the number's when it has only one, else none."""
    if cell:
        if not quiet.known(cell):
            raise _Unusable("row.time_zone_unknown")
        return cell
    return _one_of(tuple(phone_zones.time_zones_for_number(phone)))


@lru_cache(maxsize=1024)
def _one_of(zones: tuple[str, ...]) -> str:
    """A zone that speaks for all of them, or none: London does for Guernsey, none for all Russia."""
    if not zones or not all(quiet.known(zone) for zone in zones):
        return ""
    clocks = {tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in SEASONS) for zone in zones}
    return zones[-1] if len(clocks) == 1 else ""


def _source(cell: str) -> str:
    if not cell:
        raise _Unusable("row.consent_missing")
    if len(cell) > LONGEST_SOURCE or not cell.isprintable():
        raise _Unusable("row.consent_too_long")
    if DIGITS.search(DATE.sub("", cell)) or "@" in cell:
        raise _Unusable("row.consent_personal")
    return cell


def _date(cell: str, today: date) -> date | None:
    if not cell:
        return None
    try:
        given = date.fromisoformat(cell)
    except ValueError:
        raise _Unusable("row.date") from None
    # A day of grace: it may be tomorrow already where the person agreed.
    if given > today + timedelta(days=1):
        raise _Unusable("row.date_future")
    return given
