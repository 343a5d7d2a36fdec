"""Who is there: signed in, at work, and with how much room for another case.

Of those who are there, who speaks a case's language comes first, and for a child's case who is trained
for children. When an urgent case waits and nobody there speaks its language, it is for everybody all the
same: somebody who has to find words is better than nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from hotline import casekeys, rights, signin, staff
from hotline.casefile import CaseView
from hotline.models import Away, Case, Staff, StaffSession, TeamKey, TeamMember
from hotline.notices import URGENT
from hotline.staff import Member
from triage.assess import CHILD_TEAM

# What keeps somebody from a case, whoever else is there.
Hindrance = Literal["away", "full", "urgent_full", "team", "key"]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who is signed in, and how much they have taken.

    `unreadable` are teams that have a key which they do not hold.
    """

    member: Member
    cases: int = 0
    urgent: int = 0
    away: bool = False
    unreadable: frozenset[str] = frozenset()

    @property
    def teams(self) -> tuple[str, ...]:
        return self.member.teams or casekeys.FIRST_LINE

    def speaks(self, language: str) -> bool:
        return not self.member.speaks or language in self.member.speaks

    def hindered(self, case: CaseView) -> Hindrance | None:
        """What keeps them from a case, whoever else is there."""
        if self.away:
            return "away"
        if case.team not in self.teams:
            return "team"
        if case.team in self.unreadable:
            return "key"
        if self.cases >= self.member.most_cases:
            return "full"
        if case.urgency <= URGENT and self.urgent >= self.member.most_urgent:
            return "urgent_full"
        return None


class Present:
    """Everybody who is signed in and at work, and who of them comes first for a case."""

    def __init__(self, colleagues: Iterable[Colleague]) -> None:
        self._colleagues = {each.member.id: each for each in colleagues}
        self._first: dict[tuple[str, bool, str], frozenset[int]] = {}

    def get(self, member_id: int) -> Colleague | None:
        return self._colleagues.get(member_id)

    def first_for(self, case: CaseView) -> frozenset[int]:
        """The ids of those to whom a case is given; nobody when it waits for others to come."""
        kind = case.team, case.urgency <= URGENT, case.language
        if kind not in self._first:
            self._first[kind] = self._who_comes_first(case)
        return self._first[kind]

    def _who_comes_first(self, case: CaseView) -> frozenset[int]:
        able = [each for each in self._colleagues.values() if each.hindered(case) is None]
        speakers = [each for each in able if each.speaks(case.language)]
        if speakers or case.urgency > URGENT:
            able = speakers
        if case.team == CHILD_TEAM:
            able = [each for each in able if each.member.for_children] or able
        return frozenset(each.member.id for each in able)


def at_the_desk(session: Session, line_id: int, now: datetime, also: int | None = None) -> Present:
    """Who is signed in with an open screen, and `also` whoever asks, with what they have taken."""
    taken = (
        select(
            Case.taken_by,
            func.count().label("cases"),
            func.count().filter(Case.urgency <= URGENT).label("urgent"),
        )
        .where(Case.line_id == line_id, Case.state == "taken", Case.forgotten_at.is_(None))
        .group_by(Case.taken_by)
        .subquery()
    )
    here = exists().where(
        StaffSession.staff_id == Staff.id,
        StaffSession.seen_at > now - signin.IDLE,
        StaffSession.started_at > now - signin.LONGEST,
        ~StaffSession.locked,
    )
    away = exists().where(Away.staff_id == Staff.id, Away.ended_at.is_(None))
    rows = session.execute(
        select(Staff, taken.c.cases, taken.c.urgent, away.label("away"))
        .outerjoin(taken, taken.c.taken_by == Staff.id)
        .where(
            Staff.line_id == line_id,
            Staff.active,
            Staff.role.in_([role for role in rights.ROLES if rights.may(role, "desk")]),
            or_(here, Staff.id == also),
        )
    )
    holders = _holders(session, line_id)
    return Present(
        Colleague(
            staff.member(row.Staff),
            row.cases or 0,
            row.urgent or 0,
            row.away,
            frozenset(team for team, held in holders.items() if row.Staff.id not in held),
        )
        for row in rows
    )


def _holders(session: Session, line_id: int) -> dict[str, set[int]]:
    """Who holds the key in use, of each team that has one."""
    rows = session.execute(
        select(TeamKey.team, TeamMember.staff_id)
        .outerjoin(TeamMember, TeamMember.team_key_id == TeamKey.id)
        .where(TeamKey.line_id == line_id, TeamKey.retired_at.is_(None))
    )
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(row.team, set()).add(row.staff_id)
    return found
