"""Subscribers come from CSV files: good rows are kept, each bad one is reported by number and reason.

What is reported never repeats a number. A file that cannot be read at all is refused as a whole and
changes nothing.
"""

import csv
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Final, TextIO

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from campaigns import rehash, rows
from campaigns.models import Subscriber
from campaigns.rows import COLUMNS, NEEDED, BadRow, Row
from hotline.models import Line
from hotline.vault import Vault

BATCH: Final = 1000
DELIMITERS: Final = (",", ";", "\t")

__all__ = ["BadRow", "ImportRefused", "Report", "audience", "erase", "import_csv", "opened"]


class ImportRefused(Exception):
    """The file as a whole cannot be used. `reason` is a message id of the staff catalog."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(slots=True)
class Report:
    """What an import did. `merged` rows named somebody whom an earlier row of the file had named."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    bad: list[BadRow] = field(default_factory=list[BadRow])

    @property
    def good(self) -> int:
        return self.imported + self.updated + self.unchanged


@dataclass(slots=True)
class _Seen:
    """Whom a file named, by a number: somebody may be named in several batches and is counted once."""

    all: set[int] = field(default_factory=set[int])
    made: set[int] = field(default_factory=set[int])
    changed: set[int] = field(default_factory=set[int])


# xmax is 0 only in a row that was just made. Sorted input: two imports never wait in a circle.
UPSERT: Final = text(
    "INSERT INTO subscribers (line_id, address_hash, address_sealed, language, time_zone,"
    " consent_source, consent_date)"
    " SELECT :line_id, * FROM unnest(CAST(:hashes AS bytea[]), CAST(:sealed AS bytea[]),"
    " CAST(:languages AS text[]), CAST(:zones AS text[]), CAST(:sources AS text[]),"
    " CAST(:dates AS date[]))"
    " ON CONFLICT (line_id, address_hash) DO UPDATE SET language = excluded.language,"
    " time_zone = excluded.time_zone, consent_source = excluded.consent_source,"
    " consent_date = excluded.consent_date"
    " WHERE (subscribers.language, subscribers.time_zone, subscribers.consent_source,"
    "  subscribers.consent_date) IS DISTINCT FROM"
    "  (excluded.language, excluded.time_zone, excluded.consent_source, excluded.consent_date)"
    " RETURNING address_hash, xmax = 0 AS made"
)


def opened(file: BinaryIO) -> TextIO:
    """A file's bytes as lines for `import_csv`."""
    return io.TextIOWrapper(file, encoding="utf-8-sig", newline="")


def import_csv(
    session: Session,
    vault: Vault,
    line_id: int,
    lines: Iterable[str],
    *,
    default_region: str = "",
    default_source: str = "",
    now: datetime,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Report:
    """Read subscribers from the lines of a CSV file. Raises ImportRefused.

    `default_region` ("CH") is the country of numbers without one. Importing a file again changes
    nothing; where rows name the same number, the last counts.
    """
    languages = frozenset(session.get_one(Line, line_id).languages)
    settled = rows.Defaults(languages, default_region.upper(), default_source.strip(), now.date())
    report, seen, batch = Report(), _Seen(), dict[str, Row]()
    for number, record in _records(lines):
        read = rows.read(number, record, settled) if isinstance(record, dict) else record
        if isinstance(read, BadRow):
            report.bad.append(read)
            continue
        who = vault.person_lock(read.address)
        report.merged += who in seen.all
        seen.all.add(who)
        batch[read.address] = read
        if len(batch) == BATCH:
            _write(session, vault, line_id, batch, seen)
            batch = {}
            progress(number)
    _write(session, vault, line_id, batch, seen)
    report.imported, report.updated = len(seen.made), len(seen.changed - seen.made)
    report.unchanged = len(seen.all) - report.imported - report.updated
    return report


def audience(session: Session, line_id: int, up_to: int | None = None) -> dict[str, int]:
    """How many subscribers there are in each language."""
    found = session.execute(
        select(Subscriber.language, func.count())
        .where(Subscriber.line_id == line_id, *([] if up_to is None else [Subscriber.id <= up_to]))
        .group_by(Subscriber.language)
        .order_by(Subscriber.language)
    )
    return dict(found.all())


def newest(session: Session, line_id: int) -> int:
    """The id of the last who subscribed; 0 when there is nobody."""
    return session.scalar(select(func.max(Subscriber.id)).where(Subscriber.line_id == line_id)) or 0


def erase(session: Session, line_id: int, hashes: Sequence[bytes]) -> None:
    """Somebody asked to be forgotten, who is known by these hashes."""
    session.execute(
        delete(Subscriber).where(Subscriber.line_id == line_id, Subscriber.address_hash.in_(hashes))
    )


def _records(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, str] | BadRow]]:
    """Records by the row number a spreadsheet shows. Raises ImportRefused."""
    source = _readable(lines)
    lead: list[str] = []
    for line in source:
        lead.append(line)
        if line.strip():
            break
    first = lead[-1] if lead else ""
    delimiter = max(DELIMITERS, key=lambda mark: len(_names(first, mark) & COLUMNS.keys()))
    reader = csv.reader(itertools.chain(lead, source), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    for number in itertools.count(1):
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            if header is None or "unexpected end" in str(error) or "field limit" in str(error):
                # An open quotation mark swallows the rows after it: better none than some.
                raise ImportRefused("import.broken_csv", row=number) from None
            yield number, BadRow(number, "row.quotes")
            continue
        if header is None:
            header = _header(cells) if any(cells) else None
        elif any(cell.strip() for cell in cells):
            yield number, dict(zip(header, cells, strict=False))
    if header is None:
        raise ImportRefused("import.no_header")


def _readable(lines: Iterable[str]) -> Iterator[str]:
    try:
        for line in lines:
            if "\x00" in line:
                raise ImportRefused("import.not_text")
            yield line
    except UnicodeDecodeError:
        raise ImportRefused("import.not_utf8") from None


def _names(line: str, delimiter: str) -> set[str]:
    return {_name(cell.strip().strip('"')) for cell in line.split(delimiter)}


def _name(cell: str) -> str:
    return cell.lstrip("\ufeff").strip().casefold().replace(" ", "_").replace("-", "_")


def _header(cells: list[str]) -> list[str]:
    names = [COLUMNS.get(_name(cell), "") for cell in cells]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise ImportRefused("import.column_missing", column=", ".join(missing))
    known = [name for name in names if name]
    if len(set(known)) < len(known):
        raise ImportRefused("import.column_twice")
    return names


def _write(
    session: Session, vault: Vault, line_id: int, batch: dict[str, Row], seen: _Seen
) -> None:
    if not batch:
        return
    hashes = {address: vault.hashes(address) for address in batch}
    rehash.move(session, line_id, {vault.person_lock(who): hashes[who] for who in batch})
    ordered = sorted(batch.values(), key=lambda row: hashes[row.address][0])
    written = session.execute(
        UPSERT,
        {
            "line_id": line_id,
            "hashes": [hashes[row.address][0] for row in ordered],
            "sealed": [vault.seal(row.address, "address") for row in ordered],
            "languages": [row.language for row in ordered],
            "zones": [row.time_zone for row in ordered],
            "sources": [row.consent_source for row in ordered],
            "dates": [row.consent_date for row in ordered],
        },
    )
    who = {hashes[address][0]: vault.person_lock(address) for address in batch}
    for row in written:
        (seen.made if row.made else seen.changed).add(who[bytes(row.address_hash)])
