"""Padding is libsodium's, made without calling it."""

from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import sodium_pad

from hotline import padding


@given(st.text(max_size=200), st.sampled_from([32, 64, 256]))
def test_what_is_padded_is_padded_as_libsodium_does_it(text, smallest):
    padded = padding.pad(text, smallest)
    assert padded == sodium_pad(text.encode(), len(padded))
    assert len(padded) >= smallest
    assert len(padded) % smallest == 0
    assert padding.unpad(padded) == text
