"""The referral directory: services that a contact can be told of, and when each was confirmed."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Service(Base):
    """Somebody who helps, as they say so themselves in public. Nothing of a contact is in it."""

    __tablename__ = "services"
    __table_args__ = (UniqueConstraint("line_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    # What a file calls it: by this an import knows it again.
    code: Mapped[str]
    name: Mapped[str]
    # One of `hotline.entries.SERVICE_KINDS`.
    kind: Mapped[str]
    # ISO 3166 alpha-2; empty for one that helps wherever somebody is.
    country: Mapped[str]
    area: Mapped[str]
    languages: Mapped[list[str]]
    serves: Mapped[list[str]]
    # As `hotline.hours` reads it, by the wall clock of `time_zone`; empty where nobody knows.
    hours: Mapped[str]
    time_zone: Mapped[str]
    cost: Mapped[str]
    reach_phone: Mapped[str]
    reach_email: Mapped[str]
    reach_web: Mapped[str]
    reach_place: Mapped[str]
    # What a contact is told of it, by language.
    texts: Mapped[dict[str, str]] = mapped_column(JSONB)
    # What only the desk reads.
    note: Mapped[str]
    source: Mapped[str]
    # Nobody is sent to a service that nobody has confirmed, or not for long.
    verified_on: Mapped[date | None] = mapped_column(Date)
    verified_by: Mapped[str]
    changed_at: Mapped[datetime]


class DirectorySettings(Base):
    """How long what was confirmed counts on a line, and when somebody was reminded last."""

    __tablename__ = "directory_settings"

    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    days: Mapped[int] = mapped_column(SmallInteger, server_default=text("90"))
    reminded_at: Mapped[datetime | None]
