"""Counters, the only memory of outreach: how many, on which day, never who."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Counter(Base):
    __tablename__ = "counters"

    line_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    event: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    # A counter that everybody increments is a queue: it is spread over slots and added up when read.
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    n: Mapped[int]


class Release(Base):
    """What was published of a period, as it was published: never counted anew.

    A release begins the day after the last one ended, so no two of them share a day.
    """

    __tablename__ = "releases"

    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    since: Mapped[date] = mapped_column(Date, primary_key=True)
    until: Mapped[date] = mapped_column(Date)
    k: Mapped[int] = mapped_column(SmallInteger)
    # Set when noise was added instead: what it spent of the privacy budget, per event.
    epsilon: Mapped[float | None]
    tables: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime]
