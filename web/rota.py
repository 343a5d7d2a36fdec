"""The rota: the week as a picture, who is there now, one's own shifts; and for who may, changing it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import format_datetime, get_day_names
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hotline import away, casekeys, holidays, rota, shifts, staff, teamkeys
from hotline.models import Line
from hotline.shifts import RotaRefused, Wanted
from web import clocks, context, rotaview
from web.auth import local
from web.guard import needs

pages: Final = Blueprint("rota", __name__, url_prefix="/rota")
pages.register_blueprint(clocks.pages)

# As far as anybody plans, and as far back as anybody looks.
FARTHEST: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class There:
    """Who is there for a team now, as names; when somebody will be, if nobody is."""

    team: str
    on_duty: list[str]
    on_call: list[str]
    next_start: str


@pages.get("")
@needs("desk")
def week() -> str:
    given, me, now = context.deps(), context.me(), context.now()
    sees_all = me.may("rota") or me.may("watch")
    with given.sessions() as session:
        zone = ZoneInfo(session.get_one(Line, given.line_id).time_zone)
        today = now.astimezone(zone).date()
        first = rotaview.monday(_asked_day(today))
        drawn = rotaview.Week(first, zone, context.language(), now, None if sees_all else me.id)
        listed = holidays.listed(session, given.line_id, min(first, today))
        teams = _teams(session)
        people = {member.id: member for member in staff.listed(session, given.line_id)}
        days = drawn.days(session, given.line_id, {h.day: h.name for h in listed}, teams)
        return render_template(
            "rota/index.html",
            days=days,
            week=first,
            this_week=rotaview.monday(today),
            weeks=[(n, first + timedelta(days=7 * n)) for n in (-1, 1)],
            there=[_there(session, team, people, zone, now) for team in _theirs(teams)],
            people=people,
            away=away.why(session, me.id),
            zone=zone.key,
            holidays=listed,
            **(_editing(session, teams, people, today) if me.may("rota") else {}),
        )


@pages.post("/shifts")
@needs("rota")
def add() -> Response:
    form = request.form

    def put(session: Session, line_id: int, now: datetime, by: int) -> None:
        asked = Wanted(
            team=form.get("team", ""),
            staff_id=form.get("staff", 0, int),
            kind=form.get("kind", ""),
            starts=_minutes(form.get("starts", "")),
            ends=_minutes(form.get("ends", "")),
            time_zone=form.get("zone", "").strip(),
            weekdays=form.getlist("weekday", int),
            day=_day(form["day"]) if form.get("day") else None,
            on_holidays="on_holidays" in form,
        )
        shifts.add(session, line_id, asked, now, by=by)

    return _do(put)


@pages.post("/shifts/<int:shift_id>/remove")
@needs("rota")
def remove(shift_id: int) -> Response:
    return _do(
        lambda session, line_id, now, by: shifts.remove(session, line_id, shift_id, now, by=by)
    )


@pages.post("/shifts/<int:shift_id>/days/<day>")
@needs("rota")
def change_day(shift_id: int, day: str) -> Response:
    """Somebody else does it on this day; an empty choice is nobody."""
    who = request.form.get("staff", "")

    def put(session: Session, line_id: int, now: datetime, by: int) -> None:
        staff_id = int(who) if who.isdecimal() else None
        shifts.change_day(session, line_id, shift_id, _day(day), staff_id, now, by=by)

    return _do(put)


@pages.post("/holidays")
@needs("rota")
def add_holiday() -> Response:
    form = request.form

    def put(session: Session, line_id: int, now: datetime, by: int) -> None:
        named = {_day(form.get("day", "")): form.get("name", "")}
        holidays.add(session, line_id, named, now, by=by)

    return _do(put)


@pages.post("/holidays/public")
@needs("rota")
def add_public() -> Response:
    country, year = request.form.get("country", ""), request.form.get("year", 0, int)

    def put(session: Session, line_id: int, now: datetime, by: int) -> None:
        holidays.add(session, line_id, holidays.public(country, year, now), now, by=by)

    return _do(put)


@pages.post("/holidays/<day>/remove")
@needs("rota")
def remove_holiday(day: str) -> Response:
    return _do(
        lambda session, line_id, now, by: holidays.remove(session, line_id, _day(day), now, by=by)
    )


@pages.post("/away")
@needs("desk")
def go_away() -> Response:
    """A break: no next case until one is back."""
    given, me = context.deps(), context.me()
    with given.sessions.begin() as session:
        away.go(session, given.line_id, me.id, away.BREAK, given.clock())
    return redirect(_back())


@pages.post("/back")
@needs("desk")
def come_back() -> Response:
    given = context.deps()
    with given.sessions.begin() as session:
        away.come_back(session, context.me().id, given.clock())
    return redirect(_back())


@pages.app_template_global("away_now")
def _away_now() -> str:
    """Why the reader is away, or nothing: for the line above every page of the desk."""
    given = context.deps()
    with given.sessions() as session:
        return away.why(session, context.me().id) or ""


def _do(act: Callable[[Session, int, datetime, int], Any]) -> Response:
    given = context.deps()
    try:
        with given.sessions.begin() as session:
            act(session, given.line_id, given.clock(), context.me().id)
    except RotaRefused as refused:
        flash(refused.reason)
    return redirect(url_for("rota.week", week=request.form.get("week") or None))


def _editing(
    session: Session, teams: list[str], people: dict[int, staff.Member], today: date
) -> dict[str, Any]:
    """What the forms offer."""
    here = [member for member in people.values() if member.active]
    locale = Locale.parse(context.language())
    weekdays = cast("Mapping[int, str]", get_day_names("wide", locale=locale))
    names = cast("Mapping[str, str]", locale.territories)
    return {
        "shifts": shifts.listed(session, context.deps().line_id),
        "workers": {
            team: [m for m in here if rota.works_on(m.role, m.teams, team)] for team in teams
        },
        "weekdays": list(weekdays.values()),
        "kinds": shifts.KINDS,
        "zones": sorted(name for name in available_timezones() if "/" in name or name == "UTC"),
        "countries": sorted((names.get(code, code), code) for code in holidays.countries()),
        "years": range(today.year, today.year + holidays.YEARS_AHEAD + 1),
    }


def _there(
    session: Session,
    team: str,
    people: dict[int, staff.Member],
    zone: ZoneInfo,
    now: datetime,
) -> There:
    line_id = context.deps().line_id
    on_duty = rota.on_duty(session, line_id, team, now)
    coming = None if on_duty else rota.next_start(session, line_id, team, now)
    return There(
        team,
        [people[n].display_name for n in on_duty],
        [people[n].display_name for n in rota.on_call(session, line_id, team, now)],
        format_datetime(coming, "EEEE, HH:mm", tzinfo=zone, locale=context.language())
        if coming
        else "",
    )


def _teams(session: Session) -> list[str]:
    partners = [name for name, _ in teamkeys.teams(session, context.deps().line_id)]
    return list(dict.fromkeys([*casekeys.FIRST_LINE, *partners]))


def _theirs(teams: list[str]) -> list[str]:
    """The teams of which somebody may know who is there."""
    sees = context.me().sees
    return [team for team in teams if sees is None or team in sees]


def _asked_day(today: date) -> date:
    asked = request.args.get("week", "")
    if not asked:
        return today
    day = _day(asked)
    return day if abs(day - today) < FARTHEST else today


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(400)


def _minutes(text: str) -> int:
    """A time field as minutes after midnight; what is none is refused with the rest."""
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(minutes) < 60):  # noqa: PLR2004
        return -1
    return int(hours) * 60 + int(minutes)


def _back() -> str:
    """The page somebody came from."""
    return local(request.form.get("next", "/desk"))
