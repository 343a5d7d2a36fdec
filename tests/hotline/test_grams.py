"""The spelling of a text as numbers: the same for what reads the same, near for what is misspelt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.grams import LENGTH, SIZE, grams


def dense(text):
    found = np.zeros(SIZE, dtype=np.float32)
    places, values = grams(text)
    found[places] = values
    return found


@given(st.text(max_size=300))
def test_any_text_has_a_spelling_of_one_length_or_none(text):
    places, values = grams(text)
    assert len(places) == len(values) == len(set(places.tolist()))
    assert all(0 <= place < SIZE for place in places)
    assert np.linalg.norm(values) == pytest.approx(LENGTH if len(places) else 0, rel=1e-4)


@pytest.mark.parametrize("text", ["", " ", "🙂🙂", "?!"])
def test_a_text_without_letters_has_none(text):
    assert len(grams(text)[0]) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("They BEAT me!", "they beat me"),
        ("¿Él me encerró?", "el me encerro"),
        ("الحقونى", "الحقوني"),
    ],
)
def test_case_and_marks_make_no_difference(one, other):
    assert np.array_equal(dense(one), dense(other))


def test_a_misspelt_text_is_nearer_than_another_one():
    told = dense("my husband beats me every night")
    misspelt, other = dense("my huzband beat me evry nite"), dense("how much does the visa cost")
    assert told @ misspelt > 2 * (told @ other)


def test_the_order_of_words_tells():
    assert not np.array_equal(dense("he left me"), dense("me left he"))
