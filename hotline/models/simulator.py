"""The simulated carrier's own memory: the phones of the simulator page."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class SimulatedMessage(Base):
    __tablename__ = "simulated_messages"
    __table_args__ = (Index("ix_simulated_messages_phone", "phone_hash", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_hash: Mapped[bytes]
    # True: the line wrote it, the phone received it.
    received: Mapped[bool]
    at: Mapped[datetime]
    body_sealed: Mapped[bytes]
