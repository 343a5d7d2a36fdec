"""One person, one hash: what is known under another hash key of the ring comes under the one in use.

Only while the ring has several. Two processes whose clocks differ may disagree on the one in use, so
a person's rows are looked for and moved under a lock that hangs on no hash key: otherwise both would
find nobody, and one person would be two contacts.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from hotline import thread
from hotline.models import Case, Contact, Outbox

# People by the number of their lock (`Vault.person_lock`), each with all their hashes, the one in use
# first (`Vault.hashes`).
People = Mapping[int, Sequence[bytes]]

LOCK: Final = text("SELECT pg_advisory_xact_lock(n) FROM unnest(CAST(:numbers AS bigint[])) AS n")
SCATTERED: Final = text(
    "SELECT DISTINCT p.lock FROM unnest(CAST(:locks AS bigint[]), CAST(:hashes AS bytea[]))"
    " AS p (lock, hash) WHERE EXISTS (SELECT FROM contacts c WHERE c.line_id = :line_id"
    "  AND c.address_hash = p.hash) OR EXISTS (SELECT FROM opt_outs o WHERE o.line_id = :line_id"
    "  AND o.address_hash = p.hash)"
)
FOUND: Final = text(
    "SELECT p.lock, c.id, c.address_hash, c.heard_at, c.handle, k.id AS case_id, k.state"
    " FROM unnest(CAST(:locks AS bigint[]), CAST(:hashes AS bytea[])) AS p (lock, hash)"
    " JOIN contacts c ON c.line_id = :line_id AND c.address_hash = p.hash"
    " LEFT JOIN cases k ON k.contact_id = c.id AND k.state <> 'closed'"
    " ORDER BY c.id FOR UPDATE OF c"
)
MOVE_CONTACTS: Final = text(
    "UPDATE contacts AS c SET address_hash = m.hash"
    " FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS bytea[])) AS m (id, hash)"
    " WHERE c.id = m.id AND c.address_hash <> m.hash"
)
# Said twice, under two keys, is said once.
MOVE_OPT_OUTS: Final = text(
    "WITH gone AS (DELETE FROM opt_outs AS o"
    "  USING unnest(CAST(:before AS bytea[]), CAST(:after AS bytea[])) AS m (before, after)"
    "  WHERE o.line_id = :line_id AND o.address_hash = m.before RETURNING m.after)"
    " INSERT INTO opt_outs (line_id, address_hash) SELECT DISTINCT :line_id, after FROM gone"
    " ON CONFLICT DO NOTHING"
)


def scattered(session: Session, line_id: int, people: People) -> People:
    """Those of whom a contact or an opt-out is known under another hash than the one in use."""
    others = [(lock, other) for lock, hashes in people.items() for other in hashes[1:]]
    if not others:
        return {}
    found = session.execute(SCATTERED, {"line_id": line_id} | columns(others)).scalars()
    return {lock: people[lock] for lock in found}


def gather(session: Session, line_id: int, people: People) -> People:
    """Bring contacts and opt-outs of these people under their hash in use. Gives whose were moved.

    Nobody else moves or makes them until the caller's transaction ends.
    """
    # Sorted, so that two of these never wait in a circle. By itself, so that what follows sees what
    # was done by who had the lock before.
    session.execute(LOCK, {"numbers": sorted(people)})
    found = scattered(session, line_id, people)
    if found:
        _move_contacts(session, line_id, found)
        _move_opt_outs(session, line_id, found)
    return found


def _move_contacts(session: Session, line_id: int, people: People) -> None:
    everything = [(lock, each) for lock, hashes in people.items() for each in hashes]
    rows = session.execute(FOUND, {"line_id": line_id} | columns(everything)).all()
    by_person: dict[int, list[Any]] = {}
    for row in rows:
        by_person.setdefault(row.lock, []).append(row)
    kept = {
        (theirs[0] if len(theirs) == 1 else _merge(session, line_id, theirs)).id: people[lock][0]
        for lock, theirs in by_person.items()
    }
    session.execute(MOVE_CONTACTS, {"ids": list(kept), "hashes": list(kept.values())})


def _move_opt_outs(session: Session, line_id: int, people: People) -> None:
    moves = [(other, hashes[0]) for hashes in people.values() for other in hashes[1:]]
    before, after = zip(*moves, strict=True)
    session.execute(
        MOVE_OPT_OUTS, {"line_id": line_id, "before": list(before), "after": list(after)}
    )


def _merge(session: Session, line_id: int, rows: Sequence[Any]) -> Any:
    """Two contacts of one person, made by a process that did not know the newest key yet, become one.

    The one with an open case goes on, else the one heard last.
    """
    kept = max(rows, key=lambda row: (row.state == "taken", row.case_id is not None, row.heard_at))
    handle = kept.handle
    for other in rows:
        if other is kept:
            continue
        if other.case_id is not None:
            # A person has one open case. This one stays to be read; they are answered in the other.
            session.execute(
                update(Case)
                .where(Case.id == other.case_id)
                .values(state="closed", closed_at=Case.changed_at)
            )
            thread.ring(session, line_id, other.case_id)
        for table in (Case, Outbox):
            session.execute(
                update(table).where(table.contact_id == other.id).values(contact_id=kept.id)
            )
        session.execute(delete(Contact).where(Contact.id == other.id))
        handle = other.handle if handle is None else handle
    session.execute(update(Contact).where(Contact.id == kept.id).values(handle=handle))
    return kept


def columns(pairs: Sequence[tuple[int, bytes]]) -> dict[str, list[Any]]:
    return {"locks": [lock for lock, _ in pairs], "hashes": [each for _, each in pairs]}
