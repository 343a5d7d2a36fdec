"""What a phone number's country says: languages to offer first, and what time it may be there."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

import phonenumbers
from babel.core import get_global
from phonenumbers import timezone as phone_zones
from phonenumbers.tzdata import TIMEZONE_DATA

CORRIDORS: Final = Path(__file__).with_name("corridors.toml")


def region_languages(address: str) -> tuple[str, ...]:
    """Languages of the country of `tel:+41...` and of who migrates there, the likeliest first; none for
    other addresses.
    """
    number = _number(address)
    region = phonenumbers.region_code_for_number(number) if number else None
    return _languages_of(region) if region else ()


def region_zones(address: str) -> tuple[str, ...]:
    """Time zones that a number may be in, by IANA name; none for other addresses."""
    number = _number(address)
    if number is None:
        return ()
    zones = phone_zones.time_zones_for_number(number)
    if zones == (phone_zones.UNKNOWN_TIMEZONE,):
        # A number of films reaches nobody, and still has a country.
        zones = TIMEZONE_DATA.get(str(number.country_code), ())
    return tuple(zone for zone in zones if zone != phone_zones.UNKNOWN_TIMEZONE)


def _number(address: str) -> phonenumbers.PhoneNumber | None:
    kind, _, written = address.partition(":")
    try:
        return phonenumbers.parse(written) if kind == "tel" else None
    except phonenumbers.NumberParseException:
        return None


@lru_cache
def corridors() -> Mapping[str, tuple[str, ...]]:
    """By country, the languages to be expected there before those of CLDR."""
    data = tomllib.loads(CORRIDORS.read_text(encoding="utf-8"))
    return {region: tuple(cast("list[str]", codes)) for region, codes in data.items()}


@lru_cache(maxsize=256)
def _languages_of(region: str) -> tuple[str, ...]:
    """Those of `corridors`, then after CLDR: official ones first, by the share of people who speak them."""
    known = get_global("territory_languages").get(region, {})
    ordered = sorted(
        known.items(),
        key=lambda item: (item[1]["official_status"] is None, -item[1]["population_percent"]),
    )
    spoken = (language.partition("_")[0] for language, _ in ordered)
    return tuple(dict.fromkeys((*corridors().get(region, ()), *spoken)))
