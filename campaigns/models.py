"""Subscribers who agreed to campaign messages, how they came, campaigns, their texts and their numbers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Numeric, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models import Base


class Subscriber(Base):
    __tablename__ = "subscribers"
    __table_args__ = (UniqueConstraint("line_id", "address_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    address_hash: Mapped[bytes]
    address_sealed: Mapped[bytes]
    language: Mapped[str]
    # Where they are reached: the channel their campaign messages are queued on.
    channel: Mapped[str] = mapped_column(server_default=text("'sms'"))
    # ISO 3166-1 alpha-2, from the number; empty when it tells none.
    country: Mapped[str] = mapped_column(server_default=text("''"))
    # A region or group by the organisation's own word, from the file that named them.
    tag: Mapped[str] = mapped_column(server_default=text("''"))
    # IANA names, separated by spaces when the number does not tell which: then it is day when it is day
    # in all of them. Empty: the line's own zone decides when it is night.
    time_zone: Mapped[str]
    # Where they agreed: a list's own word, or the code of the poster or spot they signed up with.
    consent_source: Mapped[str]
    # When they agreed. Empty only in rows from before a date was required.
    consent_date: Mapped[date | None] = mapped_column(Date)


class SignUpCode(Base):
    """A word on a poster, in a radio spot or on a ticket sleeve: who texts it is asked whether to sign up."""

    __tablename__ = "signup_codes"

    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    # As it is texted, in capitals.
    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    tag: Mapped[str] = mapped_column(server_default=text("''"))
    # Empty when it was made on the command line.
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    # Texted after that, it is a word like any other.
    closed_at: Mapped[datetime | None]


class SignUpPending(Base):
    """Somebody was asked whether they want to sign up, and has not answered: a keyed hash, for two days."""

    __tablename__ = "signup_pending"

    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    signup_hash: Mapped[bytes] = mapped_column(primary_key=True)
    code: Mapped[str]
    at: Mapped[datetime]


class SignUpTally(Base):
    """How many asked and how many agreed, by code and day. Numbers, never who."""

    __tablename__ = "signup_tallies"

    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    # "asked" or "agreed".
    event: Mapped[str] = mapped_column(primary_key=True)
    # A radio spot has everybody text at once: they are counted in a few places, added up when read.
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    n: Mapped[int]


class Import(Base):
    """One file of subscribers on its way in, and what came of it. The file itself is never kept."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    # Empty when it was imported on the command line.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    # running, done, refused (nothing was changed), or cut: its process died, what was read stays and
    # the same file imported again adds the rest.
    state: Mapped[str]
    rows_read: Mapped[int] = mapped_column(server_default=text("0"))
    # Bytes of the file read so far and in all, for the progress bar. While it is only read through, 0.
    bytes_read: Mapped[int] = mapped_column(server_default=text("0"))
    bytes_all: Mapped[int] = mapped_column(server_default=text("0"))
    imported: Mapped[int] = mapped_column(server_default=text("0"))
    updated: Mapped[int] = mapped_column(server_default=text("0"))
    unchanged: Mapped[int] = mapped_column(server_default=text("0"))
    merged: Mapped[int] = mapped_column(server_default=text("0"))
    bad: Mapped[int] = mapped_column(server_default=text("0"))
    # Why the whole file was refused: a message id of the staff catalog, with its values. Of one that was
    # read, how many `sheets` it had if there were several.
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    values: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    started_at: Mapped[datetime]
    # The importing process says that it is alive.
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ImportReject(Base):
    """A row that was left out, sealed, until the list of them is fetched, or for a day."""

    __tablename__ = "import_rejects"
    __table_args__ = (Index("ix_import_rejects_import", "import_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    # As a spreadsheet shows it; 0 is the header of the file.
    number: Mapped[int]
    reason: Mapped[str]
    cells_sealed: Mapped[bytes]


class Price(Base):
    """What one segment costs in a country, in the line's currency."""

    __tablename__ = "prices"

    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    # ISO 3166-1 alpha-2; "" is the price of every other country.
    country: Mapped[str] = mapped_column(primary_key=True)
    price: Mapped[float] = mapped_column(Numeric(12, 6, asdecimal=False))


class TestSend(Base):
    """A campaign's text went to a staff phone: only that it did, so that it is not done all day."""

    __tablename__ = "test_sends"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    at: Mapped[datetime]


class Campaign(Base):
    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    name: Mapped[str]
    state: Mapped[str]
    channel: Mapped[str] = mapped_column(server_default=text("''"))
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    # What was submitted and then approved, as a hash of audience, texts and schedule.
    content_hash: Mapped[bytes | None]
    # None: as soon as it is scheduled.
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    # Who may get it: `campaigns.planning.audience.Rule` as JSON. Empty: every subscriber.
    audience: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    # Which language's text is sent to readers of a language that has none. Empty: they get nothing.
    fallback_language: Mapped[str] = mapped_column(server_default=text("''"))
    # How many of a hundred get variant B.
    b_share: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    # "" once, or "daily", "weekly", "monthly": when one ends the next is scheduled, until `repeat_until`.
    repeats: Mapped[str] = mapped_column(server_default=text("''"))
    repeat_until: Mapped[datetime | None]
    # The first campaign of a series, in itself and in all that came of it.
    series_id: Mapped[int | None]
    # The hours of a recipient's day in which it may be sent, as HH:MM; 24:00 is midnight's end.
    window_from: Mapped[str] = mapped_column(server_default=text("'08:00'"))
    window_to: Mapped[str] = mapped_column(server_default=text("'21:00'"))
    # Days of the week on which nothing is sent (0 is Monday), and single days, by the recipient's calendar.
    quiet_weekdays: Mapped[list[int]] = mapped_column(
        ARRAY(SmallInteger), server_default=text("'{}'")
    )
    quiet_dates: Mapped[list[date]] = mapped_column(ARRAY(Date), server_default=text("'{}'"))
    # Who subscribed after it was submitted is not in what was approved.
    audience_to: Mapped[int] = mapped_column(server_default=text("0"))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    planned: Mapped[int] = mapped_column(server_default=text("0"))
    # Keyset: the last subscriber whose row stands in the outbox.
    expanded_to: Mapped[int] = mapped_column(server_default=text("0"))
    expanded: Mapped[bool] = mapped_column(server_default=text("false"))
    # It was paused: some of its rows may still be held.
    holds: Mapped[bool] = mapped_column(server_default=text("false"))
    # Destroyed when the campaign closes: then nobody can tell who was in it.
    ledger_key_sealed: Mapped[bytes | None]
    # The balance sheet at the close, when the rows it was counted from are about to go.
    balance: Mapped[str | None]
    # Nothing of it is left in the outbox; there is nothing more to do.
    cleared: Mapped[bool] = mapped_column(server_default=text("false"))


class CampaignText(Base):
    __tablename__ = "campaign_texts"

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    # "A", or "B" for the other half of a split.
    variant: Mapped[str] = mapped_column(primary_key=True, server_default=text("'A'"))
    text: Mapped[str]
    # Who reads this language and stands for the words; gone with any change of them.
    signed_off_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_bodies.id"))


class CampaignPoint(Base):
    """How far a campaign was at a time: the curve on its page, and its pace. Numbers, never who."""

    __tablename__ = "campaign_points"

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True
    )
    at: Mapped[datetime] = mapped_column(primary_key=True)
    accepted: Mapped[int]
    delivered: Mapped[int]
    # Those whose hour has not come.
    waiting: Mapped[int]
    opted_out: Mapped[int]
