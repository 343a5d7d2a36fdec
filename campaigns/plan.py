"""A campaign's way from a draft to its end. What a second person approved is what may be sent.

    draft ──► submitted ──► approved ──► scheduled ──► running ◄─► paused
      ▲           │             │            │            │          │
      └───────────┴─────────────┴────────────┘            └──────────┴──► done
      any change voids the approval                        cancelled, from everywhere before done

The approval is of a hash over texts, audience and schedule; the approver is somebody else than who made
or submitted it.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Final, Literal, cast, get_args

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from campaigns import subscribers
from campaigns.models import Campaign, CampaignText
from campaigns.quiet import Window
from hotline.models import Line

State = Literal[
    "draft", "submitted", "approved", "scheduled", "running", "paused", "done", "cancelled"
]
STATES: Final = cast("tuple[State, ...]", get_args(State))
TRANSITIONS: Final[dict[State, frozenset[State]]] = {
    "draft": frozenset({"submitted", "cancelled"}),
    "submitted": frozenset({"draft", "approved", "cancelled"}),
    "approved": frozenset({"draft", "scheduled", "cancelled"}),
    "scheduled": frozenset({"draft", "running", "cancelled"}),
    "running": frozenset({"paused", "done", "cancelled"}),
    "paused": frozenset({"running", "done", "cancelled"}),
    "done": frozenset(),
    "cancelled": frozenset(),
}
EDITABLE: Final[frozenset[State]] = frozenset({"draft", "submitted", "approved", "scheduled"})
# Any number: the advisory lock of a line's campaigns is this plus the line's id.
LOCK: Final = 7_205_200_000
LONGEST_TEXT: Final = 1600  # characters Twilio takes in one message
LONGEST_NAME: Final = 100
LONGEST_CAMPAIGN: Final = timedelta(days=60)


class PlanRefused(Exception):
    """What was asked of a campaign cannot be done. `reason` is a message id of the staff catalog."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def create(session: Session, line_id: int, name: str, staff_id: int) -> int:
    """A new draft. Raises PlanRefused."""
    campaign = Campaign(line_id=line_id, name=_name(name), state="draft", created_by=staff_id)
    session.add(campaign)
    session.flush()
    return campaign.id


def rename(session: Session, campaign_id: int, name: str) -> None:
    """The name is the staff's own word for it: nobody else reads it, and no approval hangs on it."""
    locked(session, campaign_id).name = _name(name)


def set_text(session: Session, campaign_id: int, language: str, words: str) -> None:
    """What people who read `language` get; without words they get nothing. Raises PlanRefused."""
    campaign = _editable(session, campaign_id)
    words = words.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(words) > LONGEST_TEXT:
        raise PlanRefused("plan.text_too_long")
    if language not in session.get_one(Line, campaign.line_id).languages:
        raise PlanRefused("plan.language_unknown")
    if words == texts(session, campaign_id).get(language, ""):
        return
    if words:
        session.execute(
            upsert(CampaignText)
            .values(campaign_id=campaign_id, language=language, text=words)
            .on_conflict_do_update(
                index_elements=["campaign_id", "language", "variant"], set_={"text": words}
            )
        )
    else:
        session.execute(
            delete(CampaignText).where(
                CampaignText.campaign_id == campaign_id, CampaignText.language == language
            )
        )
    _void(session, campaign)


def set_window(
    session: Session,
    campaign_id: int,
    starts_at: datetime | None,
    ends_at: datetime,
    hours: Window,
) -> None:
    """When it is sent: from `starts_at` (None: once scheduled) to `ends_at`, within `hours` of a day."""
    campaign = _editable(session, campaign_id)
    if not hours.valid:
        raise PlanRefused("plan.hours_wrong")
    if starts_at is not None and ends_at <= starts_at:
        raise PlanRefused("plan.ends_before_start")
    if starts_at is not None and ends_at - starts_at > LONGEST_CAMPAIGN:
        raise PlanRefused("plan.too_long")
    new = (starts_at, ends_at, hours.opens, hours.closes)
    if new != (campaign.starts_at, campaign.ends_at, campaign.window_from, campaign.window_to):
        campaign.starts_at, campaign.ends_at, campaign.window_from, campaign.window_to = new
        _void(session, campaign)


def submit(session: Session, campaign_id: int, staff_id: int, now: datetime) -> None:
    """Hand it to a second person. Raises PlanRefused."""
    campaign = locked(session, campaign_id)
    if not texts(session, campaign_id):
        raise PlanRefused("plan.no_text")
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


def schedule(session: Session, campaign_id: int, channel: str, now: datetime) -> None:
    """Let it start at its time, on `channel`. Raises PlanRefused."""
    campaign = locked(session, campaign_id)
    _in_time(campaign, now)
    move(campaign, "scheduled")
    campaign.channel = channel
    session.flush()


def redraft(session: Session, campaign_id: int) -> None:
    """Take it back to be changed; it needs a new approval. Raises PlanRefused."""
    campaign = _editable(session, campaign_id)
    _void(session, campaign)


def locked(session: Session, campaign_id: int) -> Campaign:
    """The campaign's row, locked until the transaction ends. Raises PlanRefused."""
    campaign = session.scalar(
        select(Campaign)
        .where(Campaign.id == campaign_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if campaign is None:
        raise PlanRefused("plan.unknown")
    return campaign


def steered(session: Session, campaign_id: int) -> Campaign:
    """The campaign's row, once nobody else expands, steers or closes one of its line."""
    line_id = session.scalar(select(Campaign.line_id).where(Campaign.id == campaign_id))
    if line_id is not None:
        only_one(session, line_id)
    return locked(session, campaign_id)


def only_one(session: Session, line_id: int) -> None:
    """One transaction at a time expands, steers or closes a line's campaigns, and none while somebody
    says stop: whoever stopped is either seen as stopped or found in the ledger.
    """
    session.execute(select(func.pg_advisory_xact_lock(LOCK + line_id)))


def stopping(session: Session, line_id: int) -> None:
    """The other side of `only_one`: any number of people may say stop at once."""
    session.execute(select(func.pg_advisory_xact_lock_shared(LOCK + line_id)))


def move(campaign: Campaign, state: State) -> None:
    """Along one of the ways there are. Raises PlanRefused."""
    if state not in TRANSITIONS[cast("State", campaign.state)]:
        raise PlanRefused("plan.not_now")
    campaign.state = state


def texts(session: Session, campaign_id: int) -> dict[str, str]:
    found = session.execute(
        select(CampaignText.language, CampaignText.text)
        .where(CampaignText.campaign_id == campaign_id)
        .order_by(CampaignText.language)
    )
    return dict(found.all())


def window(campaign: Campaign) -> Window:
    return Window(campaign.window_from, campaign.window_to)


def content_hash(session: Session, campaign: Campaign) -> bytes:
    """Of exactly what will be sent, to whom and when."""
    content = {
        "texts": texts(session, campaign.id),
        "audience_to": campaign.audience_to,
        "starts_at": campaign.starts_at and campaign.starts_at.timestamp(),
        "ends_at": campaign.ends_at and campaign.ends_at.timestamp(),
        "hours": [campaign.window_from, campaign.window_to],
    }
    told = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(told.encode(), digest_size=20).digest()


def _name(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise PlanRefused("plan.name_wrong")
    return name


def _editable(session: Session, campaign_id: int) -> Campaign:
    campaign = locked(session, campaign_id)
    if campaign.state not in EDITABLE:
        raise PlanRefused("plan.not_now")
    return campaign


def _in_time(campaign: Campaign, now: datetime) -> None:
    if campaign.ends_at is None:
        raise PlanRefused("plan.no_end")
    if campaign.ends_at <= now:
        raise PlanRefused("plan.end_is_past")
    if campaign.ends_at - (campaign.starts_at or now) > LONGEST_CAMPAIGN:
        raise PlanRefused("plan.too_long")


def _void(session: Session, campaign: Campaign) -> None:
    campaign.state = "draft"
    campaign.content_hash = campaign.submitted_by = campaign.approved_by = None
    session.flush()
