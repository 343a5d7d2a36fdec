"""Colleagues who are expected: an invitation waits until somebody comes with its link."""

from datetime import datetime

from sqlalchemy import ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Invitation(Base):
    """What somebody will be when they join. The row goes when they do, and when it is withdrawn."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    display_name: Mapped[str]
    role: Mapped[str]
    # Of the pages; whoever joins may pick another.
    language: Mapped[str]
    teams: Mapped[list[str]]
    speaks: Mapped[list[str]]
    for_children: Mapped[bool]
    most_cases: Mapped[int] = mapped_column(SmallInteger)
    most_urgent: Mapped[int] = mapped_column(SmallInteger)
    invited_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
