"""The people who answer, plan and supervise, and their sessions."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Staff(Base):
    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    login: Mapped[str] = mapped_column(unique=True)
    # What contacts read: "Sam is with you now".
    display_name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str]
    password_hash: Mapped[str]
    # A one-time password opens one page only: the one that sets the person's own.
    one_time: Mapped[bool] = mapped_column(server_default=text("true"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    # Teams whose cases they work on, and languages they answer in; empty: every one. A partner has theirs.
    teams: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    speaks: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    # Trained for children.
    for_children: Mapped[bool] = mapped_column(server_default=text("false"))
    # How many cases at a time at most, and how many of those that cannot wait: nobody breaks over it.
    most_cases: Mapped[int] = mapped_column(SmallInteger, server_default=text("8"))
    most_urgent: Mapped[int] = mapped_column(SmallInteger, server_default=text("3"))


class StaffSession(Base):
    __tablename__ = "staff_sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    # Which kind of browser, in two words: "Firefox, Android".
    browser: Mapped[str] = mapped_column(server_default=text("''"))
    # Its screen is covered: it opens nothing until its owner is back.
    locked: Mapped[bool] = mapped_column(server_default=text("false"))


class Audit(Base):
    """Who of ours did what, with which case. Never anything about a contact."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_line", "line_id", "at"),
        Index("ix_audit_case", "case_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    at: Mapped[datetime]
    # Empty for what the line itself did.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    # One of `hotline.audit.Act`.
    act: Mapped[str]
    # A case's number stays when the case is gone: it tells nothing about anybody.
    case_id: Mapped[int | None]
    # Facts from closed lists: a team, a role, the number of a colleague. Checked when it is written.
    about: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


class LoginFailure(Base):
    """Counts failed sign-ins by a hash of the login, whether or not it exists."""

    __tablename__ = "login_failures"
    __table_args__ = (Index("ix_login_failures_key", "key_hash", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[bytes]
    at: Mapped[datetime]
