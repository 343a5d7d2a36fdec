"""The outbox: the truth of what has to be sent, and for a while of what became of it."""

from datetime import datetime

from sqlalchemy import Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class OutboxBody(Base):
    """One text that many rows share: a campaign's variant in one language."""

    __tablename__ = "outbox_bodies"

    id: Mapped[int] = mapped_column(primary_key=True)
    body_sealed: Mapped[bytes]


class Outbox(Base):
    __tablename__ = "outbox"
    __table_args__ = (
        # Only what is due is in this index: claiming stays fast however much was sent before.
        Index(
            "ix_outbox_due",
            "channel",
            "priority",
            "due_at",
            "id",
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_outbox_in_doubt",
            "channel",
            "lease_until",
            postgresql_where=text("state IN ('sending', 'unknown')"),
        ),
        Index(
            "ix_outbox_recipient",
            "campaign_id",
            "recipient_hash",
            unique=True,
            postgresql_where=text("campaign_id IS NOT NULL"),
        ),
        Index(
            "ix_outbox_provider_hash",
            "provider_hash",
            postgresql_where=text("provider_hash IS NOT NULL"),
        ),
        Index("ix_outbox_contact", "contact_id", postgresql_where=text("contact_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int]
    channel: Mapped[str]
    language: Mapped[str]
    # No foreign keys here: they cost a third of the speed of queueing a campaign.
    contact_id: Mapped[int | None]
    campaign_id: Mapped[int | None]
    recipient_hash: Mapped[bytes | None]
    priority: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str]
    receipt: Mapped[str | None]
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    segments: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # Campaigns only: which of the two texts of a split.
    variant: Mapped[str | None]
    # Campaigns only: when the recipient's day is over, and in which zone the next one begins.
    closes_at: Mapped[datetime | None]
    time_zone: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    address_sealed: Mapped[bytes | None]
    body_sealed: Mapped[bytes | None]
    # Bodies go after the last of their rows.
    body_id: Mapped[int | None]
    provider_hash: Mapped[bytes | None]


class Tally(Base):
    """How many messages of a campaign ended how: kept with each move, so that no look counts a million rows.

    Spread over slots and added up when read, as counters are.
    """

    __tablename__ = "campaign_tallies"

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    variant: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    n: Mapped[int]
