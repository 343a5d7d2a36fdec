"""Texts as they are compared: what is one word written in several ways, and what is not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.plain import chunks, folded, plain, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("हाँ", "हां"),
        ("ज़रूर", "जरूर"),
        ("नहीं", "नही"),
        ("ឈប់ផ្ដើម", "ឈប់ផ្តើម"),
        ("ሠላም", "ሰላም"),
        ("ዓለም", "አለም"),
        ("ሃሎ", "ሐሎ"),
        ("ፀሐይ", "ጸሀይ"),
        ("đồng ý", "dong y"),
        ("көмөк", "комок"),
        ("ҳа", "ха"),
        ("қуёш", "куеш"),
        ("ґрунт", "грунт"),
        ("o‘chirish", "o'chirish"),
        ("کمک", "كمك"),
    ],
)
def test_one_word_written_in_two_ways_is_the_same(one, other):
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("हाँ", "है"),  # yes, is
        ("ना", "नौ"),  # no, nine
        ("छैन", "छन्"),  # is not, are
        ("ใช่", "ใช้"),  # yes, use
        ("หก", "หัก"),  # six, break
        ("ទេ", "ទៅ"),  # no, go
        ("ບໍ່", "ບາ"),  # no, a letter of its own
        ("သွား", "သား"),  # go, son
    ],
)
def test_vowel_signs_and_tones_that_make_the_word_are_kept(one, other):
    assert plain(one) != plain(other)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ไม่ ใช่", ("ไ", "ม่", "ใ", "ช่")),
        ("ទេ", ("ទេ",)),
        ("ខ្ញុំ", ("ខ្ញុំ",)),
        ("အမ္မ", ("အ", "မ္မ")),
        ("อายุ16ปี", ("อ", "า", "ยุ", "16", "ปี")),
        ("मुझे डर है", ("मुझे", "डर", "है")),
        ("15ปี", ("15", "ปี")),
        ("16ឆ្នាំ", ("16", "ឆ្នាំ")),
        ("okครับ", ("ok", "ค", "รั", "บ")),
        ("ere 16", ("ere", "16")),
        ("nr2", ("nr2",)),
    ],
)
def test_scripts_without_spaces_are_compared_letter_by_letter_with_their_signs(text, found):
    assert words(text) == found


def test_digits_stand_by_themselves_where_there_are_no_spaces():
    assert chunks("ข้อ2 ครับ") == ("ข้อ", "2", "ครับ")
    assert chunks("nr2 please") == ("nr2", "please")


@given(st.text(alphabet=st.characters(max_codepoint=0x17FF), max_size=60))
def test_folding_twice_changes_nothing_and_loses_no_order(text):
    once = folded(text)
    assert folded(once) == once
    assert folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text))
    run = "".join(words(text))
    assert run == once.replace(" ", "")
