"""The directory as a file for spreadsheets, out and in: what was written out comes in again unchanged.

A file with one bad row changes nothing; every bad row is named by its number and the reason.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import directory, entries, referral
from hotline.directory import Wanted
from hotline.entries import FIELDS, TEXT, Entry, EntryUnusable
from hotline.formulas import guarded, unguarded
from hotline.models import Service

# Rows that show how it is written. None of them is confirmed, and none names anybody who is there.
EXAMPLE: Final = Path(__file__).with_name("directory_example.csv")
NEEDED: Final = ("code", "name", "kind", "serves")
DELIMITERS: Final = (",", ";", "\t")
MOST_BYTES: Final = 4 * 1024**2
MOST_ROWS: Final = 10_000
# The mark at its start tells spreadsheets that it is UTF-8.
UTF_8: Final = "\ufeff"


class FileRefused(Exception):
    """The file as a whole cannot be used. `reason` is a message id of the staff catalog."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


class RowsRefused(Exception):
    """Rows that cannot be used, each by number and reason, a message id of the staff catalog."""

    def __init__(self, rows: Sequence[tuple[int, str]]) -> None:
        super().__init__(f"{len(rows)} rows")
        self.rows = rows


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did; `waiting` of its entries cannot be sent before somebody confirms them."""

    new: int
    changed: int
    unchanged: int
    waiting: int


def write(session: Session, line_id: int, now: datetime) -> str:
    """The whole directory as CSV."""
    found = [each.entry for each in directory.found(session, line_id, Wanted(), now)]
    texts = sorted({language for entry in found for language in entry.texts})
    columns = [*FIELDS, *(f"{TEXT}{language}" for language in texts)]
    rows = [entries.cells(entry) for entry in sorted(found, key=lambda entry: entry.code)]
    written = io.StringIO(UTF_8)
    written.seek(0, io.SEEK_END)
    table = csv.writer(written)
    table.writerow(columns)
    table.writerows([guarded(row.get(name, "")) for name in columns] for row in rows)
    return written.getvalue()


def take_in(
    session: Session, line_id: int, data: bytes, now: datetime, *, by: int | None
) -> Report:
    """Keep what a file says. Raises FileRefused and RowsRefused, and nothing is changed."""
    read = _entries(_rows(data), now)
    codes = select(Service.code).where(Service.line_id == line_id)
    before = set(session.scalars(codes).all())
    saved = {e.code: directory.save(session, line_id, e, now, by=by) for e in read}
    changed = {code for code, (_, changed) in saved.items() if changed}
    numbers = {number for number, _ in saved.values()}
    kept = directory.found(session, line_id, Wanted(), now)
    return Report(
        new=len(saved.keys() - before),
        changed=len(changed & before),
        unchanged=len(saved) - len(changed),
        waiting=sum(each.id in numbers and not each.sendable for each in kept),
    )


def _entries(rows: Sequence[tuple[int, Mapping[str, str] | None]], now: datetime) -> list[Entry]:
    """Raises RowsRefused."""
    read: dict[str, Entry] = {}
    bad: list[tuple[int, str]] = []
    for number, cells in rows:
        if cells is None:
            bad.append((number, "entry.cells"))
            continue
        try:
            entry = referral.checked(cells, now.date())
        except EntryUnusable as unusable:
            bad.append((number, unusable.reason))
            continue
        if entry.code in read:
            bad.append((number, "entry.code_twice"))
        read[entry.code] = entry
    if bad:
        raise RowsRefused(bad)
    return list(read.values())


def _rows(data: bytes) -> list[tuple[int, Mapping[str, str] | None]]:
    """Rows that are not blank, by the number that a spreadsheet shows; None for one with cells under no
    header. Raises FileRefused.
    """
    lines = _table(_text(data))
    if not lines:
        raise FileRefused("directory.file_empty")
    header = [cell.strip().lower().replace(" ", "_") for cell in lines[0][1]]
    named = [name for name in header if name]
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise FileRefused("directory.file_columns", columns=", ".join(missing))
    if len(set(named)) < len(named):
        raise FileRefused("directory.file_column_twice")
    unknown = [name for name in named if name not in FIELDS and not name.startswith(TEXT)]
    if unknown:
        # A name that is misspelled must not lose a column.
        raise FileRefused("directory.file_unknown", columns=", ".join(unknown))
    if len(lines) > MOST_ROWS:
        raise FileRefused("directory.file_large")
    return [(number, _named(header, cells)) for number, cells in lines[1:]]


def _named(header: Sequence[str], cells: Sequence[str]) -> Mapping[str, str] | None:
    there = [*zip(header, cells, strict=False)]
    nameless = [cell for name, cell in there if not name] + list(cells[len(header) :])
    if any(cell.strip() for cell in nameless):
        return None
    return {name: unguarded(cell) for name, cell in there if name}


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise FileRefused("directory.file_large")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused("directory.file_unreadable") from None
    if "\x00" in text:
        raise FileRefused("directory.file_unreadable")
    return text


def _table(text: str) -> list[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [(number, cells) for number, cells in enumerate(reader, 1) if "".join(cells).strip()]
    except csv.Error:
        # An open quotation mark swallows the rows after it.
        raise FileRefused("directory.file_unreadable") from None
