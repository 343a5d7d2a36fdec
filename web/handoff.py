"""On a case: passing it on with the contact's yes, handing it to a colleague, and telling of a service."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Final, cast

from flask import Blueprint, abort, jsonify, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hotline import casekeys, consent, directory, handoff, passing, referral
from hotline.boxes import text_form
from hotline.casefile import CaseView
from hotline.directory import Wanted
from hotline.models import Case, Handoff, Staff
from hotline.passing import Receiver, SealedKeys
from locales import count_segments, direction
from web import casedata, context, listings
from web.cases import do, view
from web.guard import needs

pages: Final = Blueprint("handoff", __name__, url_prefix="/desk/cases")

MOST_SHOWN: Final = 20


@pages.get("/<int:case_id>/handoff")
@needs("desk")
def state(case_id: int) -> str:
    """How it stands with passing this case on, and what can be done. Holds no words of anybody."""
    given, now = context.deps(), context.now()
    with given.sessions() as session:
        found = view(session, case_id)
        case = session.get_one(Case, case_id)
        rows = handoff.listed(session, case_id)
        standing = next((row for row in rows if row.state in handoff.OPEN), None)
        receivers = passing.receivers(session, case)
        keys = {each.team: _keys(session, each) for each in receivers}
        shown: dict[str, Any] = {
            "case": found,
            "may": casedata.may(found, context.me())["pass"],
            "received": _received(case, rows),
            "standing": standing,
            "late": standing is not None and now - standing.asked_at > handoff.WAITS,
            "clear": standing is not None and consent.is_clear(session, standing, now),
            "declined": rows[0] if rows and rows[0].state == "declined" else None,
            "by": _names(session, rows),
            "parts": handoff.given(session, case_id).parts,
            "reasons": passing.REASONS,
            "receivers": receivers,
            "of_the_line": case.team in casekeys.FIRST_LINE,
            "colleagues": [
                each for each in passing.colleagues(session, case) if each.id != context.me().id
            ],
        }
    return render_template("desk/handoff.html", keys=keys, **shown)


@pages.get("/<int:case_id>/handoff/question")
@needs("desk")
def question(case_id: int) -> Response:
    """What the contact would be asked, word for word."""
    team, parts = request.args.get("team", ""), request.args.getlist("part")
    with context.deps().sessions() as session:
        view(session, case_id)
        case = session.get_one(Case, case_id)
        known = {each.team for each in passing.receivers(session, case) if each.outside}
        ordered = [part for part in handoff.PARTS if part in parts]
        asked = handoff.question(session, case, team, ordered) if team in known and ordered else ""
    return jsonify(
        text=asked,
        language=case.language,
        direction=direction(case.language),
        size=context.texts().plural("segments.count", count_segments(asked).segments),
    )


@pages.post("/<int:case_id>/handoff/ask")
@needs("desk")
def ask(case_id: int) -> Response:
    team, parts = request.form.get("team", ""), request.form.getlist("part")

    def act(session: Session, vault: Any, number: int, staff: Any, now: Any) -> None:
        handoff.ask(session, vault, number, staff, team, parts, now)

    return do(case_id, act)


@pages.post("/<int:case_id>/handoff/let-be")
@needs("desk")
def let_be(case_id: int) -> Response:
    def act(session: Session, _vault: Any, number: int, staff: Any, now: Any) -> None:
        handoff.let_be(session, number, staff, now)

    return do(case_id, act)


@pages.post("/<int:case_id>/handoff/colleague")
@needs("desk")
def hand_over(case_id: int) -> Response:
    colleague = request.form.get("colleague", 0, int)

    def act(session: Session, vault: Any, number: int, staff: Any, now: Any) -> None:
        passing.hand_over(session, vault, number, staff, colleague, now)

    return do(case_id, act)


@pages.post("/<int:case_id>/pass")
@needs("desk")
def pass_on(case_id: int) -> Response:
    """Hand the case to another team; its key comes sealed to theirs, as a browser made it."""
    asked = request.get_json(silent=True)
    given = cast("dict[str, Any]", asked) if isinstance(asked, dict) else {}
    team, reason, parts = given.get("team"), given.get("reason", ""), given.get("parts", [])
    if not (isinstance(team, str) and isinstance(reason, str) and isinstance(parts, list)):
        abort(400)
    keys, named = _sealed(given.get("keys")), [str(part) for part in cast("list[object]", parts)]

    def act(session: Session, vault: Any, number: int, staff: Any, now: Any) -> None:
        passing.pass_on(session, vault, number, staff, team, keys, now, reason=reason, parts=named)

    return do(case_id, act)


@pages.get("/<int:case_id>/services")
@needs("desk")
def services(case_id: int) -> str:
    """Services that fit, each with what the contact would be told, in their language."""
    given, now = context.deps(), context.now()
    wanted = listings.wanted(request.args, now)
    with given.sessions() as session:
        case = view(session, case_id)
        found = directory.found(session, given.line_id, wanted, now)
        everything = directory.found(session, given.line_id, Wanted(), now)
    return render_template(
        "desk/services.html",
        case=case,
        direction_there=direction(case.language),
        found=[(each, *_told(case, each)) for each in found[:MOST_SHOWN]],
        more=max(0, len(found) - MOST_SHOWN),
        wanted=wanted,
        names=listings.names(),
        choices=listings.choices(everything),
        now=now,
    )


@pages.post("/<int:case_id>/services/<int:service_id>")
@needs("desk")
def send_service(case_id: int, service_id: int) -> Response:
    """Tell the contact of a service, as the page showed it."""
    shown = request.form.get("shown", "")

    def act(session: Session, vault: Any, number: int, staff: Any, now: Any) -> None:
        referral.send(session, vault, number, staff, service_id, shown, now)

    return do(case_id, act)


def _told(case: CaseView, found: directory.Listed) -> tuple[str, int]:
    text = referral.message(found.entry, case.language)
    return text, count_segments(text).segments


def _received(case: Case, rows: Sequence[Handoff]) -> Handoff | None:
    """How the case came to the team that has it."""
    last = next((row for row in rows if row.state == "passed"), None)
    return last if last is not None and last.to_team == case.team else None


def _names(session: Session, rows: Sequence[Handoff]) -> dict[int, str]:
    asked = [row.by_staff for row in rows]
    wanted = select(Staff.id, Staff.display_name).where(Staff.id.in_(asked))
    return {row.id: row.display_name for row in session.execute(wanted)}


def _keys(session: Session, to: Receiver) -> list[dict[str, Any]]:
    """What a browser has to seal the case's key to. A case of the first line opens for all its teams."""
    if to.key is None:
        return []
    teams = casekeys.FIRST_LINE if to.team in casekeys.FIRST_LINE else (to.team,)
    there = casekeys.current(session, context.deps().line_id, teams)
    return [
        {"team": team, "team_key": key_id, "public_key": text_form(public_key)}
        for team, (key_id, public_key) in there.items()
    ]


def _sealed(given: object) -> SealedKeys:
    """Boxes by team, as a browser made them. Aborts with 400 for what is none."""
    if not isinstance(given, list):
        abort(400)
    try:
        return {
            str(each["team"]): (
                int(each["team_key"]),
                base64.b64decode(str(each["sealed"]), validate=True),
            )
            for each in cast("list[dict[str, Any]]", given)
        }
    except (KeyError, ValueError, TypeError, binascii.Error):
        abort(400)
