"""Counts: how many, never who. The table is the truth; the chart is a glance at it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify, render_template, request

from hotline import counts
from hotline.counts import EVENTS, Cell
from locales import native_name
from web import context, formats
from web.auth import needs
from web.subscribers import as_csv

pages: Final = Blueprint("counts", __name__, url_prefix="/counts")
pages.context_processor(formats.words)

USUAL_DAYS: Final = 30
MOST_DAYS: Final = 366
# What the chart shows and the figures above it; the table has every event.
SHOWN: Final = ("contacts", "screenings", "referrals", "campaign_accepted", "campaign_delivered")


@dataclass(frozen=True, slots=True)
class Range:
    since: date
    until: date

    @property
    def days(self) -> list[date]:
        return [self.since + timedelta(days=n) for n in range((self.until - self.since).days + 1)]


@pages.get("")
@needs("counts")
def index() -> str:
    asked, cells = _range(), _cells()
    k = context.deps().suppress_below
    return render_template(
        "counts/index.html",
        range=asked,
        cells=cells,
        totals=[(event, _at_least(cells, event)) for event in SHOWN],
        languages={cell.language: _language(cell.language) for cell in cells},
        k=k,
    )


@pages.get("/data")
@needs("counts")
def data() -> Response:
    """The chart's numbers: a day's cells added up, those that are not shown as nothing."""
    asked, cells = _range(), _cells()
    sums: dict[tuple[str, date], int] = {}
    for cell in cells:
        sums[cell.event, cell.day] = sums.get((cell.event, cell.day), 0) + (cell.n or 0)
    series: list[dict[str, Any]] = [
        {
            "event": event,
            "label": context.say(f"event.{event}"),
            "values": [sums.get((event, day), 0) for day in asked.days],
        }
        for event in SHOWN
    ]
    return jsonify(days=[day.isoformat() for day in asked.days], series=series)


@pages.get("/counts.csv")
@needs("counts")
def download() -> Response:
    asked = _range()
    k = context.deps().suppress_below
    rows = [
        [c.day.isoformat(), c.event, c.channel, c.language, f"<{k}" if c.n is None else str(c.n)]
        for c in _cells()
    ]
    name = f"counts-{asked.since}-{asked.until}.csv"
    return as_csv(name, [["day", "event", "channel", "language", "count"], *rows])


def _range() -> Range:
    """The days asked for; the last month when that makes no sense. Days are those of UTC."""
    today = context.now().astimezone(ZoneInfo("UTC")).date()
    until = _day("until") or today
    since = _day("since") or until - timedelta(days=USUAL_DAYS - 1)
    if not timedelta(0) <= until - since < timedelta(days=MOST_DAYS):
        since = until - timedelta(days=USUAL_DAYS - 1)
    return Range(since, until)


def _day(name: str) -> date | None:
    try:
        given = datetime.strptime(request.args.get(name, ""), "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        return None
    return given if date(2000, 1, 1) <= given <= date(2200, 1, 1) else None


def _cells() -> list[Cell]:
    given, asked = context.deps(), _range()
    order = {event: number for number, event in enumerate(EVENTS)}
    with given.sessions() as session:
        cells = counts.read(
            session, given.line_id, asked.since, asked.until, k=given.suppress_below
        )
    return sorted(cells, key=lambda c: (-c.day.toordinal(), order.get(c.event, 0)))


def _at_least(cells: list[Cell], event: str) -> int:
    return sum(cell.n or 0 for cell in cells if cell.event == event)


def _language(code: str) -> str:
    return native_name(code) if code else ""
