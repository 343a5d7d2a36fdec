"""Moves campaigns on, a batch a transaction: start, expand, keep to the day, end, close, clear.

The checkpoint is on what was queued, never on what was read; after a crash the same batch is made
again and changes nothing. Nobody is sent anything outside the hours of their own day.
"""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from campaigns import ledger, plan, quiet, sparing, steering
from campaigns.models import Campaign, CampaignText
from hotline import bell, counts, outbox
from hotline.body import Body
from hotline.counts import Count
from hotline.models import Line, Outbox, OutboxBody
from hotline.vault import Vault, recipient_hash

# Claimed just before the window closes, a message may still take this long to leave.
MARGIN: Final = timedelta(minutes=1)
# Longer than any provider keeps trying (Twilio: 10 hours), so that no receipt is missed.
RECEIPTS_WAIT: Final = timedelta(hours=12)

Slots = Callable[[str], tuple[datetime, datetime | None]]

log = logging.getLogger(__name__)


def due(session: Session, now: datetime) -> list[int]:
    """Campaigns for which there may be something to do."""
    return list(
        session.scalars(
            select(Campaign.id)
            .where(
                ~Campaign.cleared,
                Campaign.state.in_(("running", "paused", "cancelled", "done"))
                | (
                    (Campaign.state == "scheduled")
                    & (func.coalesce(Campaign.starts_at, now) <= now)
                ),
            )
            .order_by(Campaign.id)
        )
    )


def advance(
    session: Session, vault: Vault, campaign_id: int, now: datetime, batch: int = 2000
) -> bool:
    """Do the next piece of work of a campaign. True when there is more to do at once."""
    campaign = plan.steered(session, campaign_id)
    if campaign.state == "scheduled":
        return _start(session, vault, campaign, now)
    if campaign.cleared or campaign.state in plan.EDITABLE:
        return False
    if campaign.balance is not None:
        return _clear(session, campaign)
    busy = _move_on(session, vault, campaign, now, batch)
    return busy or _finish(session, campaign, now)


def _start(session: Session, vault: Vault, campaign: Campaign, now: datetime) -> bool:
    if campaign.starts_at is not None and campaign.starts_at > now:
        return False
    if campaign.content_hash != plan.content_hash(session, campaign):
        # Something else stands there than what was approved: nothing is sent.
        plan.redraft(session, campaign.id)
        return False
    plan.move(campaign, "running")
    campaign.started_at = now
    campaign.ledger_key_sealed = vault.seal(secrets.token_hex(32), "ledger-key")
    for language, words in plan.texts(session, campaign.id).items():
        body = OutboxBody(body_sealed=vault.seal(Body(words).to_json(), "body"))
        session.add(body)
        session.flush()
        session.get_one(CampaignText, (campaign.id, language)).body_id = body.id
    session.flush()
    return True


def _move_on(session: Session, vault: Vault, campaign: Campaign, now: datetime, batch: int) -> bool:
    """One kind of work at a time; what stops sending comes first. True when something was done."""
    if campaign.state == "cancelled":
        return bool(steering.suppress(session, campaign, now))
    if campaign.ends_at is not None and campaign.ends_at <= now:
        expired = steering.expire(session, campaign, now)
        return bool(expired) or _expand(session, vault, campaign, now, batch)
    if campaign.state == "paused":
        return bool(steering.hold(session, campaign, now))
    released = steering.release(session, campaign, now) if campaign.holds else 0
    return bool(released + _next_day(session, campaign, now)) or _expand(
        session, vault, campaign, now, batch
    )


READ: Final = text(
    "SELECT s.id, s.address_sealed, s.language, s.time_zone"
    " FROM subscribers s WHERE s.line_id = :line_id AND s.id > :after AND s.id <= :up_to"
    " AND s.language = ANY (:languages) ORDER BY s.id LIMIT :batch"
)
WRITE: Final = text(
    "INSERT INTO outbox (line_id, channel, campaign_id, priority, expires_at, changed_at,"
    " recipient_hash, language, body_id, state, address_sealed, due_at, closes_at, time_zone)"
    " SELECT :line_id, :channel, :campaign_id, :priority, :expires_at, :now, r.*"
    " FROM unnest(CAST(:hashes AS bytea[]), CAST(:languages AS text[]),"
    " CAST(:bodies AS bigint[]), CAST(:states AS text[]), CAST(:addresses AS bytea[]),"
    " CAST(:dues AS timestamptz[]), CAST(:closes AS timestamptz[]), CAST(:zones AS text[])) AS r"
    " ON CONFLICT (campaign_id, recipient_hash) WHERE campaign_id IS NOT NULL DO NOTHING"
    " RETURNING language, state"
)


def _expand(session: Session, vault: Vault, campaign: Campaign, now: datetime, batch: int) -> bool:
    """Put the next subscribers into the ledger. True when there were any."""
    if campaign.expanded:
        return False
    bodies = _bodies(session, campaign)
    found = session.execute(
        READ,
        {
            "line_id": campaign.line_id,
            "after": campaign.expanded_to,
            "up_to": campaign.audience_to,
            "languages": list(bodies),
            "batch": batch,
        },
    ).all()
    if found:
        people = {row.id: vault.open(bytes(row.address_sealed), "address") for row in found}
        spared = sparing.spared(session, vault, campaign.line_id, people)
        if spared is None:
            log.warning("campaign %d waits: the key ring of this process is too old", campaign.id)
            vault.missing()
            return False
        _write(session, vault, campaign, now, found, people, spared, bodies)
        campaign.expanded_to = found[-1].id
    campaign.expanded = len(found) < batch
    session.flush()
    return bool(found)


def _write(
    session: Session,
    vault: Vault,
    campaign: Campaign,
    now: datetime,
    found: Sequence[Any],
    people: Mapping[int, str],
    spared: set[int],
    bodies: dict[str, int],
) -> None:
    assert campaign.ledger_key_sealed is not None
    assert campaign.ends_at is not None
    key = vault.open(campaign.ledger_key_sealed, "ledger-key")
    slots = _slots(session, campaign, now)
    late = campaign.ends_at <= now
    states = ["suppressed" if r.id in spared else "expired" if late else "queued" for r in found]
    waits = [state == "queued" for state in states]
    times = [slots(r.time_zone) for r in found]
    rows = session.execute(
        WRITE,
        {
            "line_id": campaign.line_id,
            "channel": campaign.channel,
            "campaign_id": campaign.id,
            "priority": outbox.CAMPAIGN,
            "expires_at": campaign.ends_at,
            "now": now,
            "hashes": [recipient_hash(people[r.id], key) for r in found],
            "languages": [r.language for r in found],
            "bodies": [bodies[r.language] for r in found],
            "states": states,
            "addresses": [
                r.address_sealed if w else None for r, w in zip(found, waits, strict=True)
            ],
            "dues": [opens for opens, _ in times],
            "closes": [closes for _, closes in times],
            "zones": [r.time_zone if w else None for r, w in zip(found, waits, strict=True)],
        },
    ).all()
    campaign.planned += len(rows)
    happened = [Count("campaign_planned", campaign.channel, r.language, campaign.id) for r in rows]
    happened += [
        Count("campaign_suppressed", campaign.channel, r.language, campaign.id)
        for r in rows
        if r.state == "suppressed"
    ]
    counts.increase(session, campaign.line_id, now, happened)
    bell.ring(session, f"outbox:{campaign.channel}")


def _slots(session: Session, campaign: Campaign, now: datetime) -> Slots:
    """For each zone: from when on a message may be sent, and when it is too late for that day."""
    usual = session.get_one(Line, campaign.line_id).time_zone
    window = plan.window(campaign)
    known: dict[str, tuple[datetime, datetime | None]] = {}

    def slot(zone: str) -> tuple[datetime, datetime | None]:
        if zone not in known:
            opens, closes = quiet.next_window(now, zone or usual, window)
            while closes is not None and closes - MARGIN <= opens:
                opens, closes = quiet.next_window(closes, zone or usual, window)
            known[zone] = opens, closes and closes - MARGIN
        return known[zone]

    return slot


def _next_day(session: Session, campaign: Campaign, now: datetime) -> int:
    """What could not be sent before night waits for the next morning. How many rows do."""
    rows = session.execute(
        select(Outbox.id, Outbox.time_zone)
        .where(
            Outbox.channel == campaign.channel,
            Outbox.priority == outbox.CAMPAIGN,
            Outbox.state == "queued",
            Outbox.due_at <= now,
            Outbox.campaign_id == campaign.id,
            Outbox.closes_at <= now,
        )
        .limit(steering.ROWS)
        .with_for_update(skip_locked=True)
    ).all()
    slots = _slots(session, campaign, now)
    by_zone: dict[str | None, list[int]] = {}
    for row in rows:
        by_zone.setdefault(row.time_zone, []).append(row.id)
    for zone, ids in by_zone.items():
        opens, closes = slots(zone or "")
        session.execute(
            update(Outbox)
            .where(Outbox.id == func.any(ids))
            .values(due_at=opens, closes_at=closes, changed_at=now)
            .execution_options(synchronize_session=False)
        )
    return len(rows)


def _finish(session: Session, campaign: Campaign, now: datetime) -> bool:
    """End what has nothing left to send, and close what has nothing left to learn."""
    if not (campaign.expanded or campaign.state == "cancelled"):
        return False
    if campaign.finished_at is None:
        if _has(session, campaign, Outbox.state.in_(("queued", "held", "sending"))):
            return False
        over = campaign.ends_at is not None and campaign.ends_at <= now
        if not over and _has(session, campaign, Outbox.state == "unknown"):
            return False
        if campaign.state != "cancelled":
            plan.move(campaign, "done")
        campaign.finished_at = now
        session.flush()
    learning = (Outbox.state == "unknown") | (
        (Outbox.state == "accepted") & Outbox.receipt.is_(None)
    )
    if now < campaign.finished_at + RECEIPTS_WAIT and _has(session, campaign, learning):
        return False
    ledger.close(session, campaign)
    return True


def _clear(session: Session, campaign: Campaign) -> bool:
    """The sums are kept: the rows go, and with the last of them the texts' sealed copies."""
    some = select(Outbox.id).where(Outbox.campaign_id == campaign.id).limit(steering.ROWS)
    gone = session.execute(
        delete(Outbox)
        .where(Outbox.id.in_(some))
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        return True
    bodies = list(_bodies(session, campaign).values())
    session.execute(
        update(CampaignText).where(CampaignText.campaign_id == campaign.id).values(body_id=None)
    )
    session.execute(delete(OutboxBody).where(OutboxBody.id.in_(bodies)))
    campaign.cleared = True
    session.flush()
    return False


def _bodies(session: Session, campaign: Campaign) -> dict[str, int]:
    rows = session.execute(
        select(CampaignText.language, CampaignText.body_id).where(
            CampaignText.campaign_id == campaign.id, CampaignText.body_id.is_not(None)
        )
    )
    return {row.language: row.body_id for row in rows if row.body_id is not None}


def _has(session: Session, campaign: Campaign, what: Any) -> bool:
    there = select(Outbox.id).where(Outbox.campaign_id == campaign.id, what).exists()
    return bool(session.scalar(select(there)))
