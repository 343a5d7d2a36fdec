"""A file's rows, read and sealed a batch at a time: what the next transaction of an import writes.

One batch is read while the one before is written, so that both cores have work and never more than two
are in memory.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from campaigns.importing import staging
from campaigns.importing.rejects import Reject, Sealer
from campaigns.importing.rows import Reader, Row, RowUnusable
from campaigns.importing.sheets import Record, Sheet
from hotline.vault import Vault

SIZE: Final = 10_000


@dataclass(slots=True)
class Batch:
    """`rows` and `position` count from the start of the file, `good` and `bad` rows are this batch's.

    `lines` are for `staging.write`. `people` are there while the ring has several hash keys: by the
    number of their lock, all that they may be known by.
    """

    rows: int = 0
    position: int = 0
    good: int = 0
    bad: int = 0
    lines: list[str] = field(default_factory=list[str], repr=False)
    rejects: list[Reject] = field(default_factory=list[Reject])
    people: dict[int, Sequence[bytes]] = field(default_factory=dict[int, Sequence[bytes]])


def ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The batches, each read by a thread of its own while the caller works on the one before."""
    with ThreadPoolExecutor(1, thread_name_prefix="import") as apart:
        coming = apart.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = apart.submit(next, batches, None)
            yield batch


def read(sheet: Sheet, reader: Reader, vault: Vault, size: int = SIZE) -> Iterator[Batch]:
    """All of a sheet; the last batch may be empty. Raises ImportRefused."""
    sealer, batch, many = Sealer(vault, reader.header), Batch(), 0
    # By address: of two rows of one person the last counts.
    good: dict[str, Row] = {}
    for many, record in enumerate(sheet.records(), 1):
        try:
            row = _row(reader, record)
        except RowUnusable as unusable:
            batch.bad += 1
            cells = reader.own(record.cells)
            batch.rejects += sealer.seal(record.number, unusable.reason, cells)
        else:
            batch.good += 1
            good[row.address] = row
        if many % size == 0:
            yield _sealed(batch, good, vault, many, sheet.position)
            batch, good = Batch(), {}
    yield _sealed(batch, good, vault, many, sheet.position)


def _row(reader: Reader, record: Record) -> Row:
    if record.broken:
        raise RowUnusable("row.quotes")
    return reader.read(record.cells)


def _sealed(batch: Batch, good: dict[str, Row], vault: Vault, rows: int, position: int) -> Batch:
    batch.rows, batch.position = rows, position
    for address, row in good.items():
        person, hashes = vault.person_lock(address), vault.hashes(address)
        address_hash, *others = hashes
        if others:
            batch.people[person] = hashes
        sealed = vault.seal(address, "address")
        batch.lines.append(staging.line(row, person, address_hash, sealed))
    return batch
