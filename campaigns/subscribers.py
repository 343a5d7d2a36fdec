"""Subscribers who agreed to campaign messages: how many there are, and forgetting them."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from campaigns.models import Subscriber


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
