"""Keys of teams and of staff. Every private half is sealed to somebody, and none of them to the server."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Team(Base):
    """A partner's team, which gets cases by being passed them. Teams of the first line are data of triage."""

    __tablename__ = "teams"

    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]


class TeamKey(Base):
    """What a team's cases are sealed to. A team that renews its key keeps the old one for old cases."""

    __tablename__ = "team_keys"
    __table_args__ = (
        # One key a team is in use; made twice at once, the second is refused.
        Index(
            "ix_team_keys_current",
            "line_id",
            "team",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    team: Mapped[str]
    public_key: Mapped[bytes]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class StaffKey(Base):
    """A member's own key pair. The private half is wrapped with a passphrase the server never sees."""

    __tablename__ = "staff_keys"

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    public_key: Mapped[bytes]
    private_sealed: Mapped[bytes]
    made_at: Mapped[datetime]


class TeamMember(Base):
    """A team's private key, sealed to one of its members."""

    __tablename__ = "team_members"

    team_key_id: Mapped[int] = mapped_column(
        ForeignKey("team_keys.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff_keys.staff_id", ondelete="CASCADE"), primary_key=True
    )
    key_sealed: Mapped[bytes]
    since: Mapped[datetime]


class CaseKey(Base):
    """A case's private key, sealed to a team. Gone, and nothing of the case can be read again.

    While a team has no key yet, `team_key_id` is empty and the service holds it.
    """

    __tablename__ = "case_keys"
    __table_args__ = (
        Index("ix_case_keys_case", "case_id", "team"),
        Index("ix_case_keys_waiting", "team", postgresql_where=text("team_key_id IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    team: Mapped[str]
    team_key_id: Mapped[int | None] = mapped_column(ForeignKey("team_keys.id"))
    key_sealed: Mapped[bytes]


class Escrow(Base):
    """A team's private key in parts: any `needed` of those who hold a share have it together."""

    __tablename__ = "escrows"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_key_id: Mapped[int] = mapped_column(ForeignKey("team_keys.id", ondelete="CASCADE"))
    needed: Mapped[int] = mapped_column(SmallInteger)
    # How many shares were made.
    made_for: Mapped[int] = mapped_column(SmallInteger)
    made_at: Mapped[datetime]
    # When it was last proven that the key comes out again.
    drilled_at: Mapped[datetime | None]


class EscrowShare(Base):
    """One supervisor's share, sealed to their own key."""

    __tablename__ = "escrow_shares"

    escrow_id: Mapped[int] = mapped_column(
        ForeignKey("escrows.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff_keys.staff_id", ondelete="CASCADE"), primary_key=True
    )
    share_sealed: Mapped[bytes]


class EscrowGift(Base):
    """A share on its way to who recovers a team's key, sealed to them."""

    __tablename__ = "escrow_gifts"

    escrow_id: Mapped[int] = mapped_column(
        ForeignKey("escrows.id", ondelete="CASCADE"), primary_key=True
    )
    from_staff: Mapped[int] = mapped_column(
        ForeignKey("staff_keys.staff_id", ondelete="CASCADE"), primary_key=True
    )
    to_staff: Mapped[int] = mapped_column(
        ForeignKey("staff_keys.staff_id", ondelete="CASCADE"), primary_key=True
    )
    share_sealed: Mapped[bytes]
    at: Mapped[datetime]
