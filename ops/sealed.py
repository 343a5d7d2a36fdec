"""Which rows need which key of the ring: every column the service seals, and every hash of an address.

A sealed column that is neither here nor in `BY_OTHERS` fails a test.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from hotline.keyring import KINDS, KeyRing
from hotline.vault import Purpose, Unsealable, Vault

BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of ciphertexts that the service opens; `where` limits it to those rows."""

    table: str
    name: str
    purpose: Purpose
    where: str = "true"


# People first: what is queued for them is a copy of their sealed address.
BY_SERVICE: Final = (
    Column("contacts", "address_sealed", "address"),
    Column("contacts", "state_sealed", "state"),
    Column("subscribers", "address_sealed", "address"),
    Column("outbox", "address_sealed", "address"),
    Column("outbox", "body_sealed", "body"),
    Column("outbox_bodies", "body_sealed", "body"),
    Column("simulated_messages", "body_sealed", "simulated"),
    Column("import_rejects", "cells_sealed", "row"),
    Column("campaigns", "ledger_key_sealed", "ledger-key"),
    Column("case_keys", "key_sealed", "case-key", where="team_key_id IS NULL"),
    Column("cases", "agreed_sealed", "agreed"),
    Column("authenticators", "secret_sealed", "authenticator"),
    Column("notice_addresses", "address_sealed", "staff-address"),
    Column("notice_addresses", "code_sealed", "staff-address"),
)
# Sealed to a case, a team or a member: no key of the ring opens these.
BY_OTHERS: Final = frozenset(
    {
        ("cases", "summary_sealed"),
        ("cases", "answers_sealed"),
        ("case_messages", "body_sealed"),
        ("assistance_forms", "form_sealed"),
        ("staff_keys", "private_sealed"),
        ("team_members", "key_sealed"),
        ("escrow_shares", "share_sealed"),
        ("escrow_gifts", "share_sealed"),
    }
)
# Where people are found by a hash of their address.
HASHED: Final = ("contacts", "subscribers", "opt_outs")


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one column up to the id `last`, of which `done` were sealed anew and `shut` did not open."""

    last: int
    done: int
    shut: int


def needed(session: Session) -> dict[str, dict[str, int]]:
    """How many values of which table need a key, by the key's name: {"service-1": {"contacts": 12}}."""
    found: dict[str, dict[str, int]] = {}
    for column in BY_SERVICE:
        # The second byte of a ciphertext is the number of its key, the first one of a hash.
        for number, n in session.execute(_numbers(column.table, column.name, 1, column.where)):
            tables = found.setdefault(f"service-{number}", {})
            tables[column.table] = tables.get(column.table, 0) + n
    for table in HASHED:
        for number, n in session.execute(_numbers(table, "address_hash", 0, "true")):
            found.setdefault(f"hash-{number}", {})[table] = n
    return found


def missing(session: Session, ring: KeyRing) -> list[str]:
    """Keys that something needs and the ring does not have; opt-outs alone were let go knowingly."""
    there = {f"{kind}-{number}" for kind in KINDS for number in ring.numbered(kind)}
    return sorted(
        name
        for name, tables in needed(session).items()
        if name not in there and tables.keys() - {"opt_outs"}
    )


def reseal(session: Session, vault: Vault, column: Column, after: int) -> Batch | None:
    """Seal with the key in use what an older one sealed, in the next rows after an id. None at the end.

    A row that somebody else works on is left to the next time.
    """
    table, name = column.table, column.name
    rows = session.execute(
        text(
            f"SELECT id, {name} AS sealed FROM {table} WHERE id > :after AND {column.where}"  # noqa: S608 - constants
            f" AND substr({name}, 1, 2) < :now ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED"
        ),
        {"after": after, "now": vault.sealed_now, "most": BATCH},
    ).all()
    if not rows:
        return None
    anew = [(row.id, bytes(row.sealed), _anew(vault, row.sealed, column.purpose)) for row in rows]
    opened = [(row_id, old, new) for row_id, old, new in anew if new is not None]
    session.execute(
        text(
            f"UPDATE {table} AS t SET {name} = n.new FROM unnest(CAST(:ids AS bigint[]),"  # noqa: S608 - the same
            " CAST(:olds AS bytea[]), CAST(:news AS bytea[])) AS n (id, old, new)"
            f" WHERE t.id = n.id AND t.{name} = n.old"
        ),
        {
            "ids": [row_id for row_id, _, _ in opened],
            "olds": [old for _, old, _ in opened],
            "news": [new for _, _, new in opened],
        },
    )
    return Batch(rows[-1].id, len(opened), len(rows) - len(opened))


def _anew(vault: Vault, sealed: bytes, purpose: Purpose) -> bytes | None:
    try:
        return vault.seal(vault.open(bytes(sealed), purpose), purpose)
    except Unsealable:
        return None


def _numbers(table: str, column: str, byte: int, where: str) -> TextClause:
    return text(
        f"SELECT get_byte({column}, {byte}), count(*) FROM {table}"  # noqa: S608 - constants of this module
        f" WHERE {column} IS NOT NULL AND {where} GROUP BY 1"
    )
