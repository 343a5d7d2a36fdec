"""Segments at their borders, as carriers count them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import count_segments


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "units"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 1, 160),
        ("a" * 161, "GSM-7", 2, 161),
        ("a" * 306, "GSM-7", 2, 306),
        ("a" * 307, "GSM-7", 3, 307),
        ("€" * 80, "GSM-7", 1, 160),
        ("a" + "€" * 80, "GSM-7", 2, 161),
        ("a" * 159 + "€", "GSM-7", 2, 161),
        # An escape and its character are not split: 152 + [ goes whole into the second segment.
        ("a" * 152 + "[" + "a" * 152, "GSM-7", 3, 306),
        ("é" * 160, "GSM-7", 1, 160),
        ("ê" + "a" * 69, "UCS-2", 1, 70),
        ("ê" + "a" * 70, "UCS-2", 2, 71),
        ("ا" * 70, "UCS-2", 1, 70),
        ("ا" * 71, "UCS-2", 2, 71),
        ("ا" * 134, "UCS-2", 2, 134),
        ("ا" * 135, "UCS-2", 3, 135),
        ("🙂" * 35, "UCS-2", 1, 70),
        ("🙂" * 36, "UCS-2", 2, 72),
        # 67 units a segment: the pair at the border goes whole into the next.
        ("a" * 66 + "🙂" + "a" * 66, "UCS-2", 3, 134),
        ("a" * 65 + "🙂" + "a" * 67, "UCS-2", 2, 134),
    ],
)
def test_borders(text, encoding, segments, units):
    counted = count_segments(text)
    assert (counted.encoding, counted.segments, counted.units) == (encoding, segments, units)


def test_the_character_that_makes_it_dear_is_named():
    assert count_segments("déjà vu, être").forced_by == "ê"
    assert count_segments("déjà vu").forced_by == ""


@given(st.text(max_size=400), st.text(max_size=20))
def test_a_longer_text_never_needs_fewer_segments(text, more):
    assert count_segments(text + more).segments >= count_segments(text).segments
