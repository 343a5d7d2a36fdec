"""Pause, resume and cancel act at once on what would be sent next, and in batches on the rest.

Each move is a batch of a campaign's rows from one state to another, with its counters.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.models import Campaign
from campaigns.planning import plan
from hotline import bell, counts, outbox, tallies
from hotline.counts import Count
from hotline.models import Outbox
from hotline.tallies import Total, Totals

# Far more than is sent before the next batch is moved.
ROWS: Final = 20_000
NOTHING_TO_SEND: Final[dict[str, Any]] = {
    "address_sealed": None,
    "body_sealed": None,
    "time_zone": None,
}


def pause(session: Session, campaign_id: int, now: datetime) -> None:
    """Nothing more is sent until it is resumed. Raises PlanRefused."""
    campaign = plan.steered(session, campaign_id)
    plan.move(campaign, "paused")
    campaign.holds = True
    hold(session, campaign, now)


def resume(session: Session, campaign_id: int, now: datetime) -> None:
    """Go on. Raises PlanRefused."""
    campaign = plan.steered(session, campaign_id)
    if campaign.state != "paused":
        # From "scheduled" there is a way to "running" too, and it is not this one.
        raise plan.PlanRefused("plan.not_now")
    plan.move(campaign, "running")
    release(session, campaign, now)


def cancel(session: Session, campaign_id: int, now: datetime) -> None:
    """End it: what was not sent never is. Raises PlanRefused."""
    campaign = plan.steered(session, campaign_id)
    plan.move(campaign, "cancelled")
    if campaign.ledger_key_sealed is None:
        campaign.cleared = True
        campaign.finished_at = now
    else:
        suppress(session, campaign, now)


def hold(session: Session, campaign: Campaign, now: datetime) -> int:
    return _shift(session, campaign, now, ("queued",), "held")


def release(session: Session, campaign: Campaign, now: datetime) -> int:
    released = _shift(session, campaign, now, ("held",), "queued")
    if released < ROWS:
        campaign.holds = False
    if released:
        bell.ring(session, f"outbox:{campaign.channel}")
    return released


def suppress(session: Session, campaign: Campaign, now: datetime) -> int:
    return _shift(session, campaign, now, ("queued", "held"), "suppressed")


def expire(session: Session, campaign: Campaign, now: datetime) -> int:
    return _shift(session, campaign, now, ("queued", "held"), "expired")


def _shift(
    session: Session,
    campaign: Campaign,
    now: datetime,
    before: tuple[str, ...],
    after: outbox.State,
) -> int:
    """Move up to ROWS rows, those first that would be sent first; how many there were."""
    chosen = (
        select(Outbox.id)
        .where(
            Outbox.campaign_id == campaign.id,
            Outbox.channel == campaign.channel,
            Outbox.priority == outbox.CAMPAIGN,
            Outbox.state.in_(before),
        )
        .order_by(Outbox.priority, Outbox.due_at, Outbox.id)
        .limit(ROWS)
        # What a deliverer is claiming this moment is sent; the next batch finds it settled.
        .with_for_update(skip_locked="queued" in before)
    )
    gone = NOTHING_TO_SEND if after in outbox.ENDED else {}
    moved = session.execute(
        update(Outbox)
        .where(Outbox.id.in_(chosen))
        .values(state=after, changed_at=now, **gone)
        .returning(Outbox.language, Outbox.variant)
        .execution_options(synchronize_session=False)
    ).all()
    if after in outbox.ENDED:
        totals = Totals(Total(campaign.id, row.variant or "", after) for row in moved)
        tallies.add(session, totals)
    if after == "suppressed":
        happened = [
            Count("campaign_suppressed", campaign.channel, row.language, campaign.id)
            for row in moved
        ]
        counts.increase(session, campaign.line_id, now, happened)
    return len(moved)
