"""In which language a text is surely written; short ones say nothing."""

import pytest

from hotline.languages import written_in

OURS = ("en", "fr", "es", "ar")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("bonjour j'ai besoin d'aide s'il vous plait", "fr"),
        ("necesito hablar con alguien por favor", "es"),
        ("I need to talk to somebody about my work", "en"),
        ("أحتاج مساعدة من فضلكم", "ar"),
    ],
)
def test_a_sentence_tells_its_language(text, language):
    assert written_in(text, OURS) == language


@pytest.mark.parametrize("text", ["", "ok", "no no", "2", "🙂🙂🙂"])
def test_a_word_or_two_tell_nothing(text):
    assert written_in(text, OURS) == ""


def test_a_line_of_one_language_has_nothing_to_guess():
    assert written_in("bonjour j'ai besoin d'aide", ("en",)) == ""


def test_a_language_the_library_does_not_know_breaks_nothing():
    assert written_in("bonjour j'ai besoin d'aide", ("en", "fr", "xx")) == "fr"


@pytest.mark.parametrize("languages", [("xx", "yy"), ("en", "xx")])
def test_where_it_knows_fewer_than_two_it_says_nothing(languages):
    assert written_in("bonjour j'ai besoin d'aide", languages) == ""
