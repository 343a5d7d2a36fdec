"""What a caseworker's browser does with keys, done here in Python: the formats of web/static/boxes.js."""

import json
import unicodedata
from base64 import b64decode, b64encode
from itertools import combinations

from nacl import bindings as sodium
from nacl.exceptions import CryptoError
from nacl.utils import random

PASSPHRASE = "seven quiet boats cross the bay"
FIRST_LINE = ("general", "child")
# What a passphrase is stretched with: as a browser does it, the least that one takes, and next to nothing
# where nobody guesses and no browser looks.
AS_BROWSERS_DO, LEAST, NEXT_TO_NOTHING = (3, 64 * 2**20), (2, 32 * 2**20), (1, 8 * 2**10)
WRAPPED_FOR = b"waypost:private-key"
SMALLEST_WORDS, SMALLEST_SHARE = 256, 1024


def text_form(data):
    return b64encode(data).decode()


def make_pair():
    """A new public and private key."""
    return sodium.crypto_box_keypair()


def public_of(private):
    return sodium.crypto_scalarmult_base(private)


def seal_key(private, public):
    return sodium.crypto_box_seal(private, public)


def open_key(sealed, private):
    """Raises CryptoError when it is not sealed to this key."""
    return sodium.crypto_box_seal_open(sealed, public_of(private), private)


def seal_words(text, public, smallest=SMALLEST_WORDS):
    plain, size = text.encode(), smallest
    while size <= len(plain):
        size *= 2
    return sodium.crypto_box_seal(sodium.sodium_pad(plain, size), public)


def open_words(sealed, private):
    padded = open_key(sealed, private)
    return sodium.sodium_unpad(padded, len(padded)).decode()


def wrap(private, passphrase, cost=AS_BROWSERS_DO):
    """A private key under a passphrase, as the text the server keeps."""
    salt, nonce = random(16), random(24)
    key = _stretched(passphrase, salt, *cost)
    box = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(private, WRAPPED_FOR, nonce, key)
    return json.dumps(
        {
            "v": 1,
            "kdf": "argon2id13",
            "ops": cost[0],
            "mem": cost[1],
            "salt": text_form(salt),
            "nonce": text_form(nonce),
            "box": text_form(box),
        }
    )


def unwrap(wrapped, passphrase):
    """Raises CryptoError when the passphrase is not the one."""
    parts = json.loads(wrapped)
    key = _stretched(passphrase, b64decode(parts["salt"]), parts["ops"], parts["mem"])
    box, nonce = b64decode(parts["box"]), b64decode(parts["nonce"])
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(box, WRAPPED_FOR, nonce, key)


def split(private, holders, needed):
    """A private key in shares by holder: any `needed` of them have it together."""
    shares = {holder: {} for holder in holders}
    for group in combinations(sorted(holders), needed):
        parts = [random(len(private)) for _ in group[1:]]
        parts.append(_together([private, *parts]))
        for holder, part in zip(group, parts, strict=True):
            shares[holder][",".join(map(str, group))] = text_form(part)
    return {holder: json.dumps(share) for holder, share in shares.items()}


def combine(shares):
    """The private key from shares by holder; None when there are too few of them."""
    parts = {holder: json.loads(share) for holder, share in shares.items()}
    for group in set().union(*parts.values()):
        members = [int(number) for number in group.split(",")]
        if all(group in parts.get(member, {}) for member in members):
            return _together([b64decode(parts[member][group]) for member in members])
    return None


class BrowserKeys:
    """One member's keys in one browser.

    `enrol` and the like take what posts JSON: `keys.enrol(browser.post_json)`. Where somebody else
    made the teams' keys, `keys.learns(browser.get("/desk/keys/mine").json)` after being let in.
    """

    def __init__(self, passphrase=PASSPHRASE):
        self.passphrase = passphrase
        self.public, self.private = make_pair()
        # Private keys of teams, by the number of the team's key.
        self.teams = {}

    def enrol(self, post_json, teams=FIRST_LINE):
        """Make a key pair, and keys for `teams` that have none yet."""
        answer = post_json("/desk/keys/enrol", self.enrolment(teams))
        if answer.status_code == 200:
            self.learns(answer.json)
        return answer

    def enrolment(self, teams=FIRST_LINE):
        return {
            "public_key": text_form(self.public),
            "wrapped": wrap(self.private, self.passphrase, NEXT_TO_NOTHING),
            "teams": {team: self.new_team_key() for team in teams},
        }

    def new_team_key(self):
        public, private = make_pair()
        return {
            "public_key": text_form(public),
            "sealed": text_form(seal_key(private, self.public)),
        }

    def let_in(self, post_json, colleague, numbers=None):
        """Seal team keys to a colleague, as `/desk/keys/mine` lists them; all when none are named."""
        public = b64decode(colleague["public_key"])
        return post_json(
            "/desk/keys/let-in",
            {
                "staff": colleague["id"],
                "public_key": colleague["public_key"],
                "keys": {
                    str(number): text_form(seal_key(self.teams[number], public))
                    for number in (self.teams if numbers is None else numbers)
                },
            },
        )

    def learns(self, mine):
        """Open the copies of team keys that are sealed to this member."""
        for team in mine["teams"]:
            for key in team["keys"]:
                if key["sealed"] is None:
                    continue
                private = open_key(b64decode(key["sealed"]), self.private)
                assert text_form(public_of(private)) == key["public_key"]
                self.teams[key["id"]] = private

    def case_key(self, data):
        """The private key of a case from its data; None when no team key here opens it."""
        for given in data["keys"]:
            private = self.teams.get(given["team_key"])
            if private is not None:
                found = open_key(b64decode(given["sealed"]), private)
                assert text_form(public_of(found)) == data["public_key"]
                return found
        return None

    def open(self, data):
        """Summary and answers as facts, and texts of the messages; None or empty where nothing opens."""
        private = self.case_key(data)
        if private is None:
            return {"summary": None, "answers": None, "messages": []}
        return {
            "summary": _facts(data["summary"], private),
            "answers": _facts(data["answers"], private),
            "messages": [
                open_words(b64decode(message["body"]), private) for message in data["messages"]
            ],
        }


def _facts(sealed, private):
    return json.loads(open_words(b64decode(sealed), private)) if sealed else None


def _stretched(passphrase, salt, ops, mem):
    # As typed on any keyboard: letters composed alike, one space between words.
    words = " ".join(unicodedata.normalize("NFKC", passphrase).split())
    return sodium.crypto_pwhash_alg(
        32, words.encode(), salt, ops, mem, sodium.crypto_pwhash_ALG_ARGON2ID13
    )


def _together(parts):
    found = bytes(len(parts[0]))
    for part in parts:
        found = bytes(a ^ b for a, b in zip(found, part, strict=True))
    return found


__all__ = ["BrowserKeys", "CryptoError", "combine", "split", "unwrap", "wrap"]
