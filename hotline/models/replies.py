"""Answers that are kept ready: one by what it is for, its texts by language."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class ReadyReply(Base):
    __tablename__ = "ready_replies"
    __table_args__ = (UniqueConstraint("line_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    # Which one of those that come with the software it is; empty for one of the line's own.
    name: Mapped[str | None]
    # One that comes with the software stays here when nobody wants it, or it would be back.
    removed_at: Mapped[datetime | None]


class ReadyText(Base):
    """What somebody of the line wrote, or read and found good. Others are as they came."""

    __tablename__ = "ready_texts"

    reply_id: Mapped[int] = mapped_column(
        ForeignKey("ready_replies.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    changed_at: Mapped[datetime]
    # Empty while it is a draft.
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reviewed_at: Mapped[datetime | None]
