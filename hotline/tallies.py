"""Running totals of a campaign's messages, kept in the transaction of each move.

A look at the balance sheet of a million messages adds up a few dozen rows. Nothing here says who.
"""

import secrets
from collections import Counter as Numbers
from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from hotline.models import Tally

WHATS: Final = (
    "planned",
    "accepted",
    "suppressed",
    "expired",
    "failed",
    "delivered",
    "undelivered",
    "segments",
    "opted_out",
)
# A total that everybody adds to is a queue.
SLOTS: Final = 8


class Total(NamedTuple):
    """What is counted: `variant` is which of a campaign's two texts, `what` one of WHATS."""

    campaign_id: int
    variant: str
    what: str


Totals = Numbers[Total]

# Sorted input and one slot a transaction: two transactions never wait for each other in a circle.
ADD: Final = text(
    "INSERT INTO campaign_tallies (campaign_id, variant, what, slot, n)"
    " SELECT c, v, w, :slot, n FROM unnest(CAST(:campaigns AS bigint[]),"
    " CAST(:variants AS text[]), CAST(:whats AS text[]), CAST(:numbers AS bigint[]))"
    " AS t (c, v, w, n) ON CONFLICT (campaign_id, variant, what, slot)"
    " DO UPDATE SET n = campaign_tallies.n + excluded.n"
)


def add(session: Session, totals: Mapping[Total, int]) -> None:
    """Add to the totals, in the caller's transaction."""
    changed = sorted((total, n) for total, n in totals.items() if n)
    if not changed:
        return
    unknown = {total.what for total, _ in changed} - set(WHATS)
    if unknown:
        raise ValueError(f"not a total: {', '.join(sorted(unknown))}")
    session.execute(
        ADD,
        {
            "slot": secrets.randbelow(SLOTS),
            "campaigns": [total.campaign_id for total, _ in changed],
            "variants": [total.variant for total, _ in changed],
            "whats": [total.what for total, _ in changed],
            "numbers": [n for _, n in changed],
        },
    )


def read(session: Session, campaign_id: int) -> dict[str, dict[str, int]]:
    """A campaign's totals by variant, zeros included."""
    rows = session.execute(
        select(Tally.variant, Tally.what, func.sum(Tally.n))
        .where(Tally.campaign_id == campaign_id)
        .group_by(Tally.variant, Tally.what)
    )
    found: dict[str, dict[str, int]] = {}
    for variant, what, n in rows:
        found.setdefault(variant, dict.fromkeys(WHATS, 0))[what] = int(n)
    return found


def forget(session: Session, campaign_id: int) -> None:
    """The campaign is closed and has its balance sheet."""
    session.execute(delete(Tally).where(Tally.campaign_id == campaign_id))
