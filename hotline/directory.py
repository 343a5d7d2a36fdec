"""The referral directory: who helps with what, where, and whether somebody has confirmed it lately.

Nobody is sent to a service that nobody has confirmed, or not for long: `sendable` is asked by every page and
once more by what sends. Whatever changes of an entry has to be confirmed anew.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hotline import audit, entries, notices, rights
from hotline.entries import Entry
from hotline.hours import Hours
from hotline.models import DirectorySettings, Line, Service, Staff
from hotline.staff import Member

Freshness = Literal["fresh", "soon", "stale", "unverified"]
# Said some days before an entry can no longer be sent.
SOON: Final = timedelta(days=14)
DAYS: Final = 90
FEWEST_DAYS, MOST_DAYS = 7, 366
REMINDED_EVERY: Final = timedelta(days=7)


class DirectoryRefused(Exception):
    """What was asked of the directory cannot be done. `reason` is a message id of the staff catalog."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry as it stands today. `until` is the last day on which it may be sent, None for never."""

    id: int
    entry: Entry
    freshness: Freshness
    until: date | None

    @property
    def sendable(self) -> bool:
        return self.freshness in ("fresh", "soon")

    @property
    def shown(self) -> str:
        """What stands on a page that shows it: who confirms or sends it means this and nothing newer."""
        return hashlib.sha256(repr(entries.facts(self.entry)).encode()).hexdigest()[:32]

    def open_at(self, at: datetime) -> bool | None:
        """Whether somebody is there now; None where nobody knows."""
        week = self.entry.week
        return None if week is None else week.open_at(at, self.entry.time_zone or "UTC")

    def next_open(self, at: datetime) -> datetime | None:
        week = self.entry.week or Hours()
        return week.next_open(at, self.entry.time_zone or "UTC")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty does not matter. `words` may stand in the name, area or note."""

    country: str = ""
    kind: str = ""
    language: str = ""
    words: str = field(default="", repr=False)
    open_at: datetime | None = None


def found(session: Session, line_id: int, wanted: Wanted, now: datetime) -> list[Listed]:
    """What fits, what may be sent first. One that is anywhere fits every country."""
    rows = session.scalars(select(Service).where(Service.line_id == line_id, *_fits(wanted)))
    days = days_of(session, line_id)
    listed = [_listed(row, days, now.date()) for row in rows]
    if wanted.open_at is not None:
        listed = [each for each in listed if each.open_at(wanted.open_at)]
    return sorted(listed, key=lambda each: (not each.sendable, each.entry.name.casefold(), each.id))


def get(
    session: Session, line_id: int, service_id: int, now: datetime, *, lock: bool = False
) -> Listed:
    """One entry; `lock` keeps it as it is until the transaction ends. Raises DirectoryRefused."""
    return _listed(
        _row(session, line_id, service_id, lock=lock), days_of(session, line_id), now.date()
    )


def save(
    session: Session,
    line_id: int,
    entry: Entry,
    now: datetime,
    *,
    by: int | None,
    service_id: int | None = None,
) -> tuple[int, bool]:
    """Keep an entry, new or in place of the one of that number; gives its number, and whether it is other
    than it was.

    What was confirmed of other facts than these counts no longer. Raises DirectoryRefused.
    """
    # Two who add the same code at once: the second finds what the first has added.
    session.execute(select(Line.id).where(Line.id == line_id).with_for_update(key_share=True))
    same_code = Service.line_id == line_id, Service.code == entry.code
    there = session.scalar(select(Service).where(*same_code).with_for_update())
    if service_id is not None:
        if there is not None and there.id != service_id:
            raise DirectoryRefused("entry.code_taken")
        there = _row(session, line_id, service_id, lock=True)
    if there is not None:
        entry = _confirmed(entry_of(there), entry)
        if entry == entry_of(there):
            return there.id, False
    row = there or Service(line_id=line_id)
    _write(row, entry, now)
    session.add(row)
    session.flush()
    audit.note(session, line_id, by, "directory.changed", now, service=row.id)
    return row.id, True


def verify(
    session: Session, member: Member, service_id: int, shown: str, source: str, now: datetime
) -> None:
    """The member has checked what the page showed, today. Raises DirectoryRefused."""
    row = _row(session, member.line_id, service_id, lock=True)
    listed = _listed(row, days_of(session, member.line_id), now.date())
    if listed.shown != shown:
        raise DirectoryRefused("entry.changed")
    try:
        checked = entries.read(
            entries.cells(listed.entry)
            | {
                "source": source or listed.entry.source,
                "verified_on": now.date().isoformat(),
                "verified_by": member.display_name,
            },
            now.date(),
        )
    except entries.EntryUnusable as unusable:
        raise DirectoryRefused(unusable.reason) from None
    _write(row, checked, now)
    session.flush()
    audit.note(session, member.line_id, member.id, "directory.verified", now, service=service_id)


def remove(session: Session, member: Member, service_id: int, now: datetime) -> None:
    """Take an entry out. Raises DirectoryRefused."""
    session.delete(_row(session, member.line_id, service_id, lock=True))
    session.flush()
    audit.note(session, member.line_id, member.id, "directory.changed", now, service=service_id)


def days_of(session: Session, line_id: int) -> int:
    """How long what was confirmed counts."""
    settings = session.get(DirectorySettings, line_id)
    return settings.days if settings else DAYS


def set_days(session: Session, member: Member, days: int, now: datetime) -> None:
    """Raises DirectoryRefused."""
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise DirectoryRefused("directory.days_refused")
    _settings(session, member.line_id).days = days
    audit.note(session, member.line_id, member.id, "directory.changed", now)


def due(session: Session, line_id: int, now: datetime) -> list[Listed]:
    """What cannot be sent, or soon not any more, in the order in which it ran out."""
    listed = found(session, line_id, Wanted(), now)
    return sorted(
        (each for each in listed if each.freshness != "fresh"),
        key=lambda each: (each.until or date.min, each.entry.name.casefold()),
    )


def remind(session: Session, line_id: int, now: datetime) -> bool:
    """Have those told who may confirm entries that some have to be, once a week at most."""
    settings = _settings(session, line_id)
    if settings.reminded_at is not None and now - settings.reminded_at < REMINDED_EVERY:
        return False
    if not due(session, line_id, now):
        return False
    settings.reminded_at = now
    may = [role for role in rights.ROLES if rights.may(role, "directory")]
    who = select(Staff.id).where(Staff.line_id == line_id, Staff.active, Staff.role.in_(may))
    notices.send(session, line_id, "directory.stale", session.scalars(who).all(), now)
    return True


def entry_of(row: Service) -> Entry:
    return Entry(
        code=row.code,
        name=row.name,
        kind=row.kind,
        country=row.country,
        area=row.area,
        languages=tuple(row.languages),
        serves=tuple(row.serves),
        hours=row.hours,
        time_zone=row.time_zone,
        cost=row.cost,
        phone=row.reach_phone,
        email=row.reach_email,
        web=row.reach_web,
        place=row.reach_place,
        texts=row.texts,
        note=row.note,
        source=row.source,
        verified_on=row.verified_on,
        verified_by=row.verified_by,
    )


def _write(row: Service, entry: Entry, now: datetime) -> None:
    row.code, row.name, row.kind = entry.code, entry.name, entry.kind
    row.country, row.area = entry.country, entry.area
    row.languages, row.serves = list(entry.languages), list(entry.serves)
    row.hours, row.time_zone, row.cost = entry.hours, entry.time_zone, entry.cost
    row.reach_phone, row.reach_email = entry.phone, entry.email
    row.reach_web, row.reach_place = entry.web, entry.place
    row.texts, row.note, row.source = dict(entry.texts), entry.note, entry.source
    row.verified_on, row.verified_by = entry.verified_on, entry.verified_by
    row.changed_at = now


def _confirmed(kept: Entry, entry: Entry) -> Entry:
    """The entry, confirmed as far as what it says was: never by a date that is older than a change."""
    if entry.verified_on and (kept.verified_on is None or entry.verified_on > kept.verified_on):
        return entry
    if entries.facts(kept) == entries.facts(entry):
        return replace(entry, verified_on=kept.verified_on, verified_by=kept.verified_by)
    return replace(entry, verified_on=None, verified_by="")


def _listed(row: Service, days: int, today: date) -> Listed:
    entry = entry_of(row)
    if entry.verified_on is None:
        return Listed(row.id, entry, "unverified", None)
    until = entry.verified_on + timedelta(days=days)
    freshness: Freshness = "stale" if today > until else "soon" if today > until - SOON else "fresh"
    return Listed(row.id, entry, freshness, until)


def _fits(wanted: Wanted) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = []
    if wanted.country:
        fits.append(Service.country.in_((wanted.country, "")))
    if wanted.kind:
        fits.append(Service.kind == wanted.kind)
    if wanted.language:
        fits.append(Service.languages.contains([wanted.language]))
    for word in wanted.words.split():
        places = (Service.name, Service.area, Service.note, Service.code)
        fits.append(or_(*(place.icontains(word, autoescape=True) for place in places)))
    return fits


def _row(session: Session, line_id: int, service_id: int, *, lock: bool = False) -> Service:
    wanted = select(Service).where(Service.id == service_id, Service.line_id == line_id)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise DirectoryRefused("entry.unknown")
    return row


def _settings(session: Session, line_id: int) -> DirectorySettings:
    settings = session.get(DirectorySettings, line_id, with_for_update=True)
    if settings is None:
        settings = DirectorySettings(line_id=line_id, days=DAYS, reminded_at=None)
        session.add(settings)
        session.flush()
    return settings
