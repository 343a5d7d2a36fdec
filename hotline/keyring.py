"""The key ring: the keys outside the database. Old ones stay until nothing needs them any more.

`service-N` seals, `hash-N` makes the hashes people are found by, `web` signs. Of several service or
hash keys the newest that has begun is used, the others still open and still find.
"""

import base64
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

Kind = Literal["service", "hash"]

KINDS: Final[tuple[Kind, ...]] = ("service", "hash")
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
            if _bare(name) in map(_bare, keys):
                raise KeysUnusable(f"line {number} of the key ring names a key a second time")
            try:
                keys[name] = base64.b64decode(encoded, validate=True)
            except ValueError:
                raise KeysUnusable(f"key {number} of the key ring is not base64") from None
            if len(keys[name]) != KEY_BYTES:
                raise KeysUnusable(f"key {number} of the key ring is not {KEY_BYTES} bytes long")
        ring = cls(keys)
        for kind in KINDS:
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

    def pending(self, kind: Kind, now: datetime) -> datetime | None:
        """When the newest key is used from, if that is still to come."""
        begins = max(self._all(kind))[1]
        return datetime.fromtimestamp(begins, UTC) if begins > now.timestamp() else None

    def began(self, kind: Kind, now: datetime) -> datetime:
        """Since when the key in use is used; 1970 for a ring's first."""
        used = self.in_use(kind, now)
        return next(datetime.fromtimestamp(s, UTC) for n, s, _ in self._all(kind) if n == used)

    def continues(self, older: "KeyRing") -> bool:
        """Whether this is the same ring with keys added and old ones retired, and not another one."""
        mine = {_bare(name): key for name, key in self.keys.items()}
        theirs = {_bare(name): key for name, key in older.keys.items()}
        newest = {f"{kind}-{max(older.numbered(kind))}" for kind in KINDS}
        return newest <= mine.keys() and all(
            mine[name] == key for name, key in theirs.items() if name in mine
        )

    def with_new(self, kind: Kind, since: datetime) -> "KeyRing":
        """A ring with one more key, used from `since` on. Raises KeysUnusable when there are too many."""
        number = max(self.numbered(kind)) + 1
        if number > MOST_KEYS:
            raise KeysUnusable(f"there were {MOST_KEYS} {kind} keys already")
        return KeyRing({**self.keys, f"{kind}-{number}@{int(since.timestamp())}": _made()})

    def without(self, kind: Kind, number: int) -> "KeyRing":
        """A ring without one old key: what only it opened is gone."""
        name = f"{kind}-{number}"
        return KeyRing({n: k for n, k in self.keys.items() if _bare(n) != name})

    def save(self, path: Path) -> None:
        """Write a new key file that only its owner can read. Never replaces one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, self.to_text())
        _keep_name(path.parent)

    def replace(self, path: Path) -> None:
        """Put this ring where an older one is, so that whoever reads sees the old or the new, whole.

        Owner and mode stay as they are. Raises OSError, and then the older one is where it was.
        """
        path = path.resolve(strict=True)
        beside = path.with_name(f".{path.name}.new")
        beside.unlink(missing_ok=True)
        try:
            _write(beside, self.to_text(), path.stat())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _keep_name(path.parent)

    def fingerprint(self) -> str:
        """Short name of the whole ring: two machines can compare it without showing a key."""
        return hashlib.blake2b(self.to_text().encode(), digest_size=6).hexdigest()

    def told(self, now: datetime) -> Iterator[tuple[str, str]]:
        """Each key's name and what it is for now, for the command line."""
        for kind in KINDS:
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


def _bare(name: str) -> str:
    """A key's name without the time it begins at."""
    return name.partition("@")[0]


def _write(path: Path, text: str, like: os.stat_result | None = None) -> None:
    """A new file that is on the disk when this returns; with owner and mode of another, if given."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        if like is not None:
            made = os.fstat(handle)
            if (made.st_uid, made.st_gid) != (like.st_uid, like.st_gid):
                os.fchown(handle, like.st_uid, like.st_gid)
            os.fchmod(handle, stat.S_IMODE(like.st_mode))
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _keep_name(folder: Path) -> None:
    """A new name in a folder survives a power cut once the folder is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
