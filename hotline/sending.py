"""One message, from claimed to its outcome: what each kind of failure means."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from hotline.channels import (
    SMS,
    OptedOut,
    Outgoing,
    Sender,
    SenderBroken,
    SendFailed,
    Sent,
    Unavailable,
    Uncertain,
)
from hotline.outbox import LEASE, Claimed, Outcome

# A send that could not end before its lease does is not begun.
LONGEST_SEND = timedelta(seconds=12)
MOST_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=15)

log = logging.getLogger(__name__)


async def send(
    sender: Sender, reference: str, claimed: Claimed, now: datetime
) -> tuple[Outcome, SendFailed | None]:
    """Hand a claimed row to the provider: what became of it, and what the provider failed with."""
    failed: SendFailed | None = None
    try:
        sent = await sender.send(outgoing(reference, claimed, now))
    except SendFailed as told:
        failed = told
    except Exception as error:  # noqa: BLE001 - a vendor's surprise may hide that the message went
        log.warning("%s: unforeseen %s while sending", sender.label, type(error).__name__)
        failed = Uncertain("unforeseen")
    else:
        return _accepted(claimed, sent), None
    return after_failure(claimed, failed, now), failed


def unsent(claimed: Claimed, now: datetime) -> Outcome | None:
    """What becomes of a row that is not to be handed over any more; None: it is."""
    if claimed.expires_at <= now:
        return Outcome(claimed, "expired")
    if now > claimed.lease_until - LONGEST_SEND:
        return given_back(claimed, now)
    return None


def given_back(claimed: Claimed, now: datetime) -> Outcome:
    """For another sender, or for later: nobody was asked to send it."""
    return Outcome(claimed, "queued", due_at=now, untried=True)


def outgoing(reference: str, claimed: Claimed, now: datetime) -> Outgoing:
    """Campaign messages carry how long the carrier may keep trying; replies are never too late."""
    end = min(claimed.expires_at, claimed.closes_at or claimed.expires_at)
    left = max(1, int((end - now).total_seconds()))
    body = claimed.body.as_sms() if claimed.channel == SMS else claimed.body
    return Outgoing(
        reference=reference,
        address=claimed.address,
        text=body.text,
        options=body.options,
        valid_for=left if claimed.campaign_id else None,
    )


def after_failure(claimed: Claimed, failed: SendFailed, now: datetime) -> Outcome:
    match failed:
        case OptedOut():
            return Outcome(claimed, "failed", error=failed.reason, opted_out=True)
        case Uncertain():
            return Outcome(claimed, "unknown", error=failed.reason)
        case SenderBroken() | Unavailable():
            # Nobody's message is lost over a sender that cannot send: it is whoever's is well.
            due = now + max(FIRST_RETRY, timedelta(seconds=failed.after))
            return Outcome(claimed, "queued", error=failed.reason, due_at=due, untried=True)
        case _ if not failed.retry or claimed.attempts >= MOST_ATTEMPTS:
            return Outcome(claimed, "failed", error=failed.reason)
        case _:
            wait = min(FIRST_RETRY * 2 ** (claimed.attempts - 1), LONGEST_RETRY)
            due = now + max(wait, timedelta(seconds=failed.after))
            return Outcome(claimed, "queued", error=failed.reason, due_at=due)


async def ask(
    sender: Sender, reference: str, claimed: Claimed, now: datetime
) -> Sequence[Sent] | str:
    """What the provider took that may be this row, or why it does not say."""
    try:
        # What was sent later is another message's: a send never outlives its lease.
        taken = await sender.look_up(
            outgoing(reference, claimed, now), claimed.claimed_at, claimed.claimed_at + LEASE
        )
    except Exception as error:  # noqa: BLE001 - asked again later, whatever it was
        log.warning("%s: look-up failed: %s", sender.label, type(error).__name__)
        return "look-up failed"
    return "cannot be asked" if taken is None else taken


def resolve(
    claimed: Claimed, taken: Sequence[Sent] | str, others: set[str], now: datetime
) -> Outcome:
    """Settle a doubt by the provider's word. `others` are ids of messages that are other rows'.

    Taken: accepted. Never seen: queued again. No answer, or a provider that cannot be asked: it stays
    unknown, since a second text at the wrong moment does more harm than a missing one.
    """
    if claimed.has_receipt:
        return Outcome(claimed, "accepted")
    if isinstance(taken, str):
        return Outcome(claimed, "unknown", error=taken)
    perhaps = [sent for sent in taken if sent.provider_id not in others]
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
