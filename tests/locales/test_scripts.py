"""Direction, native names, and the hints that order the languages offered."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales import direction, guess_language, likeliest, native_name
from locales.names import named_languages

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


MANY = named_languages()


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(MANY), min_size=1, unique=True),
    st.sampled_from([*MANY, ""]),
    st.sampled_from([*MANY, ""]),
    st.text(max_size=20),
    st.lists(st.sampled_from([*MANY, "xx"])),
    st.lists(st.sampled_from([*MANY, "yy"])),
)
def test_every_language_stays_and_the_named_one_is_first(
    languages, named, written, text, offered, region
):
    ordered = likeliest(
        languages,
        named=named,
        written=written,
        text=text,
        offered=offered,
        region_languages=region,
    )
    assert sorted(ordered) == sorted(languages)
    strongest = next((code for code in (named, written) if code in languages), None)
    assert strongest in (None, ordered[0])


@pytest.mark.parametrize(
    ("hints", "first"),
    [
        ({"text": "Привет", "region_languages": ("tg", "ru", "uz")}, ("tg", "ru", "uz")),
        ({"text": "Привет", "region_languages": ("ar", "en")}, ("uk", "ru", "ky")),
        ({"text": "Қандай", "region_languages": ("uz", "ru")}, ("uz", "ru")),
        ({"text": "मदत", "profile": "hi"}, ("hi", "ne")),
        ({"text": "سلام", "profile": "fa-IR"}, ("fa", "ar")),
        ({"offered": ("th", "lo"), "region_languages": ("ar",)}, ("th", "lo", "ar")),
        ({"offered": ("th", "lo"), "text": "Привет"}, ("uk",)),
        ({"named": "so", "written": "am", "text": "Привет"}, ("so", "am")),
        ({"text": "salom", "region_languages": ("uz", "ru")}, ("uz", "ru")),
    ],
)
def test_within_a_script_the_country_decides(hints, first):
    assert likeliest(MANY, **hints)[: len(first)] == first
