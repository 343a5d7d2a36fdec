"""The form of assistance of a case: kept sealed to the case's key, one version, nothing overwritten unseen.

A browser fills in, seals and opens it. Here it is bytes, a number that counts the savings, and who saved
when. It goes where the case's key goes, and is destroyed with it.
"""

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final, Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline import audit, bell, boxes, cases, rights
from hotline.models import AssistanceForm, Audit, Case, Staff

# The smallest and the largest size class of a form, in bytes before it is sealed.
SMALLEST: Final = 4096
LARGEST: Final = 32 * SMALLEST


class Superseded(Exception):
    """Somebody saved meanwhile. What they saved is kept, and who comes second has to look at it first."""


class Filler(Protocol):
    """Somebody of ours, as far as filling in a form needs to know them."""

    @property
    def id(self) -> int: ...
    @property
    def role(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """The form as it was saved last; version 0 when it never was."""

    version: int = 0
    sealed: bytes = field(default=b"", repr=False)
    saved_by: str = ""
    saved_at: datetime | None = None


def kept(session: Session, case_id: int) -> Kept:
    row = session.execute(
        select(AssistanceForm, Staff.display_name)
        .join(Staff, Staff.id == AssistanceForm.saved_by)
        .where(AssistanceForm.case_id == case_id)
    ).first()
    if row is None:
        return Kept()
    form, name = row
    return Kept(form.version, form.form_sealed, name, form.saved_at)


def why_not(state: str, taken_by: int | None, filler: Filler, *, forgotten: bool) -> str:
    """Why somebody may not fill in the form of a case, as a message id of the staff catalog, or empty."""
    if forgotten:
        return "refused.form_forgotten"
    if state == "closed":
        return "refused.closed"
    if taken_by != filler.id and not rights.may(filler.role, "threads"):
        return "refused.not_yours"
    return ""


def save(
    session: Session, case_id: int, filler: Filler, version: int, sealed: bytes, now: datetime
) -> int:
    """Keep a form that was made from `version`, and give the new version.

    Raises CaseRefused, and Superseded when `version` is no longer the last one.
    """
    case = cases.locked(session, case_id)
    forgotten = case.forgotten_at is not None
    if why := why_not(case.state, case.taken_by, filler, forgotten=forgotten):
        raise cases.CaseRefused(why)
    if not is_of_a_size_class(sealed):
        raise cases.CaseRefused("refused.form_size")
    # Who else saves waits for the case's row, and then finds another version.
    row = session.get(AssistanceForm, case_id)
    if version != (row.version if row else 0):
        raise Superseded
    if row is None:
        row = AssistanceForm(case_id=case_id)
        session.add(row)
    row.version, row.form_sealed, row.saved_by, row.saved_at = version + 1, sealed, filler.id, now
    session.flush()
    _note(session, case, filler, now)
    bell.ring(session, f"case:{case_id}")
    return row.version


def destroy(session: Session, case_id: int) -> None:
    session.execute(delete(AssistanceForm).where(AssistanceForm.case_id == case_id))


def is_of_a_size_class(sealed: bytes) -> bool:
    """Whether the length of a sealed form tells nothing: `SMALLEST` times a power of two."""
    classes, rest = divmod(len(sealed) - boxes.OVERHEAD_BYTES, SMALLEST)
    return rest == 0 and classes.bit_count() == 1 and classes * SMALLEST <= LARGEST


def _note(session: Session, case: Case, filler: Filler, now: datetime) -> None:
    """Once a person and day: a form saves by itself, and a record full of it would be read by nobody."""
    today = datetime.combine(now.date(), time.min, now.tzinfo)
    noted = select(Audit.id).where(
        Audit.case_id == case.id,
        Audit.staff_id == filler.id,
        Audit.act == "case.form_saved",
        Audit.at >= today,
    )
    if session.scalar(noted.limit(1)) is None:
        audit.note(session, case.line_id, filler.id, "case.form_saved", now, case.id)
