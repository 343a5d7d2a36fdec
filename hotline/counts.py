"""Counters: all that is remembered about outreach. Increased in the transaction of the event.

Dimensions are a closed list: line, day, event, channel, language, campaign. None can hold a free text.
"""

import secrets
from collections import Counter as Tally
from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class Cell:
    """A number as it may be shown: None stands for "fewer than k"."""

    day: date
    event: str
    channel: str
    language: str
    n: int | None


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


def read(session: Session, line_id: int, since: date, until: date, k: int) -> list[Cell]:
    """Counts of the days `since` to `until`, by day, event, channel and language.

    A number below `k` is suppressed and a shown one is rounded down to a multiple of `k`, so that
    the difference of two tables points at nobody.
    """
    rows = session.execute(
        select(
            Counter.day,
            Counter.event,
            Counter.channel,
            Counter.language,
            func.sum(Counter.n).label("n"),
        )
        .where(Counter.line_id == line_id, Counter.day.between(since, until))
        .group_by(Counter.day, Counter.event, Counter.channel, Counter.language)
        .order_by(Counter.day.desc(), Counter.event, Counter.channel, Counter.language)
    )
    return [
        Cell(row.day, row.event, row.channel, row.language, suppress(int(row.n), k)) for row in rows
    ]


def suppress(n: int, k: int) -> int | None:
    return None if n < k else n - n % k
