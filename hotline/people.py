"""Colleagues: who is there, and what each of them is: role, teams, languages, training, limits.

Nobody changes their own role or shuts themselves out, and a line is never left without somebody who
may invite. Who no longer may read a case holds its key here no more, and has it taken no more.

PeopleRefused  what was asked cannot be done; `reason` is a message id of the staff catalog
"""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline import audit, casekeys, cases, escrow, holders, rights, staff, teamkeys
from hotline.models import Case, Invitation, Line, Staff, Team
from hotline.staff import LONGEST_NAME, Member
from locales import languages

# As many as anybody can hold in mind, and more than anybody should.
MOST_CASES: Final = 50
# Not seen either, but how some scripts are spelled.
JOINERS: Final = "\u200c\u200d"
# What the record says was changed, by the fields that say it.
KINDS: Final = {
    "display_name": "name",
    "role": "role",
    "language": "language",
    "teams": "teams",
    "speaks": "languages",
    "for_children": "training",
    "most_cases": "limits",
    "most_urgent": "limits",
}


class PeopleRefused(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Standing:
    """What a colleague is on the line. No teams: every one of the first line; no `speaks`: every language."""

    display_name: str
    role: str
    language: str
    teams: tuple[str, ...] = ()
    speaks: tuple[str, ...] = ()
    for_children: bool = False
    most_cases: int = 8
    most_urgent: int = 3


def standing(member: Member | Staff | Invitation) -> Standing:
    return Standing(
        member.display_name,
        member.role,
        member.language,
        tuple(member.teams),
        tuple(member.speaks),
        member.for_children,
        member.most_cases,
        member.most_urgent,
    )


def checked(session: Session, line_id: int, asked: Standing) -> Standing:
    """As it may be kept. Raises PeopleRefused."""
    name = asked.display_name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not _is_plain(name):
        raise PeopleRefused("people.refused.name")
    if asked.role not in rights.ROLES:
        raise PeopleRefused("people.refused.role")
    line = session.get_one(Line, line_id)
    if asked.language not in languages("staff") or not set(asked.speaks) <= set(line.languages):
        raise PeopleRefused("people.refused.language")
    if not 1 <= asked.most_urgent <= asked.most_cases <= MOST_CASES:
        raise PeopleRefused("people.refused.limits")
    return replace(asked, display_name=name, teams=_teams(session, line_id, asked))


def add(session: Session, line_id: int, login: str, asked: Standing, now: datetime) -> str:
    """Add somebody and give their one-time password. Raises PeopleRefused and StaffRefused."""
    fits = checked(session, line_id, asked)
    password = staff.add(
        session,
        line_id=line_id,
        login=login,
        display_name=fits.display_name,
        role=fits.role,
        language=fits.language,
    )
    row = session.execute(select(Staff).where(Staff.login == staff.plain(login))).scalar_one()
    settle(row, fits)
    audit.note(session, line_id, None, "staff.joined", now, staff=row.id, role=row.role)
    return password


def change(
    session: Session, by: Member | None, line_id: int, staff_id: int, asked: Standing, now: datetime
) -> list[str]:
    """Make somebody what is asked. Gives the teams whose key they should know no more: renew those.

    `by` is nobody at the command line. Raises PeopleRefused.
    """
    row = _row(session, line_id, staff_id)
    before, fits = standing(row), checked(session, line_id, asked)
    if by is not None and by.id == row.id and fits.role != row.role:
        raise PeopleRefused("people.refused.own_role")
    if not rights.may(fits.role, "people"):
        _refuse_last(session, row)
    settle(row, fits)
    _note_changes(session, by, row, before, now)
    if (before.role, before.teams) == (fits.role, fits.teams):
        return []
    # What they may open is decided anew from the first page on, with no key left open in a browser.
    staff.end_sessions(session, row.id)
    _put_back(session, by, row, now)
    return _narrow(session, row)


def disable(
    session: Session, by: Member | None, line_id: int, staff_id: int, now: datetime
) -> list[str]:
    """Lock somebody out now. Gives the teams whose key they knew: renew those. Raises PeopleRefused."""
    row = _row(session, line_id, staff_id)
    if by is not None and by.id == row.id:
        raise PeopleRefused("people.refused.yourself")
    _refuse_last(session, row)
    staff.disable(session, row.login)
    audit.note(session, line_id, by and by.id, "staff.disabled", now, staff=row.id)
    _put_back(session, by, row, now)
    return teamkeys.shut_out(session, row.id)


def reset(session: Session, by: Member | None, line_id: int, staff_id: int, now: datetime) -> str:
    """A new one-time password; whoever was signed in is signed out. Raises PeopleRefused."""
    row = _row(session, line_id, staff_id)
    if by is not None and by.id == row.id:
        raise PeopleRefused("people.refused.yourself")
    audit.note(session, line_id, by and by.id, "staff.reset", now, staff=row.id)
    return staff.reset_password(session, row.login)


def settle(row: Staff, fits: Standing) -> None:
    """Write into a row what was checked."""
    row.display_name, row.role, row.language = fits.display_name, fits.role, fits.language
    row.teams, row.speaks = list(fits.teams), list(fits.speaks)
    row.for_children = fits.for_children
    row.most_cases, row.most_urgent = fits.most_cases, fits.most_urgent


def _teams(session: Session, line_id: int, asked: Standing) -> tuple[str, ...]:
    """A partner has one team of their own; who works at the desk some or all of the first line."""
    if asked.role == "partner":
        theirs = select(Team.name).where(Team.line_id == line_id, Team.name.in_(asked.teams))
        if len(asked.teams) != 1 or session.scalar(theirs) is None:
            raise PeopleRefused("people.refused.partner_team")
        return asked.teams
    if not rights.may(asked.role, "desk"):
        return ()
    if not set(asked.teams) <= set(casekeys.FIRST_LINE):
        raise PeopleRefused("people.refused.team")
    return tuple(name for name in casekeys.FIRST_LINE if name in asked.teams)


def _row(session: Session, line_id: int, staff_id: int) -> Staff:
    # Keys stay as they are: rows that name them can be written meanwhile.
    row = session.scalar(
        select(Staff)
        .where(Staff.id == staff_id, Staff.line_id == line_id, Staff.active)
        .with_for_update(key_share=True)
    )
    if row is None:
        raise PeopleRefused("people.refused.gone")
    return row


def _refuse_last(session: Session, row: Staff) -> None:
    """Two who shut each other out at once wait for one another here: the second is the last."""
    line = select(Line.id).where(Line.id == row.line_id)
    session.execute(line.with_for_update(key_share=True))
    others = select(func.count(Staff.id)).where(
        Staff.line_id == row.line_id,
        Staff.active,
        Staff.id != row.id,
        Staff.role.in_(role for role in rights.ROLES if rights.may(role, "people")),
    )
    if rights.may(row.role, "people") and not session.scalar(others):
        raise PeopleRefused("people.refused.last_supervisor")


def _note_changes(
    session: Session, by: Member | None, row: Staff, before: Standing, now: datetime
) -> None:
    after = standing(row)
    for field, kind in KINDS.items():
        if getattr(before, field) == getattr(after, field):
            continue
        about: dict[str, Any] = {"staff": row.id, "kind": kind}
        if kind == "role":
            about["role"] = row.role
        if kind == "teams" and len(row.teams) == 1:
            about["team"] = row.teams[0]
        audit.note(session, row.line_id, by and by.id, "staff.changed", now, **about)


def _put_back(session: Session, by: Member | None, row: Staff, now: datetime) -> None:
    """What they have taken and may work on no more waits for somebody else."""
    works = row.active and rights.may(row.role, "desk")
    sees = staff.member(row).sees if works else ()
    taken = session.execute(
        select(Case.id, Case.team)
        .where(Case.taken_by == row.id, Case.state == "taken")
        .order_by(Case.id)
    ).all()
    for case_id, team in taken:
        if sees is not None and team not in sees:
            cases.put_back(session, case_id, by and by.id, now)


def _narrow(session: Session, row: Staff) -> list[str]:
    """Keys that go with what they were go."""
    escrow.narrow(session, row.id, row.role)
    if not rights.may(row.role, "desk"):
        return teamkeys.shut_out(session, row.id)
    return holders.narrow(session, staff.member(row))


def _is_plain(name: str) -> bool:
    """No character that is not seen or moves what stands beside it: contacts read this name."""
    return all(
        char in JOINERS or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        for char in name
    )
