"""A case is a person who wants one of ours to answer, and the thread between them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Case(Base):
    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_open", "line_id", "urgency", postgresql_where=text("state <> 'closed'")),
        Index(
            "ix_cases_unanswered",
            "line_id",
            postgresql_where=text("waits_since IS NOT NULL AND state <> 'closed'"),
        ),
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
    # The person asked to be forgotten: what was said goes when one of ours has seen this, or in a day.
    forgotten_at: Mapped[datetime | None]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    # When the oldest words of the contact that nobody has answered came (`hotline.waiting`), since when
    # this stands still because the safe word is up, and how far those who are called for it have got.
    waits_since: Mapped[datetime | None]
    hushed_at: Mapped[datetime | None]
    stage: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    # When the contact was last told that nobody is there, and when somebody will be.
    hours_told_at: Mapped[datetime | None]
    # Everything sealed here is sealed to this key, which the server made and whose other half it
    # gave away (`case_keys`): it can write and not read. Empty when the words are destroyed.
    public_key: Mapped[bytes | None]
    # What the case is about, and, once the contact agreed, what was answered.
    summary_sealed: Mapped[bytes | None]
    answers_sealed: Mapped[bytes | None]
    # When the contact may be written to (`hotline.writing.Agreed`): sealed to the service, which has to know.
    agreed_sealed: Mapped[bytes | None]


class CaseMessage(Base):
    __tablename__ = "case_messages"
    __table_args__ = (
        Index("ix_case_messages_case", "case_id", "id"),
        # A reply that a browser sends again because it heard no answer is there once.
        Index(
            "ix_case_messages_reply",
            "case_id",
            "reply_name",
            unique=True,
            postgresql_where=text("reply_name IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    author: Mapped[str]
    at: Mapped[datetime]
    body_sealed: Mapped[bytes]
    # The outbox row that carries it, to show whether it arrived.
    outbox_id: Mapped[int | None]
    # What the browser called the reply when it was written.
    reply_name: Mapped[str | None]
    # Not to be sent before it is safe.
    kept_until: Mapped[datetime | None]
