"""The key ring: the keys outside the database. Old ones stay until nothing needs them any more.

`service-N` seals, `hash-N` makes the hashes people are found by, `web` signs. Of several service or
hash keys the newest that has begun is used, the others still open and still find.
"""

import base64
import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

Kind = Literal["service", "hash"]

KEY_BYTES: Final = 32
MOST_KEYS: Final = 255
# service-2, or service-2@1764100800 when it is used from then on (seconds since 1970).
NAME: Final = re.compile(r"(?:(service|hash)-([1-9][0-9]{0,2})|(web))(?:@([0-9]{1,11}))?")


class KeysUnusable(Exception):
    """The key ring cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by name, one a line in text form: `service-1:<base64>`, `hash-1:<base64>`, `web:<base64>`."""

    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def new(cls) -> "KeyRing":
        return cls({name: _made() for name in ("service-1", "hash-1", "web")})

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read the text form. Raises KeysUnusable, which never repeats what it read."""
        keys: dict[str, bytes] = {}
        for number, line in enumerate(text.split(), 1):
            name, _, encoded = line.partition(":")
            matched = NAME.fullmatch(name)
            if matched is None or int(matched[2] or 1) > MOST_KEYS:
                raise KeysUnusable(f"line {number} of the key ring names no key we know")
            try:
                keys[name] = base64.b64decode(encoded, validate=True)
            except ValueError:
                raise KeysUnusable(f"key {number} of the key ring is not base64") from None
            if len(keys[name]) != KEY_BYTES:
                raise KeysUnusable(f"key {number} of the key ring is not {KEY_BYTES} bytes long")
        ring = cls(keys)
        for kind in ("service", "hash"):
            if not ring.numbered(kind):
                raise KeysUnusable(f'the key ring has no key "{kind}-1"')
        if "web" not in keys:
            raise KeysUnusable('the key ring has no key "web"')
        return ring

    def to_text(self) -> str:
        return "".join(f"{n}:{base64.b64encode(k).decode()}\n" for n, k in self.keys.items())

    def numbered(self, kind: Kind) -> dict[int, bytes]:
        """The keys of one kind by number, the newest last."""
        return {number: key for number, _, key in sorted(self._all(kind))}

    def in_use(self, kind: Kind, now: datetime) -> int:
        """The number of the key that is used at `now`: the newest that has begun, else the oldest."""
        begun = [number for number, since, _ in self._all(kind) if since <= now.timestamp()]
        return max(begun) if begun else min(number for number, _, _ in self._all(kind))

    def with_new(self, kind: Kind, since: datetime) -> "KeyRing":
        """A ring with one more key, used from `since` on. Raises KeysUnusable when there are too many."""
        number = max(self.numbered(kind)) + 1
        if number > MOST_KEYS:
            raise KeysUnusable(f"there were {MOST_KEYS} {kind} keys already")
        return KeyRing({**self.keys, f"{kind}-{number}@{int(since.timestamp())}": _made()})

    def without(self, kind: Kind, number: int) -> "KeyRing":
        """A ring without one old key: what only it opened is gone."""
        name = f"{kind}-{number}"
        return KeyRing({n: k for n, k in self.keys.items() if n.partition("@")[0] != name})

    def save(self, path: Path) -> None:
        """Write a new key file that only its owner can read. Never replaces one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, self.to_text())

    def replace(self, path: Path) -> None:
        """Put this ring where an older one is, so that whoever reads sees the old or the new, whole."""
        beside = path.with_name(f".{path.name}.new")
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
        _write(beside, self.to_text())
        owner = path.stat()
        if os.geteuid() == 0:
            os.chown(beside, owner.st_uid, owner.st_gid)
        beside.replace(path)

    def fingerprint(self) -> str:
        """Short name of the whole ring: two machines can compare it without showing a key."""
        return hashlib.blake2b(self.to_text().encode(), digest_size=6).hexdigest()

    def told(self, now: datetime) -> Iterator[tuple[str, str]]:
        """Each key's name and what it is for now, for the command line."""
        for kind in ("service", "hash"):
            used = self.in_use(kind, now)
            for number, since, _ in sorted(self._all(kind)):
                begins = datetime.fromtimestamp(since, UTC)
                state = "in use" if number == used else "still opens and finds"
                later = number > used
                yield f"{kind}-{number}", f"from {begins:%Y-%m-%d %H:%M} UTC" if later else state

    def _all(self, kind: Kind) -> Iterator[tuple[int, int, bytes]]:
        for name, key in self.keys.items():
            matched = NAME.fullmatch(name)
            if matched is not None and matched[1] == kind:
                yield int(matched[2]), int(matched[4] or 0), key


def _made() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
