"""Whom no campaign texts, looked at once more when a message is about to leave.

Who said stop gets nothing, and neither does who has an open case with us; who is in the middle of a
talk gets it when the talk has rested.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from hotline.conversation import LONG_SILENCE
from hotline.outbox import Claimed, Outcome
from hotline.vault import Vault

# Until this process has the ring of keys that another already works with.
RING_RESTS: Final = timedelta(seconds=10)
# Under whichever hash key somebody is known. One statement is one snapshot, so that nobody slips
# through who is moved from one hash to another meanwhile.
SPARED: Final = text(
    "SELECT (SELECT max(o.address_hash) FROM opt_outs o WHERE o.line_id = :line_id) AS newest,"
    " p.n, o.address_hash IS NOT NULL OR k.id IS NOT NULL AS never, c.heard_at"
    " FROM (SELECT 1) AS one LEFT JOIN ("
    "  unnest(CAST(:numbers AS bigint[]), CAST(:hashes AS bytea[])) AS p (n, hash)"
    "  LEFT JOIN opt_outs o ON o.line_id = :line_id AND o.address_hash = p.hash"
    "  LEFT JOIN contacts c ON c.line_id = :line_id AND c.address_hash = p.hash"
    "  LEFT JOIN cases k ON k.contact_id = c.id AND k.state <> 'closed'"
    " ) ON o.address_hash IS NOT NULL OR k.id IS NOT NULL OR c.heard_at > :talked_since"
)


class Spared(NamedTuple):
    """Whom to text at no time, and whom not before a time, by outbox row."""

    never: frozenset[int]
    later: Mapping[int, datetime]


def spare(
    session: Session, vault: Vault, claimed: Sequence[Claimed], now: datetime
) -> list[Outcome]:
    """What becomes of those claimed campaign messages that are not to be sent now."""
    by_line: dict[int, list[Claimed]] = {}
    for row in claimed:
        by_line.setdefault(row.line_id, []).append(row)
    outcomes: list[Outcome] = []
    for line_id, rows in sorted(by_line.items()):
        found = _spared(session, vault, line_id, rows, now)
        if found is None:
            # Somebody may have said stop under a key that this process does not have yet.
            vault.missing()
            outcomes += [_wait(row, now + RING_RESTS) for row in rows]
            continue
        outcomes += [Outcome(row, "suppressed") for row in rows if row.id in found.never]
        outcomes += [_wait(row, found.later[row.id]) for row in rows if row.id in found.later]
    return outcomes


def _spared(
    session: Session, vault: Vault, line_id: int, rows: Sequence[Claimed], now: datetime
) -> Spared | None:
    """None when the ring of this process is older than the database."""
    named = [(row.id, each) for row in rows for each in vault.hashes(row.address)]
    found = session.execute(
        SPARED,
        {
            "line_id": line_id,
            "numbers": [n for n, _ in named],
            "hashes": [each for _, each in named],
            "talked_since": now - LONG_SILENCE,
        },
    ).all()
    if found[0].newest is not None and not vault.knows(bytes(found[0].newest)):
        return None
    never = frozenset(row.n for row in found if row.never)
    later: dict[int, datetime] = {}
    for row in found:
        if row.n is not None and row.n not in never:
            later[row.n] = max(row.heard_at + LONG_SILENCE, later.get(row.n, now))
    return Spared(never, later)


def _wait(row: Claimed, until: datetime) -> Outcome:
    return Outcome(row, "queued", due_at=until, untried=True)
