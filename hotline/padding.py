"""Size classes: what is sealed is padded first, so that the length of a ciphertext tells nothing."""

from typing import Final

from nacl.bindings import sodium_unpad

# ISO/IEC 7816-4, as libsodium pads; a million addresses are padded faster without calling it.
MARK: Final = b"\x80"


def pad(text: str, smallest: int) -> bytes:
    """UTF-8 of `text`, padded to `smallest` bytes or that times a power of two."""
    plain = text.encode()
    size = smallest
    while size <= len(plain):
        size *= 2
    return (plain + MARK).ljust(size, b"\x00")


def unpad(padded: bytes) -> str:
    return sodium_unpad(padded, len(padded)).decode()
