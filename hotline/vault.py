"""Keyed hashes to find by, sealed copies to keep, and the keys for both outside the database.

Sealing is XChaCha20-Poly1305 (libsodium through PyNaCl). A ciphertext is bound to its purpose, so one
cut out of a column opens in no other. Nothing here formats or logs what it seals.
"""

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt as decrypt,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_encrypt as encrypt,
)
from nacl.exceptions import CryptoError

Purpose = Literal["address", "state", "body", "summary", "thread", "ledger-key", "simulated"]

KEY_BYTES = 32
NONCE_BYTES = 24
HASH_BYTES = 20
FORMAT = 1


class KeysUnusable(Exception):
    """The key ring cannot be used; the message says what to do."""


class Unsealable(Exception):
    """A ciphertext does not open: wrong key, wrong purpose, or damaged."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by name. Text form, one a line: `service-1:<base64>`, `hash:<base64>`, `web:<base64>`."""

    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def new(cls) -> "KeyRing":
        return cls({name: secrets.token_bytes(KEY_BYTES) for name in ("service-1", "hash", "web")})

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read the text form. Raises KeysUnusable, which never repeats what it read."""
        keys: dict[str, bytes] = {}
        for number, line in enumerate(text.split(), 1):
            name, _, encoded = line.partition(":")
            try:
                keys[name] = base64.b64decode(encoded, validate=True)
            except ValueError:
                raise KeysUnusable(f"key {number} of the key ring is not base64") from None
            if len(keys[name]) != KEY_BYTES:
                raise KeysUnusable(f"key {number} of the key ring is not {KEY_BYTES} bytes long")
        for name in ("service-1", "hash", "web"):
            if name not in keys:
                raise KeysUnusable(f'the key ring has no key "{name}"')
        return cls(keys)

    def to_text(self) -> str:
        return "".join(f"{n}:{base64.b64encode(k).decode()}\n" for n, k in self.keys.items())

    def save(self, path: Path) -> None:
        """Write a new key file that only its owner can read. Never replaces one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(self.to_text())

    def fingerprint(self) -> str:
        """Short name of the whole ring: two machines can compare it without showing a key."""
        return hashlib.blake2b(self.to_text().encode(), digest_size=6).hexdigest()


class Vault:
    """Seals, opens and hashes with the keys of one ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._service = ring.keys["service-1"]
        self._hash = ring.keys["hash"]
        self._web = ring.keys["web"]

    def seal(self, text: str, purpose: Purpose) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        label = _label(purpose)
        return bytes([FORMAT]) + nonce + encrypt(text.encode(), label, nonce, self._service)

    def open(self, sealed: bytes, purpose: Purpose) -> str:
        """The text that was sealed. Raises Unsealable."""
        if sealed[:1] != bytes([FORMAT]):
            raise Unsealable("unknown format")
        nonce, cipher = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return decrypt(cipher, _label(purpose), nonce, self._service).decode()
        except CryptoError:
            raise Unsealable(purpose) from None

    def address_hash(self, address: str) -> bytes:
        """What a contact or subscriber is found by."""
        return self._keyed(address, b"address")

    def provider_hash(self, provider_id: str) -> bytes:
        """What a provider's message is recognised by."""
        return self._keyed(provider_id, b"provider")

    def phone_hash(self, address: str) -> bytes:
        """What the simulated carrier finds a phone by: its own memory, unlike the line's."""
        return self._keyed(address, b"simulated")

    def login_hash(self, login: str) -> bytes:
        return self._keyed(login, b"login")

    def reference(self, outbox_id: int) -> str:
        """A name for an outbox row that receipts may carry and nobody can guess."""
        return f"{outbox_id}.{self._keyed(str(outbox_id), b'reference').hex()[:24]}"

    def outbox_id(self, reference: str) -> int | None:
        """The outbox row a reference names, or None when it is not one of ours."""
        number = reference.partition(".")[0]
        if not (number.isascii() and number.isdigit() and len(number) < KEY_BYTES // 2 + 3):
            return None
        expected = self.reference(int(number))
        return (
            int(number) if secrets.compare_digest(expected.encode(), reference.encode()) else None
        )

    def web_secret(self, use: str) -> str:
        """A secret for the web's signatures, apart for each use."""
        return hashlib.blake2b(use.encode(), key=self._web, digest_size=KEY_BYTES).hexdigest()

    def _keyed(self, text: str, person: bytes) -> bytes:
        return hashlib.blake2b(
            text.encode(), key=self._hash, digest_size=HASH_BYTES, person=person
        ).digest()


def recipient_hash(address_hash: bytes, ledger_key: str) -> bytes:
    """A recipient within one campaign: without that campaign's key it points at nobody."""
    key = ledger_key.encode()[:64]
    return hashlib.blake2b(address_hash, key=key, digest_size=HASH_BYTES).digest()


def _label(purpose: Purpose) -> bytes:
    return b"waypost:" + purpose.encode()
