"""Rows that were left out of an import: sealed as they came, to be fetched once, mended and imported again.

The list goes with being fetched, or after a day (`retention.KEEP`).
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from campaigns.importing.rows import WHY, guarded
from campaigns.models import ImportReject
from hotline.vault import Vault

# Beyond these, bad rows are counted and no longer kept: it is the file that is wrong, not its rows.
MOST: Final = 50_000
MOST_BYTES: Final = 64 * 1024**2
# The header is sealed too: a file may have anything in it.
HEADER: Final = 0


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was left out: its number in the file, a message id of the staff catalog, its cells."""

    number: int
    reason: str
    cells_sealed: bytes = field(repr=False)


@dataclass(slots=True)
class Sealer:
    """Seals the rows that are kept of one file, as long as there is room for them."""

    vault: Vault = field(repr=False)
    header: Sequence[str] = field(repr=False)
    most: int = MOST
    _rows: int = 0
    _bytes: int = 0

    def seal(self, number: int, reason: str, cells: Sequence[str]) -> Iterator[Reject]:
        if self._rows >= self.most or self._bytes >= MOST_BYTES:
            return
        if not self._rows:
            yield Reject(HEADER, "", self._sealed(self.header))
        self._rows += 1
        yield Reject(number, reason, self._sealed(cells))

    def _sealed(self, cells: Sequence[str]) -> bytes:
        sealed = self.vault.seal(json.dumps(cells, ensure_ascii=False), "row")
        self._bytes += len(sealed)
        return sealed


def keep(session: Session, import_id: int, rejects: Sequence[Reject]) -> None:
    if rejects:
        session.execute(
            insert(ImportReject),
            [
                {
                    "import_id": import_id,
                    "number": each.number,
                    "reason": each.reason,
                    "cells_sealed": each.cells_sealed,
                }
                for each in rejects
            ],
        )


def kept(session: Session, import_id: int) -> int:
    """How many rows can be fetched."""
    return session.scalar(select(func.count()).where(*_of(import_id))) or 0


def first(session: Session, import_id: int, most: int) -> list[tuple[int, str]]:
    """The first rows by number and reason."""
    rows = session.execute(
        select(ImportReject.number, ImportReject.reason)
        .where(*_of(import_id))
        .order_by(ImportReject.number)
        .limit(most)
    )
    return [(row.number, row.reason) for row in rows]


def fetch(
    session: Session, vault: Vault, import_id: int, say: Callable[[str], str]
) -> list[list[str]]:
    """The rows under their header, each with what was wrong; they are gone afterwards.

    `say` words a reason. No cell is taken for a formula.
    """
    rows = session.execute(
        delete(ImportReject)
        .where(ImportReject.import_id == import_id)
        .returning(ImportReject.number, ImportReject.reason, ImportReject.cells_sealed)
    ).all()
    return [
        [*map(guarded, json.loads(vault.open(row.cells_sealed, "row"))), _why(row.reason, say)]
        for row in sorted(rows, key=lambda row: row.number)
    ]


def _why(reason: str, say: Callable[[str], str]) -> str:
    return say(reason) if reason else WHY


def _of(import_id: int) -> tuple[ColumnElement[bool], ...]:
    return ImportReject.import_id == import_id, ImportReject.number != HEADER
