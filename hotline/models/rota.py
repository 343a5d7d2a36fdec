"""When people of ours are there: shifts, changes of a day, holidays, who is away; and a line's own clocks."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Shift(Base):
    """Somebody is on duty for a team, or on call: every week, or on a single day.

    Times are minutes after midnight by the wall of `time_zone`. One that does not end after it starts
    ends on the next day.
    """

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("(weekday IS NULL) <> (day IS NULL)", name="when"),
        Index("ix_shifts_line", "line_id", "team"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    team: Mapped[str]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    # One of `hotline.rota.Kind`.
    kind: Mapped[str]
    # 0 is Monday.
    weekday: Mapped[int | None] = mapped_column(SmallInteger)
    day: Mapped[date | None] = mapped_column(Date)
    starts: Mapped[int] = mapped_column(SmallInteger)
    ends: Mapped[int] = mapped_column(SmallInteger)
    time_zone: Mapped[str]
    on_holidays: Mapped[bool] = mapped_column(server_default=text("false"))


class ShiftChange(Base):
    """On this day somebody else does a shift, or nobody: they swapped, or are ill."""

    __tablename__ = "shift_changes"

    shift_id: Mapped[int] = mapped_column(
        ForeignKey("shifts.id", ondelete="CASCADE"), primary_key=True
    )
    # The day on which the shift starts, by its own wall.
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))


class Holiday(Base):
    """A day on which weekly shifts fall out, unless they say otherwise."""

    __tablename__ = "holidays"

    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[str]


class Away(Base):
    """Somebody who gets no next case: on a break, or silent for too long."""

    __tablename__ = "aways"
    __table_args__ = (
        Index("ix_aways_now", "staff_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    # "break" or "silent".
    why: Mapped[str]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Clock(Base):
    """A line's own times for an urgency, in minutes, in place of those of `clocks.toml`."""

    __tablename__ = "clocks"

    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    urgency: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    back: Mapped[int] = mapped_column(Integer)
    call: Mapped[int] = mapped_column(Integer)
    supervisors: Mapped[int] = mapped_column(Integer)
    alarm: Mapped[int] = mapped_column(Integer)
    # Runs at night, too; else only while somebody is on duty.
    always: Mapped[bool]
