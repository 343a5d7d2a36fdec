"""Direction, native names, and the hints that order the languages offered."""

import pytest

from locales import direction, guess_language, native_name

OFFERED = ("en", "fr", "es", "ar")


@pytest.mark.parametrize(
    ("language", "runs"), [("ar", "rtl"), ("fa", "rtl"), ("en", "ltr"), ("am", "ltr")]
)
def test_direction_follows_the_script(language, runs):
    assert direction(language) == runs


def test_languages_are_named_in_themselves():
    assert [native_name(code) for code in OFFERED] == ["English", "Français", "Español", "العربية"]


@pytest.mark.parametrize(
    ("hints", "guess"),
    [
        ({}, "en"),
        ({"profile": "fr"}, "fr"),
        ({"profile": "es-419"}, "es"),
        ({"profile": "de"}, "en"),
        ({"region_languages": ("de", "fr", "it")}, "fr"),
        ({"text": "مرحبا"}, "ar"),
        ({"text": "مرحبا", "profile": "fr"}, "ar"),
        ({"text": "hello", "profile": "fr"}, "fr"),
        ({"text": "Привет", "profile": "es"}, "es"),
        ({"text": "🙂 123", "region_languages": ("ar",)}, "ar"),
        ({"profile": "es", "region_languages": ("ar",)}, "es"),
        ({"text": "\0\ud800"}, "en"),
    ],
)
def test_the_script_counts_first_then_the_profile_then_the_country(hints, guess):
    assert guess_language(OFFERED, **hints) == guess


def test_only_what_is_offered_is_guessed():
    assert guess_language(("fr", "es"), text="مرحبا") == "fr"
