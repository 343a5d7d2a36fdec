"""Subscribers who agreed to campaign messages, campaigns, and their texts."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint, text
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
    time_zone: Mapped[str]
    consent_source: Mapped[str]
    consent_date: Mapped[date | None] = mapped_column(Date)


class Campaign(Base):
    __tablename__ = "campaigns"
    __table_args__ = (
        Index(
            "ix_campaigns_live",
            "state",
            postgresql_where=text("state IN ('scheduled', 'running', 'paused')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    name: Mapped[str]
    state: Mapped[str]
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    # What was approved, as a hash of audience, texts and schedule.
    content_hash: Mapped[bytes | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    planned: Mapped[int] = mapped_column(server_default=text("0"))
    # Keyset: the last subscriber whose row stands in the outbox.
    expanded_to: Mapped[int] = mapped_column(server_default=text("0"))
    expanded: Mapped[bool] = mapped_column(server_default=text("false"))
    # Destroyed when the campaign closes: then nobody can tell who was in it.
    ledger_key_sealed: Mapped[bytes | None]
    # The balance sheet at the close, when the rows it was counted from are gone.
    balance: Mapped[str | None]


class CampaignText(Base):
    __tablename__ = "campaign_texts"

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    body_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_bodies.id"))
