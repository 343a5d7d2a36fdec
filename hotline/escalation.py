"""The clock of the unanswered: nobody who waits is forgotten.

unanswered ──► back to the queue   who took the case does nothing at all
           ──► on call             nobody has the case
           ──► supervisors         whoever has it
           ──► alarm               stands until the contact is answered

Each step comes once for what waits, at most one a minute, and what was done is in the database: a clock
that stood still goes on where it was. A step for which nobody is there is passed over at once.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from hotline import audit, away, cases, clocks, notices, rights, rota, thread, waiting
from hotline.casefile import CaseView
from hotline.cases import Colleague
from hotline.clocks import Times
from hotline.models import Case, CaseMessage, Staff, StaffSession

Step = Literal["call", "supervisors", "alarm"]
# In their order; a case's stage is how many of them were done.
STEPS: Final[tuple[Step, ...]] = ("call", "supervisors", "alarm")
ALARM: Final = len(STEPS)
# What is noted in the thread, as message ids of the staff catalog.
NOTES: Final[dict[Step, str]] = {
    "call": "note.on_call_called",
    "supervisors": "note.supervisors_called",
    "alarm": "note.alarm_raised",
}

NOTHING: Final = "note.nothing_to_answer"


def tick(session: Session, line_id: int, now: datetime) -> None:
    """Look at everybody who waits for an answer, and do what is due. To be called each minute."""
    rows = session.scalars(
        select(Case)
        .where(Case.line_id == line_id, unanswered(), Case.covered.is_(False))
        .order_by(Case.urgency, Case.waits_since, Case.id)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return
    waits = Waits(session, line_id, min(_since(case) for case in rows), now)
    look = _Look(session, line_id, now, clocks.of_line(session, line_id), rows, waits)
    for case in rows:
        _send_back(look, case)
    for case in rows:
        _escalate(look, case)
    look.call()


def unanswered() -> ColumnElement[bool]:
    """Cases in which somebody waits for an answer that one of ours can give."""
    return and_(Case.waits_since.is_not(None), Case.state != "closed", Case.forgotten_at.is_(None))


def alarms(session: Session, line_id: int) -> int:
    """For how many cases the alarm stands."""
    found = (
        select(func.count())
        .select_from(Case)
        .where(Case.line_id == line_id, unanswered(), Case.stage >= ALARM)
    )
    return session.scalar(found) or 0


def back_at(session: Session, case: CaseView, line_id: int) -> datetime | None:
    """When a case goes back to the queue at the earliest, if who took it does nothing from now on."""
    if case.state != "taken" or case.unanswered_since is None or case.taken_at is None:
        return None
    allowed = clocks.of_line(session, line_id)[case.urgency].back
    return max(case.unanswered_since, case.taken_at) + allowed


def needs_no_answer(session: Session, case_id: int, staff: Colleague, now: datetime) -> None:
    """What the contact wrote last needs no answer, says who has the case. Raises CaseRefused."""
    case = cases.mine(session, case_id, staff)
    waiting.answered(case)
    thread.note(session, case, NOTHING, now)
    thread.ring(session, case.line_id, case.id)


@dataclass(slots=True)
class Waits:
    """How long people have waited by the clocks of their cases: all the time, or while the line is open.

    Nobody has waited since before `since`.
    """

    session: Session
    line_id: int
    since: datetime
    now: datetime
    _opened: dict[str, list[tuple[datetime, datetime]] | None] = field(
        default_factory=dict[str, list[tuple[datetime, datetime]] | None]
    )

    def waited(self, team: str, times: Times, since: datetime) -> timedelta:
        opened = None if times.always else self._open(team)
        if opened is None:
            return self.now - since
        lengths = (min(ends, self.now) - max(starts, since) for starts, ends in opened)
        return sum((max(each, timedelta()) for each in lengths), timedelta())

    def _open(self, team: str) -> list[tuple[datetime, datetime]] | None:
        if team not in self._opened:
            self._opened[team] = rota.open_times(
                self.session, self.line_id, team, self.since, self.now
            )
        return self._opened[team]


@dataclass(slots=True)
class _Look:
    """One look at a line: what it goes by, and who is to be called at its end."""

    session: Session
    line_id: int
    now: datetime
    times: dict[int, Times]
    rows: Sequence[Case]
    waits: Waits
    called: defaultdict[notices.Kind, set[int]] = field(
        default_factory=lambda: defaultdict[notices.Kind, set[int]](set)
    )
    _there: dict[tuple[Step, str], list[int]] = field(
        default_factory=dict[tuple[Step, str], list[int]]
    )

    def waited(self, case: Case, since: datetime) -> timedelta:
        return self.waits.waited(case.team, self.times[case.urgency], since)

    def whom(self, step: Step, team: str) -> list[int]:
        if (step, team) not in self._there:
            self._there[step, team] = self._whom(step, team)
        return self._there[step, team]

    def _whom(self, step: Step, team: str) -> list[int]:
        on_call = rota.on_call(self.session, self.line_id, team, self.now)
        match step:
            case "call":
                return on_call
            case "supervisors":
                return supervisors(self.session, self.line_id)
            case "alarm":
                here = rota.on_duty(self.session, self.line_id, team, self.now)
                return [*on_call, *here, *supervisors(self.session, self.line_id)]

    def call(self) -> None:
        """Once for all cases of a kind: who waits is on the pages, and not in what calls people there."""
        for what, staff_ids in self.called.items():
            notices.send(self.session, self.line_id, what, sorted(staff_ids), self.now)


def supervisors(session: Session, line_id: int) -> list[int]:
    """Who looks after the line, by their numbers."""
    roles = [role for role in rights.ROLES if rights.may(role, "watch")]
    found = select(Staff.id).where(Staff.line_id == line_id, Staff.active, Staff.role.in_(roles))
    return list(session.scalars(found.order_by(Staff.id)))


def _send_back(look: _Look, case: Case) -> None:
    """Who took a case and does nothing at all loses it, and is away if it cannot wait."""
    if case.state != "taken" or case.taken_by is None or case.taken_at is None:
        return
    allowed = look.times[case.urgency].back
    if look.waited(case, max(_since(case), case.taken_at)) < allowed:
        return
    if look.now - _last_sign(look.session, case.taken_by, case.taken_at) < allowed:
        return
    silent = [case]
    if case.urgency <= notices.URGENT:
        away.go(look.session, look.line_id, case.taken_by, away.SILENT, look.now)
        silent = [each for each in look.rows if each.taken_by == case.taken_by]
    for each in silent:
        cases.put_back(look.session, each.id, None, look.now, cases.SILENT)
        look.called["case.back"].update(
            rota.on_duty(look.session, look.line_id, each.team, look.now)
        )


def _escalate(look: _Look, case: Case) -> None:
    """Do the next step that is due, if any; of those that are, the first for which somebody is there."""
    # Who has just taken it is given time to answer.
    allowed = look.times[case.urgency].back
    if case.state == "taken" and case.taken_at and look.now - case.taken_at < allowed:
        return
    number = _due(look, case)
    if number is None:
        return
    called: list[int] = []
    while not (called := look.whom(STEPS[number - 1], case.team)) and number < ALARM:
        number += 1
    step = STEPS[number - 1]
    case.stage = number
    look.called["alarm" if step == "alarm" else "case.escalated"].update(called)
    audit.note(look.session, look.line_id, None, "case.escalated", look.now, case.id, kind=step)
    thread.note(look.session, case, NOTES[step], look.now)
    thread.ring(look.session, look.line_id, case.id)


def _due(look: _Look, case: Case) -> int | None:
    """The number of the first step that is due and was not done."""
    times, so_far = look.times[case.urgency], look.waited(case, _since(case))
    for number, step in enumerate(STEPS, 1):
        if number <= case.stage or so_far < cast("timedelta", getattr(times, step)):
            continue
        # Who is on call takes cases that nobody has; this one's caseworker is there and works on it.
        if step == "call" and case.state == "taken":
            continue
        return number
    return None


def _since(case: Case) -> datetime:
    assert case.waits_since is not None, "who waits for nothing is not called for"
    return case.waits_since


def _last_sign(session: Session, staff_id: int, taken_at: datetime) -> datetime:
    """When a caseworker last did something: at any page, or by answering anybody."""
    seen = session.scalar(
        select(func.max(StaffSession.seen_at)).where(StaffSession.staff_id == staff_id)
    )
    wrote = session.scalar(
        select(func.max(CaseMessage.at))
        .join(Case, Case.id == CaseMessage.case_id)
        .where(Case.taken_by == staff_id, CaseMessage.author == "staff")
    )
    return max(taken_at, seen or taken_at, wrote or taken_at)
