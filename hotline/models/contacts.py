"""A contact is a keyed hash to be found by, a sealed address to be answered at, and a sealed state."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Contact(Base):
    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("line_id", "address_hash"),
        Index(
            "ix_contacts_handle",
            "line_id",
            "handle",
            postgresql_where=text("handle IS NOT NULL"),
        ),
        # Every text updates a row: with room on its page and no index on the time, no index is touched.
        {"postgresql_with": {"fillfactor": 70}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    channel: Mapped[str]
    address_hash: Mapped[bytes]
    address_sealed: Mapped[bytes]
    language: Mapped[str]
    state_sealed: Mapped[bytes | None]
    heard_at: Mapped[datetime]
    # The number of two words the desk calls them by; drawn by lot when a case is opened.
    handle: Mapped[int | None]


class OptOut(Base):
    """Survives erasure: a keyed hash and nothing else, so that nobody is texted again by mistake."""

    __tablename__ = "opt_outs"

    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    address_hash: Mapped[bytes] = mapped_column(primary_key=True)


class InboundSeen(Base):
    """A webhook delivered twice is answered once. Holds a hash of the provider's id, for days."""

    __tablename__ = "inbound_seen"
    provider_hash: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime]
