"""The form of assistance of a case: what caseworkers learn over days."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotline.models.base import Base


class AssistanceForm(Base):
    """The form of one case, as it was saved last. Sealed to the case's key by a browser."""

    __tablename__ = "assistance_forms"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # How many times it was saved: who saves says which version they had before them.
    version: Mapped[int]
    saved_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    saved_at: Mapped[datetime]
    form_sealed: Mapped[bytes]
