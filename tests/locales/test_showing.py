"""A text marked up for who writes it: no letter is lost, none is cut in two."""

import regex
from hypothesis import given
from hypothesis import strategies as st

from locales import count_segments
from locales.segments import in_alphabet
from locales.showing import INSTEAD, Part, instead, marked, outside

FAMILY = "👨\u200d👩\u200d👧"
ANY = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_categories=["Cs"]),
        st.sampled_from("aé{€’مرحبا"),
        st.sampled_from([*FAMILY, "\u0301"]),
    ),
    max_size=400,
)


def words(parts):
    return "".join(part.words for part in parts)


def test_what_makes_a_text_dear_is_marked_inside_it():
    assert marked("L’été") == [
        Part("plain", "L"),
        Part("dear", "’"),
        Part("plain", "été"),
    ]
    assert marked("L'été coûte €5") != [Part("plain", "L'été coûte €5")]
    assert marked("Call us {1} €5") == [Part("plain", "Call us {1} €5")]
    assert marked("") == []


def test_a_letter_of_several_characters_is_marked_and_cut_whole():
    text = "x" * 64 + FAMILY
    assert count_segments(text).segments == 2
    assert marked(text) == [Part("plain", "x" * 64), Part("cut"), Part("dear", FAMILY)]
    accented = "e\u0301"
    assert marked("caf" + accented)[-1] == Part("dear", accented)


@given(ANY)
def test_the_parts_are_the_text_and_a_cut_is_before_a_letter(text):
    parts = marked(text)
    assert words(parts) == text
    letters = set()
    at = 0
    for letter in regex.findall(r"\X", text):
        letters.add(at)
        at += len(letter)
    at = 0
    for part in parts:
        if part.kind == "cut":
            assert at in letters
        at += len(part.words)


@given(st.text(st.sampled_from("ab €{’م\n"), max_size=700))
def test_there_is_a_cut_for_each_segment_after_the_first(text):
    cuts = sum(part.kind == "cut" for part in marked(text))
    assert cuts == max(0, count_segments(text).segments - 1)


@given(ANY)
def test_dear_are_exactly_the_letters_outside_the_alphabet(text):
    dear = "".join(part.words for part in marked(text) if part.kind == "dear")
    assert dear == "".join(
        letter for letter in regex.findall(r"\X", text) if not all(map(in_alphabet, letter))
    )
    assert set(outside(text)) == set(regex.findall(r"\X", dear)) or not dear


def test_what_stands_there_instead_is_in_the_alphabet_and_what_it_replaces_is_not():
    for sign, other in INSTEAD.items():
        assert not in_alphabet(sign), sign
        assert all(map(in_alphabet, other)), sign


def test_typographic_signs_can_be_written_plainly_and_letters_stay():
    text = "«\u202fL’été…\u202f» – où êtes-vous\u00a0?"
    plain = "".join(instead(text).get(c, c) for c in text)
    assert plain == '" L\'été... " - où êtes-vous ?'
    assert outside(plain) == ["ê"]
