"""When a contact may be written to: never by surprise at a time they said is not safe.

What was agreed with them, hours of their days and "not before", holds for everything a case says to them.
Who writes to us now may be answered for an hour: that is their consent for this moment. What does not leave
in time does not leave.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from hotline import outbox
from hotline.hours import Hours, read
from hotline.models import Case, CaseMessage, Contact, Line, Outbox
from hotline.regions import region_zones
from hotline.vault import Vault

CONSENT_LASTS: Final = timedelta(hours=1)
# "Not before" ends by itself: nobody is forgotten behind it.
FARTHEST: Final = timedelta(days=60)
# Every clock on earth is a multiple of this away from the others, and hours are given in it: looking at
# each quarter finds every beginning and end, also on a night on which the clocks change.
QUARTER: Final = timedelta(minutes=15)
# One hour a week that falls into a skipped one comes again a week later.
LOOKS_AHEAD: Final = timedelta(days=15)
ANY_TIME: Final = Hours()


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with a contact; `held_at` is when "not before" was noted."""

    hours: Hours = ANY_TIME
    zone: str = ""
    not_before: datetime | None = None
    held_at: datetime | None = None

    def to_json(self) -> str:
        return json.dumps([str(self.hours), self.zone, _iso(self.not_before), _iso(self.held_at)])

    @classmethod
    def from_json(cls, text: str) -> "Agreed":
        hours, zone, not_before, held_at = json.loads(text)
        return cls(read(hours), zone, _time(not_before), _time(held_at))


@dataclass(frozen=True, slots=True)
class Window:
    """From when, and until when if there is an end, words may go to a contact."""

    opens: datetime
    closes: datetime | None = None

    @property
    def expires_at(self) -> datetime:
        """When words that have not left by then are not sent any more."""
        lives_until = self.opens + outbox.REPLY_LIVES
        return min(lives_until, self.closes or lives_until)


def window(agreed: Agreed, heard_at: datetime | None, now: datetime) -> Window:
    """The next time at which they may be written to; it opens `now` if they may be at once."""
    opens = _opens(agreed, heard_at, now)
    moments = _moments(opens, heard_at, outbox.REPLY_LIVES)
    return Window(opens, next((at for at in moments if not _may(agreed, heard_at, at)), None))


def of(vault: Vault, case: Case) -> Agreed:
    """What was agreed with the contact of a case."""
    if case.agreed_sealed is None:
        return Agreed()
    return Agreed.from_json(vault.open(case.agreed_sealed, "agreed"))


def window_of(session: Session, vault: Vault, case: Case, now: datetime) -> Window:
    contact = session.get(Contact, case.contact_id) if case.contact_id else None
    return window(of(vault, case), contact and contact.heard_at, now)


def may_now(session: Session, vault: Vault, case: Case, now: datetime) -> bool:
    return not case.covered and window_of(session, vault, case, now).opens <= now


def agree(session: Session, vault: Vault, case: Case, agreed: Agreed, now: datetime) -> None:
    """Note what was agreed. What waits to be sent waits for the new time."""
    before = of(vault, case)
    held_at = before.held_at if agreed.not_before == before.not_before else now
    agreed = replace(agreed, held_at=held_at if agreed.not_before else None)
    nothing = agreed.hours.always and agreed.not_before is None
    case.agreed_sealed = None if nothing else vault.seal(agreed.to_json(), "agreed")
    session.flush()
    _wait_anew(session, vault, case, now)


def withhold(session: Session, contact_id: int, now: datetime) -> int:
    """The safe word came up: what one of ours wrote and what waits for later is not sent any more."""
    ours = select(CaseMessage.outbox_id).where(CaseMessage.author == "staff")
    ids = session.scalars(
        select(Outbox.id).where(
            Outbox.contact_id == contact_id,
            Outbox.campaign_id.is_(None),
            Outbox.state == "queued",
            or_(Outbox.due_at > now, Outbox.id.in_(ours)),
        )
    ).all()
    return withdraw(session, ids, now)


def withdraw(session: Session, outbox_ids: Sequence[int], now: datetime) -> int:
    """Words that are not to be sent after all. Gives how many had not left yet."""
    gone = session.execute(
        update(Outbox)
        .where(Outbox.id.in_(outbox_ids), Outbox.state == "queued")
        .values(state="suppressed", changed_at=now, address_sealed=None, body_sealed=None)
        .returning(Outbox.id)
    )
    return len(gone.all())


def zones_of(session: Session, vault: Vault, case: Case) -> tuple[str, ...]:
    """Where the contact's clock may be, the likeliest first: as agreed, else by their number."""
    if zone := of(vault, case).zone:
        return (zone,)
    contact = session.get(Contact, case.contact_id) if case.contact_id else None
    return region_zones(vault.open(contact.address_sealed, "address")) if contact else ()


def as_they_read_it(session: Session, vault: Vault, case: Case, at: datetime) -> str:
    """A time by the contact's own clock; where that is not known, by the line's, which is then named."""
    zones = zones_of(session, vault, case)
    if len(zones) == 1:
        return f"{at.astimezone(ZoneInfo(zones[0])):%H:%M}"
    zone = session.get_one(Line, case.line_id).time_zone
    place = get_timezone_location(ZoneInfo(zone), locale=case.language, return_city=True)
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M} ({place})"


def _may(agreed: Agreed, heard_at: datetime | None, at: datetime) -> bool:
    speaks = heard_at is not None and heard_at <= at < heard_at + CONSENT_LASTS
    if agreed.not_before is not None and at < agreed.not_before:
        # They asked for it after what they wrote: only new words of theirs lift it.
        asked = agreed.held_at
        return speaks and (asked is None or (heard_at is not None and heard_at > asked))
    return speaks or agreed.hours.open_at(at, agreed.zone)


def _opens(agreed: Agreed, heard_at: datetime | None, now: datetime) -> datetime:
    if _may(agreed, heard_at, now):
        return now
    start = max(now, agreed.not_before or now)
    moments = chain((start,), _moments(start, heard_at, LOOKS_AHEAD))
    return next(at for at in moments if _may(agreed, heard_at, at))


def _moments(after: datetime, heard_at: datetime | None, within: timedelta) -> Iterator[datetime]:
    """Every moment after another at which it may begin or end, in their order."""
    consent = heard_at + CONSENT_LASTS if heard_at else after
    quarter = after.replace(minute=after.minute // 15 * 15, second=0, microsecond=0)
    while quarter < after + within:
        if quarter < consent <= quarter + QUARTER and consent > after:
            yield consent
        quarter += QUARTER
        yield quarter


def _wait_anew(session: Session, vault: Vault, case: Case, now: datetime) -> None:
    """Words that wait for a safe time wait for the one that holds now."""
    rows = session.execute(
        select(CaseMessage, Outbox)
        .join(Outbox, Outbox.id == CaseMessage.outbox_id)
        .where(
            CaseMessage.case_id == case.id,
            CaseMessage.kept_until.is_not(None),
            Outbox.state == "queued",
        )
        .with_for_update(of=Outbox)
    ).all()
    if not rows:
        return
    found = window_of(session, vault, case, now)
    for message, row in rows:
        message.kept_until = row.due_at = found.opens
        row.expires_at = found.expires_at
    session.flush()


def _iso(at: datetime | None) -> str | None:
    return at and at.isoformat()


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
