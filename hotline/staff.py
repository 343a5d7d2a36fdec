"""Staff: who works on the line and what each may do. A password is shown once, when it is made.

StaffRefused      what was asked of a staff account cannot be done; says why, for the command line
PasswordRefused   a new password is not taken; `reason` is a message id of the staff catalog
"""

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline import notices, passwords, rights
from hotline.models import Staff, StaffSession
from locales import languages

LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
LONGEST_NAME: Final = 60


class StaffRefused(Exception):
    """One line that says what to do."""


class PasswordRefused(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the staff, as the pages need them."""

    id: int
    line_id: int
    login: str
    display_name: str
    role: str
    language: str
    one_time: bool
    active: bool
    # Teams whose cases they work on, and languages they answer in; empty: every one.
    teams: tuple[str, ...]
    speaks: tuple[str, ...]
    # Trained for children: the child team's cases are for them first.
    for_children: bool
    # How many cases they have at a time at most, and how many of those that cannot wait.
    most_cases: int
    most_urgent: int

    @property
    def sees(self) -> tuple[str, ...] | None:
        """Whose cases they may know of: a partner's only their team's. None: every team's."""
        return self.teams if self.role == "partner" else None

    def may(self, permission: str) -> bool:
        return rights.may(self.role, permission)


def add(
    session: Session, *, line_id: int, login: str, display_name: str, role: str, language: str
) -> str:
    """Add somebody and give their one-time password. Raises StaffRefused."""
    login, display_name = plain(login), display_name.strip()
    if LOGIN.fullmatch(login) is None:
        raise StaffRefused("a login is 2 to 64 of a-z, 0-9, dot, dash and underscore")
    if not 0 < len(display_name) <= LONGEST_NAME:
        raise StaffRefused(f"a display name has 1 to {LONGEST_NAME} characters")
    if role not in rights.ROLES:
        raise StaffRefused(f"a role is one of {', '.join(rights.ROLES)}")
    if language not in languages("staff"):
        raise StaffRefused(f"a language is one of {', '.join(languages('staff'))}")
    if session.scalar(select(Staff.id).where(Staff.login == login)) is not None:
        raise StaffRefused("this login exists already")
    password = passwords.one_time()
    session.add(
        Staff(
            line_id=line_id,
            login=login,
            display_name=display_name,
            role=role,
            language=language,
            password_hash=passwords.hashed(password),
            one_time=True,
            active=True,
        )
    )
    session.flush()
    return password


def reset_password(session: Session, login: str) -> str:
    """A new one-time password; whoever was signed in is signed out. Raises StaffRefused."""
    row = _row(session, login)
    password = passwords.one_time()
    row.password_hash, row.one_time = passwords.hashed(password), True
    end_sessions(session, row.id)
    return password


def disable(session: Session, login: str) -> None:
    """Nobody signs in with this login any more, and who had is signed out. Raises StaffRefused."""
    row = _row(session, login)
    row.active = False
    end_sessions(session, row.id)
    notices.leave(session, row.id)


def listed(session: Session, line_id: int) -> list[Member]:
    rows = session.scalars(select(Staff).where(Staff.line_id == line_id).order_by(Staff.login))
    return [member(row) for row in rows]


def set_own_password(
    session: Session, member_id: int, current: str, password: str, keep: bytes = b""
) -> None:
    """Replace a password by one only its owner knows; other sessions than `keep` end.

    Raises PasswordRefused.
    """
    row = session.get_one(Staff, member_id, with_for_update=True)
    if not passwords.matches(current, row.password_hash):
        raise PasswordRefused("password.current_wrong")
    check_password(row.login, password)
    if passwords.matches(password, row.password_hash):
        raise PasswordRefused("password.not_new")
    row.password_hash, row.one_time = passwords.hashed(password), False
    end_sessions(session, member_id, keep)


def check_password(login: str, password: str) -> None:
    """Raises PasswordRefused for one that is too short, too long, or holds the login."""
    if len(password) < passwords.SHORTEST:
        raise PasswordRefused("password.too_short")
    if len(password) > passwords.LONGEST:
        raise PasswordRefused("password.too_long")
    if login in plain(password):
        raise PasswordRefused("password.not_new")


def end_sessions(session: Session, member_id: int, keep: bytes = b"") -> None:
    """Sign somebody out everywhere, but for the session `keep`."""
    session.execute(
        delete(StaffSession).where(
            StaffSession.staff_id == member_id, StaffSession.token_hash != keep
        )
    )


def set_language(session: Session, member_id: int, language: str) -> None:
    if language in languages("staff"):
        session.get_one(Staff, member_id).language = language


def member(row: Staff) -> Member:
    return Member(
        id=row.id,
        line_id=row.line_id,
        login=row.login,
        display_name=row.display_name,
        role=row.role,
        language=row.language,
        one_time=row.one_time,
        active=row.active,
        teams=tuple(row.teams),
        speaks=tuple(row.speaks),
        for_children=row.for_children or row.role == "child_specialist",
        most_cases=row.most_cases,
        most_urgent=row.most_urgent,
    )


def plain(login: str) -> str:
    """A login as it is kept: people type capitals and spaces."""
    return login.strip().lower()


def _row(session: Session, login: str) -> Staff:
    # Keys stay as they are: rows that name them can be written meanwhile.
    found = select(Staff).where(Staff.login == plain(login))
    row = session.scalar(found.with_for_update(key_share=True))
    if row is None:
        raise StaffRefused("there is no such login; `waypost staff list` shows them")
    return row
