"""Texts of the line are sent in the shorter alphabet where their language allows it, and say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import count_segments, languages, translator
from locales.gsm import for_sms, forms, reasons
from triage.plain import folded

SHORTENED = sorted(language for language, letters in forms().items() if letters)


def test_every_language_says_why():
    assert set(reasons()) == set(languages("contact"))
    assert all(reasons().values())


@pytest.mark.parametrize("language", SHORTENED)
def test_a_text_gets_shorter_and_stays_the_same_text(language):
    texts = translator(language, "contact")
    saved = 0
    for name in texts.ids:
        text = texts.text(name)
        sent = for_sms(text, language)
        assert count_segments(sent).segments <= count_segments(text).segments
        # As the line compares what people type: the words that it prints are understood either way.
        assert folded(sent.replace("oe", "œ")) == folded(text.replace("oe", "œ")), name
        saved += count_segments(text).segments - count_segments(sent).segments
    assert saved > 0


@given(st.text(), st.sampled_from(languages("contact")))
def test_whatever_is_sent_is_never_longer_and_other_languages_are_left_alone(text, language):
    sent = for_sms(text, language)
    assert count_segments(sent).segments <= count_segments(text).segments
    if language not in SHORTENED:
        assert sent == text
    assert for_sms(sent, language) == sent


def test_one_letter_of_another_script_leaves_the_text_as_it_is():
    assert for_sms("¿Está sola? Пишите", "es") == "¿Está sola? Пишите"
    assert for_sms("¿Está sola?", "es") == "¿Esta sola?"
    assert for_sms("Không", "vi") == "Không"
