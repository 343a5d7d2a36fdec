"""One message, from claimed to its outcome: what each kind of failure means."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from hotline.channels import (
    OptedOut,
    Outgoing,
    Sender,
    SenderBroken,
    SendFailed,
    Sent,
    Uncertain,
)
from hotline.outbox import LEASE, Claimed, Outcome

# A send that could not end before its lease does is not begun.
LONGEST_SEND = timedelta(seconds=12)
MOST_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=15)

log = logging.getLogger(__name__)


async def send(sender: Sender, reference: str, claimed: Claimed, now: datetime) -> Outcome:
    """Hand a claimed row to the provider. Raises SenderBroken when nobody can be sent anything."""
    if claimed.expires_at <= now:
        return Outcome(claimed, "expired")
    if now > claimed.lease_until - LONGEST_SEND:
        return Outcome(claimed, "queued", due_at=now)
    try:
        sent = await sender.send(outgoing(reference, claimed, now))
    except SenderBroken:
        raise
    except SendFailed as failed:
        return after_failure(claimed, failed, now)
    except Exception as error:  # noqa: BLE001 - a vendor's surprise may hide that the message went
        log.warning("%s: unforeseen %s while sending", claimed.channel, type(error).__name__)
        return Outcome(claimed, "unknown", error="unforeseen")
    return _accepted(claimed, sent)


def outgoing(reference: str, claimed: Claimed, now: datetime) -> Outgoing:
    """Campaign messages carry how long the carrier may keep trying; replies are never too late."""
    end = min(claimed.expires_at, claimed.closes_at or claimed.expires_at)
    left = max(1, int((end - now).total_seconds()))
    return Outgoing(
        reference=reference,
        address=claimed.address,
        text=claimed.body.text,
        options=claimed.body.options,
        valid_for=left if claimed.campaign_id else None,
    )


def after_failure(claimed: Claimed, failed: SendFailed, now: datetime) -> Outcome:
    match failed:
        case OptedOut():
            return Outcome(claimed, "failed", error=failed.reason, opted_out=True)
        case Uncertain():
            return Outcome(claimed, "unknown", error=failed.reason)
        case _ if not failed.retry or claimed.attempts >= MOST_ATTEMPTS:
            return Outcome(claimed, "failed", error=failed.reason)
        case _:
            wait = min(FIRST_RETRY * 2 ** (claimed.attempts - 1), LONGEST_RETRY)
            due = now + max(wait, timedelta(seconds=failed.after))
            return Outcome(claimed, "queued", error=failed.reason, due_at=due)


async def resolve(
    sender: Sender,
    reference: str,
    claimed: Claimed,
    others: Callable[[Sequence[str]], Awaitable[set[str]]],
    now: datetime,
) -> Outcome:
    """Settle a doubt by the provider's word. `others` tells which ids are other rows' already.

    Taken: accepted. Never seen: queued again. No answer, or a provider that cannot be asked: it stays
    unknown, since a second text at the wrong moment does more harm than a missing one.
    """
    try:
        message = outgoing(reference, claimed, now)
        # What was sent later is another message's: a send never outlives its lease.
        taken = await sender.look_up(message, claimed.claimed_at, claimed.claimed_at + LEASE)
        known = await others([sent.provider_id for sent in taken or ()])
    except Exception as error:  # noqa: BLE001 - asked again later, whatever it was
        log.warning("%s: look-up failed: %s", claimed.channel, type(error).__name__)
        return Outcome(claimed, "unknown", error="look-up failed")
    if taken is None:
        return Outcome(claimed, "unknown", error="cannot be asked")
    perhaps = [sent for sent in taken if sent.provider_id not in known]
    mine = next((sent for sent in perhaps if sent.certain), None)
    if mine is not None:
        return _accepted(claimed, mine)
    if perhaps:
        # One of these may be it; its receipt names it for certain, and the others' name them.
        return Outcome(claimed, "unknown", error="not certain")
    if claimed.expires_at <= now:
        return Outcome(claimed, "expired")
    return Outcome(claimed, "queued", due_at=now)


def _accepted(claimed: Claimed, sent: Sent) -> Outcome:
    return Outcome(claimed, "accepted", provider_id=sent.provider_id, segments=sent.segments)
