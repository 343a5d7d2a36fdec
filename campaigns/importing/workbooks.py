"""The first sheet of an XLSX workbook, written out as CSV in memory, packed: nothing of it touches a disk."""

import csv
import gzip
import io
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO, Final

import openpyxl

from campaigns.importing.sheets import TELL_EVERY, ImportRefused

# Its warnings repeat what stands in a cell.
warnings.filterwarnings("ignore", module="openpyxl")

# More than Excel makes of its million rows with a dozen columns; a bomb is larger.
MOST_UNPACKED: Final = 2 * 1024**3
# Texts that many cells share are held in memory, and so is the rest but for the sheets.
MOST_BESIDE_SHEETS: Final = 96 * 1024**2
SHEETS: Final = "xl/worksheets/"
NEVER_READ: Final = ("xl/media/", "xl/pivotCache/", "xl/externalLinks/", "xl/drawings/")
MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 100


def unpacked(file: BinaryIO, progress: Callable[[int], None]) -> tuple[BinaryIO, int]:
    """The first sheet as gzip-packed CSV in UTF-8, and how many sheets there are. Raises ImportRefused."""
    written = io.BytesIO()
    try:
        _measure(file)
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheets = len(book.worksheets)
        with (
            gzip.GzipFile(fileobj=written, mode="wb", compresslevel=1) as packed,
            io.TextIOWrapper(packed, encoding="utf-8", newline="") as text,
        ):
            writer = csv.writer(text)
            for n, row in enumerate(_rows(book.worksheets[0]), 1):
                writer.writerow(row)
                if n % TELL_EVERY == 0:
                    progress(n)
    except ImportRefused:
        raise
    except Exception:  # noqa: BLE001 - a broken workbook makes the library raise anything
        raise ImportRefused("import.broken_xlsx") from None
    return written, sheets


def _measure(file: BinaryIO) -> None:
    """Raises ImportRefused for what would fill the memory. Nothing unpacks to more than its entry says."""
    with zipfile.ZipFile(file) as packed:
        members = [each for each in packed.infolist() if not each.filename.startswith(NEVER_READ)]
    beside = sum(each.file_size for each in members if not each.filename.startswith(SHEETS))
    if sum(each.file_size for each in members) > MOST_UNPACKED or beside > MOST_BESIDE_SHEETS:
        raise ImportRefused("import.unpacks_too_large")


def _rows(sheet: Any) -> Iterator[list[str]]:
    # What a workbook says of its size may be wrong; as wide as its header is.
    sheet.reset_dimensions()
    widths = (_width(values) for values in _values(sheet, MOST_COLUMNS))
    width = next((width for width in widths if width), 1)
    for values in _values(sheet, width):
        yield [_text(value) for value in values]


def _values(sheet: Any, columns: int) -> Iterable[Sequence[Any]]:
    return sheet.iter_rows(values_only=True, max_col=columns, max_row=MOST_ROWS)


def _width(values: Sequence[Any]) -> int:
    """How many columns a row fills."""
    return max((n for n, value in enumerate(values, 1) if value is not None), default=0)


def _text(value: Any) -> str:
    """A cell as CSV would have it: a number without a decimal point, a day as 2026-01-31."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
