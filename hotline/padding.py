"""Size classes: what is sealed is padded first, so that the length of a ciphertext tells nothing."""

from nacl.bindings import sodium_pad, sodium_unpad


def pad(text: str, smallest: int) -> bytes:
    """UTF-8 of `text`, padded (ISO/IEC 7816-4) to `smallest` bytes or that times a power of two."""
    plain = text.encode()
    size = smallest
    while size <= len(plain):
        size *= 2
    return sodium_pad(plain, size)


def unpad(padded: bytes) -> str:
    return sodium_unpad(padded, len(padded)).decode()
