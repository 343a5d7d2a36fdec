"""A subscribers' file as rows of cells, whatever it was saved as.

It is read through once before anything is done with it, so that what cannot be read changes nothing. Rows
have the numbers a spreadsheet shows.
"""

import codecs
import csv
import gzip
import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO, Final, NamedTuple

from campaigns.importing.rows import COLUMNS, name

DELIMITERS: Final = (",", ";", "\t")
# Excel's "Unicode text" begins with one of these.
UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ZIP: Final = b"PK\x03\x04"
# Workbooks from before 2007, and those behind a password.
OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
LONGEST_LINE: Final = 1_000_000
TELL_EVERY: Final = 20_000


class ImportRefused(Exception):
    """The file as a whole cannot be used. `reason` is a message id of the staff catalog."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


class Record(NamedTuple):
    """A row that is not blank. `broken`: its quotation marks cannot be understood, its cells are a guess."""

    number: int
    cells: list[str]
    broken: bool = False

    def __repr__(self) -> str:
        return f"Record({self.number})"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that can be read: `header` is its first row, `sheets` how many a workbook had."""

    raw: BinaryIO = field(repr=False)
    packed: bool
    encoding: str
    delimiter: str
    header: Sequence[str] = field(repr=False)
    size: int
    sheets: int = 1

    @property
    def position(self) -> int:
        """How many of its `size` bytes are read."""
        return self.raw.tell()

    def records(self) -> Iterator[Record]:
        """The rows under the header. Raises ImportRefused."""
        records = _records(self.raw, self.packed, self.encoding, self.delimiter)
        return itertools.islice(records, 1, None)


def opened(file: BinaryIO, progress: Callable[[int], None] = lambda _rows: None) -> Sheet:
    """Read through a CSV or XLSX file that can be read again. Raises ImportRefused.

    `progress` is told how many rows were read.
    """
    file.seek(0)
    begins, sheets = file.read(8), 1
    if begins == OLE:
        raise ImportRefused("import.locked_or_old")
    packed = begins.startswith(ZIP)
    if packed:
        from campaigns.importing import workbooks  # noqa: PLC0415 - openpyxl is large, and most files are CSV

        file, sheets = workbooks.unpacked(file, progress)
    encoding = "utf-16" if begins.startswith(UTF_16) else "utf-8-sig"
    delimiter = _delimiter(file, packed, encoding)
    records = _records(file, packed, encoding, delimiter)
    header = next(records, None)
    if header is None or header.broken:
        raise ImportRefused("import.no_header")
    for n, _record in enumerate(records, 1):
        if not packed and n % TELL_EVERY == 0:
            progress(n)
    size = file.seek(0, io.SEEK_END)
    return Sheet(file, packed, encoding, delimiter, header.cells, size, sheets)


def _records(raw: BinaryIO, packed: bool, encoding: str, delimiter: str) -> Iterator[Record]:
    """All rows that are not blank, the header first. Raises ImportRefused."""
    # The lines of the row that is being read.
    lines: list[str] = []
    reader = csv.reader(_lines(raw, packed, encoding, lines), delimiter=delimiter, strict=True)
    for number in itertools.count(1):
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error) or "field limit" in str(error):
                # An open quotation mark swallows the rows after it: better none than some.
                raise ImportRefused("import.broken_csv", row=number) from None
            yield Record(number, "".join(lines).strip().split(delimiter), broken=True)
        else:
            if "".join(cells).strip():
                yield Record(number, cells)
        lines.clear()


def _lines(raw: BinaryIO, packed: bool, encoding: str, seen: list[str]) -> Iterator[str]:
    raw.seek(0)
    source = gzip.GzipFile(fileobj=raw) if packed else raw
    text = io.TextIOWrapper(source, encoding=encoding, newline="")
    try:
        for line in iter(partial(text.readline, LONGEST_LINE), ""):
            if "\x00" in line or len(line) == LONGEST_LINE:
                raise ImportRefused("import.not_text")
            seen.append(line)
            yield line
    except UnicodeError:
        raise ImportRefused("import.not_utf8") from None
    finally:
        # Whoever gave the file closes it, and may have done so.
        with suppress(ValueError):
            text.detach()


def _delimiter(raw: BinaryIO, packed: bool, encoding: str) -> str:
    """What parts the cells: what makes the most columns that we know."""
    lines = _lines(raw, packed, encoding, [])
    first = next((line for line in lines if line.strip()), "")
    return max(DELIMITERS, key=lambda mark: len(_names(first, mark) & COLUMNS.keys()))


def _names(line: str, delimiter: str) -> set[str]:
    return {name(cell.strip().strip('"')) for cell in line.split(delimiter)}
