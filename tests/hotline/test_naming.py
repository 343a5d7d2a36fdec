"""A text that is the name of a language: in any script, exact, and nothing else."""

import pytest
from babel import Locale

from hotline.naming import all_names, named
from locales import native_name
from locales.names import framing, named_languages, names
from triage import understand
from triage.alarms import hear
from triage.lexicon import lexicon
from triage.plain import folded

ALL = named_languages()


@pytest.mark.parametrize("language", ALL)
@pytest.mark.parametrize("called_in", [*ALL, ""])
def test_every_name_leads_to_its_language_from_every_other(language, called_in):
    own = native_name(language)
    name = Locale.parse(called_in).languages.get(language, own) if called_in else own
    for typed in (name, name.upper(), f" {name}. ", folded(name)):
        assert named(typed, ALL) == language


@pytest.mark.parametrize("language", ALL)
def test_every_nickname_does(language):
    assert {named(name, ALL) for name in names(language)} == {language}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("українська", "uk"),
        ("ukrainian", "uk"),
        ("ukrainska", "uk"),
        ("UKRAINIEN", "uk"),
        ("українською, будь ласка", "uk"),
        ("на русском языке", "ru"),
        ("po russki", "ru"),
        ("farsi", "fa"),
        ("Dari please", "fa"),
        ("Tagalog po", "fil"),
        ("pinoy", "fil"),
        ("kreyol", "ht"),
        ("Créole", "ht"),
        ("bahasa indonesia", "id"),
        ("ภาษาไทย", "th"),
        ("o'zbek tili", "uz"),
        ("O‘zbekcha", "uz"),
        ("af soomaali", "so"),
        ("English!", "en"),
        ("I speak Nepali", "ne"),
    ],
)
def test_as_people_type_it(text, language):
    assert named(text, ALL) == language


@pytest.mark.parametrize(
    "text",
    ["", "hi", "so", "am", "no", "id", "please", "language", "Kurdish", "kirundi", "english or arabic",
     "I do not speak English", "русская еда", "2", "🙂", "x" * 5000, "my boss is Albanian"],
)  # fmt: skip
def test_anything_else_names_none(text):
    assert named(text, ALL) == ""


def test_what_the_line_does_not_offer_is_not_named():
    assert named("ukrainian", ("en", "fr")) == ""


def test_no_name_stands_for_two_languages():
    called = {}
    for language in ALL:
        for name in map(folded, names(language)):
            assert called.setdefault(name, language) == language, name


def test_no_name_does_something_else_anywhere():
    for name in all_names():
        assert understand.command(name, "en") is None, name
        assert hear(name, understand.languages()) == (), name


def test_a_name_that_answers_is_known():
    """In Tagalog "hindi" is a no: there the answer counts. Whatever else comes up wants a look."""
    answers = {(name, code) for name in all_names() for code in understand.languages() if name in lexicon(code).answers}  # fmt: skip
    assert answers <= {("hindi", "fil")}


def test_words_beside_a_name_are_single_words_of_some_language():
    assert all(folded(phrase) for phrase in framing())
