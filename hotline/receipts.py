"""What providers say became of a message, after they took it. A receipt moves a row forward only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hotline import counts, tallies
from hotline.channels import Receipt
from hotline.counts import Count
from hotline.models import Outbox
from hotline.tallies import Total, Totals
from hotline.vault import Vault

# Rows in the order of their ids, so that two of these never wait in a circle; of two receipts for one
# message in a batch the first counts.
RECEIPTS: Final = text(
    "WITH r AS (SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS bytea[]),"
    "  CAST(:outcomes AS text[]), CAST(:errors AS text[]))"
    "  WITH ORDINALITY AS r (id, provider_hash, outcome, error, n)),"
    " named AS (SELECT o.id AS row_id, r.n FROM r JOIN outbox o ON o.id = r.id"
    "  UNION SELECT o.id, r.n FROM r JOIN outbox o ON o.provider_hash = r.provider_hash),"
    " first AS (SELECT row_id, min(n) AS n FROM named GROUP BY row_id),"
    " found AS (SELECT o.id, o.state, f.n FROM outbox o JOIN first f ON f.row_id = o.id"
    "  WHERE o.receipt IS NULL AND o.attempts > 0 ORDER BY o.id FOR UPDATE OF o)"
    " UPDATE outbox AS o SET receipt = r.outcome, error = COALESCE(r.error, o.error),"
    " provider_hash = COALESCE(o.provider_hash, r.provider_hash),"
    # A receipt proves that the provider took what we were in doubt about.
    " state = CASE WHEN o.state IN ('unknown', 'queued', 'held') THEN 'accepted' ELSE o.state END,"
    " address_sealed = CASE WHEN o.state = 'sending' THEN o.address_sealed END,"
    " body_sealed = CASE WHEN o.state = 'sending' THEN o.body_sealed END"
    " FROM found JOIN r ON r.n = found.n WHERE o.id = found.id AND o.receipt IS NULL"
    " RETURNING o.line_id, o.channel, o.language, o.campaign_id, o.variant, r.outcome, o.segments,"
    " o.state = 'accepted' AND found.state <> 'accepted' AS resolved"
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
    totals, happened = Totals(), dict[int, list[Count]]()
    for row in rows:
        counted = happened.setdefault(row.line_id, [])
        campaign = row.campaign_id or 0
        kind = "campaign" if campaign else "replies"
        whats = [row.outcome] if campaign else []
        whats += ["accepted"] if row.resolved else []
        counted += [Count(f"{kind}_{what}", row.channel, row.language, campaign) for what in whats]
        segments = row.segments if row.resolved else 0
        counted += [Count("segments", row.channel, row.language, campaign)] * segments
        if campaign:
            totals.update(Total(campaign, row.variant, what) for what in whats)
            totals[Total(campaign, row.variant, "segments")] += segments
    for line_id, counted in sorted(happened.items()):
        counts.increase(session, line_id, now, counted)
    tallies.add(session, totals)
    return len(rows)


def already_known(session: Session, vault: Vault, provider_ids: Sequence[str]) -> set[str]:
    """Which of these provider ids belong to rows already: they settle no other row's doubt."""
    hashes = {vault.provider_hash(provider_id): provider_id for provider_id in provider_ids}
    rows = session.execute(
        select(Outbox.provider_hash).where(Outbox.provider_hash.in_(hashes))
    ).scalars()
    return {hashes[found] for found in rows if found is not None}
