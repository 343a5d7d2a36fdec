"""Passing a case on: to a colleague, to another team of the line, or to another organisation.

To another organisation it goes with the contact's yes to that team and those parts, or without one for a
reason from a short list, which is kept, audited and shown to who receives it. Nothing else leads there.
Its key comes sealed to the other team's, as a browser made it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline import assistance, audit, casekeys, cases, handoff, notices, rights, teamkeys, thread
from hotline.casekeys import FIRST_LINE
from hotline.cases import CaseRefused, Colleague
from hotline.handoff import COLLEAGUE, PARTS, PASSED, Given
from hotline.models import Case, CaseKey, CaseMessage, Handoff, Staff, TeamMember
from hotline.staff import Member, member
from hotline.vault import Vault
from triage import Say

# Why a case may go to another organisation without the contact's yes.
REASONS: Final = ("danger", "child", "law")
CONSENT, INSIDE = "consent", "inside"
# What the line notes in the thread.
PASSED_ON, HANDED_OVER = "note.passed_on", "note.handed_over"
NO_YES: Final = "note.no_yes_"

# A case's key by team: the number of that team's key, and what was sealed to it.
SealedKeys = Mapping[str, tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class Receiver:
    """A team that a case could go to. `outside`: of another organisation, so the contact is asked."""

    team: str
    label: str
    outside: bool
    # The key that it has to be sealed to, as number and public key; None when it has none yet.
    key: tuple[int, bytes] | None = field(repr=False)


def pass_on(
    session: Session,
    vault: Vault,
    case_id: int,
    staff: Colleague,
    to_team: str,
    keys: SealedKeys,
    now: datetime,
    *,
    reason: str = "",
    parts: Sequence[str] = (),
) -> None:
    """Hand a case to another team. With a `reason` the contact is not asked, and `parts` of it go; without
    one, those go to which they said yes. Raises CaseRefused.
    """
    case = cases.mine(session, case_id, staff)
    if to_team == case.team or to_team not in dict(teamkeys.teams(session, case.line_id)):
        raise CaseRefused("keys.refused.team")
    had = handoff.given(session, case.id)
    row = _grounded(session, case, staff, to_team, had, now, reason=reason, parts=parts)
    _hand_keys(session, case, to_team, keys)
    row.withheld_to = _withheld(session, case, row, had)
    if row.ground != INSIDE and "form" not in row.parts:
        # Who filled it in gives the key away here: a form that does not go along could be read by nobody.
        assistance.destroy(session, case.id)
    row.passed_at = now
    case.team = to_team
    case.state, case.taken_by, case.changed_at = "waiting", None, now
    session.flush()
    audit.note(session, case.line_id, staff.id, "case.passed", now, case_id, team=to_team)
    thread.note(session, case, f"{NO_YES}{reason}" if reason else PASSED_ON, now)
    if row.ground == CONSENT:
        label = handoff.team_label(session, case.line_id, to_team)
        thread.tell(session, vault, case, Say(PASSED), now, team=label, at=now)
    notices.case_waits(session, case.line_id, to_team, case.urgency, now)
    thread.ring(session, case.line_id, case.id)


def hand_over(
    session: Session,
    vault: Vault,
    case_id: int,
    staff: Colleague,
    colleague_id: int,
    now: datetime,
) -> None:
    """Give a case to a colleague of the same team; the contact is told who writes from now on.

    Raises CaseRefused.
    """
    case = cases.mine(session, case_id, staff)
    there = {each.id: each for each in colleagues(session, case) if each.id != staff.id}
    other = there.get(colleague_id)
    if other is None:
        raise CaseRefused("refused.colleague")
    has = select(func.count()).where(Case.taken_by == other.id, Case.state == "taken")
    if (session.scalar(has) or 0) >= other.most_cases:
        raise CaseRefused("refused.colleague_full")
    case.taken_by, case.taken_at, case.changed_at = other.id, now, now
    session.flush()
    audit.note(session, case.line_id, staff.id, "case.passed", now, case_id, staff=other.id)
    thread.note(session, case, HANDED_OVER, now)
    if not case.covered:
        name = other.display_name
        thread.tell(session, vault, case, Say(COLLEAGUE), now, name=name, at=now)
    notices.send(session, case.line_id, "case.handed", [other.id], now)
    thread.ring(session, case.line_id, case.id)


def colleagues(session: Session, case: Case) -> list[Member]:
    """Who could go on with a case: they may work with its team's cases, and hold a key that opens it."""
    opens = (
        select(TeamMember.staff_id)
        .join(CaseKey, CaseKey.team_key_id == TeamMember.team_key_id)
        .where(CaseKey.case_id == case.id)
    )
    rows = session.scalars(
        select(Staff)
        .where(Staff.line_id == case.line_id, Staff.active, Staff.id.in_(opens))
        .order_by(Staff.display_name, Staff.id)
    )
    return [each for each in map(member, rows) if _works_with(each, case.team)]


def receivers(session: Session, case: Case) -> list[Receiver]:
    """Teams that a case could go to, those of the line first."""
    named = [each for each in teamkeys.teams(session, case.line_id) if each[0] != case.team]
    keys = casekeys.current(session, case.line_id, [team for team, _ in named])
    return [
        Receiver(team, label, handoff.is_outside(case.team, team), keys.get(team))
        for team, label in named
    ]


def _works_with(each: Member, team: str) -> bool:
    if not rights.may(each.role, "desk"):
        return False
    own = team in each.teams
    return own if each.role == "partner" or team not in FIRST_LINE else own or not each.teams


def _grounded(
    session: Session,
    case: Case,
    staff: Colleague,
    to_team: str,
    had: Given,
    now: datetime,
    *,
    reason: str,
    parts: Sequence[str],
) -> Handoff:
    """The record of why this case may go to that team. Raises CaseRefused when it may not."""
    outside = handoff.is_outside(case.team, to_team)
    if reason and (reason not in REASONS or not outside):
        raise CaseRefused("refused.reason")
    if not outside:
        handoff.end_open(session, case.id, "lapsed")
        return _record(session, case, staff, to_team, had.parts, INSIDE, now)
    if reason:
        if not parts or not set(parts) <= set(had.parts):
            raise CaseRefused("refused.parts")
        handoff.end_open(session, case.id, "lapsed")
        audit.note(
            session,
            case.line_id,
            staff.id,
            "case.consent_overridden",
            now,
            case.id,
            team=to_team,
            reason=reason,
        )
        return _record(session, case, staff, to_team, parts, reason, now)
    return _agreed(session, case, to_team)


def _agreed(session: Session, case: Case, to_team: str) -> Handoff:
    row = handoff.open_of(session, case.id)
    if row is None or row.state != "agreed" or row.to_team != to_team:
        raise CaseRefused("refused.no_yes")
    if case.covered:
        # Who said yes may not be who holds the phone now.
        raise CaseRefused("refused.covered_pass")
    row.ground = CONSENT
    handoff.moved(row, "passed")
    return row


def _record(
    session: Session,
    case: Case,
    staff: Colleague,
    to_team: str,
    parts: Sequence[str],
    ground: str,
    now: datetime,
) -> Handoff:
    row = Handoff(
        case_id=case.id,
        from_team=case.team,
        to_team=to_team,
        parts=[part for part in PARTS if part in parts],
        state="passed",
        by_staff=staff.id,
        asked_at=now,
        ground=ground,
    )
    session.add(row)
    return row


def _hand_keys(session: Session, case: Case, to_team: str, keys: SealedKeys) -> None:
    """Between teams of the first line nothing has to be sealed: a case opens with its key for all of them."""
    inside = to_team in FIRST_LINE
    if inside and not keys and casekeys.is_sealed_to(session, case.id, to_team):
        return
    allowed = set(FIRST_LINE) if inside else {to_team}
    if to_team not in keys or not keys.keys() <= allowed:
        raise CaseRefused("refused.team_key")
    if not casekeys.hand_on(session, case.line_id, case.id, keys):
        raise CaseRefused("refused.team_key")


def _withheld(session: Session, case: Case, row: Handoff, had: Given) -> int:
    """Up to which entry the thread stays unseen there. The line's own teams get back all that there is."""
    if row.to_team in FIRST_LINE:
        row.parts = list(PARTS)
        return 0
    if "thread" in row.parts:
        return had.after
    last = select(func.max(CaseMessage.id)).where(CaseMessage.case_id == case.id)
    return session.scalar(last) or 0
