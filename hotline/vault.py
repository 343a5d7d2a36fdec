"""Keyed hashes to find by, and sealed copies that only the service opens, with keys kept elsewhere.

Sealing is XChaCha20-Poly1305 (libsodium through PyNaCl). A ciphertext is padded to a size class, bound
to its purpose, so that one cut out of a column opens in no other, and names the key that opens it.
A hash of an address names the key it was made with in its first byte. Nothing here formats or logs
what it seals.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt as decrypt,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_encrypt as encrypt,
)
from nacl.exceptions import CryptoError

from hotline import padding
from hotline.keyring import KeyRing

Purpose = Literal[
    "address",
    "state",
    "body",
    "ledger-key",
    "case-key",
    "simulated",
    "row",
    "authenticator",
    "staff-address",
    "agreed",
]

# The smallest size class of each purpose, in bytes: what is usual of it fits.
SMALLEST: Final[Mapping[Purpose, int]] = {
    "address": 32,
    "state": 512,
    "body": 256,
    "ledger-key": 128,
    "case-key": 64,
    "simulated": 256,
    "row": 256,
    "authenticator": 64,
    "staff-address": 128,
    "agreed": 256,
}
NONCE_BYTES: Final = 24
HASH_BYTES: Final = 20
FORMAT: Final = 2
# Format, number of the key, nonce.
LEAD: Final = 2 + NONCE_BYTES
BEFORE_ALL_KEYS: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Unsealable(Exception):
    """A ciphertext does not open: wrong key, wrong purpose, or damaged."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """One ring as it is used at one time; replaced as a whole, so that no thread sees half of two."""

    service: Mapping[int, bytes] = field(repr=False)
    seals_with: int
    # By number, the one in use first.
    hashes: Mapping[int, bytes] = field(repr=False)
    web: bytes = field(repr=False)
    names: bytes = field(repr=False)


def _no_newer_ring() -> None:
    """For a ring that stays as it is."""


class Vault:
    """Seals, opens and hashes with the keys of one ring.

    `missing` is called when something needs a key that the ring does not have: it brings a newer ring
    (`use`) if there is one.
    """

    def __init__(self, ring: KeyRing, now: datetime = BEFORE_ALL_KEYS) -> None:
        self.missing: Callable[[], None] = _no_newer_ring
        self.use(ring, now)

    def use(self, ring: KeyRing, now: datetime) -> None:
        """Work with `ring` as it is at `now`: a key begins, or the ring has a new one."""
        used, hashes = ring.in_use("hash", now), ring.numbered("hash")
        self._keys = _Keys(
            ring.numbered("service"),
            ring.in_use("service", now),
            {used: hashes.pop(used)} | hashes,
            ring.keys["web"],
            _keyed(b"names of messages", ring.keys["web"], b"names", size=32),
        )

    def seal(self, text: str, purpose: Purpose) -> bytes:
        keys, nonce = self._keys, os.urandom(NONCE_BYTES)
        padded = padding.pad(text, SMALLEST[purpose])
        sealed = encrypt(padded, _label(purpose), nonce, keys.service[keys.seals_with])
        return bytes((FORMAT, keys.seals_with)) + nonce + sealed

    def open(self, sealed: bytes, purpose: Purpose) -> str:
        """The text that was sealed. Raises Unsealable."""
        if len(sealed) <= LEAD or sealed[0] != FORMAT:
            raise Unsealable("damaged")
        key = self._keys.service.get(sealed[1])
        if key is None:
            self.missing()
            key = self._keys.service.get(sealed[1])
        if key is None:
            raise Unsealable("sealed by no key of this ring")
        try:
            padded = decrypt(sealed[LEAD:], _label(purpose), sealed[2:LEAD], key)
        except CryptoError:
            raise Unsealable(purpose) from None
        return padding.unpad(padded)

    @property
    def sealed_now(self) -> bytes:
        """How everything begins that is sealed with the key in use."""
        return bytes((FORMAT, self._keys.seals_with))

    @property
    def rotating(self) -> bool:
        """Whether the ring has other keys than those in use."""
        return len(self._keys.service) > 1 or len(self._keys.hashes) > 1

    def hashes(self, address: str) -> tuple[bytes, ...]:
        """What an address is found by with each hash key of the ring; the one in use first.

        Most of the time there is one. Another may be older, or one that has not begun here and has
        on a machine whose clock is ahead.
        """
        told = address.encode()
        return tuple(
            bytes((number,)) + _keyed(told, key, b"address")
            for number, key in self._keys.hashes.items()
        )

    def address_hash(self, address: str) -> bytes:
        """What a contact or subscriber is found by."""
        return self.hashes(address)[0]

    def knows(self, address_hash: bytes) -> bool:
        """Whether the ring is as new as a hash in the database. Keys only ever get higher numbers."""
        return address_hash[0] <= max(self._keys.hashes)

    def person_lock(self, address: str) -> int:
        """The number of the database lock on whatever is known of an address, with any hash key."""
        return int.from_bytes(self._name(address, b"lock")[:8], signed=True)

    def erasure_hash(self, address: str) -> bytes:
        """What the log of erasures knows somebody by: not what anything else is found by, and the same
        whatever the hash key, since it has to find them in a backup from before.
        """
        return self._name(address, b"erasure")

    def signup_hash(self, address: str) -> bytes:
        """What somebody is known by between being asked whether to sign up and their answer."""
        return self._name(address, b"sign-up")

    def provider_hash(self, provider_id: str) -> bytes:
        """What a provider's message is recognised by."""
        return self._name(provider_id, b"provider")

    def phone_hash(self, address: str) -> bytes:
        """What the simulated carrier finds a phone by: its own memory, unlike the line's."""
        return self._name(address, b"simulated")

    def login_hash(self, login: str) -> bytes:
        return self._name(login, b"login")

    def recovery_hash(self, staff_id: int, code: str) -> bytes:
        """What a code on paper is kept as: without the ring nobody tries codes against it."""
        return self._name(f"{staff_id}:{code}", b"recovery")

    def passkey_owner(self, staff_id: int) -> bytes:
        """What a device knows an account by: nothing that says whose it is."""
        return self._name(str(staff_id), b"passkey")

    def reference(self, outbox_id: int) -> str:
        """A name for an outbox row that receipts may carry and nobody can guess."""
        return f"{outbox_id}.{self._name(str(outbox_id), b'reference').hex()[:24]}"

    def outbox_id(self, reference: str) -> int | None:
        """The outbox row a reference names, or None when it is not one of ours."""
        number = reference.partition(".")[0]
        longest_number = 18
        if not (number.isascii() and number.isdigit() and len(number) <= longest_number):
            return None
        expected = self.reference(int(number))
        return (
            int(number) if secrets.compare_digest(expected.encode(), reference.encode()) else None
        )

    def web_secret(self, use: str) -> str:
        """A secret for the web's signatures, apart for each use."""
        return hashlib.blake2b(use.encode(), key=self._keys.web, digest_size=32).hexdigest()

    def _name(self, text: str, person: bytes) -> bytes:
        return _keyed(text.encode(), self._keys.names, person)


def recipient_name(subscriber_id: int, ledger_key: str) -> bytes:
    """What a campaign's ledger calls a subscriber: without that campaign's key it points at nobody.

    SHA-256, since PostgreSQL makes it too, a campaign at a time: see
    `campaigns.sending.expansion`. No key of the ring is in it, so that it stays the same when those change.
    """
    told = bytes.fromhex(ledger_key) + subscriber_id.to_bytes(8, "big")
    return hashlib.sha256(told).digest()[:HASH_BYTES]


def _keyed(text: bytes, key: bytes, person: bytes, *, size: int = HASH_BYTES) -> bytes:
    return hashlib.blake2b(text, key=key, digest_size=size, person=person).digest()


def _label(purpose: Purpose) -> bytes:
    return b"waypost:" + purpose.encode()
