"""A series: a campaign that comes again every day, week or month, each time as a campaign of its own.

What a second person approved is the content and the repetition, so what comes next carries the approval
as long as nothing else stands there. The next one is made when the latest is over, or when its time has
come, under the lock of the line: none is made twice. What was missed is not made up for.

A pause is a brake that the calendar does not release: after one that was still paused when it ended the
next is a draft, which people look at and approve anew. One that was cancelled is followed as if it had
been sent; a series ends by its date or by `end`.

A step of a drip series is a daily one whose rule says how many days after they agreed people get it. Each
of its days is for other people, so that one may still wait for Monday while the next begins.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.models import Campaign, CampaignText
from campaigns.planning import content, plan, rhythm, states, steering
from campaigns.planning.audience import Rule
from campaigns.planning.rhythm import Times
from campaigns.planning.states import PlanRefused
from hotline.models import Line

# What one occurrence hands on to the next, besides its texts; the rest is its own or made anew.
HANDED_ON: Final = (
    "line_id",
    "channel",
    "created_by",
    "audience",
    "fallback_language",
    "b_share",
    "repeats",
    "repeat_until",
    "window_from",
    "window_to",
    "quiet_weekdays",
    "quiet_dates",
)
# So far back is looked for the day that a monthly series was meant to be on.
REMEMBERED: Final = 12

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Occurrence:
    campaign_id: int
    state: str
    starts_at: datetime | None


@dataclass(frozen=True, slots=True)
class Series:
    """`number` is which of the occurrences, from 1, was asked for; they are in order of time.

    `next_at` is when the next begins, None when there will be none; `repeats` is "" when it was ended.
    """

    repeats: str
    until: datetime | None
    number: int
    occurrences: Sequence[Occurrence]
    next_at: datetime | None


def set_repeat(session: Session, campaign_id: int, repeats: str, until: datetime | None) -> None:
    """Let it come again, or once only (""); no occurrence begins after `until`. Raises PlanRefused.

    Call it after window and audience were set: it looks at both.
    """
    campaign = states.editable(session, campaign_id)
    until = until if repeats else None
    if repeats and repeats not in rhythm.REPEATS:
        raise PlanRefused("series.unknown")
    if repeats:
        _fits(session, campaign, repeats, until)
    if (repeats, until) == (campaign.repeats, campaign.repeat_until):
        return
    campaign.repeats, campaign.repeat_until = repeats, until
    if repeats:
        campaign.series_id = campaign.series_id or campaign.id
    elif campaign.series_id == campaign.id:
        campaign.series_id = None
    states.void(session, campaign)


def follow_up(session: Session, line_id: int, now: datetime) -> list[int]:
    """Make the next of every series of the line that is ready for it; the campaigns that were made."""
    if not _ready(session, line_id, now):
        return []
    plan.only_one(session, line_id)
    # Again: somebody else may have made the next meanwhile.
    return [_follow(session, latest, next_) for latest, next_ in _ready(session, line_id, now)]


def end(session: Session, campaign_id: int, now: datetime) -> None:
    """Nothing of this series comes any more: what has not begun is cancelled, what is being sent goes on.

    To leave out one occurrence is to cancel it (`steering.cancel`). Raises PlanRefused.
    """
    plan.steered(session, campaign_id)
    rows = _rows(session, campaign_id)
    if not rows or not rows[-1].repeats:
        raise PlanRefused("series.over")
    latest = plan.locked(session, rows[-1].id)
    latest.repeats = ""
    session.flush()
    if latest.state in plan.EDITABLE:
        steering.cancel(session, latest.id, now)


def describe(session: Session, campaign_id: int, now: datetime) -> Series | None:
    """The series that a campaign is of; None when it is of none."""
    rows = _rows(session, campaign_id)
    if not rows:
        return None
    latest = rows[-1]
    upcoming = latest.state in plan.EDITABLE
    times = None if upcoming or not latest.repeats else _next(session, latest, now)
    return Series(
        latest.repeats,
        latest.repeat_until,
        1 + [row.id for row in rows].index(campaign_id),
        [Occurrence(row.id, row.state, row.starts_at) for row in rows],
        latest.starts_at if upcoming else times and times.starts_at,
    )


def _fits(session: Session, campaign: Campaign, repeats: str, until: datetime | None) -> None:
    times = _times(campaign)
    if campaign.starts_at is None or times is None:
        raise PlanRefused("series.no_start")
    if until is not None and until < times.starts_at:
        raise PlanRefused("series.until_before_start")
    second = next(rhythm.coming(times, repeats, _zone(session, campaign)))
    if times.ends_at > second.starts_at and not _is_step(campaign):
        # Who waits for the morning would get two at once.
        raise PlanRefused("series.too_long")
    if _is_step(campaign) and repeats != "daily":
        # Most days would have nobody who sends their step.
        raise PlanRefused("series.step_not_daily")


def _ready(session: Session, line_id: int, now: datetime) -> list[tuple[Campaign, Times]]:
    """The latest of each series, and when the next one is, where it is time to make it."""
    found: list[tuple[Campaign, Times]] = []
    for latest in _latest(session, line_id, now):
        times = _next(session, latest, now)
        if times is None or latest.ends_at is None:
            continue
        over = latest.state in ("done", "cancelled") or latest.ends_at <= now
        if over or (latest.state == "running" and times.starts_at <= now):
            found.append((latest, times))
    return found


def _latest(session: Session, line_id: int, now: datetime) -> Sequence[Campaign]:
    """The latest of each series that goes on, if it has begun and was approved."""
    newest = (
        select(func.max(Campaign.id))
        .where(Campaign.line_id == line_id)
        .group_by(Campaign.series_id)
    )
    return session.scalars(
        select(Campaign)
        .where(
            Campaign.id.in_(newest.where(Campaign.series_id.is_not(None))),
            Campaign.repeats != "",
            Campaign.approved_by.is_not(None),
            Campaign.channel != "",
            Campaign.state.in_(("running", "paused", "done", "cancelled")),
            # What begins within its time may be sent a little later, and never after the longest.
            Campaign.repeat_until.is_(None) | (Campaign.repeat_until > now - plan.LONGEST_CAMPAIGN),
        )
        .order_by(Campaign.id)
        .execution_options(populate_existing=True)
    ).all()


def _follow(session: Session, latest: Campaign, times: Times) -> int:
    stands = latest.content_hash == plan.content_hash(session, latest)
    # `holds` is taken back only when it goes on.
    approved = stands and not latest.holds
    made = Campaign(
        **{name: getattr(latest, name) for name in HANDED_ON},
        name=_name(session, latest, times),
        series_id=latest.series_id,
        state="scheduled" if approved else "draft",
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        submitted_by=latest.submitted_by if approved else None,
        approved_by=latest.approved_by if approved else None,
    )
    session.add(made)
    session.flush()
    _hand_on_texts(session, latest, made, approved=approved)
    if approved:
        made.content_hash = plan.content_hash(session, made)
        session.flush()
    else:
        log.warning("campaign %d follows %d as a draft", made.id, latest.id)
    return made.id


def _hand_on_texts(session: Session, latest: Campaign, made: Campaign, *, approved: bool) -> None:
    session.add_all(
        CampaignText(
            campaign_id=made.id,
            language=row.language,
            variant=row.variant,
            text=row.text,
            signed_off_by=row.signed_off_by if approved else None,
        )
        for row in content.rows(session, latest.id)
    )
    session.flush()


def _name(session: Session, latest: Campaign, times: Times) -> str:
    """The name of the first, and the line's day on which this one begins."""
    zone, before = _zone(session, latest), _times(latest)
    name = latest.name
    if before is not None:
        name = name.removesuffix(f" {before.starts_at.astimezone(zone).date()}")
    day = f" {times.starts_at.astimezone(zone).date()}"
    return name[: plan.LONGEST_NAME - len(day)] + day


def _next(session: Session, latest: Campaign, now: datetime) -> Times | None:
    """The first after the latest that is not over yet; None after the end of the series."""
    past = [times for row in _rows(session, latest.id, REMEMBERED) if (times := _times(row))]
    if not past:
        return None
    zone = _zone(session, latest)
    kept = rhythm.kept(past, latest.repeats, zone)
    times = next(
        times
        for times in rhythm.coming(kept, latest.repeats, zone)
        if times.starts_at > past[-1].starts_at and times.ends_at > now
    )
    late = latest.repeat_until is not None and times.starts_at > latest.repeat_until
    return None if late else times


def _times(campaign: Campaign) -> Times | None:
    starts_at = campaign.starts_at or campaign.started_at
    if starts_at is None or campaign.ends_at is None:
        return None
    return Times(starts_at, campaign.ends_at)


def _rows(session: Session, campaign_id: int, most: int | None = None) -> list[Campaign]:
    """The campaigns of the series that this one is of, in order; the last `most` of them."""
    series_id = select(Campaign.series_id).where(Campaign.id == campaign_id).scalar_subquery()
    found = session.scalars(
        select(Campaign)
        .where(Campaign.series_id == series_id)
        .order_by(Campaign.id.desc())
        .limit(most)
        .execution_options(populate_existing=True)
    )
    return list(found)[::-1]


def _is_step(campaign: Campaign) -> bool:
    """Each is for other people: those who agreed so many days before it."""
    return Rule.of(campaign.audience).days_after is not None


def _zone(session: Session, campaign: Campaign) -> ZoneInfo:
    return ZoneInfo(session.get_one(Line, campaign.line_id).time_zone)
