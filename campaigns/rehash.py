"""Subscribers known under another hash key of the ring come under the one in use; two of one are merged."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from campaigns.models import Subscriber
from hotline.rehash import People, columns

ELSEWHERE: Final = text(
    "SELECT DISTINCT p.lock FROM unnest(CAST(:locks AS bigint[]), CAST(:hashes AS bytea[]))"
    " AS p (lock, hash) JOIN subscribers s ON s.line_id = :line_id AND s.address_hash = p.hash"
)
# A row that somebody else works on is left to the next time: to wait could be to wait in a circle.
FOUND: Final = text(
    "SELECT p.lock, s.id, s.language, s.channel, s.country, s.tag, s.time_zone, s.consent_source,"
    " s.consent_date"
    " FROM unnest(CAST(:locks AS bigint[]), CAST(:hashes AS bytea[])) AS p (lock, hash)"
    " JOIN subscribers s ON s.line_id = :line_id AND s.address_hash = p.hash"
    " ORDER BY s.id FOR UPDATE OF s SKIP LOCKED"
)
MOVE: Final = text(
    "UPDATE subscribers AS s SET address_hash = m.hash"
    " FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS bytea[])) AS m (id, hash)"
    " WHERE s.id = m.id AND NOT EXISTS (SELECT FROM subscribers d"
    "  WHERE d.line_id = s.line_id AND d.address_hash = m.hash)"
)


def move(session: Session, line_id: int, people: People) -> People:
    """Bring these people's rows under their hash in use. Gives whose were moved."""
    others = [(lock, other) for lock, hashes in people.items() for other in hashes[1:]]
    if not others:
        return {}
    scattered = session.execute(ELSEWHERE, {"line_id": line_id} | columns(others)).scalars().all()
    if not scattered:
        return {}
    everything = [(lock, each) for lock in scattered for each in people[lock]]
    by_person: dict[int, list[Any]] = {}
    for row in session.execute(FOUND, {"line_id": line_id} | columns(everything)):
        by_person.setdefault(row.lock, []).append(row)
    kept = {_merge(session, theirs): people[lock][0] for lock, theirs in by_person.items()}
    session.execute(MOVE, {"ids": list(kept), "hashes": list(kept.values())})
    return {lock: people[lock] for lock in by_person}


def _merge(session: Session, rows: Sequence[Any]) -> int:
    """The first row stays, with what was said last: a campaign may have gone past its number already."""
    first, *others = rows
    if others:
        session.execute(delete(Subscriber).where(Subscriber.id.in_([row.id for row in others])))
        last = others[-1]
        said: Mapping[str, Any] = {
            "language": last.language,
            "channel": last.channel,
            "country": last.country,
            "tag": last.tag,
            "time_zone": last.time_zone,
            "consent_source": last.consent_source,
            "consent_date": last.consent_date,
        }
        session.execute(update(Subscriber).where(Subscriber.id == first.id).values(**said))
    return int(first.id)
