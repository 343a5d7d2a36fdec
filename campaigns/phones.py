"""Phone numbers by libphonenumber's rules: what a cell says, which country's it is, what time it is there.

The Rust port is asked first, since a file has a million of them; what it refuses is asked of `phonenumbers`
itself, so that only the older of the two turns anybody away.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import phonenumbers
import rphonenumbers as untyped  # pyright: ignore[reportMissingTypeStubs]
from phonenumbers import timezone as phone_zones
from phonenumbers.tzdata import TIMEZONE_DATA

from campaigns import quiet

# Longer is no number in any writing, and reading it costs time.
LONGEST: Final = 40
# 4.17912E+10: a spreadsheet took the number for a quantity, and its last digits are gone.
ROUNDED: Final = re.compile(r"\+?\d+([.,]\d+)?[eE]\+?\d+")
# Numbers that France keeps free for films and novels (ARCEP, 06 39 98 00 00 to 99 99): the simulator's
# phones. They are "not valid" because they reach nobody, which is what a demonstration wants.
FICTIONAL: Final = "tel:+3363998"
WHY_NOT_PARSED: Final = {
    phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: "row.phone_country",
    phonenumbers.NumberParseException.NOT_A_NUMBER: "row.phone_not_a_number",
}
# It has no types: it is met here and nowhere else.
rphonenumbers: Any = untyped
E164: Final = phonenumbers.PhoneNumberFormat.E164
UNKNOWN: Final = phonenumbers.PhoneNumberType.UNKNOWN
# Numbers of no country, such as +800, have the region 001.
NOWHERE: Final = phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY
# Two zones that show the same time on every day of a year are one for whoever looks at the clock.
DAYS: Final = tuple(datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(365))


class PhoneUnusable(Exception):
    """A cell holds no number that can be texted. `reason` is a message id of the staff catalog."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as an address, its country (ISO 3166-1 alpha-2, or "") and the time zones it may be in.

    `zones` are IANA names separated by spaces, in a fixed order; zones that always show the same time
    are named once. Empty: nobody knows.
    """

    address: str = field(repr=False)
    country: str
    zones: str


def read(cell: str, region: str) -> Phone:
    """The number in a cell; `region` ("CH") is the country of numbers without one. Raises PhoneUnusable."""
    if not cell:
        raise PhoneUnusable("row.phone_missing")
    if len(cell) > LONGEST:
        raise PhoneUnusable("row.phone_not_a_number")
    if not region and cell.startswith("00"):
        cell = "+" + cell[2:]
    try:
        number = rphonenumbers.parse(cell, region or None)
        if rphonenumbers.is_valid_number(number):
            return _phone(rphonenumbers, number)
    except rphonenumbers.NumberParseException:
        pass
    return _asked_again(cell, region)


def _asked_again(cell: str, region: str) -> Phone:
    """What `phonenumbers` says of a cell that its port has refused."""
    if ROUNDED.fullmatch(cell):
        raise PhoneUnusable("row.phone_rounded")
    try:
        number = phonenumbers.parse(cell, region or None)
    except phonenumbers.NumberParseException as error:
        raise PhoneUnusable(WHY_NOT_PARSED.get(error.error_type, "row.phone_invalid")) from None
    phone = _phone(phonenumbers, number)
    if not phonenumbers.is_valid_number(number) and not phone.address.startswith(FICTIONAL):
        raise PhoneUnusable("row.phone_invalid")
    return phone


def _phone(library: Any, number: Any) -> Phone:
    country = library.region_code_for_number(number)
    return Phone(
        "tel:" + library.format_number(number, E164),
        "" if country is None or country == NOWHERE else country,
        _named(_zones(library, number)),
    )


def _zones(library: Any, number: Any) -> Sequence[str]:
    """As `phone_zones.time_zones_for_number`, which is told what the number is instead of working it out."""
    kind = library.number_type(number)
    if kind == UNKNOWN:
        return ()
    if library.is_number_type_geographical(kind, number.country_code):
        return phone_zones.time_zones_for_geographical_number(number)
    return TIMEZONE_DATA.get(str(number.country_code), ())


@lru_cache(maxsize=4096)
def _named(zones: Sequence[str]) -> str:
    """One zone for all that show the same time: London speaks for Guernsey. None if one is not known here."""
    if not all(quiet.known(zone) for zone in zones):
        return ""
    return " ".join(sorted({_clock(zone): zone for zone in sorted(zones)}.values()))


@lru_cache(maxsize=1024)
def _clock(zone: str) -> tuple[timedelta | None, ...]:
    shown = ZoneInfo(zone)
    return tuple(day.astimezone(shown).utcoffset() for day in DAYS)
