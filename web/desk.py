"""The desk: cases by urgency, and what its pages share."""

from typing import Final

from babel import Locale
from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hotline import casefile, queue
from hotline.casefile import CaseView
from hotline.cases import CaseRefused
from locales.review import told
from web import casedata, caselist, context, streams
from web.answering import pages as answering_pages
from web.assistance import pages as assistance_pages
from web.caselist import Group, Listed
from web.cases import pages as case_pages
from web.guard import needs
from web.replies import pages as reply_pages
from web.safetimes import pages as time_pages
from web.texts import pages as text_pages

# Rows that a browser may ask for by number at a time.
MOST_ROWS: Final = 200
MOST_SKIPPED: Final = 10_000_000

pages: Final = Blueprint("desk", __name__, url_prefix="/desk")
pages.register_blueprint(case_pages)
pages.register_blueprint(reply_pages)
pages.register_blueprint(text_pages)
pages.register_blueprint(time_pages)
pages.register_blueprint(answering_pages)
pages.register_blueprint(assistance_pages)


@pages.app_template_global("language_name")
def _language_name(language: str) -> str:
    """A language's name as the reader calls it."""
    if not language:
        return ""
    return Locale.parse(language).get_display_name(context.language()) or language


@pages.app_template_global("texts_reviewed")
def _texts_reviewed(language: str) -> str:
    """How much of what the line says by itself in a language has been reviewed."""
    return told(language, context.language()) if language else ""


@pages.app_template_global("called")
def _called(case: CaseView) -> str:
    return casedata.called(case, context.language())


@pages.get("")
@needs("desk")
def queue_page() -> str:
    if request.args.get("closed") == "1":
        return render_template("desk/queue.html", closed=True, groups=[_closed()])
    # As it is now: who comes back from a case finds it where it is.
    listed = _listed(fresh=True)
    return render_template(
        "desk/queue.html",
        closed=False,
        groups=listed.groups(),
        outlook=listed.outlook(),
        stamp=_stamp(listed.look.number),
        source=f"/desk/list{'?all=1' if listed.everything else ''}",
    )


@pages.get("/list")
@needs("desk")
def changes() -> Response:
    """What changed in the list since the look that is named; all of it when that was no look of ours."""
    name, _, number = request.args.get("since", "").partition(".")
    since = int(number) if name == context.board().name and number.isdecimal() else 0
    listed = _listed(fresh=False)
    also = {int(each) for each in request.args.getlist("also")[:MOST_ROWS] if each.isdecimal()}
    told = {"stamp": _stamp(listed.look.number), "outlook": listed.outlook()}
    if since != listed.look.number or also:
        told |= listed.changes(since, also)
    return jsonify(told)


@pages.post("/next")
@needs("desk")
def take_next() -> Response:
    """Give whoever presses the most urgent case that they may take, and lead them to it."""
    given = context.deps()
    try:
        with given.sessions.begin() as session:
            found = queue.take_next(session, given.vault, context.me(), given.clock())
    except CaseRefused as why:
        flash(why.reason)
        return redirect(url_for("desk.queue_page"), 303)
    assert found.next is not None
    given.ringer.ring(f"outbox:{found.next.channel}")
    for note in caselist.notes(found):
        flash(f"{note}.given")
    return redirect(url_for("desk.cases.case", case_id=found.next.id), 303)


@pages.get("/events")
@needs("desk")
@streams.stream
def events() -> tuple[str, ...]:
    return (f"desk:{context.deps().line_id}",)


@pages.get("/words.json")
@needs("desk")
def words() -> Response:
    """What summaries and notes say by message id, in the reader's language."""
    return jsonify(casedata.said(context.texts()))


def _listed(*, fresh: bool) -> Listed:
    look = context.board().look(context.now(), fresh=fresh)
    return Listed(context.me(), look, request.args.get("all") == "1")


def _stamp(number: int) -> str:
    return f"{context.board().name}.{number}"


def _closed() -> Group:
    """A page of closed cases, those closed last first."""
    given, me = context.deps(), context.me()
    skip = min(max(request.args.get("skip", 0, int), 0), MOST_SKIPPED)
    with given.sessions() as session:
        found = casefile.closed(
            session, given.line_id, teams=me.sees, skip=skip, most=caselist.SHOWN + 1
        )
        number = casefile.count_closed(session, given.line_id, teams=me.sees)
    shown = found[: caselist.SHOWN]
    more = context.say("desk.older") if len(found) > len(shown) else ""
    rows = [caselist.html(case, me) for case in shown]
    return Group("closed", number, rows, more, f"/desk?closed=1&skip={skip + len(shown)}")
