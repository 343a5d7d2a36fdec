"""Subscribers who agreed to campaign messages, campaigns, and their texts."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models import Base


class Subscriber(Base):
    __tablename__ = "subscribers"
    __table_args__ = (UniqueConstraint("line_id", "address_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    address_hash: Mapped[bytes]
    address_sealed: Mapped[bytes]
    language: Mapped[str]
    # An IANA name, or empty: then the line's own zone decides when it is night.
    time_zone: Mapped[str]
    consent_source: Mapped[str]
    consent_date: Mapped[date | None] = mapped_column(Date)


class Campaign(Base):
    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    name: Mapped[str]
    state: Mapped[str]
    channel: Mapped[str] = mapped_column(server_default=text("''"))
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    # What was submitted and then approved, as a hash of audience, texts and schedule.
    content_hash: Mapped[bytes | None]
    # None: as soon as it is scheduled.
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    # The hours of a recipient's day in which it may be sent, as HH:MM; 24:00 is midnight's end.
    window_from: Mapped[str] = mapped_column(server_default=text("'08:00'"))
    window_to: Mapped[str] = mapped_column(server_default=text("'21:00'"))
    # Who subscribed after it was submitted is not in what was approved.
    audience_to: Mapped[int] = mapped_column(server_default=text("0"))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    planned: Mapped[int] = mapped_column(server_default=text("0"))
    opted_out: Mapped[int] = mapped_column(server_default=text("0"))
    # Keyset: the last subscriber whose row stands in the outbox.
    expanded_to: Mapped[int] = mapped_column(server_default=text("0"))
    expanded: Mapped[bool] = mapped_column(server_default=text("false"))
    # It was paused: some of its rows may still be held.
    holds: Mapped[bool] = mapped_column(server_default=text("false"))
    # Destroyed when the campaign closes: then nobody can tell who was in it.
    ledger_key_sealed: Mapped[bytes | None]
    # The balance sheet at the close, when the rows it was counted from are about to go.
    balance: Mapped[str | None]
    # Nothing of it is left in the outbox; there is nothing more to do.
    cleared: Mapped[bool] = mapped_column(server_default=text("false"))


class CampaignText(Base):
    __tablename__ = "campaign_texts"

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    body_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_bodies.id"))
