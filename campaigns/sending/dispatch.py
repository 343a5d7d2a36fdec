"""Moves campaigns on, a batch a transaction: start, expand, keep to the day, end, close, clear.

The checkpoint is on what was queued, never on what was read; after a crash the same batch is made
again and changes nothing. Nobody is sent anything outside the hours of their own day.
"""

import logging
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from campaigns import subscribers
from campaigns.models import Campaign, CampaignText
from campaigns.planning import content, plan, steering
from campaigns.sending import expansion, ledger
from hotline import outbox
from hotline.body import Body
from hotline.models import Outbox, OutboxBody
from hotline.vault import Vault

# Subscribers a transaction: while it lasts, who says stop on this line waits.
BATCH: Final = 20_000
# Longer than any provider keeps trying (Twilio: 10 hours), so that no receipt is missed.
RECEIPTS_WAIT: Final = timedelta(hours=12)

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
    session: Session, vault: Vault, campaign_id: int, now: datetime, batch: int = BATCH
) -> bool:
    """Do the next piece of work of a campaign. True when there is more to do at once."""
    campaign = plan.steered(session, campaign_id)
    if campaign.state == "scheduled":
        return _start(session, vault, campaign, now)
    if campaign.cleared or campaign.state in plan.EDITABLE:
        return False
    if campaign.balance is not None:
        return _clear(session, campaign)
    ledger.note_point(session, campaign, now)
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
    if campaign.repeats:
        campaign.audience_to = subscribers.newest(session, campaign.line_id)
    campaign.ledger_key_sealed = vault.seal(secrets.token_hex(32), "ledger-key")
    said = content.filled(session, campaign)
    for row in session.scalars(select(CampaignText).where(CampaignText.campaign_id == campaign.id)):
        words = said[row.language, row.variant]
        body = OutboxBody(body_sealed=vault.seal(Body(words).to_json(), "body"))
        session.add(body)
        session.flush()
        row.body_id = body.id
    session.flush()
    return True


def _move_on(session: Session, vault: Vault, campaign: Campaign, now: datetime, batch: int) -> bool:
    """One kind of work at a time; what stops sending comes first. True when something was done."""
    if campaign.state == "cancelled":
        return bool(steering.suppress(session, campaign, now))
    if campaign.ends_at is not None and campaign.ends_at <= now:
        expired = steering.expire(session, campaign, now)
        return bool(expired) or expansion.expand(session, vault, campaign, now, batch)
    if campaign.state == "paused":
        return bool(steering.hold(session, campaign, now))
    released = steering.release(session, campaign, now) if campaign.holds else 0
    return bool(released + _next_day(session, campaign, now)) or expansion.expand(
        session, vault, campaign, now, batch
    )


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
    slots = expansion.slots(session, campaign, now)
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
    sheet = ledger.balance(session, campaign.id)
    if campaign.finished_at is None:
        over = campaign.ends_at is not None and campaign.ends_at <= now
        if sheet.pending or (sheet.unknown and not over):
            return False
        if campaign.state != "cancelled":
            plan.move(campaign, "done")
        campaign.finished_at = now
        session.flush()
    silent = sheet.accepted - sheet.delivered - sheet.undelivered
    if now < campaign.finished_at + RECEIPTS_WAIT and sheet.unknown + silent > 0:
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
    bodies = list(expansion.bodies(session, campaign).values())
    session.execute(
        update(CampaignText).where(CampaignText.campaign_id == campaign.id).values(body_id=None)
    )
    session.execute(delete(OutboxBody).where(OutboxBody.id.in_(bodies)))
    campaign.cleared = True
    session.flush()
    return False
