"""What a release says, and its forms: JSON in the database, rows for a spreadsheet, the sum of several."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from hotline.counts import EVENTS
from hotline.suppression import DIMENSIONS, Figures, Table, added

HEADER: Final = ("since", "until", "event", "table", "value", "count")


@dataclass(frozen=True, slots=True)
class Published:
    """A release: the days from `since` to `until`, and figures of the events that may be told.

    `k` is 1 for invented people; `epsilon` is set when noise was added. `running` is no release: the
    figures of invented people in a period that has not ended.
    """

    since: date
    until: date
    k: int
    epsilon: float | None
    events: dict[str, Figures]
    running: bool = False


def together(releases: Sequence[Published]) -> Published:
    """Releases added up: sums of what was published, so that nothing new is told.

    Of noise, each of them says how much there is.
    """
    events: dict[str, list[Figures]] = {}
    for release in releases:
        for event, figures in release.events.items():
            events.setdefault(event, []).append(figures)
    return Published(
        since=min(release.since for release in releases),
        until=max(release.until for release in releases),
        k=max(release.k for release in releases),
        epsilon=None,
        events={event: _added(each) for event, each in events.items()},
    )


def rows(release: Published) -> Iterator[tuple[str, ...]]:
    """A row for every published number under `HEADER`, and one that says so for each hidden one."""
    span = release.since.isoformat(), release.until.isoformat()
    for event, figures in release.events.items():
        yield *span, event, "total", "", str(figures.total)
        for dimension, table in figures.tables.items():
            for value, n in table.shown:
                yield *span, event, dimension, value, str(n)
            for value in table.hidden:
                yield *span, event, dimension, value, "hidden"
            if table.hidden:
                yield *span, event, dimension, "other", str(table.other)


def as_json(events: Mapping[str, Figures]) -> dict[str, Any]:
    return {
        event: {"total": figures.total}
        | {dimension: table.as_json() for dimension, table in figures.tables.items()}
        for event, figures in events.items()
    }


def from_json(kept: Mapping[str, Any]) -> dict[str, Figures]:
    """The events in their usual order, which JSONB does not keep."""
    return {
        event: Figures(
            kept[event]["total"],
            {dimension: Table.from_json(kept[event][dimension]) for dimension in DIMENSIONS},
        )
        for event in EVENTS
        if event in kept
    }


def _added(figures: Sequence[Figures]) -> Figures:
    return Figures(
        sum(each.total for each in figures),
        {d: added([each.tables[d] for each in figures]) for d in DIMENSIONS},
    )
