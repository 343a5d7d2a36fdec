"""Looks for canaries in whatever is left of a line: files, what is packed in them, their names.

What PostgreSQL compresses inside a table is found only where it repeats nothing (`writings`); a dump of
the database beside the files shows every row that is alive as it is.
"""

import bz2
import lzma
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np

from tests.canary.digits import Digits
from tests.canary.writings import Canary, patterns

CHUNK = 4 * 1024 * 1024
# More than the longest pattern has, or any number with all that may stand between its digits.
OVERLAP = 4096
TABLE_BITS = 22
# Bits without a pattern of their own: the golden ratio's.
MULTIPLIER = 0x9E3779B97F4A7C15
# In so many places of a pattern its most telling window is looked for.
PLACES = 24
PACKED = re.compile(
    rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|BZh[1-9]1AY&SY|\xfd7zXZ\x00|PK\x03\x04", re.DOTALL
)
# Mail breaks its lines wherever they are long enough, within a word too.
MAIL = re.compile(rb"content-transfer-encoding: *(?:quoted-printable|base64)", re.IGNORECASE)
MAIL_BREAKS = re.compile(rb"=\r?\n|(?<=[a-zA-Z0-9+/]{76})\r?\n")
LARGEST_PACKED = 64 * 1024 * 1024
SMALLEST_PACKED = 16
PIECE = 4096
DEEPEST = 3
AROUND = 40

Found = tuple[int, Canary, str]
Windows = np.ndarray[Any, np.dtype[np.unsignedinteger[Any]]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A canary in a file: the first byte of the first time, all the ways in which it stands there."""

    file: str
    offset: int
    canary: Canary
    how: tuple[str, ...]
    around: bytes

    def __str__(self) -> str:
        how = "; ".join(self.how)
        return f"{self.file}, byte {self.offset}: {self.canary.where} [{how}] in {self.around!r}"


class Search:
    """Looks for all of `canaries` at once. `bytes_read` is how much was looked at."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        canaries = list(canaries)
        wanted: dict[bytes, list[tuple[Canary, str]]] = {}
        for canary in canaries:
            for data, how in patterns(canary).items():
                wanted.setdefault(data, []).append((canary, how))
        self._finders = [
            Finder({data: whose for data, whose in wanted.items() if len(data) >= 8}, 8),
            Finder({data: whose for data, whose in wanted.items() if len(data) < 8}, 4),
        ]
        self._digits = Digits(canaries)
        self.bytes_read = 0

    def in_folder(self, folder: Path) -> list[Hit]:
        """Every file below `folder`, and every file's name."""
        paths = sorted(folder.rglob("*"))
        names = "\n".join(str(path.relative_to(folder)) for path in paths)
        hits = self.in_bytes(names.encode("utf-8", "surrogateescape"), "the names of files")
        for path in paths:
            if path.is_file() and not path.is_symlink() and path.stat().st_size:
                with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
                    hits += self.in_bytes(mapped, str(path.relative_to(folder)))
        return hits

    def in_bytes(self, data: bytes | mmap, name: str = "", depth: int = 0) -> list[Hit]:
        self.bytes_read += len(data)
        found: defaultdict[Canary, dict[str, int]] = defaultdict(dict)
        for offset, canary, how in self._found(data):
            found[canary].setdefault(how, offset)
        hits: list[Hit] = []
        for canary, ways in found.items():
            offset = min(ways.values())
            around = bytes(data[max(0, offset - AROUND) : offset + AROUND])
            hits.append(Hit(name, offset, canary, tuple(sorted(ways)), around))
        if depth < DEEPEST:
            for offset, unpacked in _unpacked(data):
                hits += self.in_bytes(unpacked, f"{name}, unpacked from {offset}", depth + 1)
        return hits

    def _found(self, data: bytes | mmap) -> Iterator[Found]:
        for start in range(0, len(data), CHUNK):
            chunk = bytes(data[start : start + CHUNK + OVERLAP]).lower()
            for find in (*(finder.find for finder in self._finders), self._digits.find):
                for offset, canary, how in find(chunk):
                    # What begins later begins the next chunk.
                    if offset < CHUNK:
                        yield start + offset, canary, how


class Finder:
    """Finds any of very many byte strings in one go.

    Of each string one window of `width` bytes is put into a table. What is searched is cut into windows
    at every byte, all of them are looked up at once, and only where one is in the table the rest is read.
    """

    def __init__(self, wanted: Mapping[bytes, list[tuple[Canary, str]]], width: int) -> None:
        self._width, self._kind = width, np.dtype(f"<u{width}")
        self._wanted = wanted
        self._whole: defaultdict[int, list[tuple[int, bytes]]] = defaultdict(list)
        for data in wanted:
            place = self._most_telling(data)
            window = int.from_bytes(data[place : place + width], "little")
            self._whole[window].append((place, data))
        self._windows = np.array(sorted(self._whole), dtype=self._kind)
        self._table = np.zeros(1 << TABLE_BITS, dtype=bool)
        self._table[self._places(self._windows)] = True

    def find(self, data: bytes) -> Iterator[Found]:
        if not self._windows.size:
            return
        for shift in range(min(self._width, len(data) - self._width + 1)):
            count = (len(data) - shift) // self._width
            windows = np.frombuffer(data, self._kind, count, shift)
            rough = np.flatnonzero(self._table[self._places(windows)])
            found = windows[rough]
            nearest = np.searchsorted(self._windows[:-1], found)
            for place in rough[self._windows[nearest] == found]:
                yield from self._at(data, int(place) * self._width + shift, int(windows[place]))

    def _at(self, data: bytes, offset: int, window: int) -> Iterator[Found]:
        for place, whole in self._whole[window]:
            start = offset - place
            if start >= 0 and data.startswith(whole, start):
                yield from ((start, canary, how) for canary, how in self._wanted[whole])

    def _places(self, windows: Windows) -> np.ndarray[Any, np.dtype[np.intp]]:
        bits = self._width * 8
        multiplier = self._kind.type(MULTIPLIER >> (64 - bits) | 1)
        return (windows * multiplier >> self._kind.type(bits - TABLE_BITS)).astype(np.intp)

    def _most_telling(self, data: bytes) -> int:
        """Where a window with many different bytes begins: zeros stand everywhere."""
        best, most = 0, 0
        for place in range(min(len(data) - self._width, PLACES) + 1):
            different = len(set(data[place : place + self._width]))
            if different > most:
                best, most = place, different
            if most >= self._width - 2:
                break
        return best


def _unpacked(data: bytes | mmap) -> Iterator[tuple[int, bytes]]:
    """What is packed in `data` by gzip, zlib, zip, bzip2 or xz, wherever it begins; mail in whole lines."""
    if mail := MAIL.search(data):
        yield mail.start(), MAIL_BREAKS.sub(b"", MAIL.sub(b"", data))
    for found in PACKED.finditer(data):
        try:
            unpacked = _unpack(data, found.start())
        except (lzma.LZMAError, OSError, ValueError, EOFError):
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
    return _inflated(data, start, zlib.decompressobj(kind))


def _inflated(data: bytes | mmap, start: int, packed: "zlib._Decompress") -> bytes:
    """As much as can be unpacked: most of what looks like a beginning is none."""
    unpacked = b""
    for place in range(start, min(len(data), start + LARGEST_PACKED), PIECE):
        try:
            unpacked += packed.decompress(data[place : place + PIECE])
        except zlib.error:
            break
        if packed.eof or len(unpacked) > LARGEST_PACKED:
            break
    return unpacked
