"""Counters, the only memory of outreach: how many, on which day, never who."""

from datetime import date

from sqlalchemy import Date, SmallInteger
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
