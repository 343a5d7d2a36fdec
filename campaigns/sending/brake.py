"""A campaign brings replies: it slows down, and then holds, before more people wait than can be answered."""

from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

State = Literal["free", "slow", "hold"]

# Which share of its speed a campaign may use.
SHARES: Final[dict[State, float]] = {"free": 1.0, "slow": 0.25, "hold": 0.0}
# Who has done nothing at the desk for longer is not there.
ON_DUTY: Final = timedelta(minutes=10)
LOAD: Final = text(
    "SELECT (SELECT count(*) FROM cases k WHERE k.line_id = l.id AND k.state = 'waiting') AS waiting,"
    " l.capacity * greatest(1, (SELECT count(DISTINCT s.id) FROM staff s"
    "  JOIN staff_sessions t ON t.staff_id = s.id"
    "  WHERE s.line_id = l.id AND s.active AND s.role IN ('caseworker', 'supervisor')"
    "  AND t.seen_at > :since)) AS answerable FROM lines l WHERE l.id = :line_id"
)


def state(session: Session, line_id: int, now: datetime) -> State:
    """Slow when more people wait than those on duty can answer, hold when twice as many do.

    With nobody on duty it is as if one were: a single case that waits stops no campaign.
    """
    row = session.execute(LOAD, {"line_id": line_id, "since": now - ON_DUTY}).one()
    if row.waiting > 2 * row.answerable:
        return "hold"
    return "slow" if row.waiting > row.answerable else "free"


def share(session: Session, line_id: int, now: datetime) -> float:
    """Which share of its speed a campaign may use now, from 0 to 1."""
    return SHARES[state(session, line_id, now)]
