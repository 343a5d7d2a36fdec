"""Whose a claimed row is: its lease says so, and only who holds it may give the row back.

Somebody who was cut off from the database may come back with an answer to a row that others have taken
over since. What a provider took or refused for good is true whoever tells; "not sent, try again" is not.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from hotline.outbox import Outcome

# In the order of their ids, as receipts lock them: two of these never wait in a circle.
LOCKED: Final = text(
    "SELECT o.id, o.lease_until = h.lease AS held FROM outbox o"
    " JOIN unnest(CAST(:ids AS bigint[]), CAST(:leases AS timestamptz[])) AS h (id, lease)"
    " ON o.id = h.id ORDER BY o.id FOR NO KEY UPDATE OF o"
)


def standing(session: Session, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes that may be written down, their rows locked until the transaction ends."""
    rows = session.execute(
        LOCKED,
        {
            "ids": [outcome.claimed.id for outcome in outcomes],
            "leases": [outcome.claimed.lease_until for outcome in outcomes],
        },
    )
    held = {row.id for row in rows if row.held}
    return [o for o in outcomes if o.claimed.id in held or o.state not in ("queued", "unknown")]
