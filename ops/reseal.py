"""Brings every row to the keys in use, a batch a transaction; may be interrupted and repeated at any time.

Sealed columns first, then the hashes people are found by.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from campaigns import rehash as subscribers
from hotline import rehash
from hotline.vault import Unsealable, Vault
from ops import sealed

# Each person of a batch is one lock in the database's table of locks.
PEOPLE: Final = 500


@dataclass(slots=True)
class Done:
    """How many values were sealed anew, people found by their new hash, and values that did not open."""

    sealed_anew: int = 0
    moved: int = 0
    shut: int = 0


def reseal(
    sessions: sessionmaker[Session],
    vault: Vault,
    progress: Callable[[str, int], None] = lambda _table, _rows: None,
) -> Done:
    """Bring all rows to the keys in use. `progress` is told of each batch."""
    done = Done()
    for column in sealed.BY_SERVICE:
        last = 0
        while True:
            with sessions.begin() as session:
                batch = sealed.reseal(session, vault, column, last)
            if batch is None:
                break
            last = batch.last
            done.sealed_anew += batch.done
            done.shut += batch.shut
            progress(column.table, batch.done)
    done.moved = rehash_all(sessions, vault, progress)
    return done


def rehash_all(
    sessions: sessionmaker[Session],
    vault: Vault,
    progress: Callable[[str, int], None] = lambda _table, _rows: None,
) -> int:
    """Bring everybody who is known by an address under the hash in use, their opt-outs too.

    Gives how many were moved.
    """
    moved: set[int] = set()
    for table in ("contacts", "subscribers") if len(vault.hashes("")) > 1 else ():
        last: int | None = 0
        while last is not None:
            with sessions.begin() as session:
                last, here = _rehash(session, vault, table, last)
            moved |= here
            if here:
                progress(table, len(here))
    return len(moved)


def _rehash(session: Session, vault: Vault, table: str, after: int) -> tuple[int | None, set[int]]:
    """The next people of a table. Gives the last row's id, None at the end, and who was moved."""
    rows = session.execute(
        text(
            f"SELECT id, line_id, address_sealed FROM {table} WHERE id > :after"  # noqa: S608 - one of two constants
            " ORDER BY id LIMIT :most"
        ),
        {"after": after, "most": PEOPLE},
    ).all()
    moved: set[int] = set()
    for line_id in {row.line_id for row in rows}:
        found = [row.address_sealed for row in rows if row.line_id == line_id]
        people = {vault.person_lock(each): vault.hashes(each) for each in _opened(vault, found)}
        # Looked for first, without their locks: nobody waits for whoever is where they should be.
        scattered = rehash.scattered(session, line_id, people)
        if scattered:
            moved |= rehash.gather(session, line_id, scattered).keys()
        if table == "subscribers":
            moved |= subscribers.move(session, line_id, people).keys()
    return (rows[-1].id if rows else None), moved


def _opened(vault: Vault, ciphertexts: Sequence[bytes]) -> Iterator[str]:
    for each in ciphertexts:
        try:
            yield vault.open(bytes(each), "address")
        except Unsealable:
            continue
