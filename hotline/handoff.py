"""Asking a contact whether their case may be passed on to another organisation.

asked ──► agreed ──► passed         the case went (hotline.passing)
  │         └──► lapsed | withdrawn
  └──► declined | lapsed | withdrawn

How an answer is heard is in `hotline.consent`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from babel.lists import format_list
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import audit, casekeys, cases, teamkeys, thread
from hotline.body import label, numbered
from hotline.cases import CaseRefused, Colleague
from hotline.models import Case, Handoff
from hotline.vault import Vault
from locales import translator
from triage.flow import YES_NO

HandoffState = Literal["asked", "agreed", "declined", "lapsed", "withdrawn", "passed"]
TRANSITIONS: Final[dict[HandoffState, frozenset[HandoffState]]] = {
    "asked": frozenset({"agreed", "declined", "lapsed", "withdrawn"}),
    "agreed": frozenset({"passed", "lapsed", "withdrawn"}),
    "declined": frozenset(),
    "lapsed": frozenset(),
    "withdrawn": frozenset(),
    "passed": frozenset(),
}
OPEN: Final = ("asked", "agreed")
# What of a case another team can be given, in the order in which it is told.
PARTS: Final = ("summary", "thread", "form")
# A question that nobody has answered for so long is put anew, or let be.
WAITS: Final = timedelta(days=1)

# What contacts are told, as message ids of the contact catalog.
ASK, YES, NO = "handoff.ask", "handoff.yes", "handoff.no"
PASSED, COLLEAGUE = "handoff.passed", "handoff.colleague"
PART: Final = "handoff.part."
HANDOFF_MESSAGES: Final = (ASK, YES, NO, PASSED, COLLEAGUE, *(f"{PART}{part}" for part in PARTS))
# What the line notes in the thread.
SAID_YES, SAID_NO = "note.consent_given", "note.consent_refused"
TOOK_BACK: Final = "note.consent_withdrawn"


def moved(row: Handoff, state: HandoffState) -> None:
    """Every change of state goes through here."""
    if state not in TRANSITIONS[cast("HandoffState", row.state)]:
        raise CaseRefused("refused.handoff_over")
    row.state = state


def is_outside(from_team: str, to_team: str) -> bool:
    """Whether that team is of another organisation: the line's own teams are the first line."""
    return to_team != from_team and to_team not in casekeys.FIRST_LINE


def question(session: Session, case: Case, to_team: str, parts: Sequence[str]) -> str:
    """What the contact is asked, in their language, with what can be answered below it."""
    texts = translator(case.language, "contact")
    named = format_list([texts.text(f"{PART}{p}") for p in parts], locale=case.language)
    words = texts.text(ASK, team=team_label(session, case.line_id, to_team), parts=named)
    return numbered(words, [(each.id, label(each, case.language)) for each in YES_NO])


def team_label(session: Session, line_id: int, team: str) -> str:
    return dict(teamkeys.teams(session, line_id)).get(team, team)


def ask(
    session: Session,
    vault: Vault,
    case_id: int,
    staff: Colleague,
    to_team: str,
    parts: Sequence[str],
    now: datetime,
) -> None:
    """Ask the contact whether these parts of their case may go to that team. Raises CaseRefused."""
    case = cases.mine(session, case_id, staff)
    if to_team not in casekeys.current(session, case.line_id, [to_team]):
        raise CaseRefused("refused.team_key")
    if not is_outside(case.team, to_team):
        raise CaseRefused("refused.no_yes_needed")
    if not parts or not set(parts) <= set(given(session, case.id).parts):
        raise CaseRefused("refused.parts")
    ordered = [part for part in PARTS if part in parts]
    end_open(session, case.id, "lapsed")
    asked = cases.reply(
        session, vault, case_id, staff, question(session, case, to_team, ordered), now
    )
    session.add(
        Handoff(
            case_id=case.id,
            from_team=case.team,
            to_team=to_team,
            parts=ordered,
            state="asked",
            by_staff=staff.id,
            asked_at=now,
            question_id=asked,
            stands=True,
        )
    )
    session.flush()
    audit.note(session, case.line_id, staff.id, "case.consent_asked", now, case_id, team=to_team)


def let_be(session: Session, case_id: int, staff: Colleague, now: datetime) -> None:
    """Take the question back, or the yes. Raises CaseRefused."""
    case = cases.mine(session, case_id, staff)
    row = end_open(session, case.id, "withdrawn")
    if row is None:
        raise CaseRefused("refused.handoff_over")
    if row.answered_at is not None:
        thread.note(session, case, TOOK_BACK, now)
        audit.note(
            session,
            case.line_id,
            staff.id,
            "case.consent_withdrawn",
            now,
            case_id,
            team=row.to_team,
        )
    thread.ring(session, case.line_id, case.id)


def open_of(session: Session, case_id: int) -> Handoff | None:
    """The question or the yes that stands; whoever changes it has locked the case."""
    return session.scalar(
        select(Handoff).where(Handoff.case_id == case_id, Handoff.state.in_(OPEN))
    )


def end_open(
    session: Session, case_id: int, state: Literal["lapsed", "withdrawn"]
) -> Handoff | None:
    row = open_of(session, case_id)
    if row is not None:
        moved(row, state)
        session.flush()
    return row


@dataclass(frozen=True, slots=True)
class Given:
    """What the team that a case is with was given of it: the summary or not, the thread after an entry.

    A form that was not passed on is destroyed, so one that is there is theirs.
    """

    summary: bool = field(default=True, repr=False)
    after: int = 0

    @property
    def parts(self) -> tuple[str, ...]:
        """What they can pass on: of the thread, no more than they see."""
        return PARTS if self.summary else tuple(part for part in PARTS if part != "summary")


def given(session: Session, case_id: int) -> Given:
    """What of a case its team sees; all of it, unless it was passed to them with less."""
    last = session.scalar(
        select(Handoff)
        .where(Handoff.case_id == case_id, Handoff.state == "passed")
        .order_by(Handoff.id.desc())
        .limit(1)
    )
    return Given() if last is None else Given("summary" in last.parts, last.withheld_to)


def listed(session: Session, case_id: int) -> Sequence[Handoff]:
    """All of a case, the latest first."""
    rows = select(Handoff).where(Handoff.case_id == case_id).order_by(Handoff.id.desc())
    return session.scalars(rows).all()
