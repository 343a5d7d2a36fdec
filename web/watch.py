"""The supervisor's page: who waits now, what was missed, what everybody carries. It looks by itself."""

from datetime import timedelta
from typing import Any, Final

from babel.dates import format_date, format_timedelta
from flask import Blueprint, render_template

from hotline import escalation, releases, watching
from web import context, formats
from web.guard import needs

pages: Final = Blueprint("watch", __name__, url_prefix="/watch")
pages.context_processor(formats.words)


@pages.get("")
@needs("watch")
def index() -> str:
    given = context.deps()
    k = given.suppress_below
    # Invented people are counted apart from real ones.
    channels = releases.INVENTED if k == 1 else releases.REAL
    with given.sessions() as session:
        weeks = watching.weeks(session, given.line_id, channels, given.clock())
    return render_template(
        "watch/index.html",
        k=k,
        counted=(*watching.OUTCOMES, *escalation.STEPS),
        weeks=[
            (_week(week), [formats.shown(n, k) for n in week.numbers.values()]) for week in weeks
        ],
        **_now(),
    )


@pages.get("/now")
@needs("watch")
def now() -> str:
    """What changes by the minute, for the page that is open."""
    return render_template("watch/now.html", **_now())


def _now() -> dict[str, Any]:
    given = context.deps()
    with given.sessions() as session:
        waiting = watching.waiting(session, given.line_id, given.clock())
        return {
            "waiting": waiting,
            "alarms": sum(each.stage >= escalation.ALARM for each in waiting),
            "missed": sum(each.stage > 0 for each in waiting),
            "loads": watching.loads(session, given.line_id, given.clock()),
            "steps": escalation.STEPS,
            "minutes": _minutes,
            "length": _length,
        }


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def _length(length: timedelta) -> str:
    """In words, coarsely: "3 hours"."""
    return format_timedelta(length, locale=context.language(), granularity="minute", threshold=1.5)


def _week(week: watching.Week) -> str:
    return format_date(week.since, "d MMM", locale=context.language())
