"""In which language a text is written; what is short or of another language says nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline import languages
from hotline.languages import NOTHING, Written, written_in
from locales.names import named_languages
from triage.ear import sentences

OURS = ("en", "fr", "es", "ar")
ALL = named_languages()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("bonjour j'ai besoin d'aide s'il vous plait", "fr"),
        ("necesito hablar con alguien por favor", "es"),
        ("I need to talk to somebody about my work", "en"),
        ("أحتاج مساعدة من فضلكم", "ar"),
        ("aidez moi", "fr"),
    ],
)
@pytest.mark.parametrize("offered", [OURS, ALL])
def test_a_sentence_tells_its_language(text, language, offered):
    assert written_in(text, offered) == Written(sure=language, likely=language)


@pytest.mark.parametrize(
    "text", ["", "ok", "no no", "2", "🙂🙂🙂", "Juan Carlos", "12 34 56", "\0\ud800 \x0b", "salam"]
)
def test_a_word_or_a_name_tells_nothing_for_sure(text):
    assert written_in(text, ALL).sure == ""


def test_what_is_likely_only_is_no_more_than_that():
    assert written_in("mujhe madad chahiye", ALL) == Written(likely="hi")


@pytest.mark.parametrize(
    "text", ["yardıma ihtiyacım var lütfen", "preciso de ajuda por favor", "আমার সাহায্য দরকার"]
)
def test_a_language_that_is_not_offered_is_not_taken_for_a_neighbour(text):
    assert written_in(text, ALL) == NOTHING


def test_a_line_of_one_language_has_nothing_to_guess():
    assert written_in("bonjour j'ai besoin d'aide", ("en",)) == NOTHING


@pytest.mark.parametrize("offered", [("en", "fr", "xx"), ("fr", "xx")])
def test_a_language_that_nobody_taught_breaks_nothing(offered):
    assert written_in("bonjour j'ai besoin d'aide", offered).sure == "fr"
    assert written_in("necesito hablar con alguien", offered) == NOTHING


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_likelihoods_that_add_up(text):
    found = languages.likely(text)
    assert set(found) == set(sentences())
    assert sum(found.values()) == pytest.approx(1, abs=1e-3)
    written = written_in(text, ALL)
    assert written.sure in ("", written.likely)


def test_without_cld2_the_letters_alone_decide(monkeypatch):
    monkeypatch.setattr(languages, "pycld2", None)
    assert written_in("necesito hablar con alguien por favor", OURS).sure == "es"


@pytest.mark.parametrize("broken", [b"", b"no archive", None, "other", "cut off"])
def test_a_file_that_is_lost_or_broken_leaves_the_line_without_guesses(
    broken, monkeypatch, tmp_path, caplog
):
    path = tmp_path / "languages.npz"
    if broken == "other":
        np.savez(path, weights=np.zeros((4, 2), np.int8), languages=np.array(["en", "fr"]))
    elif broken == "cut off":
        path.write_bytes(languages.WEIGHTS.read_bytes()[:5000])
    elif broken is not None:
        path.write_bytes(broken)
    monkeypatch.setattr(languages, "WEIGHTS", path)
    languages._letters.cache_clear()
    try:
        assert written_in("bonjour j'ai besoin d'aide", OURS) == NOTHING
    finally:
        languages._letters.cache_clear()
    assert "languages.npz cannot be read" in caplog.text


def test_what_is_shipped_was_learned_from_the_shipped_examples():
    with np.load(languages.WEIGHTS) as kept:
        assert str(kept["made_from"]) == languages.made_from(), "run `waypost triage ear`"


def test_the_limits_are_such():
    assert languages.limits().fewest_words > 1
    assert 0.5 <= languages.limits().likely < languages.limits().sure <= 1
