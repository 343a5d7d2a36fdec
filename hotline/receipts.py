"""What providers say became of a message, after they took it. A receipt moves a row forward only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hotline import counts
from hotline.channels import Receipt
from hotline.counts import Count
from hotline.models import Outbox
from hotline.vault import Vault

RECEIPTS: Final = text(
    "UPDATE outbox AS o SET receipt = r.outcome, error = COALESCE(r.error, o.error),"
    " provider_hash = COALESCE(o.provider_hash, r.provider_hash),"
    # A receipt proves that the provider took what we were in doubt about.
    " state = CASE WHEN o.state IN ('unknown', 'queued', 'held') THEN 'accepted' ELSE o.state END,"
    " address_sealed = CASE WHEN o.state = 'sending' THEN o.address_sealed END,"
    " body_sealed = CASE WHEN o.state = 'sending' THEN o.body_sealed END"
    " FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS bytea[]), CAST(:outcomes AS text[]),"
    " CAST(:errors AS text[])) AS r (id, provider_hash, outcome, error)"
    " WHERE (o.id = r.id OR o.provider_hash = r.provider_hash)"
    " AND o.receipt IS NULL AND o.attempts > 0"
    " RETURNING o.line_id, o.channel, o.language, o.campaign_id, o.contact_id, r.outcome,"
    " o.segments, o.provider_hash IS NULL AND o.state = 'accepted' AS resolved"
)


def record(session: Session, vault: Vault, receipts: Sequence[Receipt], now: datetime) -> int:
    """Write down what became of messages. Late, repeated and unknown receipts change nothing."""
    found = [(vault.outbox_id(r.reference) if r.reference else None, r) for r in receipts]
    known = [(i, r) for i, r in found if i is not None or r.provider_id]
    if not known:
        return 0
    rows = session.execute(
        RECEIPTS,
        {
            "ids": [outbox_id for outbox_id, _ in known],
            "hashes": [
                vault.provider_hash(r.provider_id) if r.provider_id else None for _, r in known
            ],
            "outcomes": [r.outcome for _, r in known],
            "errors": [r.error or None for _, r in known],
        },
    ).all()
    for row in rows:
        happened: list[Count] = []
        campaign = row.campaign_id or 0
        if campaign:
            happened.append(Count(f"campaign_{row.outcome}", row.channel, row.language, campaign))
        if row.resolved:
            event = "campaign_accepted" if campaign else "replies_accepted"
            happened.append(Count(event, row.channel, row.language, campaign))
        counts.increase(session, row.line_id, now, happened)
    return len(rows)


def already_known(session: Session, vault: Vault, provider_ids: Sequence[str]) -> set[str]:
    """Which of these provider ids belong to rows already: they settle no other row's doubt."""
    hashes = {vault.provider_hash(provider_id): provider_id for provider_id in provider_ids}
    rows = session.execute(
        select(Outbox.provider_hash).where(Outbox.provider_hash.in_(hashes))
    ).scalars()
    return {hashes[found] for found in rows if found is not None}
