"""What a text is made of, and which way it runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import bidi, letters
from locales.translator import ROOT, languages, read_catalog

PERSIAN = "می\u200cخواهم"
NEPALI = "गर्\u200dयो"


# Control and format characters, the sign of what was lost, private, unassigned, half of a pair.
UNSHOWN = (
    *(
        "\x00",
        "\x07",
        "\t",
        "\r",
        "\x85",
        "\xad",
        "\u200b",
        "\u2060",
        "\ufeff",
        "\u2028",
        "\U000e0001",
    ),
    *("\ufffd", "\ue000", "\U0010ffff", "\u0378", "\ufdd0", "\ud800"),
)


@pytest.mark.parametrize("character", UNSHOWN)
@pytest.mark.parametrize("language", ["en", "fa", "km", "hi"])
def test_what_no_phone_shows_is_named_by_its_number(character, language):
    (found,) = letters.unshown(f"a{character}b", language)
    assert found.startswith(f"holds U+{ord(character):04X} ")


@pytest.mark.parametrize(("text", "language"), [(PERSIAN, "fa"), (NEPALI, "ne"), (NEPALI, "hi")])
def test_a_joiner_stays_where_its_script_needs_it(text, language):
    assert list(letters.unshown(text, language)) == []
    assert list(letters.unshown(text, "fr")) != []


@pytest.mark.parametrize(
    "text", ["\u200cمی", "می\u200c", "می\u200c خواهم", "می\u200cok", "م\u200c\u200cی"]
)
def test_a_joiner_that_joins_nothing_is_named(text):
    assert any("U+200C" in found for found in letters.unshown(text, "fa"))


def test_letters_in_parts_are_named_and_letters_of_any_script_are_not():
    assert list(letters.unshown("Ba\u0323n", "vi")) == [
        "holds letters in parts (Unicode NFC has them as one)"
    ]
    for text in ("Bạn", "ខ្ញុំ", "ການ", "ከ", "é\n€", "😀"):
        assert list(letters.unshown(text, "en")) == []


def test_a_number_is_the_same_in_any_digits_and_in_no_other_words():
    assert list(letters.wrong_digits("أقل من ١٨", "under 18")) == []
    assert list(letters.wrong_digits("१८ {n}", "18 {n}")) == []
    assert len(list(letters.wrong_digits("18 18", "18"))) == 1
    assert len(list(letters.wrong_digits("81", "18"))) == 2
    assert list(letters.wrong_digits("Ⅷ", "")) != []


@given(st.lists(st.integers(0, 999), max_size=4), st.integers(0, 9))
def test_an_option_with_its_number_before_it_is_named_in_every_script(numbers, option):
    zeros = "0٠۰०၀០໐๐"
    english = " ".join(map(str, numbers))
    for zero in zeros:
        written = "".join(chr(ord(zero) + int(c)) if c.isdigit() else c for c in english)
        assert list(letters.wrong_digits(written, english)) == []
        assert list(letters.wrong_digits(f"{chr(ord(zero) + option)} {written}", english)) != []


def test_names_and_words_to_type_are_in_no_script():
    text = "В Telegram, WhatsApp, SMS: {link} START STOP"
    assert list(letters.mostly_foreign(text, "STOP or START", "ru")) == []
    assert list(letters.mostly_foreign(text, "", "ru")) != []
    assert list(letters.mostly_foreign("Telegram и все", "", "ru")) == []
    assert list(letters.mostly_foreign("Please write и все", "", "ru")) != []
    assert list(letters.mostly_foreign("Пишите нам OK", "", "sw")) != []


def test_letters_that_look_alike_do_not_mix_and_scripts_without_spaces_do():
    assert list(letters.foreign("безпечнi", "uk", names=False)) != []
    assert list(letters.foreign("ทางSMSได้", "th", names=False)) == []
    assert list(letters.foreign("CSV", "ar", names=True)) == []
    assert list(letters.foreign("a CSV file", "ar", names=True)) != []


MARKS = st.text(st.sampled_from("نعa {}\n\u2066\u2067\u2068\u2069\u202a\u202b\u202c"), max_size=12)


@given(MARKS)
def test_what_is_opened_and_closed_on_its_line_is_balanced_and_what_is_left_open_is_not(text):
    unbalanced = "opens a direction"

    def told(words):
        return any(found.startswith(unbalanced) for found in bidi.wrong(words, "ar"))

    plain = "".join(c for c in text if c not in bidi.CONTROLS)
    assert not told(plain)
    line = plain.replace("\n", "")
    for opening, closing in bidi.CLOSED_BY.items():
        assert not told(f"ن {opening}{line}{closing}")
        assert told(f"ن {opening}{line}")
        assert told(f"ن {line}{closing}")
        assert told(f"ن {opening}\n{closing}")
    assert told("\u2067\u202aن\u2069\u202c")


@pytest.mark.parametrize(
    "text",
    [
        "{name} معك",
        "SMS هنا",
        "معك\n{name} معك",
        "\u200e{name} معك",
        "1. SMS هنا",
        "\u202a{name}\u202c معك",
    ],
)
def test_a_line_that_a_phone_would_show_from_the_left_is_named(text):
    assert any("a line begins" in found for found in bidi.wrong(text, "ar"))


@pytest.mark.parametrize(
    "text",
    [
        "معك {name}",
        "0: شخص",
        "\u2068{name}\u2069 معك",
        "\u200f{name} معك",
        "{code}",
        "SMS",
        "\u061cSMS هنا",
    ],
)
def test_a_line_that_begins_right_or_stands_apart_is_none(text):
    assert list(bidi.wrong(text, "ar")) == []


def test_marks_are_for_languages_that_run_from_the_right():
    assert list(bidi.wrong("Oui\u200e", "fr")) != []
    assert list(bidi.wrong("\u2068Oui\u2069", "fr")) == []
    for override in bidi.OVERRIDES:
        assert any("overrides" in found for found in bidi.wrong(f"{override}نعم\u202c", "ar"))


@pytest.mark.parametrize("language", languages("contact"))
def test_the_script_of_every_language_we_write_is_known(language):
    for entry in read_catalog(language, "contact", ROOT):
        if entry.id == "help.words":
            assert letters.script_of(language) in {letters.script(c) for c in entry.string}
