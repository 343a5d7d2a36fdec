"""How long everything lives. A table that is missing here fails a test."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from hotline import forgetting, invitations, signin
from hotline.models import (
    Audit,
    Away,
    Base,
    Case,
    Contact,
    Erasure,
    EscrowGift,
    Heartbeat,
    InboundSeen,
    Invitation,
    LoginFailure,
    Notice,
    Outbox,
    SenderHealth,
    Shift,
    ShiftChange,
    SimulatedMessage,
    SpentChallenge,
    StaffSession,
)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """`after` what, and which event starts the clock. None: ends with another row or by an act."""

    after: timedelta | None
    ends: str


# A backup knows who was forgotten since it was made; the log of erasures must be older than any.
BACKUPS_KEPT: Final = timedelta(days=35)

KEEP: Final[dict[str, Lifetime]] = {
    "shifts": Lifetime(timedelta(days=31), "after a single day; weekly ones when they are removed"),
    "shift_changes": Lifetime(timedelta(days=31), "after their day, or with their shift"),
    "holidays": Lifetime(None, "with the line"),
    "aways": Lifetime(
        timedelta(days=2), "after they were back: how long somebody has had no break"
    ),
    "clocks": Lifetime(None, "with the line"),
    "contacts": Lifetime(timedelta(days=30), "after the last text, unless a case is open"),
    "cases": Lifetime(timedelta(days=30), "after the case was closed"),
    "case_messages": Lifetime(None, "with their case"),
    "assistance_forms": Lifetime(None, "with the words of their case"),
    "case_keys": Lifetime(None, "with their case; then nothing of it can be read again"),
    "handoffs": Lifetime(None, "with their case; no words in it"),
    "staff_keys": Lifetime(None, "when the person leaves or makes a new key"),
    "team_members": Lifetime(None, "when the person leaves or makes a new key"),
    "escrow_shares": Lifetime(None, "when the escrow is made anew, or the supervisor leaves"),
    "escrow_gifts": Lifetime(
        timedelta(days=7), "after they were given, or when the key is recovered"
    ),
    "lines": Lifetime(None, "with the installation"),
    "ready_replies": Lifetime(None, "with the line; nothing of a contact is in them"),
    "ready_texts": Lifetime(None, "with their reply"),
    "services": Lifetime(None, "until they are taken out of the directory; public facts only"),
    "directory_settings": Lifetime(None, "with the line"),
    "staff": Lifetime(None, "an account that was disabled stays: cases and campaigns name it"),
    "teams": Lifetime(None, "with the line"),
    "team_keys": Lifetime(None, "old ones as long as cases are sealed to them"),
    "escrows": Lifetime(None, "when it is made anew"),
    "campaign_texts": Lifetime(None, "with their campaign"),
    "opt_outs": Lifetime(None, "until the person says START; a keyed hash and nothing else"),
    "signup_codes": Lifetime(None, "closed ones stay: counts name them"),
    "signup_pending": Lifetime(timedelta(days=2), "after they were asked whether to sign up"),
    "signup_tallies": Lifetime(None, "kept: numbers, never who"),
    "imports": Lifetime(timedelta(days=30), "after the file came; numbers only"),
    "import_rejects": Lifetime(timedelta(days=1), "after the file came, or when they are fetched"),
    "test_sends": Lifetime(timedelta(hours=1), "after the text went out; not to whom"),
    "prices": Lifetime(None, "with the line"),
    "campaign_tallies": Lifetime(None, "when their campaign closes; its balance sheet stays"),
    "campaign_points": Lifetime(None, "kept: numbers, never who"),
    "counters": Lifetime(None, "kept: numbers, never who"),
    "releases": Lifetime(None, "kept: what was published"),
    "heartbeats": Lifetime(timedelta(days=1), "after the process was last heard of"),
    "sender_health": Lifetime(timedelta(days=1), "after the sender was last heard of"),
    "erasures": Lifetime(BACKUPS_KEPT, "after they asked: as long as a backup is kept"),
    "outbox": Lifetime(
        timedelta(days=3), "after the last change; campaigns keep theirs until closed"
    ),
    "outbox_bodies": Lifetime(None, "when their campaign closes"),
    "notice_calls": Lifetime(None, "in a second: when it is known whom to tell, and how"),
    "notices": Lifetime(timedelta(days=30), "after the last of their kind; no case is in them"),
    "notice_rules": Lifetime(None, "as long as the person works here"),
    "notice_addresses": Lifetime(None, "until the person takes it away, or is shut out"),
    "case_looks": Lifetime(None, "with their case"),
    "simulated_messages": Lifetime(timedelta(days=3), "after they were shown"),
    "subscribers": Lifetime(
        None, "when the person asks to be forgotten; STOP keeps them from being texted"
    ),
    "campaigns": Lifetime(None, "the ledger key goes when the campaign closes; the counts stay"),
    "inbound_seen": Lifetime(timedelta(days=3), "longer than any provider repeats a webhook"),
    "login_failures": Lifetime(timedelta(days=1), "longer than the lock they cause"),
    "staff_sessions": Lifetime(timedelta(hours=12), "after signing in"),
    "authenticators": Lifetime(None, "when it is removed, or made anew"),
    "passkeys": Lifetime(None, "when they are removed"),
    "recovery_codes": Lifetime(None, "when they are used, made anew, or no second factor is left"),
    "spent_challenges": Lifetime(timedelta(hours=1), "longer than anybody may answer one"),
    "audit": Lifetime(timedelta(days=730), "after it was done; names no contact"),
    "invitations": Lifetime(invitations.LASTS, "after they were made, or when somebody has joined"),
}
# A dialogue that nobody goes on with: the answers go, the language stays.
DIALOGUE_IDLES: Final = timedelta(hours=24)


def purge(session: Session, now: datetime) -> dict[str, int]:
    """Delete what has outlived its purpose. Gives the number of rows by table."""
    forgotten = forgetting.forget_unseen(session, now)
    has_case = select(Case.id).where(Case.contact_id == Contact.id, Case.state != "closed").exists()
    gone = {
        "forgotten cases": forgotten,
        "cases": _delete(
            session, Case, and_(Case.state == "closed", Case.closed_at < _old(now, "cases"))
        ),
        "contacts": _delete(
            session, Contact, and_(Contact.heard_at < _old(now, "contacts"), ~has_case)
        ),
        "outbox": _delete(
            session,
            Outbox,
            and_(
                Outbox.campaign_id.is_(None),
                Outbox.changed_at < _old(now, "outbox"),
                or_(Outbox.state.not_in(("queued", "sending")), Outbox.expires_at < now),
            ),
        ),
        "simulated_messages": _delete(
            session, SimulatedMessage, SimulatedMessage.at < _old(now, "simulated_messages")
        ),
        "inbound_seen": _delete(session, InboundSeen, InboundSeen.at < _old(now, "inbound_seen")),
        "login_failures": _delete(
            session, LoginFailure, LoginFailure.at < _old(now, "login_failures")
        ),
        "staff_sessions": _delete(
            session,
            StaffSession,
            or_(
                StaffSession.started_at < _old(now, "staff_sessions"),
                StaffSession.seen_at < now - signin.IDLE,
            ),
        ),
        "spent_challenges": _delete(
            session, SpentChallenge, SpentChallenge.at < _old(now, "spent_challenges")
        ),
        "notices": _delete(session, Notice, Notice.asked_at < _old(now, "notices")),
        "heartbeats": _delete(session, Heartbeat, Heartbeat.at < _old(now, "heartbeats")),
        "sender_health": _delete(
            session, SenderHealth, SenderHealth.at < _old(now, "sender_health")
        ),
        "escrow_gifts": _delete(session, EscrowGift, EscrowGift.at < _old(now, "escrow_gifts")),
        "shifts": _delete(session, Shift, Shift.day < _old(now, "shifts").date()),
        "shift_changes": _delete(
            session, ShiftChange, ShiftChange.day < _old(now, "shift_changes").date()
        ),
        "aways": _delete(session, Away, Away.ended_at < _old(now, "aways")),
        "erasures": _delete(session, Erasure, Erasure.at < _old(now, "erasures")),
        "audit": _delete(session, Audit, Audit.at < _old(now, "audit")),
        "invitations": _delete(session, Invitation, Invitation.at <= _old(now, "invitations")),
    }
    idle = session.execute(
        update(Contact)
        .where(
            Contact.state_sealed.is_not(None), Contact.heard_at < now - DIALOGUE_IDLES, ~has_case
        )
        .values(state_sealed=None)
        .returning(Contact.id)
    ).all()
    return gone | {"dialogues": len(idle)}


def _old(now: datetime, table: str) -> datetime:
    after = KEEP[table].after
    assert after is not None
    return now - after


def _delete(session: Session, table: type[Base], where: ColumnElement[bool]) -> int:
    result = session.execute(delete(table).where(where).returning(1))
    return len(result.all())
