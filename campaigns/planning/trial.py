"""A text of a campaign on a colleague's phone before anybody else's: numbers are used and not kept.

It goes out like an answer of the helpline, belongs to no contact and no campaign, and is counted by neither.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import phones
from campaigns.models import TestSend
from campaigns.planning import content, plan, states
from campaigns.planning.states import PlanRefused
from hotline import bell, outbox
from hotline.body import Body
from hotline.channels import TELEGRAM
from hotline.models import Line, OptOut
from hotline.vault import Vault

MOST_NUMBERS: Final = 3
# A line's, within an hour: enough to try a text in every language, too few to text strangers with.
MOST_AN_HOUR: Final = 10
HOUR: Final = timedelta(hours=1)
APART: Final = re.compile(r"[,;\n]+")


def send(
    session: Session,
    vault: Vault,
    campaign_id: int,
    language: str,
    variant: content.Variant,
    numbers: str,
    usual: str,
    now: datetime,
) -> int:
    """Queue a text to `numbers`, with commas or lines between; gives how many. Raises PlanRefused.

    `usual` is the channel of campaigns whose rule names none.
    """
    campaign = states.editable(session, campaign_id)
    channel = plan.channel(campaign, usual)
    if channel == TELEGRAM:
        raise PlanRefused("trial.no_numbers_there")
    words = content.filled(session, campaign, channel).get((language, variant))
    if words is None:
        raise PlanRefused("plan.no_text_to_confirm")
    addresses = _addresses(numbers)
    _may(session, vault, campaign.line_id, addresses, now)
    for address in addresses:
        outbox.queue(
            session,
            vault,
            Body(words),
            line_id=campaign.line_id,
            channel=channel,
            language=language,
            address_sealed=vault.seal(address, "address"),
            contact_id=None,
            now=now,
        )
        session.add(TestSend(line_id=campaign.line_id, at=now))
    session.flush()
    bell.ring(session, f"outbox:{channel}")
    return len(addresses)


def _addresses(numbers: str) -> list[str]:
    written = [each.strip() for each in APART.split(numbers) if each.strip()]
    if not 0 < len(written) <= MOST_NUMBERS:
        raise PlanRefused("trial.how_many", most=MOST_NUMBERS)
    return list(dict.fromkeys(map(_address, written)))


def _address(number: str) -> str:
    try:
        # Of a country: a number without one is somebody else's in another.
        return phones.read(number, "").address
    except phones.PhoneUnusable:
        raise PlanRefused("trial.no_number") from None


def _may(session: Session, vault: Vault, line_id: int, addresses: list[str], now: datetime) -> None:
    # One after the other, so that two at once are not both the last.
    session.get_one(Line, line_id, with_for_update={"key_share": True})
    sent = session.scalar(
        select(func.count()).where(TestSend.line_id == line_id, TestSend.at > now - HOUR)
    )
    if (sent or 0) + len(addresses) > MOST_AN_HOUR:
        raise PlanRefused("trial.too_many", most=MOST_AN_HOUR)
    hashes = [each for address in addresses for each in vault.hashes(address)]
    stopped = select(OptOut.line_id).where(
        OptOut.line_id == line_id, OptOut.address_hash.in_(hashes)
    )
    if session.execute(stopped.limit(1)).first() is not None:
        raise PlanRefused("trial.said_stop")
