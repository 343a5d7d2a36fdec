"""Out of hours: who asks for a person while nobody is on duty is told when somebody will be there.

Only what the rota says is promised, in the contact's language, with the line's time zone named. What to do
in danger is said in the same breath. Never while the safe word is up, and not at every word they write.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_location
from sqlalchemy.orm import Session

from hotline import rota, thread
from hotline.body import speak
from hotline.models import Case, Line
from hotline.vault import Vault
from triage import Say

# What contacts are told, as message ids of the contact catalog.
BACK_AT: Final = "hours.back_at"
BACK_LATER: Final = "hours.back_later"
HOURS_MESSAGES: Final = (BACK_AT, BACK_LATER)
# What is noted in the thread, as a message id of the staff catalog.
TOLD: Final = "note.hours_told"
# Told again when they write into a case that still waits after so long.
AGAIN: Final = timedelta(hours=6)
# A day of the week names one day as long as it is nearer than the same day of the week after.
WEEK: Final = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as a contact reads it."""

    day: str
    time: str
    zone: str


def tell(session: Session, vault: Vault, case_id: int, now: datetime) -> str | None:
    """Tell the contact of a waiting case when somebody will be there, if nobody is.

    Gives the message id, or None when nothing was to be told.
    """
    case = session.get_one(Case, case_id)
    if case.state != "waiting" or case.covered or case.forgotten_at is not None:
        return None
    if case.hours_told_at is not None and now - case.hours_told_at < AGAIN:
        return None
    if rota.is_open(session, case.line_id, case.team, now):
        return None
    told, values = _words(session, case, now)
    body = speak([Say(told)], case.language, **values)
    assert body is not None, "one message is always a body"
    case.hours_told_at = now
    thread.queue(session, vault, case, body, now)
    thread.note(session, case, TOLD, now)
    return told


def as_contacts_read(at: datetime, now: datetime, zone: str, language: str) -> Moment:
    """The day of the week while it is near, else the date; the hour; and whose clock that is."""
    here = ZoneInfo(zone)
    wall = at.astimezone(here)
    near = at - now < WEEK
    day = format_date(wall, "EEEE" if near else "full", locale=language)
    time = format_time(wall, "HH:mm", tzinfo=here, locale=language)
    return Moment(day, time, _plain(_place(zone, language)))


def _words(session: Session, case: Case, now: datetime) -> tuple[str, dict[str, Any]]:
    at = rota.next_start(session, case.line_id, case.team, now)
    if at is None:
        return BACK_LATER, {}
    zone = session.get_one(Line, case.line_id).time_zone
    moment = as_contacts_read(at, now, zone, case.language)
    return BACK_AT, {"day": moment.day, "time": moment.time, "zone": moment.zone}


def _place(zone: str, language: str) -> str:
    """Where the clock hangs: a city, as the contact calls it. A line without a place has universal time."""
    if "/" not in zone or zone.startswith("Etc/"):
        return "UTC"
    return get_timezone_location(zone, locale=language, return_city=True)


def _plain(name: str) -> str:
    """A bent apostrophe would make every segment of an SMS less than half as long."""
    return name.replace("\u2019", "'")
