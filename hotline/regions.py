"""The languages of a phone number's country, as a hint for what to offer first."""

from functools import lru_cache

import phonenumbers
from babel.core import get_global


def region_languages(address: str) -> tuple[str, ...]:
    """Languages of the country of `tel:+41...`, most spoken first; none for other addresses."""
    kind, _, number = address.partition(":")
    if kind != "tel":
        return ()
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ()
    return _languages_of(region) if region else ()


@lru_cache(maxsize=256)
def _languages_of(region: str) -> tuple[str, ...]:
    """After CLDR: official languages first, then by the share of people who speak them."""
    known = get_global("territory_languages").get(region, {})
    ordered = sorted(
        known.items(),
        key=lambda item: (item[1]["official_status"] is None, -item[1]["population_percent"]),
    )
    return tuple(language.partition("_")[0] for language, _ in ordered)
