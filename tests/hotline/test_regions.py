"""What a number's country hints at: languages of who lives there and of who migrates there."""

import pytest
from babel import Locale
from babel.core import UnknownLocaleError, get_global

from hotline.regions import corridors, region_languages
from locales.names import named_languages

LIKELY = {
    "+971501234567": {"ar", "en", "hi", "ne", "fil", "am", "bn", "ur"},
    "+79161234567": {"ru", "uz", "tg", "ky"},
    "+77011234567": {"ru", "uz", "ky"},
    "+18095551234": {"es", "ht"},
    "+18295551234": {"es", "ht"},
    "+66812345678": {"th", "km", "lo", "my"},
    "+306912345678": {"uk", "sq", "ar", "fa"},
    "+380501234567": {"uk", "ru"},
    "+50934101234": {"ht", "fr"},
    "+85512345678": {"km", "vi", "en"},
}


@pytest.mark.parametrize(("number", "expected"), LIKELY.items())
def test_countries_of_origin_and_of_work_hint_at_who_texts_from_there(number, expected):
    assert expected <= set(region_languages(f"tel:{number}"))


def test_who_lives_there_follows_who_is_expected():
    found = region_languages("tel:+41791234567")
    assert found[:3] == ("de", "fr", "it")
    assert "rm" in found


@pytest.mark.parametrize("address", ["telegram:4711", "tel:+41", "tel:nonsense", "tel:", ""])
def test_other_addresses_hint_at_nothing(address):
    assert region_languages(address) == ()


@pytest.mark.parametrize("region", corridors())
def test_every_hint_is_a_known_language_of_a_known_country(region):
    assert region in get_global("territory_languages")
    codes = corridors()[region]
    assert len(set(codes)) == len(codes)
    for code in codes:
        try:
            assert Locale.parse(code)
        except UnknownLocaleError:
            assert code in Locale("en").languages


def test_every_language_of_the_line_is_likely_somewhere():
    first = {code for codes in corridors().values() for code in codes[:6]}
    assert set(named_languages()) <= first
