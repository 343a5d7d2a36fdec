"""What somebody proves besides a password: a code from their phone, a passkey, a code on paper."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Authenticator(Base):
    """The secret that an app on somebody's phone makes codes from."""

    __tablename__ = "authenticators"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), unique=True)
    secret_sealed: Mapped[bytes]
    set_at: Mapped[datetime]
    # The half-minute of the last code that was taken: neither it nor one before is taken again.
    last_step: Mapped[int]


class Passkey(Base):
    """The public half of a key that somebody's device holds; the private one never leaves it."""

    __tablename__ = "passkeys"
    __table_args__ = (Index("ix_passkeys_staff_id", "staff_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    # How often the device says that it was used; many always say 0.
    sign_count: Mapped[int]
    # What its owner calls it.
    name: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code on paper, by a keyed hash. It goes when it is used."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    # Made with who it belongs to, so that two people may draw the same.
    code_hash: Mapped[bytes] = mapped_column(unique=True)


class SpentChallenge(Base):
    """A challenge that a passkey has answered: it is answered once."""

    __tablename__ = "spent_challenges"

    challenge_hash: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime]
