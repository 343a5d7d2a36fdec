"""Which codes may be made, how they are heard, and what their posters show."""

import re
import struct
import zlib
from itertools import chain

import pytest

from campaigns.signup import codes, posters
from campaigns.signup.codes import CodeRefused
from campaigns.signup.codewords import means_something, read
from locales import languages, native_name, translator
from triage import phrasebook, understand
from triage.lexicon import commands, lexicon


@pytest.fixture
def make(sessions, line_id, now):
    def made(code, label="A poster", tag=""):
        with sessions.begin() as session:
            return codes.add(session, line_id, code, label, tag, staff_id=None, now=now)

    return made


@pytest.mark.parametrize(
    "said",
    ["RADIO7", "radio7", " Radio 7 ", "#RADIO7", '"radio7"', "“Radio7”", "«radio7».", "radio-7",
     "R A D I O 7", "RADIO٧", "ＲＡＤＩＯ７", "Rádio7", "\u200fradio7\u200f"],
)  # fmt: skip
def test_a_code_is_the_same_however_it_is_typed(said):
    assert read(said) == "RADIO7"


@pytest.mark.parametrize("said", ["", "ab", "x" * 21, "радио7", "راديو", "RADIO7" + " " * 60, "😀"])
def test_what_is_too_short_too_long_or_of_other_letters_is_no_code(said):
    assert read(said) == ""


def test_it_is_kept_in_capitals(make):
    assert make(" radio 7 ") == "RADIO7"


@pytest.mark.parametrize(
    ("code", "label", "tag", "reason"),
    [
        ("ab", "A poster", "", "shape"),
        ("راديو", "A poster", "", "shape"),
        ("1234", "A poster", "", "word"),
        ("STOP", "A poster", "", "word"),
        ("stopp", "A poster", "", "word"),
        ("Help me", "A poster", "", "word"),
        ("Español", "A poster", "", "word"),
        ("DANGER", "A poster", "", "word"),
        ("RADIO8", " ", "", "label"),
        ("RADIO8", "x" * 101, "", "long"),
        ("RADIO8", "A\x07poster", "", "long"),
        ("RADIO8", "A poster", "x" * 51, "long"),
        ("RADIO8", "Amina, 079 123 45 67", "", "personal"),
        ("RADIO8", "A poster", "amina@example.org", "personal"),
        ("radio7", "A poster", "", "taken"),
    ],
)
def test_a_code_is_refused_with_its_reason(make, code, label, tag, reason):
    make("RADIO7")
    with pytest.raises(CodeRefused) as refused:
        make(code, label, tag)
    assert refused.value.reason == f"signup.refused.{reason}"
    assert all(refused.value.reason in translator(each, "staff") for each in languages("staff"))


def test_a_closed_code_is_not_made_again_and_not_closed_twice(make, sessions, line_id, now):
    make("RADIO7")
    with sessions.begin() as session:
        codes.close(session, line_id, "RADIO7", now)
    with pytest.raises(CodeRefused, match="taken"):
        make("RADIO7")
    for code in ("RADIO7", "NEVER1"):
        with sessions() as session, pytest.raises(CodeRefused, match="unknown"):
            codes.close(session, line_id, code, now)


@pytest.mark.parametrize("language", understand.languages())
def test_no_word_that_the_line_knows_can_be_a_code(language):
    lex = lexicon(language)
    words = chain(commands(language), lex.answers, lex.alone, lex.numbers, lex.ages)
    possible = {read(word) for word in words} - {""}
    assert len(possible) > 50
    assert [code for code in possible if not means_something(code) and not code.isdecimal()] == []


@pytest.mark.parametrize("language", languages("contact"))
def test_no_label_language_or_cry_for_help_can_be_a_code(language):
    labels = ("menu.help_now", "menu.person", "menu.information", "option.more", "answer.skip")
    said = [translator(language, "contact").text(each) for each in labels]
    said += [native_name(language), phrasebook.phrase_for("suicide", language)]
    assert [code for each in said if (code := read(each)) and not means_something(code)] == []


@pytest.mark.parametrize(
    "code", ["RADIO7", "FAIR2026", "BUS42", "TICKET", "MARKET", "DAKARFM", "SAFE1"]
)
def test_what_an_organisation_would_print_is_free(code):
    assert not means_something(code)


class TestPosters:
    def test_what_a_camera_opens(self):
        assert posters.sms("+41791234567", "RADIO7") == "SMSTO:+41791234567:RADIO7"
        assert posters.telegram("WaypostBot", "RADIO7") == "https://t.me/WaypostBot?start=RADIO7"

    def test_a_vector_and_a_picture_of_the_same_squares(self):
        drawn = posters.draw("SMSTO:+41791234567:RADIO7", "svg").decode()
        side = int(re.search(r'width="(\d+)"', drawn)[1])
        picture = posters.draw("SMSTO:+41791234567:RADIO7", "png")
        assert picture.startswith(b"\x89PNG")
        assert struct.unpack(">II", picture[16:24]) == (side, side)
        # Four squares of quiet around it, and a quarter of it may be lost.
        assert side == posters.DOTS * (25 + 2 * 4)

    def test_a_picture_is_whole(self):
        picture = posters.draw("https://t.me/WaypostBot?start=RADIO7", "png")
        at, names = 8, []
        while at < len(picture):
            (length,) = struct.unpack(">I", picture[at : at + 4])
            chunk = picture[at + 4 : at + 8 + length]
            (checked,) = struct.unpack(">I", picture[at + 8 + length : at + 12 + length])
            assert zlib.crc32(chunk) == checked
            names.append(chunk[:4])
            at += 12 + length
        assert (names[0], names[-1]) == (b"IHDR", b"IEND")

    @pytest.mark.parametrize("language", languages("contact"))
    def test_the_words_hold_code_number_and_link_in_every_language(self, language):
        words = posters.words(language, "RADIO7", "+41791234567", "WaypostBot")
        for needed in ("RADIO7", "+41791234567", "t.me/WaypostBot?start=RADIO7"):
            assert needed in words
        assert len(words.splitlines()) == 4

    def test_what_the_line_does_not_have_is_not_printed(self):
        assert "Telegram" not in posters.words("en", "RADIO7", "+41791234567", "")
        assert "Text" not in posters.words("en", "RADIO7", "", "WaypostBot").replace("text", "")
