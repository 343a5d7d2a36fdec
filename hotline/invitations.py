"""Invitations: a link that makes its bearer a colleague, once, within three days.

The token is random and only its hash is kept, so nobody reads a link out of the database. Of who
invited and may do so no more, no link opens.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline import audit, passwords, people, rights, signin, staff
from hotline.models import Invitation, Staff
from hotline.people import PeopleRefused, Standing
from hotline.staff import LOGIN, Member

LASTS: Final = timedelta(hours=72)
# A name in letters that no login has.
NAMELESS: Final = "colleague"
LONGEST_SUGGESTED: Final = 24


@dataclass(frozen=True, slots=True)
class Pending:
    """An invitation that waits: what its bearer will be, who invited them, and until when."""

    id: int
    standing: Standing
    invited_by: str
    until: datetime


def invite(session: Session, by: Member, asked: Standing, now: datetime) -> str:
    """Gives the token to hand over; it is not seen again. Raises PeopleRefused."""
    fits = people.checked(session, by.line_id, asked)
    token = secrets.token_urlsafe(32)
    session.add(
        Invitation(
            line_id=by.line_id,
            token_hash=signin.hashed(token),
            display_name=fits.display_name,
            role=fits.role,
            language=fits.language,
            teams=list(fits.teams),
            speaks=list(fits.speaks),
            for_children=fits.for_children,
            most_cases=fits.most_cases,
            most_urgent=fits.most_urgent,
            invited_by=by.id,
            at=now,
        )
    )
    audit.note(session, by.line_id, by.id, "staff.invited", now, role=fits.role)
    return token


def pending(session: Session, line_id: int, now: datetime) -> list[Pending]:
    """Invitations that still open, the latest first."""
    rows = session.execute(_open(line_id, now).order_by(Invitation.id.desc()))
    return [_pending(row, name) for row, name in rows]


def withdraw(session: Session, by: Member, invitation_id: int, now: datetime) -> None:
    """The link opens no more. Raises PeopleRefused."""
    row = session.get(Invitation, invitation_id, with_for_update=True)
    if row is None or row.line_id != by.line_id:
        raise PeopleRefused("people.refused.invitation")
    session.delete(row)
    audit.note(session, by.line_id, by.id, "staff.invitation_withdrawn", now, role=row.role)


def find(session: Session, line_id: int, token: str, now: datetime) -> Pending:
    """What a token invites to. Raises PeopleRefused."""
    return _pending(*_found(session, line_id, token, now))


def suggested_login(session: Session, name: str) -> str:
    """A login after a name that nobody has yet."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", ".", letters).strip(".")[:LONGEST_SUGGESTED].strip(".")
    base = plain if LOGIN.fullmatch(plain) else NAMELESS
    taken = set(session.scalars(select(Staff.login).where(Staff.login.startswith(base))))
    numbered = (f"{base}{number}" for number in range(2, len(taken) + 3))
    return next(login for login in (base, *numbered) if login not in taken)


def join(
    session: Session, line_id: int, token: str, login: str, password: str, now: datetime
) -> Member:
    """Whoever bears the token becomes a colleague with an own password; the token is used up.

    Raises PeopleRefused, and PasswordRefused for a password that is none.
    """
    invitation, _ = _found(session, line_id, token, now, lock=True)
    login = staff.plain(login)
    if LOGIN.fullmatch(login) is None:
        raise PeopleRefused("people.refused.login")
    staff.check_password(login, password)
    row = Staff(
        line_id=line_id,
        login=login,
        password_hash=passwords.hashed(password),
        one_time=False,
        active=True,
    )
    people.settle(row, people.standing(invitation))
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise PeopleRefused("people.refused.login_taken") from None
    session.delete(invitation)
    by = invitation.invited_by
    audit.note(session, line_id, row.id, "staff.joined", now, role=row.role, staff=by)
    return staff.member(row)


def _open(line_id: int, now: datetime) -> Select[Invitation, str]:
    return (
        select(Invitation, Staff.display_name)
        .join(Staff, Staff.id == Invitation.invited_by)
        .where(
            Invitation.line_id == line_id,
            Invitation.at > now - LASTS,
            Staff.active,
            Staff.role.in_(role for role in rights.ROLES if rights.may(role, "people")),
        )
    )


def _found(
    session: Session, line_id: int, token: str, now: datetime, *, lock: bool = False
) -> tuple[Invitation, str]:
    wanted = _open(line_id, now).where(Invitation.token_hash == signin.hashed(token))
    # Of two who come with the same link at once, the second waits and then finds it used.
    found = session.execute(wanted.with_for_update(of=Invitation) if lock else wanted).first()
    if found is None:
        raise PeopleRefused("people.refused.invitation")
    return found[0], found[1]


def _pending(row: Invitation, name: str) -> Pending:
    return Pending(row.id, people.standing(row), name, row.at + LASTS)
