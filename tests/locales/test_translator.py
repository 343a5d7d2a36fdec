"""Texts by message id: fallback to English, plurals, and what is unknown."""

import pytest

from locales import languages, translator
from locales.translator import Translator

HEAD = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {}\\n"\n\n'
)
ARABIC = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5);"
ENGLISH = "nplurals=2; plural=(n != 1);"


@pytest.fixture
def root(tmp_path):
    def catalog(language, plurals, entries):
        (tmp_path / language).mkdir()
        path = tmp_path / language / "contact.po"
        path.write_text(HEAD.format(plurals) + entries, encoding="utf-8")

    plural = 'msgid "n.messages"\nmsgid_plural "n.messages"\n'
    catalog(
        "en",
        ENGLISH,
        'msgid "hello"\nmsgstr "Hello {name}"\n\nmsgid "only.english"\nmsgstr "Only here"\n\n'
        + plural
        + 'msgstr[0] "one message"\nmsgstr[1] "{n} messages"\n',
    )
    forms = "\n".join(f'msgstr[{i}] "{i}: {{n}}"' for i in range(6))
    catalog("ar", ARABIC, 'msgid "hello"\nmsgstr "مرحبا {name}"\n\n' + plural + forms + "\n")
    return tmp_path


def test_placeholders_are_filled_in(root):
    assert Translator("ar", "contact", root).text("hello", name="Sam") == "مرحبا Sam"


def test_what_a_language_lacks_is_said_in_english(root):
    assert Translator("ar", "contact", root).text("only.english") == "Only here"


def test_an_unknown_message_is_its_id(root):
    texts = Translator("ar", "contact", root)
    assert texts.text("no.such") == "no.such"
    assert not texts.has("no.such")


@pytest.mark.parametrize(("n", "form"), [(0, 0), (1, 1), (2, 2), (3, 3), (11, 4), (100, 5)])
def test_arabic_has_six_plural_forms(root, n, form):
    assert Translator("ar", "contact", root).plural("n.messages", n) == f"{form}: {n}"


def test_english_has_two(root):
    texts = Translator("en", "contact", root)
    assert [texts.plural("n.messages", n) for n in (1, 2)] == ["one message", "2 messages"]


def test_an_unknown_language_is_spoken_to_in_english():
    assert translator("tlh", "contact").text("answer.yes") == "Yes"


def test_the_desk_is_there_in_five_languages_and_contacts_are_spoken_to_in_those_shipped():
    assert set(languages("staff")) == {"ar", "en", "es", "fr", "ru"}
    assert set(languages("contact")) >= {"ar", "en", "es", "fr"}


def test_a_path_is_no_language():
    assert translator("../locales/fr", "contact").language == "en"
