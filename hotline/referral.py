"""Telling a contact of a service: one message out of a catalog's sentences and the entry, and nothing else.

It is shown before it is sent, and sent as a caseworker's reply is: whatever keeps a reply back keeps this
back, too.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from hotline import audit, cases, directory, entries
from hotline.cases import CaseRefused, Colleague
from hotline.directory import DirectoryRefused, Listed
from hotline.entries import Entry, EntryUnusable
from hotline.vault import Vault
from locales import count_segments, direction, languages, translator

# As long as advice may be in any catalog.
MOST_SEGMENTS: Final = 6
SENT: Final = "service.sent"
REACHED: Final[Mapping[str, str]] = {
    "phone": "service.phone",
    "web": "service.web",
    "email": "service.email",
    "place": "service.place",
}
HOURS, ALWAYS = "service.hours", "service.always"
# Where nobody knows what it costs, nothing is said of it.
COST: Final[Mapping[str, str]] = {
    "free": "service.cost.free",
    "some": "service.cost.some",
    "paid": "service.cost.paid",
}
SERVICE_MESSAGES: Final = (SENT, *REACHED.values(), HOURS, ALWAYS, *COST.values())
# What follows keeps its direction: a number in an Arabic text is not read from its end.
LEFT_TO_RIGHT: Final = "\u200e"


def message(entry: Entry, language: str) -> str:
    """What a contact is told of a service, in their language; its own words where there are some."""
    return "\n".join(_lines(entry, language))


def checked(cells: Mapping[str, str], today: date) -> Entry:
    """The entry that cells say, if it can be told within reason. Raises EntryUnusable."""
    entry = entries.read(cells, today)
    told = {*languages("contact"), *entry.texts}
    if any(count_segments(message(entry, code)).segments > MOST_SEGMENTS for code in told):
        raise EntryUnusable("entry.too_many_segments")
    return entry


def send(
    session: Session,
    vault: Vault,
    case_id: int,
    staff: Colleague,
    service_id: int,
    shown: str,
    now: datetime,
) -> None:
    """Tell the contact of a case of a service, as it was shown. Raises CaseRefused."""
    case = cases.locked(session, case_id)
    try:
        service = directory.get(session, case.line_id, service_id, now, lock=True)
    except DirectoryRefused as refused:
        raise CaseRefused(refused.reason) from None
    _look_again(service, shown)
    text = message(service.entry, case.language)
    cases.reply(session, vault, case_id, staff, text, now)
    audit.note(
        session, case.line_id, staff.id, "case.service_sent", now, case_id, service=service_id
    )


def _look_again(service: Listed, shown: str) -> None:
    """Whatever a page said: an entry may have run out, or have changed, since it was opened."""
    if not service.sendable:
        raise CaseRefused(f"refused.service_{service.freshness}")
    if service.shown != shown:
        raise CaseRefused("entry.changed")


def _lines(entry: Entry, language: str) -> Iterator[str]:
    say = translator(language, "contact").text
    where = f", {entry.area}" if entry.area else ""
    yield say(SENT, name=f"{entry.name}{where}")
    if text := entry.texts.get(language):
        yield text
    mark = LEFT_TO_RIGHT if direction(language) == "rtl" else ""
    for way, sentence in REACHED.items():
        if said := getattr(entry, way):
            own_marks = "" if way == "place" else mark
            yield say(sentence, reach=f"{own_marks}{said}{own_marks}")
    if entry.week is not None:
        hours = entry.week.said(language)
        yield say(HOURS, hours=hours) if hours else say(ALWAYS)
    if entry.cost in COST:
        yield say(COST[entry.cost])
