"""A campaign's way from a draft to a schedule. What a second person approved is what may be sent.

The approval is of a hash over all that is in a campaign's row and its texts but the bookkeeping below,
so that what is added one day is approved too; the approver is somebody else than who made or submitted it.
Any change makes it a draft again.
"""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from campaigns import subscribers
from campaigns.models import Campaign, CampaignText
from campaigns.planning import content, states
from campaigns.planning.audience import Rule
from campaigns.planning.content import (
    LONGEST_TEXT,
    set_fallback,
    set_split,
    set_text,
    sign_off,
    texts,
)
from campaigns.planning.states import (
    EDITABLE,
    STATES,
    TRANSITIONS,
    PlanRefused,
    State,
    locked,
    move,
    only_one,
    steered,
    stopping,
)
from campaigns.quiet import Window

__all__ = [
    "EDITABLE",
    "LONGEST_TEXT",
    "STATES",
    "TRANSITIONS",
    "PlanRefused",
    "State",
    "approve",
    "channel",
    "content_hash",
    "create",
    "locked",
    "move",
    "only_one",
    "redraft",
    "rename",
    "schedule",
    "set_audience",
    "set_fallback",
    "set_split",
    "set_text",
    "set_window",
    "sign_off",
    "steered",
    "stopping",
    "submit",
    "texts",
    "window",
]

LONGEST_NAME: Final = 100
LONGEST_CAMPAIGN: Final = timedelta(days=60)
# What is not approved: whose campaign it is, how far it is, and what is made of it once it runs.
BOOKKEEPING: Final[dict[type, frozenset[str]]] = {
    Campaign: frozenset(
        {
            # The name is the staff's own; the channel follows from the rule when it is scheduled.
            *("id", "line_id", "name", "channel", "series_id"),
            *("state", "created_by", "submitted_by", "approved_by", "content_hash"),
            *("started_at", "finished_at", "planned", "expanded_to", "expanded", "holds"),
            *("ledger_key_sealed", "balance", "cleared"),
        }
    ),
    CampaignText: frozenset({"campaign_id", "signed_off_by", "body_id"}),
}


def create(session: Session, line_id: int, name: str, staff_id: int) -> int:
    """A new draft. Raises PlanRefused."""
    campaign = Campaign(line_id=line_id, name=_name(name), state="draft", created_by=staff_id)
    session.add(campaign)
    session.flush()
    return campaign.id


def rename(session: Session, campaign_id: int, name: str) -> None:
    """The name is the staff's own word for it: nobody else reads it, and no approval hangs on it."""
    locked(session, campaign_id).name = _name(name)


def set_audience(session: Session, campaign_id: int, rule: Rule) -> None:
    """Who gets it. Raises PlanRefused."""
    campaign = states.editable(session, campaign_id)
    if len(rule.channels) > 1:
        raise PlanRefused("plan.one_channel")
    if rule.kept() != campaign.audience:
        campaign.audience = rule.kept()
        states.void(session, campaign)


def set_window(
    session: Session,
    campaign_id: int,
    starts_at: datetime | None,
    ends_at: datetime,
    hours: Window,
) -> None:
    """When it is sent: from `starts_at` (None: once scheduled) to `ends_at`, within `hours` of a day that
    is not quiet.
    """
    campaign = states.editable(session, campaign_id)
    if not hours.valid:
        raise PlanRefused("plan.hours_wrong")
    if starts_at is not None and ends_at <= starts_at:
        raise PlanRefused("plan.ends_before_start")
    if starts_at is not None and ends_at - starts_at > LONGEST_CAMPAIGN:
        raise PlanRefused("plan.too_long")
    if (starts_at, ends_at, hours) == (campaign.starts_at, campaign.ends_at, window(campaign)):
        return
    campaign.starts_at, campaign.ends_at = starts_at, ends_at
    campaign.window_from, campaign.window_to = hours.opens, hours.closes
    campaign.quiet_weekdays = sorted(hours.quiet_weekdays)
    campaign.quiet_dates = sorted(hours.quiet_dates)
    states.void(session, campaign)


def submit(
    session: Session, campaign_id: int, staff_id: int, now: datetime, *, usual: str = ""
) -> None:
    """Hand it to a second person; `usual` is the channel it goes on if its rule says nothing else.

    Raises PlanRefused.
    """
    campaign = locked(session, campaign_id)
    content.complete(session, campaign, channel(campaign, usual))
    _in_time(campaign, now)
    move(campaign, "submitted")
    campaign.audience_to = subscribers.newest(session, campaign.line_id)
    campaign.submitted_by = staff_id
    campaign.content_hash = content_hash(session, campaign)
    session.flush()


def approve(session: Session, campaign_id: int, staff_id: int, seen: bytes, now: datetime) -> None:
    """Approve what has the hash `seen`, as it was on the approver's page. Raises PlanRefused."""
    campaign = locked(session, campaign_id)
    if staff_id in (campaign.created_by, campaign.submitted_by):
        raise PlanRefused("plan.own_campaign")
    if not seen == campaign.content_hash == content_hash(session, campaign):
        raise PlanRefused("plan.changed_meanwhile")
    _in_time(campaign, now)
    move(campaign, "approved")
    campaign.approved_by = staff_id
    session.flush()


def schedule(session: Session, campaign_id: int, usual: str, now: datetime) -> None:
    """Let it start at its time, on the channel of its rule, else the `usual` one. Raises PlanRefused."""
    campaign = locked(session, campaign_id)
    _in_time(campaign, now)
    move(campaign, "scheduled")
    campaign.channel = channel(campaign, usual)
    content.filled(session, campaign)
    session.flush()


def redraft(session: Session, campaign_id: int) -> None:
    """Take it back to be changed; it needs a new approval. Raises PlanRefused."""
    states.void(session, states.editable(session, campaign_id))


def channel(campaign: Campaign, usual: str = "") -> str:
    """On which channel it goes: a rule names one at most."""
    return next(iter(Rule.of(campaign.audience).channels), usual)


def window(campaign: Campaign) -> Window:
    """The hours and days on which it may be sent."""
    return Window(
        campaign.window_from,
        campaign.window_to,
        frozenset(campaign.quiet_weekdays),
        frozenset(campaign.quiet_dates),
    )


def content_hash(session: Session, campaign: Campaign) -> bytes:
    """Of exactly what will be sent, to whom and when; of what comes again, also how often."""
    session.flush()
    plan = _approved(campaign)
    if campaign.repeats:
        # Of a series the rule was approved: whoever has subscribed when an occurrence starts is in it.
        del plan["audience_to"]
    said = [_approved(row) for row in content.rows(session, campaign.id)]
    told = json.dumps([plan, said, content.facts_used(session, campaign)], sort_keys=True)
    return hashlib.blake2b(told.encode(), digest_size=20).digest()


def _approved(row: Campaign | CampaignText) -> dict[str, Any]:
    names = {column.key for column in inspect(type(row)).column_attrs} - BOOKKEEPING[type(row)]
    return {name: _told(getattr(row, name)) for name in names}


def _told(value: Any) -> Any:
    """As JSON tells it: one way for each moment and each list."""
    match value:
        case datetime():
            return value.timestamp()
        case date():
            return value.isoformat()
        case list():
            return [_told(each) for each in cast("list[Any]", value)]
        case _:
            return value


def _name(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise PlanRefused("plan.name_wrong")
    return name


def _in_time(campaign: Campaign, now: datetime) -> None:
    if campaign.ends_at is None:
        raise PlanRefused("plan.no_end")
    if campaign.ends_at <= now:
        raise PlanRefused("plan.end_is_past")
    if campaign.ends_at - (campaign.starts_at or now) > LONGEST_CAMPAIGN:
        raise PlanRefused("plan.too_long")
