"""Noting when the contact of a case may be written to, as agreed, and taking back what waits for it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_day_names
from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hotline import safetimes, writing
from hotline.cases import CaseRefused
from hotline.hours import Hours, Rule
from hotline.models import Case, Line
from hotline.writing import ANY_TIME, Agreed
from web import casedata, cases, context
from web.guard import needs
from web.writing import PAUSES, place, places

pages: Final = Blueprint("safetimes", __name__, url_prefix="/cases")

QUARTER_MINUTES: Final = 15
DAY_MINUTES: Final = 24 * 60


@pages.get("/<int:case_id>/times")
@needs("desk")
def times(case_id: int) -> str:
    return _page(case_id)


@pages.post("/<int:case_id>/times")
@needs("desk")
def note(case_id: int) -> Response | tuple[str, int]:
    """Hours of the week and "not before", both by the contact's clock."""

    def agree(session: Session, vault: Any, number: int, staff: Any, now: datetime) -> None:
        agreed = _read(request.form)
        if agreed.not_before is not None and agreed.not_before <= now:
            agreed = replace(agreed, not_before=None)
        safetimes.agree(session, vault, number, staff, agreed, now)

    given = context.deps()
    try:
        with given.sessions.begin() as session:
            found = cases.view(session, case_id)
            agree(session, given.vault, case_id, context.my_row(session), given.clock())
    except CaseRefused as why:
        return _page(case_id, why.reason), 400
    given.ringer.ring(f"outbox:{found.channel}")
    return redirect(url_for("desk.cases.case", case_id=case_id))


@pages.post("/<int:case_id>/pause")
@needs("desk")
def pause(case_id: int) -> Response:
    """Do not write for some hours; none of them: that is over."""
    hours = request.form.get("hours", "")
    if hours and hours not in map(str, PAUSES):
        abort(400)

    def hold(session: Session, vault: Any, number: int, staff: Any, now: datetime) -> None:
        before = writing.of(vault, session.get_one(Case, number))
        until = now + timedelta(hours=int(hours)) if hours else None
        agreed = replace(before, not_before=until)
        safetimes.agree(session, vault, number, staff, agreed, now)

    return cases.do(case_id, hold)


@pages.post("/<int:case_id>/messages/<int:message_id>/withdraw")
@needs("desk")
def withdraw(case_id: int, message_id: int) -> Response:
    """Words that wait for a safe time are not sent."""

    def take_back(session: Session, _vault: Any, number: int, staff: Any, now: datetime) -> None:
        safetimes.withdraw(session, number, staff, message_id, now)

    return cases.do(case_id, take_back)


def _page(case_id: int, refused: str = "") -> str:
    given = context.deps()
    with given.sessions() as session:
        found = cases.view(session, case_id)
        if not casedata.may(found, context.me())["write"]:
            abort(404)
        case = session.get_one(Case, case_id)
        agreed = writing.of(given.vault, case)
        likely = writing.zones_of(session, given.vault, case)
        line_zone = session.get_one(Line, case.line_id).time_zone
    names = cast("Mapping[int, str]", get_day_names(locale=context.language()))
    chosen = request.form.get("zone") or (likely[0] if likely else line_zone)
    return render_template(
        "desk/times.html",
        case=found,
        refused=refused,
        fields=_fields(agreed, chosen),
        days=sorted(names.items()),
        chosen=chosen,
        likely=[(zone, place(zone, context.language())) for zone in likely],
        zones=places(context.language()),
    )


def _fields(agreed: Agreed, zone: str) -> dict[str, Any]:
    """What the form shows: what was just typed, else what was agreed."""
    if request.method == "POST":
        form = request.form
        names = ("from", "until", "not_before")
        return {"days": set(form.getlist("day"))} | {name: form.get(name, "") for name in names}
    rule = agreed.hours.rules[0] if agreed.hours.rules else None
    opens, closes = rule.spans[0] if rule else (9 * 60, 17 * 60)
    held = agreed.not_before if agreed.not_before and agreed.not_before > context.now() else None
    return {
        "days": {str(day) for day in rule.days} if rule else set[str](),
        "from": _clock(opens),
        "until": _clock(closes),
        "not_before": f"{held.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" if held else "",
    }


def _read(form: Any) -> Agreed:
    """What was typed. Raises CaseRefused."""
    zone = form.get("zone", "")
    if zone not in available_timezones():
        raise CaseRefused("refused.zone")
    return Agreed(_hours(form), zone, _not_before(form.get("not_before", ""), zone))


def _hours(form: Any) -> Hours:
    days = sorted({int(day) for day in form.getlist("day") if day in {*"0123456"}})
    if not days:
        return ANY_TIME
    opens, closes = _minute(form.get("from", "")), _minute(form.get("until", ""))
    closes = closes or DAY_MINUTES
    if opens == closes:
        raise CaseRefused("refused.hours")
    return Hours((Rule(tuple(days), ((opens, closes),)),))


def _minute(field: str) -> int:
    try:
        at = datetime.strptime(field[:5], "%H:%M")  # noqa: DTZ007 - a time on the wall
    except ValueError:
        raise CaseRefused("refused.hours") from None
    minute = at.hour * 60 + at.minute
    if minute % QUARTER_MINUTES:
        raise CaseRefused("refused.hours")
    return minute


def _not_before(field: str, zone: str) -> datetime | None:
    if not field:
        return None
    try:
        wall = datetime.strptime(field[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=ZoneInfo(zone))
        return wall.astimezone(UTC)
    except (ValueError, OverflowError):
        raise CaseRefused("refused.hours") from None


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"
