"""Counters: all that is remembered about outreach. Increased in the transaction of the event.

Dimensions are a closed list: line, day, event, channel, language, campaign. The true numbers are read here
and nowhere else, for `hotline.releases` to publish what may be published of them.
"""

import secrets
from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hotline.models import Counter

EVENTS: Final = (
    "contacts",  # somebody wrote who was not known
    "conversations",  # a talk began
    "texts_in",
    "paths_help_now",
    "paths_situation",
    "paths_offer",
    "paths_someone_else",
    "paths_information",
    "paths_person",
    "screenings",
    "offers_checked",  # an offer was gone through for red flags
    "referrals",  # a case was opened
    "cases_closed",
    "opt_outs",
    "opt_ins",
    "signups_asked",  # somebody texted a sign-up code and was asked
    "signups_agreed",
    "erasures",
    "replies_accepted",
    "replies_failed",
    "campaign_planned",
    "campaign_accepted",
    "campaign_delivered",
    "campaign_undelivered",
    "campaign_failed",
    "campaign_suppressed",
    "segments",
)
SLOTS: Final = 64
# The language of who has not chosen one yet.
UNKNOWN: Final = ""

# Sorted input and one slot a transaction: two transactions never wait for each other in a circle.
INCREASE: Final = text(
    "INSERT INTO counters (line_id, day, event, channel, language, campaign_id, slot, n)"
    " SELECT :line_id, :day, e, c, l, k, :slot, n"
    " FROM unnest(CAST(:events AS text[]), CAST(:channels AS text[]), CAST(:languages AS text[]),"
    " CAST(:campaigns AS bigint[]), CAST(:numbers AS bigint[])) AS t (e, c, l, k, n)"
    " ON CONFLICT (line_id, day, event, channel, language, campaign_id, slot)"
    " DO UPDATE SET n = counters.n + excluded.n"
)


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """One thing that happened. `language` may be empty when none is known yet."""

    event: str
    channel: str
    language: str = ""
    campaign_id: int = 0


def increase(session: Session, line_id: int, now: datetime, counts: Iterable[Count]) -> None:
    """Add one for each of `counts`, in the caller's transaction."""
    tally = sorted(Tally(counts).items())
    if not tally:
        return
    unknown = {count.event for count, _ in tally} - set(EVENTS)
    if unknown:
        raise ValueError(f"not a counted event: {', '.join(sorted(unknown))}")
    session.execute(
        INCREASE,
        {
            "line_id": line_id,
            "day": now.date(),
            "slot": secrets.randbelow(SLOTS),
            "events": [count.event for count, _ in tally],
            "channels": [count.channel for count, _ in tally],
            "languages": [count.language for count, _ in tally],
            "campaigns": [count.campaign_id for count, _ in tally],
            "numbers": [n for _, n in tally],
        },
    )


def tables(
    session: Session,
    line_id: int,
    days: Sequence[date],
    channels: Sequence[str],
    languages: Sequence[str],
) -> dict[str, dict[str, dict[str, int]]]:
    """True numbers of each event by dimension and value, zeros included.

    Only what the lists name comes out: a channel that is not in `channels` is left out altogether, a
    language that is not in `languages` is counted as not known.
    """
    known = [*languages, UNKNOWN]
    found = {
        event: {
            "language": dict.fromkeys(known, 0),
            "channel": dict.fromkeys(channels, 0),
            "day": dict.fromkeys((day.isoformat() for day in days), 0),
        }
        for event in EVENTS
    }
    rows = session.execute(
        select(Counter.event, Counter.language, Counter.channel, Counter.day, func.sum(Counter.n))
        .where(
            Counter.line_id == line_id,
            Counter.day.between(days[0], days[-1]),
            Counter.channel.in_(channels),
            Counter.event.in_(EVENTS),
        )
        .group_by(Counter.event, Counter.language, Counter.channel, Counter.day)
    )
    for event, language, channel, day, n in rows:
        by = found[event]
        by["language"][language if language in known else UNKNOWN] += int(n)
        by["channel"][channel] += int(n)
        by["day"][day.isoformat()] += int(n)
    return found


def first_day(session: Session, line_id: int, channels: Sequence[str]) -> date | None:
    """The first day on which anything was counted on these channels."""
    return session.scalar(
        select(func.min(Counter.day)).where(
            Counter.line_id == line_id, Counter.channel.in_(channels)
        )
    )


def suppress(n: int, k: int) -> int | None:
    """A number that stands by itself as it may be shown; None stands for "fewer than k"."""
    return None if n < k else n - n % k
