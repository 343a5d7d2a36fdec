"""Who asked to pass a case on, to whom and what of it, what the contact said, and what came of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Handoff(Base):
    """Goes with its case. Holds no words: the question and the answer are in the sealed thread."""

    __tablename__ = "handoffs"
    __table_args__ = (
        # One question at a time: a yes can only mean this one.
        Index(
            "ix_handoffs_open",
            "case_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'agreed')"),
        ),
        Index("ix_handoffs_case", "case_id", "id"),
        # The last line of defence: whatever the code does, nothing is passed without a ground.
        CheckConstraint(
            "state <> 'passed' OR (ground IS NOT NULL AND (ground IN ('inside', 'danger', 'child', 'law')"
            " OR (ground = 'consent' AND answered_at IS NOT NULL)))",
            name="ground",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    from_team: Mapped[str]
    to_team: Mapped[str]
    # What of the case the other team is given, of `hotline.handoff.PARTS`.
    parts: Mapped[list[str]]
    state: Mapped[str]
    # Who of ours asked; who passed it on without asking.
    by_staff: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    # When the question was put, for the last time.
    asked_at: Mapped[datetime]
    # The question as an entry of the thread; whether nothing was said to the contact after it.
    question_id: Mapped[int | None]
    stands: Mapped[bool] = mapped_column(server_default=text("true"))
    answered_at: Mapped[datetime | None]
    # Why it could be passed: "consent", "inside" the line, or the reason for not asking.
    ground: Mapped[str | None]
    passed_at: Mapped[datetime | None]
    # Entries of the thread up to this number stay with who passed it on.
    withheld_to: Mapped[int] = mapped_column(server_default=text("0"))
