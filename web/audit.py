"""The record of what staff did, for the auditor: which case number, who, what, when. Nothing of a contact."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Blueprint, Response, render_template, request, stream_with_context
from sqlalchemy.orm import Session

from hotline import audit, staff, teamkeys
from hotline.formulas import guarded
from hotline.models import Audit, Line
from web import context, keydata
from web.guard import needs

pages: Final = Blueprint("audit", __name__, url_prefix="/audit")

A_PAGE: Final = 100
# Read this many at a time: a record of years is never in memory whole.
A_BATCH: Final = 1000
LONGEST_NUMBER: Final = 18  # digits that PostgreSQL surely takes for a row's number
# Facts that the reader's language has words for, by the beginning of their message ids.
WORDED: Final = {
    "role": "role",
    "urgency": "urgency",
    "kind": "audit.kind",
    "reason": "audit.reason",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, as it stands in the address."""

    case: int | None
    who: int | None
    act: str | None
    since: date | None
    until: date | None

    def asked(self, zone: ZoneInfo) -> dict[str, Any]:
        """As `audit.listed` takes it; days are the line's."""
        return {
            "case_id": self.case,
            "staff_id": self.who,
            "act": self.act,
            "since": _midnight(self.since, zone),
            "until": _midnight(self.until and self.until + timedelta(days=1), zone),
        }

    def address(self) -> dict[str, Any]:
        """For links that keep what is looked for."""
        given = {"case": self.case, "who": self.who, "act": self.act}
        days = {"since": self.since, "until": self.until}
        return {name: value for name, value in {**given, **days}.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Names:
    """What numbers and names in the record are called in the reader's language."""

    zone: ZoneInfo
    people: dict[int, str]
    teams: dict[str, str]

    @classmethod
    def of_line(cls, session: Session) -> "Names":
        line_id, texts = context.deps().line_id, context.texts()
        return cls(
            ZoneInfo(session.get_one(Line, line_id).time_zone),
            {person.id: person.display_name for person in staff.listed(session, line_id)},
            {
                name: keydata.called(name, label, texts)
                for name, label in teamkeys.teams(session, line_id)
            },
        )

    def who(self, row: Audit) -> str:
        return context.say("audit.line") if row.staff_id is None else self.people[row.staff_id]

    def about(self, row: Audit) -> list[str]:
        return [self._fact(name, value) for name, value in row.about.items()]

    def _fact(self, name: str, value: Any) -> str:
        if name == "staff":
            return self.people.get(value, f"#{value}")
        if name == "team":
            return self.teams.get(str(value), str(value))
        worded = f"{WORDED[name]}.{value}" if name in WORDED else ""
        if worded in context.texts():
            return context.say(worded)
        return context.say("audit.fact", name=context.say(f"audit.fact.{name}"), value=value)


@pages.get("")
@needs("audit")
def index() -> str:
    given, wanted = context.deps(), _wanted()
    before = _number(request.args.get("before", ""))
    with given.sessions() as session:
        names = Names.of_line(session)
        asked = wanted.asked(names.zone)
        found = audit.listed(session, given.line_id, before=before, most=A_PAGE + 1, **asked)
        return render_template(
            "audit/index.html",
            rows=[row for row, _ in found[:A_PAGE]],
            older=found[A_PAGE - 1][0].id if len(found) > A_PAGE else None,
            newest=before is None,
            names=names,
            moment=_moment,
            wanted=wanted,
            acts=sorted(audit.ACTS, key=lambda act: context.say(f"audit.act.{act}").casefold()),
        )


@pages.get("/record.csv")
@needs("audit")
def export() -> Response:
    """All that is looked for, the latest first; that it was taken out is itself noted."""
    given, me, wanted = context.deps(), context.me(), _wanted()
    with given.sessions.begin() as session:
        names = Names.of_line(session)
        audit.note(session, given.line_id, me.id, "audit.exported", given.clock())
    lines = _lines(names, wanted.asked(names.zone))
    answer = Response(stream_with_context(lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="record.csv"'
    return answer


def _lines(names: Names, asked: dict[str, Any]) -> Iterator[str]:
    """A file for spreadsheets: the mark at its start tells them that it is UTF-8."""
    columns = ("when", "who", "what", "act", "case", "about")
    yield "\ufeff" + _line([context.say(f"audit.{name}") for name in columns])
    given, before = context.deps(), None
    while True:
        with given.sessions() as session:
            found = audit.listed(session, given.line_id, before=before, most=A_BATCH, **asked)
            for row, _ in found:
                yield _line(_cells(names, row))
        if len(found) < A_BATCH:
            return
        before = found[-1][0].id


def _cells(names: Names, row: Audit) -> list[str]:
    return [
        row.at.astimezone(names.zone).isoformat(timespec="seconds"),
        names.who(row),
        context.say(f"audit.act.{row.act}"),
        row.act,
        "" if row.case_id is None else str(row.case_id),
        " · ".join(names.about(row)),
    ]


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([guarded(cell) for cell in cells])
    return written.getvalue()


def _moment(at: datetime, zone: ZoneInfo) -> str:
    """By the line's clock; the head of the column names it."""
    return format_datetime(at, "d MMM y, HH:mm:ss", tzinfo=zone, locale=context.language())


def _wanted() -> Wanted:
    """What the address asks for; what makes no sense asks for nothing."""
    asked = request.args
    act = asked.get("act", "")
    return Wanted(
        case=_number(asked.get("case", "")),
        who=_number(asked.get("who", "")),
        act=act if act in audit.ACTS else None,
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
    )


def _number(field: str) -> int | None:
    """A row's number, also with the sign that stands before a case's."""
    plain = field.strip().lstrip("#")
    fits = plain.isascii() and plain.isdigit() and len(plain) <= LONGEST_NUMBER
    return int(plain) if fits else None


def _day(field: str) -> date | None:
    try:
        found = date.fromisoformat(field)
    except ValueError:
        return None
    # Where midnight of the day after is still a moment in every zone.
    return found if date(2000, 1, 1) <= found <= date(2200, 1, 1) else None


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone)
