"""The record of what staff did, for the auditor: who, what, with which case, when.

It holds nothing of a contact: acts and facts come from closed lists, and anything else is refused. It
only grows: the database refuses to change a row, and to delete one before its time.
"""

from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from hotline import rights
from hotline.models import Audit, Staff

Act = Literal[
    # with a case
    "case.opened",
    "case.read",
    "case.taken",
    "case.given_back",
    "case.passed",
    "case.closed",
    "case.acknowledged",
    "case.returned",
    "case.escalated",
    "case.form_saved",
    "case.consent_asked",
    "case.consent_given",
    "case.consent_refused",
    "case.consent_withdrawn",
    "case.consent_overridden",
    "case.service_sent",
    "case.times_agreed",
    # with colleagues
    "staff.invited",
    "staff.invitation_withdrawn",
    "staff.joined",
    "staff.changed",
    "staff.disabled",
    "staff.reset",
    "staff.team_added",
    # with oneself
    "account.signed_in",
    "account.signed_out",
    "account.session_ended",
    "account.signed_out_everywhere",
    "account.password_changed",
    "account.second_factor_set",
    "account.second_factor_removed",
    "account.recovery_codes_made",
    "account.recovery_code_used",
    # with the line
    "rota.changed",
    "clocks.changed",
    "replies.changed",
    "directory.changed",
    "directory.verified",
    "rights.second_factor_required",
    "rights.idle_lock_changed",
    "languages.enabled",
    "languages.disabled",
    "audit.exported",
]
ACTS: Final[frozenset[str]] = frozenset(get_args(Act))
# What may be told of an act, each with what it may be.
ABOUT: Final[dict[str, type | frozenset[str]]] = {
    "staff": int,
    "role": frozenset(rights.ROLES),
    "team": str,
    "urgency": int,
    "service": int,
    "reply": int,
    "language": str,
    "kind": str,
    "reason": str,
}
# A word of ours, such as the name of a team or the id of a reason; no sentence of anybody.
LONGEST: Final = 64
# A thread that is open on somebody's screen is asked for all the time: once in this long it is noted.
READ_EVERY: Final = timedelta(hours=1)


class NotForTheRecord(Exception):
    """What should be written down is not on the list of what may be."""


def note(
    session: Session,
    line_id: int,
    staff_id: int | None,
    act: Act,
    now: datetime,
    case_id: int | None = None,
    **about: int | str,
) -> None:
    """Write down that it was done. Raises NotForTheRecord."""
    if act not in ACTS:
        raise NotForTheRecord(act)
    for name, value in about.items():
        _check(name, value)
    session.add(
        Audit(line_id=line_id, at=now, staff_id=staff_id, act=act, case_id=case_id, about=about)
    )
    session.flush()


def note_read(session: Session, line_id: int, staff_id: int, case_id: int, now: datetime) -> None:
    """Write down that somebody has the thread of a case before them, unless it was just written."""
    noted = select(Audit.id).where(
        Audit.case_id == case_id,
        Audit.at > now - READ_EVERY,
        Audit.staff_id == staff_id,
        Audit.act == "case.read",
    )
    if session.scalar(noted.limit(1)) is None:
        note(session, line_id, staff_id, "case.read", now, case_id)


def listed(
    session: Session,
    line_id: int,
    *,
    case_id: int | None = None,
    staff_id: int | None = None,
    act: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    most: int = 100,
) -> list[tuple[Audit, str]]:
    """What was done, the latest first, with the name of who did it; `before` is a row's number.

    `staff_id`: what they did, and what was done to their account.
    """
    asked: Select[Audit, str] = (
        select(Audit, Staff.display_name)
        .outerjoin(Staff, Staff.id == Audit.staff_id)
        .where(Audit.line_id == line_id)
        .order_by(Audit.id.desc())
        .limit(most)
    )
    if case_id is not None:
        asked = asked.where(Audit.case_id == case_id)
    if staff_id is not None:
        about_them = Audit.about["staff"].as_integer() == staff_id
        asked = asked.where(or_(Audit.staff_id == staff_id, about_them))
    if act is not None:
        asked = asked.where(Audit.act == act)
    if since is not None:
        asked = asked.where(Audit.at >= since)
    if until is not None:
        asked = asked.where(Audit.at < until)
    if before is not None:
        asked = asked.where(Audit.id < before)
    return [(row, name or "") for row, name in session.execute(asked)]


def _check(name: str, value: int | str) -> None:
    allowed = ABOUT.get(name)
    if allowed is None:
        raise NotForTheRecord(name)
    if isinstance(allowed, frozenset):
        fits = value in allowed
    elif allowed is int:
        fits = isinstance(value, int)
    else:
        # No blank: a name of ours has none, and a sentence has.
        fits = isinstance(value, str) and 0 < len(value) <= LONGEST and " " not in value
    if not fits:
        raise NotForTheRecord(name)
