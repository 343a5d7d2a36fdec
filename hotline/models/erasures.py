"""Who asked to be forgotten, as keyed hashes: a backup that is restored must not bring them back."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class Erasure(Base):
    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("lines.id"))
    erasure_hash: Mapped[bytes]
    at: Mapped[datetime]
