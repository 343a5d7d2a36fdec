"""The balance sheet of a campaign, which adds up at any moment:

planned = accepted + suppressed + expired + failed + unknown + pending

The outbox is the ledger. What a person is called in it is known only to who holds the campaign's key.
While it runs the sheet is read from running totals; `audit` counts every row, and the last sheet is an
audit.
"""

import json
import logging
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from campaigns import subscribers
from campaigns.models import Campaign, CampaignPoint, Subscriber
from campaigns.planning import plan
from campaigns.planning.plan import PlanRefused
from campaigns.signup import optin
from hotline import counts, tallies
from hotline.counts import Count
from hotline.models import Outbox
from hotline.tallies import Total, Totals
from hotline.vault import HASH_BYTES, Vault, recipient_name

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Balance:
    """Recipients by what became of them. `pending` waits, is held, or is being sent.

    Of the accepted, `delivered` and `undelivered` have a receipt. `opted_out` said stop after they
    were in the ledger.
    """

    state: str
    planned: int = 0
    accepted: int = 0
    suppressed: int = 0
    expired: int = 0
    failed: int = 0
    unknown: int = 0
    pending: int = 0
    delivered: int = 0
    undelivered: int = 0
    segments: int = 0
    opted_out: int = 0
    # The same numbers for each of the two texts of a split, but for what is not ended.
    by_variant: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])

    @property
    def adds_up(self) -> bool:
        ended = self.accepted + self.suppressed + self.expired + self.failed + self.unknown
        return self.planned == ended + self.pending and self.pending >= 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast it goes. `waiting` are those whose time of day has not come, the first at `next_at`."""

    last_minute: int
    waiting: int
    next_at: datetime | None


# One statement is one snapshot: what was planned and what became of it are of the same moment.
SHEET: Final = text(
    "SELECT c.state, c.planned, c.balance, (SELECT count(*) FROM outbox o WHERE o.campaign_id = c.id"
    "  AND o.state = 'unknown') AS unknown, t.variant, t.what, t.n FROM campaigns c LEFT JOIN ("
    "  SELECT campaign_id, variant, what, sum(n) AS n FROM campaign_tallies"
    "  WHERE campaign_id = :id GROUP BY 1, 2, 3) AS t ON t.campaign_id = c.id WHERE c.id = :id"
)
ROWS: Final = text(
    "SELECT variant, count(*) AS planned, count(*) FILTER (WHERE state = 'accepted') AS accepted,"
    " count(*) FILTER (WHERE state = 'suppressed') AS suppressed,"
    " count(*) FILTER (WHERE state = 'expired') AS expired,"
    " count(*) FILTER (WHERE state = 'failed') AS failed,"
    " count(*) FILTER (WHERE state = 'unknown') AS unknown,"
    " count(*) FILTER (WHERE state IN ('queued', 'held', 'sending')) AS pending,"
    " count(*) FILTER (WHERE receipt = 'delivered') AS delivered,"
    " count(*) FILTER (WHERE receipt = 'undelivered') AS undelivered,"
    " COALESCE(sum(segments) FILTER (WHERE state = 'accepted'), 0) AS segments, 0 AS opted_out FROM outbox"
    " WHERE campaign_id = :id GROUP BY variant"
)
# Those whose hour has not come; the index of what is queued finds them.
WAITS: Final = (
    " FROM outbox WHERE channel = (SELECT channel FROM campaigns WHERE id = :id)"
    " AND priority = 1 AND state = 'queued' AND due_at > :now AND campaign_id = :id"
)
WAITING: Final = text("SELECT count(*)" + WAITS)
NEXT: Final = text("SELECT due_at" + WAITS + " ORDER BY due_at LIMIT 1")
MINUTE: Final = timedelta(minutes=1)
# The pace is that of the last points.
RECENT: Final = timedelta(minutes=3)
BETWEEN_POINTS: Final = timedelta(seconds=30)
OF_VARIANT: Final = tallies.WHATS
COUNTED: Final = tuple(what for what in OF_VARIANT if what != "planned")
IN_ROWS: Final = (*COUNTED, "unknown", "pending")
ENDED: Final = ("accepted", "suppressed", "expired", "failed")


def balance(session: Session, campaign_id: int) -> Balance:
    """The balance sheet now, or as it was when the campaign closed. Raises PlanRefused."""
    rows = session.execute(SHEET, {"id": campaign_id}).all()
    if not rows:
        raise PlanRefused("plan.unknown")
    first = rows[0]
    if first.balance is not None:
        return Balance(**json.loads(first.balance))
    by_variant: dict[str, dict[str, int]] = {}
    for row in rows:
        if row.variant is not None:
            each = by_variant.setdefault(row.variant, dict.fromkeys(OF_VARIANT, 0))
            each[row.what] = int(row.n)
    sums = {what: sum(each[what] for each in by_variant.values()) for what in COUNTED}
    pending = first.planned - first.unknown - sum(sums[what] for what in ENDED)
    return Balance(
        first.state,
        planned=first.planned,
        unknown=first.unknown,
        pending=pending,
        by_variant=by_variant,
        **sums,
    )


def audit(session: Session, campaign_id: int) -> Balance:
    """The balance sheet from counting every row. Raises PlanRefused."""
    kept = balance(session, campaign_id)
    counted = session.execute(ROWS, {"id": campaign_id}).mappings().all()
    sums = {what: sum(int(row[what]) for row in counted) for what in IN_ROWS}
    by_variant = {row["variant"]: {what: int(row[what]) for what in OF_VARIANT} for row in counted}
    sums["opted_out"] = kept.opted_out
    for variant, each in by_variant.items():
        each["opted_out"] = kept.by_variant[variant]["opted_out"]
    return Balance(kept.state, planned=kept.planned, by_variant=by_variant, **sums)


def pace(session: Session, campaign_id: int, now: datetime) -> Pace:
    """From the last points of its curve."""
    points = session.execute(
        select(CampaignPoint.at, CampaignPoint.accepted, CampaignPoint.waiting)
        .where(CampaignPoint.campaign_id == campaign_id, CampaignPoint.at > now - RECENT)
        .order_by(CampaignPoint.at)
    ).all()
    next_at = session.scalar(NEXT, {"id": campaign_id, "now": now})
    if not points:
        return Pace(0, 0, next_at)
    first, last = points[0], points[-1]
    minutes = max(1.0, (last.at - first.at) / MINUTE)
    return Pace(round((last.accepted - first.accepted) / minutes), last.waiting, next_at)


def note_point(session: Session, campaign: Campaign, now: datetime) -> None:
    """Every half minute: how far it is, for its curve and its pace."""
    last = session.scalar(
        select(func.max(CampaignPoint.at)).where(CampaignPoint.campaign_id == campaign.id)
    )
    if last is not None and now - last < BETWEEN_POINTS:
        return
    sheet = balance(session, campaign.id)
    waiting = session.scalar(WAITING, {"id": campaign.id, "now": now}) or 0
    session.execute(
        upsert(CampaignPoint)
        .values(
            campaign_id=campaign.id,
            at=now,
            accepted=sheet.accepted,
            delivered=sheet.delivered,
            waiting=waiting,
            opted_out=sheet.opted_out,
        )
        .on_conflict_do_nothing()
    )


def close(session: Session, campaign: Campaign) -> None:
    """Keep the sums and destroy the key: from now on nobody can tell who was in it."""
    kept, counted = balance(session, campaign.id), audit(session, campaign.id)
    if kept != counted:
        log.warning("the running totals of campaign %d were not those of its rows", campaign.id)
    campaign.balance = json.dumps(asdict(counted))
    campaign.ledger_key_sealed = None
    tallies.forget(session, campaign.id)
    session.flush()


def withdraw(session: Session, line_id: int, address: str, now: datetime, vault: Vault) -> None:
    """Somebody said stop: nothing that waits for them in any campaign is sent."""
    found = _named(session, line_id, address, vault)
    left = session.execute(
        select(Outbox.campaign_id, Outbox.variant).where(
            _rows_of(found), Outbox.state != "suppressed"
        )
    )
    tallies.add(session, Totals(Total(row.campaign_id, row.variant, "opted_out") for row in left))
    _stop(session, line_id, found, now)


def erase(session: Session, line_id: int, address: str, now: datetime, vault: Vault) -> None:
    """Somebody asked to be forgotten: what waits is not sent, and no campaign knows them any more."""
    found = _named(session, line_id, address, vault)
    _stop(session, line_id, found, now)
    for campaign_id, recipient in found:
        # The row stays for the sums, under a name that is nobody's.
        session.execute(
            update(Outbox)
            .where(_rows_of([(campaign_id, recipient)]))
            .values(recipient_hash=secrets.token_bytes(HASH_BYTES))
        )
    subscribers.erase(session, line_id, vault.hashes(address))
    optin.forget(session, line_id, address, vault)


Named = Sequence[tuple[int, bytes]]


def _stop(session: Session, line_id: int, recipients: Named, now: datetime) -> None:
    """Stop what waits for one person, given as campaigns and what they are called there."""
    rows = session.execute(
        update(Outbox)
        .where(_rows_of(recipients), Outbox.state.in_(("queued", "held")))
        .values(state="suppressed", changed_at=now, address_sealed=None, body_sealed=None)
        .returning(Outbox.channel, Outbox.language, Outbox.campaign_id, Outbox.variant)
    ).all()
    counts.increase(
        session,
        line_id,
        now,
        [Count("campaign_suppressed", r.channel, r.language, r.campaign_id) for r in rows],
    )
    tallies.add(session, Totals(Total(r.campaign_id, r.variant, "suppressed") for r in rows))


def _named(session: Session, line_id: int, address: str, vault: Vault) -> Named:
    """What the campaigns with an open ledger call a person."""
    plan.stopping(session, line_id)
    keys = session.execute(
        select(Campaign.id, Campaign.ledger_key_sealed).where(
            Campaign.line_id == line_id, Campaign.ledger_key_sealed.is_not(None)
        )
    ).all()
    if not keys:
        return []
    theirs = session.scalars(
        select(Subscriber.id).where(
            Subscriber.line_id == line_id, Subscriber.address_hash.in_(vault.hashes(address))
        )
    ).all()
    opened = [
        (campaign_id, vault.open(sealed, "ledger-key")) for campaign_id, sealed in keys if sealed
    ]
    return [
        (campaign_id, recipient_name(who, key)) for campaign_id, key in opened for who in theirs
    ]


def _rows_of(recipients: Named) -> ColumnElement[bool]:
    """The rows of one person, given as campaigns and what they are called there."""
    return tuple_(Outbox.campaign_id, Outbox.recipient_hash).in_(list(recipients))
