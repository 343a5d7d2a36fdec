"""Notices to staff: what is to be told, by which means, to whom, where, and what became of it.

Nothing of a contact is in here, and what is to be told names no case: only that something of a kind is.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class NoticeCall(Base):
    """Something happened that staff are to be told of. Gone as soon as it is known whom and how."""

    __tablename__ = "notice_calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    # One of `hotline.notices.Kind`.
    what: Mapped[str]
    # Who is on duty of this team, or else these members.
    team: Mapped[str | None]
    staff_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    at: Mapped[datetime]


class Notice(Base):
    """What one member is told of one kind by one means: one row, however much happens."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_due", "by", "due_at", postgresql_where=text("state = 'queued'")),
    )

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    what: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(primary_key=True)
    # One of `hotline.notices.ledger.State`.
    state: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    # Asked for once more while it was being sent.
    again: Mapped[bool] = mapped_column(server_default=text("false"))
    told_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    lease_until: Mapped[datetime | None]
    # Why the last one was not told, in a word of ours.
    trouble: Mapped[str] = mapped_column(server_default=text("''"))


class NoticeRules(Base):
    """What a member chose. Who chose nothing has no row."""

    __tablename__ = "notice_rules"

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    # By which means, for each kind: {"case.urgent": ["browser", "telegram"]}.
    chosen: Mapped[dict[str, list[str]]] = mapped_column(JSONB)
    # Own quiet hours, as minutes of the day in their own time zone; none: both are empty.
    quiet_from: Mapped[int | None] = mapped_column(SmallInteger)
    quiet_until: Mapped[int | None] = mapped_column(SmallInteger)
    time_zone: Mapped[str]
    on_duty_only: Mapped[bool]
    breaks_through: Mapped[bool]


class NoticeAddress(Base):
    """Where a member is told outside of the desk: used once they have shown that it is theirs."""

    __tablename__ = "notice_addresses"
    __table_args__ = (UniqueConstraint("staff_id", "by"), UniqueConstraint("token_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    by: Mapped[str]
    # Empty until a chat is linked.
    address_sealed: Mapped[bytes | None]
    # What shows that it is theirs: a code that is mailed, or a hash of what a link carries.
    code_sealed: Mapped[bytes | None]
    token_hash: Mapped[bytes | None]
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class CaseLook(Base):
    """When who has taken a case last looked at it: what they have seen they are not told of."""

    __tablename__ = "case_looks"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime]
