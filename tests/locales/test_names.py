"""What languages are called: as CLDR has it, each in each, and by what people type."""

import csv

import pytest
from babel import Locale

from locales import direction, languages, native_name
from locales.names import NAMES, from_cldr, named_languages, names


def test_the_table_is_what_cldr_has():
    with NAMES.open(encoding="utf-8", newline="") as file:
        kept = [(row["language"], row["in"], row["name"]) for row in csv.DictReader(file)]
    assert kept == list(from_cldr(named_languages())), "run `waypost locales names`"


def test_every_language_with_a_catalog_is_in_it():
    assert set(languages("contact")) <= set(named_languages()), "run `waypost locales names`"


@pytest.mark.parametrize("language", [*named_languages(), "he", "ur", "pt"])
def test_its_own_name_and_the_way_it_runs_are_those_of_cldr(language):
    locale = Locale.parse(language)
    assert native_name(language).casefold() == locale.get_display_name().casefold()
    assert direction(language) == locale.text_direction


@pytest.mark.parametrize("language", named_languages())
def test_a_language_is_called_what_others_call_it_and_what_people_type(language):
    called = names(language)
    for other in ("en", "fr", "ru", "ar", "es", language):
        assert Locale.parse(other).languages[language] in called
    # Nobody who types in Latin letters is left out.
    assert sum(name.isascii() for name in called) > 2


def test_what_is_in_no_table_has_no_names_but_its_own():
    assert names("pt") == ()
    assert native_name("pt") == "Português"
