"""Counts: what was published of them; how many, never who. Tables tell it, the chart is a glance at them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from babel.dates import format_date, format_interval, format_skeleton
from flask import Blueprint, Response, abort, jsonify, render_template, request

from hotline import noise, periods, published, releases
from hotline.counts import EVENTS
from hotline.published import Published
from hotline.suppression import DIMENSIONS, Figures
from locales import native_name
from web import context, formats
from web.auth import needs
from web.subscribers import as_csv

pages: Final = Blueprint("counts", __name__, url_prefix="/counts")
pages.context_processor(formats.words)

# What the chart shows and the figures above it; the tables have every event.
SHOWN: Final = ("contacts", "screenings", "referrals", "campaign_accepted", "campaign_delivered")


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody can look at: one release, or a year's releases added up."""

    key: str
    label: str
    release: Published
    parts: tuple[Published, ...] = ()

    @property
    def noisy(self) -> int:
        """In how many of its releases there is noise instead of suppression."""
        return sum(each.epsilon is not None for each in self.parts or (self.release,))

    @property
    def suppressed(self) -> bool:
        return self.noisy < len(self.parts or (self.release,))


@dataclass(frozen=True, slots=True)
class Grid:
    """Every event by one dimension: `values` with their labels across, an event a row."""

    dimension: str
    values: list[tuple[str, str]]
    rows: list[tuple[str, Figures, dict[str, int]]]

    @property
    def hides(self) -> bool:
        return any(figures.tables[self.dimension].hidden for _, figures, _ in self.rows)


@pages.get("")
@needs("counts")
def index() -> str:
    given = context.deps()
    choices = _choices()
    picked = _picked(choices)
    with given.sessions() as session:
        since, until = releases.running_span(
            session, given.line_id, given.clock(), given.suppress_below
        )
    epsilon = picked.release.epsilon if picked else None
    return render_template(
        "counts/index.html",
        choices=choices,
        picked=picked,
        k=given.suppress_below,
        tiles=[(event, picked.release.events.get(event)) for event in SHOWN] if picked else [],
        grids=[_grid(picked.release, d) for d in DIMENSIONS] if picked else [],
        unpublished=[e for e in EVENTS if e not in picked.release.events] if picked else [],
        within=None if epsilon is None else noise.within(epsilon),
        next_period=_span(since, until),
        next_day=format_date(releases.publishes_on(until), "long", locale=context.language()),
    )


@pages.get("/data")
@needs("counts")
def data() -> Response:
    """The chart's numbers: by day, or by period where a year is looked at. What is hidden is a gap."""
    picked = _picked(_choices()) or abort(404)
    if picked.parts:
        parts = picked.parts[::-1]
        labels = [part.since.isoformat() for part in parts]
        lines = {e: [_total(part.events.get(e)) for part in parts] for e in SHOWN}
    else:
        labels = [d.isoformat() for d in periods.days(picked.release.since, picked.release.until)]
        lines = {e: _by_day(picked.release.events.get(e), labels) for e in SHOWN}
    series = [
        {"event": event, "label": context.say(f"event.{event}"), "values": values}
        for event, values in lines.items()
    ]
    return jsonify(days=labels, series=series)


@pages.get("/counts.csv")
@needs("counts")
def download() -> Response:
    picked = _picked(_choices()) or abort(404)
    rows = [list(row) for row in published.rows(picked.release)]
    return as_csv(f"counts-{picked.key}.csv", [list(published.HEADER), *rows])


def _choices() -> list[Choice]:
    """The newest first; on the simulator the running period before all."""
    given = context.deps()
    with given.sessions() as session:
        found = releases.published(session, given.line_id, given.suppress_below)
        live = (
            [releases.running(session, given.line_id, given.clock())]
            if given.suppress_below == 1
            else []
        )
    return [
        *(Choice(each.since.isoformat(), _label(each), each) for each in live + found),
        *_years(found),
    ]


def _years(found: Iterable[Published]) -> list[Choice]:
    years = [(y, tuple(parts)) for y, parts in groupby(found, lambda each: each.until.year)]
    return [
        Choice(
            str(year),
            context.say("counts.year", year=year),
            published.together(parts[::-1]),
            parts,
        )
        for year, parts in years
        if len(parts) > 1
    ]


def _picked(choices: Sequence[Choice]) -> Choice | None:
    """What was asked for; the first when that makes no sense, and None when there is nothing."""
    asked = request.args.get("period", "")
    return next((each for each in choices if each.key == asked), choices[0] if choices else None)


def _grid(release: Published, dimension: str) -> Grid:
    tables = {event: figures.tables[dimension] for event, figures in release.events.items()}
    values = {
        value: None
        for table in tables.values()
        for value in [*(value for value, _ in table.shown), *table.hidden]
    }
    return Grid(
        dimension,
        [(value, _value(dimension, value)) for value in sorted(values, key=_place)],
        [(event, release.events[event], dict(table.shown)) for event, table in tables.items()],
    )


def _place(value: str) -> tuple[bool, int, str]:
    """Languages in the order of the line and the unknown one last; days and channels as they are named."""
    ours = context.deps().languages
    return value == "", ours.index(value) if value in ours else len(ours), value


def _value(dimension: str, value: str) -> str:
    match dimension:
        case "day":
            return _day(date.fromisoformat(value), "MMMd")
        case "channel":
            return context.say(f"channel.{value}")
        case _:
            return native_name(value) if value else context.say("counts.unknown")


def _total(figures: Figures | None) -> int | None:
    return figures.total if figures else None


def _by_day(figures: Figures | None, days: Sequence[str]) -> list[int | None]:
    shown = dict(figures.tables["day"].shown) if figures else {}
    return [shown.get(day) for day in days]


def _label(release: Published) -> str:
    span = _span(release.since, release.until)
    return context.say("counts.running", period=span) if release.running else span


def _span(since: date, until: date) -> str:
    """A month by its name, other days from and to."""
    if (since.day, since.month) == (1, until.month) and _is_last(until):
        return _day(since, "yMMMM")
    return format_interval(since, until, "yMMMd", locale=context.language())


def _is_last(day: date) -> bool:
    return day == periods.last_day(periods.MONTH, day)


def _day(day: date, skeleton: str) -> str:
    return format_skeleton(skeleton, day, locale=context.language())
