"""A line is a helpline with its own senders, languages, teams and counts."""

from datetime import datetime

from sqlalchemy import SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    languages: Mapped[list[str]]
    time_zone: Mapped[str]
    demonstration: Mapped[bool]
    # How many people one caseworker on duty can answer at a time: campaigns slow down before more wait.
    capacity: Mapped[int] = mapped_column(SmallInteger, server_default=text("5"))
    # ISO 4217, of the prices of segments.
    currency: Mapped[str] = mapped_column(server_default=text("'USD'"))
    # How long a period of published counts is: "week" or "month".
    period: Mapped[str] = mapped_column(server_default=text("'month'"))


class Heartbeat(Base):
    """A worker that is alive says so every few seconds."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
