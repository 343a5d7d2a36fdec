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
    # Where the helpline is reached, as texts of campaigns name it: a number, and the bot at Telegram.
    number: Mapped[str] = mapped_column(server_default=text("''"))
    bot: Mapped[str] = mapped_column(server_default=text("''"))
    # How long a period of published counts is: "week" or "month".
    period: Mapped[str] = mapped_column(server_default=text("'month'"))
    # Whether everybody needs a second factor, and after how many minutes of nothing a screen locks.
    second_factor: Mapped[bool] = mapped_column(server_default=text("false"))
    idle_minutes: Mapped[int] = mapped_column(SmallInteger, server_default=text("5"))


class Heartbeat(Base):
    """A worker that is alive says so every few seconds."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class SenderHealth(Base):
    """How a sender fares, as whoever holds its lock says every few seconds. No number is in it."""

    __tablename__ = "sender_health"

    # The sender's own name, a hash where the sender is a number.
    name: Mapped[str] = mapped_column(primary_key=True)
    # What people call it: "sms campaigns 2".
    label: Mapped[str]
    # Failures in a row, and the last one's code.
    failures: Mapped[int]
    reason: Mapped[str]
    rests_until: Mapped[datetime | None]
    at: Mapped[datetime]
