"""The balance sheet of a campaign, which adds up at any moment:

planned = accepted + suppressed + expired + failed + unknown + pending

The outbox is the ledger. What a person is called in it is known only to who holds the campaign's key.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, text, tuple_, update
from sqlalchemy.orm import Session

from campaigns import plan, subscribers
from campaigns.models import Campaign
from campaigns.plan import PlanRefused
from hotline import counts
from hotline.counts import Count
from hotline.models import Outbox
from hotline.vault import HASH_BYTES, Vault, recipient_hash


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

    @property
    def adds_up(self) -> bool:
        ended = self.accepted + self.suppressed + self.expired + self.failed + self.unknown
        return self.planned == ended + self.pending


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast it goes. `waiting` are those whose time of day has not come, the first at `next_at`."""

    last_minute: int
    waiting: int
    next_at: datetime | None


# One statement is one snapshot: what was planned and what became of it are of the same moment.
COUNTED: Final = text(
    "SELECT c.state, c.planned, c.opted_out, c.balance, o.* FROM campaigns c LEFT JOIN LATERAL ("
    " SELECT count(*) FILTER (WHERE state = 'accepted') AS accepted,"
    " count(*) FILTER (WHERE state = 'suppressed') AS suppressed,"
    " count(*) FILTER (WHERE state = 'expired') AS expired,"
    " count(*) FILTER (WHERE state = 'failed') AS failed,"
    " count(*) FILTER (WHERE state = 'unknown') AS unknown,"
    " count(*) FILTER (WHERE state IN ('queued', 'held', 'sending')) AS pending,"
    " count(*) FILTER (WHERE receipt = 'delivered') AS delivered,"
    " count(*) FILTER (WHERE receipt = 'undelivered') AS undelivered,"
    " COALESCE(sum(segments), 0) AS segments"
    " FROM outbox WHERE campaign_id = c.id AND c.balance IS NULL) o ON true WHERE c.id = :id"
)
PACE: Final = text(
    "SELECT count(*) FILTER (WHERE state = 'accepted' AND changed_at > :ago) AS last_minute,"
    " count(*) FILTER (WHERE state = 'queued' AND due_at > :now) AS waiting,"
    " min(due_at) FILTER (WHERE state = 'queued' AND due_at > :now) AS next_at"
    " FROM outbox WHERE campaign_id = :id"
)
MINUTE: Final = timedelta(minutes=1)
SUMS: Final = (
    "accepted",
    "suppressed",
    "expired",
    "failed",
    "unknown",
    "pending",
    "delivered",
    "undelivered",
    "segments",
)


def balance(session: Session, campaign_id: int) -> Balance:
    """The balance sheet now, or as it was when the campaign closed. Raises PlanRefused."""
    row = session.execute(COUNTED, {"id": campaign_id}).mappings().first()
    if row is None:
        raise PlanRefused("plan.unknown")
    if row["balance"] is not None:
        return Balance(**json.loads(row["balance"]))
    sums = {name: int(row[name]) for name in SUMS}
    return Balance(row["state"], planned=row["planned"], opted_out=row["opted_out"], **sums)


def pace(session: Session, campaign_id: int, now: datetime) -> Pace:
    row = session.execute(PACE, {"id": campaign_id, "now": now, "ago": now - MINUTE}).one()
    return Pace(row.last_minute, row.waiting, row.next_at)


def close(session: Session, campaign: Campaign) -> None:
    """Keep the sums and destroy the key: from now on nobody can tell who was in it."""
    campaign.balance = json.dumps(asdict(balance(session, campaign.id)))
    campaign.ledger_key_sealed = None
    session.flush()


def withdraw(session: Session, line_id: int, address: str, now: datetime, vault: Vault) -> None:
    """Somebody said stop: nothing that waits for them in any campaign is sent."""
    found = _named(session, line_id, address, vault)
    left = session.execute(
        select(Outbox.campaign_id).where(_rows_of(found), Outbox.state != "suppressed")
    ).scalars()
    session.execute(
        update(Campaign)
        .where(Campaign.id.in_(list(left)))
        .values(opted_out=Campaign.opted_out + 1)
        .execution_options(synchronize_session=False)
    )
    _stop(session, line_id, found, now)


def erase(session: Session, line_id: int, address: str, now: datetime, vault: Vault) -> None:
    """Somebody asked to be forgotten: what waits is not sent, and no campaign knows them any more."""
    found = _named(session, line_id, address, vault)
    _stop(session, line_id, found, now)
    for campaign_id, recipient in found.items():
        # The row stays for the sums, under a name that is nobody's.
        session.execute(
            update(Outbox)
            .where(_rows_of({campaign_id: recipient}))
            .values(recipient_hash=secrets.token_bytes(HASH_BYTES))
        )
    subscribers.erase(session, line_id, vault.hashes(address))


def _stop(session: Session, line_id: int, recipients: Mapping[int, bytes], now: datetime) -> None:
    """Stop what waits for one person, given as campaign and their recipient hash in it."""
    rows = session.execute(
        update(Outbox)
        .where(_rows_of(recipients), Outbox.state.in_(("queued", "held")))
        .values(state="suppressed", changed_at=now, address_sealed=None, body_sealed=None)
        .returning(Outbox.channel, Outbox.language, Outbox.campaign_id)
    ).all()
    counts.increase(
        session,
        line_id,
        now,
        [Count("campaign_suppressed", r.channel, r.language, r.campaign_id or 0) for r in rows],
    )


def _named(session: Session, line_id: int, address: str, vault: Vault) -> dict[int, bytes]:
    """What the campaigns with an open ledger would call a person."""
    plan.stopping(session, line_id)
    keys = session.execute(
        select(Campaign.id, Campaign.ledger_key_sealed).where(
            Campaign.line_id == line_id, Campaign.ledger_key_sealed.is_not(None)
        )
    )
    return {
        campaign_id: recipient_hash(address, vault.open(sealed, "ledger-key"))
        for campaign_id, sealed in keys
        if sealed is not None
    }


def _rows_of(recipients: Mapping[int, bytes]) -> ColumnElement[bool]:
    """The rows of one person, given as campaign and their recipient hash in it."""
    pairs = list(recipients.items())
    return tuple_(Outbox.campaign_id, Outbox.recipient_hash).in_(pairs)
