"""The desk: cases by urgency, and the page on which a caseworker and a contact talk.

The server hands out summaries and threads sealed, as data; the page opens them. A summary is for every
caseworker, to choose by; a thread is for who took the case, and for supervisors.
"""

import base64
from collections.abc import Callable
from typing import Any, Final, cast

from babel import Locale
from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hotline import casefile, casekeys, cases, forgetting, teamkeys
from hotline.casefile import CaseView
from hotline.cases import CaseRefused
from web import casedata, context, streams
from web.guard import needs

pages: Final = Blueprint("desk", __name__, url_prefix="/desk")

# What the page's script says.
WORDS: Final = (
    "case.failed",
    "case.offline",
    "case.you",
    "case.contact",
    "case.with",
    "case.needs",
    "case.outcome",
    "case.findings",
    "case.flags_none",
    "case.not_asked",
    "case.not_answered",
    "case.not_shared",
    "case.elements",
    "case.found",
    "case.not_known",
    "case.size",
    "case.segments",
)


@pages.app_template_global("language_name")
def _language_name(language: str) -> str:
    """A language's name as the reader calls it."""
    if not language:
        return ""
    return Locale.parse(language).get_display_name(context.language()) or language


@pages.app_template_global("team_name")
def _team_name(team: str) -> str:
    """A team as the reader calls it; a partner's as the line named it."""
    if team in casekeys.FIRST_LINE:
        return context.say(f"team.{team}")
    with context.deps().sessions() as session:
        return dict(teamkeys.teams(session, context.deps().line_id)).get(team, team)


@pages.app_template_global("called")
def _called(case: CaseView) -> str:
    return casedata.called(case, context.language())


@pages.get("")
@needs("desk")
def queue() -> str:
    return render_template("desk/queue.html", closed=_closed(), groups=_groups())


@pages.get("/list")
@needs("desk")
def listed() -> str:
    return render_template("desk/list.html", groups=_groups())


@pages.get("/events")
@needs("desk")
def events() -> Response:
    return streams.stream((f"desk:{context.deps().line_id}",))


@pages.get("/cases/<int:case_id>")
@needs("desk")
def case(case_id: int) -> str:
    with context.deps().sessions() as session:
        found = _view(session, case_id)
    return render_template(
        "desk/case.html",
        case=found,
        may=casedata.may(found, context.me()),
        longest=cases.LONGEST_REPLY,
        words={name: context.say(name) for name in WORDS},
    )


@pages.get("/cases/<int:case_id>/data")
@needs("desk")
def data(case_id: int) -> Response:
    """All that the page shows, from the entry of the thread after `after`."""
    given = context.deps()
    after = request.args.get("after", 0, int)
    with given.sessions() as session:
        found = _view(session, case_id)
        told = casedata.told(session, found, context.me(), context.texts(), after)
    return jsonify(told)


@pages.get("/words.json")
@needs("desk")
def words() -> Response:
    """What summaries and notes say by message id, in the reader's language."""
    return jsonify(casedata.said(context.texts()))


@pages.get("/cases/<int:case_id>/events")
@needs("desk")
def case_events(case_id: int) -> Response:
    with context.deps().sessions() as session:
        _view(session, case_id)
    return streams.stream((f"case:{case_id}",))


@pages.post("/cases/<int:case_id>/take")
@needs("desk")
def take(case_id: int) -> Response:
    return _do(case_id, cases.take)


@pages.post("/cases/<int:case_id>/give-back")
@needs("desk")
def give_back(case_id: int) -> Response:
    return _do(case_id, cases.give_back)


@pages.post("/cases/<int:case_id>/close")
@needs("desk")
def close(case_id: int) -> Response:
    return _do(case_id, cases.close)


@pages.post("/cases/<int:case_id>/acknowledge")
@needs("desk")
def acknowledge(case_id: int) -> Response:
    """The person asked to be forgotten, and somebody has seen it."""

    def destroy(session: Session, _vault: Any, number: int, _staff: Any, now: Any) -> None:
        if not casedata.may(_view(session, number), context.me())["acknowledge"]:
            raise CaseRefused("refused.not_yours")
        forgetting.acknowledge(session, number, now)

    return _do(case_id, destroy)


@pages.post("/cases/<int:case_id>/pass")
@needs("desk")
def pass_on(case_id: int) -> Response:
    """Hand the case to another team; its key comes sealed to theirs, as a browser made it."""
    given = request.get_json(silent=True)
    asked: dict[str, Any] = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    try:
        team, key_id = str(asked["team"]), int(asked["team_key"])
        sealed = base64.b64decode(str(asked["sealed"]), validate=True)
    except (KeyError, ValueError, TypeError):
        abort(400)

    def hand_over(session: Session, _vault: Any, number: int, staff: Any, now: Any) -> None:
        cases.pass_on(session, number, staff, team, key_id, sealed, now)

    return _do(case_id, hand_over)


@pages.post("/cases/<int:case_id>/reply")
@needs("desk")
def reply(case_id: int) -> Response:
    # Browsers send line ends as CRLF; a phone counts each as a character.
    text = request.form.get("text", "").replace("\r\n", "\n")

    def write(session: Session, vault: Any, number: int, staff: Any, now: Any) -> None:
        cases.reply(session, vault, number, staff, text, now)

    return _do(case_id, write)


def _do(case_id: int, act: Callable[..., None]) -> Response:
    """Do it in one transaction; a script gets JSON, a plain form is led back to the case."""
    given = context.deps()
    refused = ""
    try:
        with given.sessions.begin() as session:
            found = _view(session, case_id)
            act(session, given.vault, case_id, context.my_row(session), given.clock())
        given.ringer.ring(f"outbox:{found.channel}")
    except CaseRefused as why:
        refused = why.reason
    if request.accept_mimetypes.best == "application/json":
        answer = jsonify(refused=context.say(refused) if refused else "")
        answer.status_code = 409 if refused else 200
        return answer
    if refused:
        flash(refused)
    return redirect(url_for("desk.case", case_id=case_id))


def _view(session: Session, case_id: int) -> CaseView:
    found = casefile.view(session, context.deps().line_id, case_id)
    if found is None:
        abort(404)
    return found


def _closed() -> bool:
    return request.args.get("closed") == "1"


def _groups() -> list[tuple[str, list[CaseView], str]]:
    """Titles, cases, and what is said when there are none."""
    given, mine = context.deps(), context.me().id
    with given.sessions() as session:
        found = casefile.listed(session, given.line_id, closed=_closed())
    if _closed():
        return [("desk.closed", found, "desk.closed.none")]
    return [
        ("desk.waiting", [c for c in found if c.state == "waiting"], "desk.waiting.none"),
        ("desk.mine", [c for c in found if c.taken_by == mine], "desk.mine.none"),
        (
            "desk.others",
            [c for c in found if c.state == "taken" and c.taken_by != mine],
            "desk.others.none",
        ),
    ]
