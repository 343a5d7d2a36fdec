"""Two words that stand for a person: the same things in every language, no two alike, none that hurts."""

import csv
import re
import tomllib
import unicodedata
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from locales import HANDLES, handle
from locales.handles import FILE

LANGUAGES = ("en", "fr", "es", "ar", "ru")
LETTERS = {
    "en": r"[a-z]{3,10}",
    "fr": r"[a-zàâçéèêëîïôùûü]{3,10}",
    "es": r"[a-záéíñóúü]{3,10}",
    "ar": r"[\u0621-\u063a\u0641-\u064a]{2,8}",
    "ru": r"[а-яё]{3,10}",
}
LATIN = ("en", "fr", "es")

HEADER, *ROWS = list(csv.reader(FILE.read_text(encoding="utf-8").splitlines()))
WORDS = {language: [row[column] for row in ROWS] for column, language in enumerate(HEADER)}
FORBIDDEN = {
    language: {subject: set(words.split()) for subject, words in subjects.items()}
    for language, subjects in tomllib.loads(
        Path(__file__).with_name("forbidden_handles.toml").read_text(encoding="utf-8")
    ).items()
}

numbers = st.integers(min_value=0, max_value=HANDLES - 1)
languages = st.sampled_from(LANGUAGES)


def fold(word):
    """The word as a hurried reader sees it: no case, no diacritics, Arabic letters by their shape."""
    bare = [
        c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c)
    ]
    return "".join(bare).translate(str.maketrans("ٱىة", "ايه"))


def number_of(words, language):
    first, second = (WORDS[language].index(word) for word in words.split(" – "))
    assert first < second
    return second * (second - 1) // 2 + first


def test_the_list_has_256_things_in_every_language():
    assert tuple(HEADER) == LANGUAGES
    assert len(ROWS) == 256
    assert {len(row) for row in ROWS} == {len(LANGUAGES)}
    assert HANDLES == 256 * 255 // 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_is_one_short_word_in_its_own_script(language):
    odd = [word for word in WORDS[language] if not re.fullmatch(LETTERS[language], word)]
    assert odd == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_words_of_a_language_are_a_slip_apart(language):
    folded = [fold(word) for word in WORDS[language]]
    alike = [
        (one, other)
        for one, other in combinations(folded, 2)
        if Levenshtein.distance(one, other, score_cutoff=1) < 2
    ]
    assert alike == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_a_name_an_insult_or_a_wound(language):
    forbidden = set().union(*FORBIDDEN[language].values())
    if language in LATIN:  # a colleague looks over a shoulder and reads it in another language
        forbidden |= set().union(*(FORBIDDEN[other]["insults"] for other in LATIN))
    folded = {fold(word) for word in forbidden}
    assert [word for word in WORDS[language] if fold(word) in folded] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_block_list_is_long_enough_to_mean_something(language):
    assert len(set().union(*FORBIDDEN[language].values())) >= 150
    assert len(FORBIDDEN[language]["given_names"]) >= 100
    assert len(FORBIDDEN[language]["insults"]) >= 100


@pytest.mark.parametrize("name", ["Rose", "CHUCHA", "ياسمين", "Козел"])
def test_the_block_list_is_read_without_case_and_diacritics(name):
    every = {
        fold(w) for subjects in FORBIDDEN.values() for words in subjects.values() for w in words
    }
    assert fold(name) in every


@given(number=numbers, language=languages)
def test_a_handle_leads_back_to_its_number(number, language):
    assert number_of(handle(number, language), language) == number


def test_every_number_has_its_own_handle():
    assert len({handle(number, "en") for number in range(HANDLES)}) == HANDLES


@given(number=numbers, one=languages, other=languages)
def test_colleagues_in_two_languages_mean_the_same_person(number, one, other):
    assert number_of(handle(number, one), one) == number_of(handle(number, other), other)


@given(number=numbers, language=languages)
def test_nothing_in_a_handle_runs_against_its_words(number, language):
    own = "AL" if language == "ar" else "L"
    assert {unicodedata.bidirectional(c) for c in handle(number, language)} == {own, "WS", "ON"}


def test_a_language_without_words_is_spoken_to_in_english():
    assert handle(4711, "de") == handle(4711, "en")


@pytest.mark.parametrize("number", [-1, HANDLES])
def test_a_number_outside_the_range_is_refused(number):
    with pytest.raises(ValueError, match="no handle has number"):
        handle(number, "en")
