"""Sealing to a public key (libsodium sealed boxes): who seals cannot open again.

A case has a key pair of its own. Its private half is sealed to teams and given away; what is said in
the case is sealed to its public half.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from nacl.bindings import crypto_box_keypair, crypto_box_PUBLICKEYBYTES, crypto_box_seal
from nacl.exceptions import CryptoError

from hotline import padding

PUBLIC_BYTES: Final = crypto_box_PUBLICKEYBYTES
# A sealed box is this much longer than what is in it.
OVERHEAD_BYTES: Final = 48
# A private key in a box: the size of every key that was sealed to somebody.
SEALED_KEY_BYTES: Final = 32 + OVERHEAD_BYTES
# The smallest size class of words, in bytes.
SMALLEST: Final = 256


def make_pair() -> tuple[bytes, bytes]:
    """A new public and private key."""
    return crypto_box_keypair()


def is_public_key(key: bytes) -> bool:
    """Whether anything can be sealed to it: some points of the curve are nobody's."""
    try:
        crypto_box_seal(b"", key)
    except CryptoError:
        return False
    return True


def seal_key(private_key: bytes, public_key: bytes) -> bytes:
    return crypto_box_seal(private_key, public_key)


def seal_words(text: str, public_key: bytes) -> bytes:
    """Words, padded to a size class."""
    return crypto_box_seal(padding.pad(text, SMALLEST), public_key)


def seal_facts(facts: Mapping[str, Any], public_key: bytes) -> bytes:
    """Anything that JSON can say, padded to a size class."""
    return seal_words(json.dumps(facts, ensure_ascii=False), public_key)


def text_form(key: bytes) -> str:
    """Bytes as pages take and give them."""
    return b64encode(key).decode()
