"""Who asked to be forgotten, as keyed hashes: a backup that is restored must not bring them back."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Erasure(Base):
    __tablename__ = "erasures"

    # No foreign key: the log is put into a database that is being restored.
    line_id: Mapped[int] = mapped_column(primary_key=True)
    erasure_hash: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime]
