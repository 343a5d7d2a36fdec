"""The glossary: one word for each term of the field, in each language."""

import csv

import pytest

from locales import letters
from locales.translator import ROOT, languages, translator

GLOSSARY = ROOT.parent / "docs" / "glossary.csv"
WRITTEN = {
    *("en", "fr", "es", "ro", "sq", "ht", "uz", "vi", "id", "fil", "so", "sw"),
    *("uk", "ru", "bg", "ky", "tg", "ar", "fa", "am", "hi", "ne", "th", "lo", "km"),
}
# Words that a contact types back are printed by `help.words`.
TYPED = ("stop", "delete")
BOTH = " / "

with GLOSSARY.open(encoding="utf-8", newline="") as file:
    HEADER, *LINES = csv.reader(file)
ROWS = [dict(zip(HEADER, line, strict=True)) for line in LINES]
LANGUAGES = HEADER[3:-1]


def test_it_holds_sixty_terms_each_once_and_all_of_them_drafts():
    assert len(ROWS) == 60
    assert len({row["term"] for row in ROWS}) == 60
    assert {row["state"] for row in ROWS} == {"draft"}


def test_it_has_a_column_for_every_language_and_none_twice():
    assert (HEADER[:3], HEADER[-1]) == (["term", "definition", "note"], "state")
    assert set(LANGUAGES) >= WRITTEN
    assert len(set(LANGUAGES)) == len(LANGUAGES)


def test_every_cell_is_filled_and_on_one_line():
    for cell in (cell for line in LINES for cell in line):
        assert cell
        assert cell == " ".join(cell.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_is_in_the_script_of_its_language_and_holds_nothing_unseen(language):
    for row in ROWS:
        words = row[language]
        assert list(letters.foreign(words, language, names=False)) == [], row["term"]
        assert list(letters.mostly_foreign(words, "", language)) == [], row["term"]
        assert list(letters.unshown(words, language)) == [], row["term"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_terms_have_two_words(language):
    said = [words for row in ROWS for words in row[language].split(BOTH)]
    assert len(set(said)) == len(said)
    for row in ROWS:
        assert row[language].count(BOTH) == row["en"].count(BOTH), row["term"]


@pytest.mark.parametrize("language", sorted({*LANGUAGES} & {*languages("contact")}))
def test_a_word_to_type_is_the_one_that_the_catalog_prints(language):
    printed = translator(language, "contact").text("help.words").splitlines()
    for term in TYPED:
        (word,) = (row[language] for row in ROWS if row["term"] == term)
        assert any(line.startswith(f"{word} = ") for line in printed), term
