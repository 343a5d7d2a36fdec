"""A case is a person who wants one of ours to answer, and the thread between them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Case(Base):
    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_open", "line_id", "urgency", postgresql_where=text("state <> 'closed'")),
        # One open case a contact: what they write has one place to go.
        Index(
            "ix_cases_contact",
            "contact_id",
            unique=True,
            postgresql_where=text("state <> 'closed' AND contact_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    # Gone when the person asked to be forgotten.
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    channel: Mapped[str]
    language: Mapped[str]
    team: Mapped[str]
    urgency: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str]
    # The contact raised the safe word: nothing may be written until they lift it.
    covered: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    forgotten: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    summary_sealed: Mapped[bytes | None]


class CaseMessage(Base):
    __tablename__ = "case_messages"
    __table_args__ = (Index("ix_case_messages_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    author: Mapped[str]
    at: Mapped[datetime]
    body_sealed: Mapped[bytes]
    # The outbox row that carries it, to show whether it arrived.
    outbox_id: Mapped[int | None]
