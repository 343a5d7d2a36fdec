"""Somebody's device, as far as passkeys go: what an authenticator and its browser say, made in Python.

https://www.w3.org/TR/webauthn-2/#sctn-authenticator-data
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


def text64(data):
    return urlsafe_b64encode(data).decode().rstrip("=")


def bytes64(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Device:
    """`looks` is false for one that does not look whether it is its owner."""

    def __init__(self, origin="http://localhost", *, looks=True):
        self.origin, self.looks = origin, looks
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.owner = b""
        self.used = 0

    def makes(self, options):
        """What the browser sends after `navigator.credentials.create`, as JSON."""
        asked = json.loads(options)
        self.owner = bytes64(asked["user"]["id"])
        length = len(self.credential_id).to_bytes(2)
        about_key = bytes(16) + length + self.credential_id + cbor2.dumps(self._public())
        told = self._about(asked["rp"]["id"], HAS_KEY) + about_key
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": told})
        client = self._client("webauthn.create", asked["challenge"])
        return self._say({"clientDataJSON": text64(client), "attestationObject": text64(attested)})

    def answers(self, options, **changed):
        """What the browser sends after `navigator.credentials.get`; `changed` parts are lies."""
        asked = json.loads(options)
        self.used += 1
        told = self._about(asked["rpId"], 0)
        client = self._client("webauthn.get", asked["challenge"])
        signed = told + hashlib.sha256(client).digest()
        said = {
            "clientDataJSON": text64(client),
            "authenticatorData": text64(told),
            "signature": text64(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": text64(self.owner),
        }
        return self._say(said | changed)

    def _about(self, host, more):
        flags = PRESENT | more | (VERIFIED if self.looks else 0)
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.used.to_bytes(4)

    def _client(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _public(self):
        """https://www.rfc-editor.org/rfc/rfc9053#name-double-coordinate-curves"""
        numbers = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}

    def _say(self, response):
        named = text64(self.credential_id)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": response})
