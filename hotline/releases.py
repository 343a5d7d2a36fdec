"""What is published of the counts: one release a period, made when it has ended, never counted anew.

A release begins the day after the last one ended, so no two of them share a day and none can be subtracted
from another. Exact numbers, and of a period that still runs, there are of the simulator's people only.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline import counts, noise, periods
from hotline.channels import SIMULATOR, SMS, TELEGRAM
from hotline.models import Line, Release
from hotline.noise import NoiseRefused
from hotline.periods import days
from hotline.published import Published, as_json, from_json
from hotline.suppression import Counted, Figures, protected

# Invented people are counted apart from real ones: whatever k is, real ones are never in an exact number.
INVENTED: Final = (SIMULATOR,)
REAL: Final = (SMS, TELEGRAM)
# A period rests before it is published by itself: time to publish it by hand, with noise.
REST: Final = timedelta(days=1)


def publish(
    session: Session,
    line_id: int,
    now: datetime,
    k: int,
    *,
    epsilon: float | None = None,
    rest: timedelta = REST,
) -> list[Published]:
    """Make every release that is due: of the periods that ended at least `rest` ago.

    With `epsilon` noise is added instead of suppressing. Raises NoiseRefused, and then none may be kept.
    """
    line = _locked(session, line_id)
    made: list[Published] = []
    while (span := _next(session, line, k)) and publishes_on(span[1], rest) <= _today(now):
        counted = _counted(session, line, *span, k)
        if epsilon is None:
            release = Published(*span, k, None, _suppressed(counted, k))
        else:
            _spend(session, line_id, span[1].year, epsilon)
            release = Published(*span, k, epsilon, noise.noisy(counted, epsilon))
        session.add(_row(line_id, release, now))
        session.flush()
        made.append(release)
    return made


def published(session: Session, line_id: int, k: int) -> list[Published]:
    """Every release, the newest first: those of invented people when `k` is 1, else those of real ones."""
    invented = Release.k == 1
    rows = session.scalars(
        select(Release)
        .where(Release.line_id == line_id, invented if k == 1 else ~invented)
        .order_by(Release.since.desc())
    )
    return [
        Published(row.since, row.until, row.k, row.epsilon, from_json(row.tables)) for row in rows
    ]


def running(session: Session, line_id: int, now: datetime) -> Published:
    """The running period's exact numbers up to today, of invented people only."""
    line = session.get_one(Line, line_id)
    span = running_span(session, line_id, now, 1)
    counted = _counted(session, line, span[0], _today(now), 1)
    return Published(*span, 1, None, _suppressed(counted, 1), running=True)


def running_span(session: Session, line_id: int, now: datetime, k: int) -> tuple[date, date]:
    """The days of the period that today is in, which are published next but for what is due."""
    line = session.get_one(Line, line_id)
    today = _today(now)
    span = _next(session, line, k) or _period(line, today)
    while span[1] < today:
        span = _from(line, span[1] + timedelta(days=1))
    return span


def publishes_on(until: date, rest: timedelta = REST) -> date:
    """The day on which a period that ends with `until` is published."""
    return until + rest + timedelta(days=1)


def set_period(session: Session, line_id: int, period: str) -> None:
    """How long the next periods are; what is published stays as it is."""
    if period not in periods.PERIODS:
        raise ValueError(f"not a period: {period}")
    session.get_one(Line, line_id).period = period


def spent(session: Session, line_id: int, year: int) -> float:
    """The sum of the epsilons of the releases whose periods ended in `year`."""
    return (
        session.scalar(
            select(func.sum(Release.epsilon)).where(
                Release.line_id == line_id, func.extract("year", Release.until) == year
            )
        )
        or 0.0
    )


def _locked(session: Session, line_id: int) -> Line:
    """The line, so that of two who publish at once the second finds nothing due."""
    return session.execute(
        select(Line).where(Line.id == line_id).with_for_update(key_share=True)
    ).scalar_one()


def _next(session: Session, line: Line, k: int) -> tuple[date, date] | None:
    """The first days that are not published yet; None when nothing was ever counted."""
    last = session.scalar(select(func.max(Release.until)).where(Release.line_id == line.id))
    if last is not None:
        return _from(line, last + timedelta(days=1))
    first = counts.first_day(session, line.id, _channels(k))
    return _period(line, first) if first else None


def _period(line: Line, day: date) -> tuple[date, date]:
    return _from(line, periods.first_day(line.period, day))


def _from(line: Line, since: date) -> tuple[date, date]:
    return since, periods.last_day(line.period, since)


def _counted(
    session: Session, line: Line, since: date, until: date, k: int
) -> Mapping[str, Counted]:
    return counts.tables(session, line.id, days(since, until), _channels(k), line.languages)


def _suppressed(counted: Mapping[str, Counted], k: int) -> dict[str, Figures]:
    found = {event: protected(tables, k) for event, tables in counted.items()}
    return {event: figures for event, figures in found.items() if figures}


def _spend(session: Session, line_id: int, year: int, epsilon: float) -> None:
    before = spent(session, line_id, year)
    # Rounded: ten times 0.1 is more than one to a computer.
    if round(before + epsilon, 9) > noise.YEARLY_BUDGET:
        raise NoiseRefused(
            f"the releases of {year} have spent {before:g} of {noise.YEARLY_BUDGET:g}: "
            f"there is not {epsilon:g} left"
        )


def _row(line_id: int, release: Published, now: datetime) -> Release:
    return Release(
        line_id=line_id,
        since=release.since,
        until=release.until,
        k=release.k,
        epsilon=release.epsilon,
        tables=as_json(release.events),
        made_at=now,
    )


def _channels(k: int) -> Sequence[str]:
    return INVENTED if k == 1 else REAL


def _today(now: datetime) -> date:
    return now.astimezone(UTC).date()
