"""What a supervisor looks at: who waits now and how long, what everybody carries, how the last weeks went.

Of the weeks only numbers of the line come out, to be shown coarsely.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline import (
    away,
    clocks,
    counts,
    escalation,
    notices,
    periods,
    rights,
    rota,
    signin,
    teamkeys,
)
from hotline.clocks import Times
from hotline.models import Audit, Case, Staff, StaffSession

# Who has worked for so long at a stretch is asked to take a break.
STRETCH: Final = timedelta(hours=4)
WEEKS: Final = 4
# Of the counts of the line, what tells how cases went.
OUTCOMES: Final = ("referrals", "replies_accepted", "cases_closed")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for an answer. `waited` is by the clock of their case, which may stand still."""

    case_id: int
    urgency: int
    team: str
    taker: str
    since: datetime
    waited: timedelta
    times: Times
    # How many of the steps were done.
    stage: int
    covered: bool


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody carries, against what they may."""

    name: str
    cases: int
    most_cases: int
    urgent: int
    most_urgent: int
    unanswered: int
    on_duty: bool
    away: str
    # For how long they have worked without a break; None for who is not working.
    stretch: timedelta | None

    @property
    def at_limit(self) -> bool:
        return self.cases >= self.most_cases or self.urgent >= self.most_urgent

    @property
    def tired(self) -> bool:
        return self.stretch is not None and self.stretch >= STRETCH


@dataclass(frozen=True, slots=True)
class Week:
    """True numbers of one week, by what is counted."""

    since: date
    numbers: dict[str, int]


def waiting(session: Session, line_id: int, now: datetime) -> list[Waiting]:
    """Everybody who waits for an answer, the most urgent first and then who has waited longest."""
    rows = session.execute(
        select(Case, Staff.display_name)
        .outerjoin(Staff, Staff.id == Case.taken_by)
        .where(Case.line_id == line_id, escalation.unanswered())
        .order_by(Case.urgency, Case.waits_since, Case.id)
    ).all()
    times = clocks.of_line(session, line_id)
    earliest = min((row[0].waits_since or now for row in rows), default=now)
    waits = escalation.Waits(session, line_id, earliest, now)
    return [_waiting(row[0], row[1] or "", times[row[0].urgency], waits, now) for row in rows]


def loads(session: Session, line_id: int, now: datetime) -> list[Load]:
    """Everybody who is on duty, signed in, away, or has cases; who carries most first."""
    carried = _carried(session, line_id)
    working, gone = _working_since(session, line_id, now), away.listed(session, line_id)
    teams = [name for name, _ in teamkeys.teams(session, line_id)]
    on_duty = {n for team in teams for n in rota.on_duty(session, line_id, team, now)}
    roles = [role for role in rights.ROLES if rights.may(role, "desk")]
    rows = session.scalars(
        select(Staff)
        .where(Staff.line_id == line_id, Staff.active, Staff.role.in_(roles))
        .order_by(func.lower(Staff.display_name), Staff.id)
    )
    found = [
        Load(
            name=row.display_name,
            cases=carried.get(row.id, NOTHING)[0],
            most_cases=row.most_cases,
            urgent=carried.get(row.id, NOTHING)[1],
            most_urgent=row.most_urgent,
            unanswered=carried.get(row.id, NOTHING)[2],
            on_duty=row.id in on_duty,
            away=gone[row.id].why if row.id in gone else "",
            stretch=now - working[row.id] if row.id in working and row.id not in gone else None,
        )
        for row in rows
        if row.id in carried or row.id in on_duty or row.id in gone or row.id in working
    ]
    return sorted(found, key=lambda load: -load.cases)


def weeks(session: Session, line_id: int, channels: Sequence[str], now: datetime) -> list[Week]:
    """The last weeks, the latest first; the one that runs is among them."""
    monday = periods.first_day(periods.WEEK, now.astimezone(UTC).date())
    first = monday - timedelta(weeks=WEEKS - 1)
    days = periods.days(first, monday + timedelta(days=6))
    tables = counts.tables(session, line_id, days, channels, ())
    called = _called(session, line_id, first)
    found: list[Week] = []
    for n in range(WEEKS):
        since = monday - timedelta(weeks=n)
        inside = [(since + timedelta(days=d)).isoformat() for d in range(7)]
        counted = {
            event: sum(tables[event]["day"].get(day, 0) for day in inside) for event in OUTCOMES
        }
        steps = {step: called.get((since, step), 0) for step in escalation.STEPS}
        found.append(Week(since, counted | steps))
    return found


NOTHING: Final = (0, 0, 0)


def _waiting(
    case: Case, taker: str, times: Times, waits: escalation.Waits, now: datetime
) -> Waiting:
    assert case.waits_since is not None, "who waits for nothing is not asked for"
    # While the safe word is up, the clock stands.
    stood = now - case.hushed_at if case.hushed_at is not None else timedelta()
    waited = waits.waited(case.team, times, min(now, case.waits_since + stood))
    return Waiting(
        case_id=case.id,
        urgency=case.urgency,
        team=case.team,
        taker=taker,
        since=case.waits_since,
        waited=waited,
        times=times,
        stage=case.stage,
        covered=case.covered,
    )


def _carried(session: Session, line_id: int) -> dict[int, tuple[int, int, int]]:
    """Cases, urgent ones and unanswered ones of who has any."""
    rows = session.execute(
        select(
            Case.taken_by,
            func.count(),
            func.count().filter(Case.urgency <= notices.URGENT),
            func.count().filter(Case.waits_since.is_not(None)),
        )
        .where(Case.line_id == line_id, Case.state == "taken")
        .group_by(Case.taken_by)
    )
    return {who: (n, urgent, silent) for who, n, urgent, silent in rows if who is not None}


def _working_since(session: Session, line_id: int, now: datetime) -> dict[int, datetime]:
    """Since when those who are signed in and there have had no break."""
    rows = session.execute(
        select(StaffSession.staff_id, func.min(StaffSession.started_at))
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(Staff.line_id == line_id, StaffSession.seen_at > now - signin.IDLE)
        .group_by(StaffSession.staff_id)
    )
    back = away.last_back(session, line_id)
    return {row[0]: max(row[1], back.get(row[0], row[1])) for row in rows}


def _called(session: Session, line_id: int, since: date) -> dict[tuple[date, str], int]:
    """How often which step was done, by the Monday of the week."""
    week = func.date_trunc("week", func.timezone("UTC", Audit.at))
    step = Audit.about["kind"].as_string()
    rows = session.execute(
        select(week, step, func.count())
        .where(
            Audit.line_id == line_id,
            Audit.act == "case.escalated",
            Audit.at >= datetime(since.year, since.month, since.day, tzinfo=UTC),
        )
        .group_by(week, step)
    )
    return {(row[0].date(), row[1]): row[2] for row in rows}
