"""Subscribers known under another hash key of the ring come under the one in use; two of one are merged."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from campaigns.models import Subscriber

ELSEWHERE: Final = text(
    "SELECT DISTINCT p.person FROM unnest(CAST(:people AS int[]), CAST(:hashes AS bytea[]))"
    " AS p (person, hash) JOIN subscribers s ON s.line_id = :line_id AND s.address_hash = p.hash"
)
# A row that an import holds is left to the next time: waiting for it could be waiting in a circle.
FOUND: Final = text(
    "SELECT p.person, s.id, s.language, s.time_zone, s.consent_source, s.consent_date"
    " FROM unnest(CAST(:people AS int[]), CAST(:hashes AS bytea[])) AS p (person, hash)"
    " JOIN subscribers s ON s.line_id = :line_id AND s.address_hash = p.hash"
    " ORDER BY s.id FOR UPDATE OF s SKIP LOCKED"
)
MOVE: Final = text(
    "UPDATE subscribers AS s SET address_hash = m.hash"
    " FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS bytea[])) AS m (id, hash)"
    " WHERE s.id = m.id AND NOT EXISTS (SELECT FROM subscribers d"
    "  WHERE d.line_id = s.line_id AND d.address_hash = m.hash)"
)


def move(session: Session, line_id: int, people: Sequence[Sequence[bytes]]) -> int:
    """Of each person all hashes, the one in use first (`Vault.hashes`). Gives how many were moved."""
    others = [(n, other) for n, hashes in enumerate(people) for other in hashes[1:]]
    if not others:
        return 0
    scattered = session.execute(ELSEWHERE, {"line_id": line_id} | _columns(others)).scalars().all()
    if not scattered:
        return 0
    everything = [(int(n), each) for n in scattered for each in people[int(n)]]
    rows = session.execute(FOUND, {"line_id": line_id} | _columns(everything)).all()
    by_person: dict[int, list[Any]] = {}
    for row in rows:
        by_person.setdefault(row.person, []).append(row)
    kept = {_merge(session, theirs): people[n][0] for n, theirs in by_person.items()}
    session.execute(MOVE, {"ids": list(kept), "hashes": list(kept.values())})
    return len(kept)


def _merge(session: Session, rows: Sequence[Any]) -> int:
    """The first row stays, with what was said last: a campaign may have gone past its number already."""
    first, *others = rows
    if others:
        session.execute(delete(Subscriber).where(Subscriber.id.in_([row.id for row in others])))
        last = others[-1]
        said: Mapping[str, Any] = {
            "language": last.language,
            "time_zone": last.time_zone,
            "consent_source": last.consent_source,
            "consent_date": last.consent_date,
        }
        session.execute(update(Subscriber).where(Subscriber.id == first.id).values(**said))
    return int(first.id)


def _columns(pairs: Sequence[tuple[int, bytes]]) -> dict[str, list[Any]]:
    return {"people": [n for n, _ in pairs], "hashes": [each for _, each in pairs]}
