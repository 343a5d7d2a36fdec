"""Looks for canaries in whatever is left of a line: files, what is packed in them, their names.

What PostgreSQL compresses inside a table is found only where it repeats nothing (`writings`); a dump of
the database beside the files shows every row that is alive as it is.
"""

import bz2
import lzma
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

import numpy as np

from tests.canary.digits import Digits
from tests.canary.writings import Canary, Pattern, patterns

CHUNK = 4 * 1024 * 1024
# More than the longest pattern has, or any number with all that may stand between its digits.
OVERLAP = 4096
TABLE_BITS = 22
# In so many places of a pattern its most telling window is looked for.
PLACES = 24
# An odd number without a pattern of its own: the golden ratio's bits.
MULTIPLIER = 0x9E3779B97F4A7C15
PACKED = re.compile(
    rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|BZh[1-9]1AY&SY|\xfd7zXZ\x00|PK\x03\x04", re.DOTALL
)
LARGEST_PACKED = 64 * 1024 * 1024
SMALLEST_PACKED = 16
DEEPEST = 3
AROUND = 40


@dataclass(frozen=True, slots=True)
class Hit:
    """A canary that was found: in which file, from which byte on, and how it is written there."""

    file: str
    offset: int
    canary: Canary
    how: str
    around: bytes
    times: int = 1

    def __str__(self) -> str:
        more = f" ({self.times} times)" if self.times > 1 else ""
        return f"{self.file} at {self.offset}: {self.canary.where} [{self.how}]{more} in {self.around!r}"


class Search:
    """Looks for all of `canaries` at once. `bytes_read` is how much was looked at."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        canaries = list(canaries)
        unique = {pattern for canary in canaries for pattern in patterns(canary)}
        long = [pattern for pattern in unique if len(pattern.data) >= 8]
        short = [pattern for pattern in unique if len(pattern.data) < 8]
        self._finders = [Finder(long, 8), Finder(short, 4)]
        self._digits = Digits(canaries)
        self.bytes_read = 0

    def in_folder(self, folder: Path) -> list[Hit]:
        """Every file below `folder`, and every file's name."""
        hits: list[Hit] = []
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            hits += self.in_bytes(name.encode("utf-8", "surrogateescape"), f"the name {name}")
            if path.is_file() and not path.is_symlink() and path.stat().st_size:
                with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
                    hits += self.in_bytes(mapped, name)
        return hits

    def in_bytes(self, data: bytes | mmap, name: str = "", depth: int = 0) -> list[Hit]:
        self.bytes_read += len(data)
        first: dict[tuple[Canary, str], Hit] = {}
        times = Counter[tuple[Canary, str]]()
        for offset, canary, how in self._found(data):
            times[canary, how] += 1
            around = bytes(data[max(0, offset - AROUND) : offset + AROUND])
            first.setdefault((canary, how), Hit(name, offset, canary, how, around))
        hits = [
            Hit(hit.file, hit.offset, hit.canary, hit.how, hit.around, times[key])
            for key, hit in first.items()
        ]
        if depth < DEEPEST:
            for offset, unpacked in _unpacked(data):
                hits += self.in_bytes(unpacked, f"{name}, unpacked from {offset}", depth + 1)
        return hits

    def _found(self, data: bytes | mmap) -> Iterator[tuple[int, Canary, str]]:
        for start in range(0, len(data), CHUNK):
            chunk = bytes(data[start : start + CHUNK + OVERLAP]).lower()
            for finder in self._finders:
                for offset, pattern in finder.find(chunk):
                    if offset < CHUNK:
                        yield start + offset, pattern.canary, pattern.how
            for offset, canary, how in self._digits.find(chunk):
                if offset < CHUNK:
                    yield start + offset, canary, how


class Finder:
    """Finds any of very many byte strings in one go.

    Of each string one window of `width` bytes is put into a table. What is searched is cut into windows
    at every byte, all of them are looked up at once, and only where one is in the table the rest is read.
    """

    def __init__(self, wanted: Iterable[Pattern], width: int) -> None:
        self._width, self._kind = width, np.dtype(f"<u{width}")
        self._whole: defaultdict[int, list[tuple[int, Pattern]]] = defaultdict(list)
        for pattern in wanted:
            place = self._most_telling(pattern.data)
            window = int.from_bytes(pattern.data[place : place + width], "little")
            self._whole[window].append((place, pattern))
        self._windows = np.array(sorted(self._whole), dtype=self._kind)
        self._table = np.zeros(1 << TABLE_BITS, dtype=bool)
        self._table[self._places(self._windows)] = True

    def find(self, data: bytes) -> Iterator[tuple[int, Pattern]]:
        for shift in range(min(self._width, len(data) - self._width + 1)):
            count = (len(data) - shift) // self._width
            windows = np.frombuffer(data, self._kind, count, shift)
            rough = np.flatnonzero(self._table[self._places(windows)])
            found = windows[rough]
            nearest = np.searchsorted(self._windows[:-1], found)
            for place in rough[self._windows[nearest] == found]:
                yield from self._at(data, int(place) * self._width + shift, int(windows[place]))

    def _at(self, data: bytes, offset: int, window: int) -> Iterator[tuple[int, Pattern]]:
        for place, pattern in self._whole[window]:
            start = offset - place
            if start >= 0 and data.startswith(pattern.data, start):
                yield start, pattern

    def _places(self, windows: "np.typing.NDArray[np.unsignedinteger]") -> "np.typing.NDArray":
        bits = self._width * 8
        multiplier = self._kind.type(MULTIPLIER >> (64 - bits) | 1)
        return (windows * multiplier >> self._kind.type(bits - TABLE_BITS)).astype(np.intp)

    def _most_telling(self, data: bytes) -> int:
        """Where the window with the most different bytes begins: zeros stand everywhere."""
        best, most = 0, 0
        for place in range(min(len(data) - self._width, PLACES) + 1):
            different = len(set(data[place : place + self._width]))
            if different > most:
                best, most = place, different
            if most == self._width:
                break
        return best


def _unpacked(data: bytes | mmap) -> Iterator[tuple[int, bytes]]:
    """What is packed in `data` by gzip, zlib, zip, bzip2 or xz, wherever it begins."""
    for found in PACKED.finditer(data):
        try:
            unpacked = _unpack(data, found.start())
        except (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError):
            continue
        if len(unpacked) >= SMALLEST_PACKED:
            yield found.start(), unpacked


def _unpack(data: bytes | mmap, start: int) -> bytes:
    magic = data[start : start + 2]
    if magic == b"BZ":
        return bz2.BZ2Decompressor().decompress(data[start:], LARGEST_PACKED)
    if magic == b"\xfd7":
        return lzma.LZMADecompressor().decompress(data[start:], LARGEST_PACKED)
    if magic == b"PK":
        name, extra = (int.from_bytes(data[start + n : start + n + 2], "little") for n in (26, 28))
        start += 30 + name + extra
    kind = {b"\x1f\x8b": 31, b"PK": -15}.get(magic, 15)
    try_first = zlib.decompressobj(kind)
    # Most of what looks like a beginning is none, and is told from its first bytes.
    try_first.decompress(data[start : start + 512])
    return zlib.decompressobj(kind).decompress(data[start:], LARGEST_PACKED)
