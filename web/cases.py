"""The page on which a caseworker and a contact talk.

The server hands out summaries and threads sealed, as data; the page opens them. A summary is for every
caseworker, to choose by; a thread is for who took the case, and for supervisors.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hotline import audit, casefile, cases, forgetting, queue
from hotline.casefile import CaseView
from hotline.cases import CaseRefused
from web import casedata, context, streams, writing
from web.formats import Times
from web.guard import needs

pages: Final = Blueprint("cases", __name__, url_prefix="/cases")

# What a browser may call a reply.
NAME: Final = re.compile(r"[a-z0-9-]{1,40}")
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
    "case.not_saved",
    "thread.new",
    "reply.not_now",
    "reply.when_safe",
    "reply.back",
    "reply.earlier_arrived",
    "reply.not_there",
    "reply.losing",
    "reply.losing.yes",
    "again.do",
    "again.sure",
    "again.yes",
    "withdraw.do",
    "replies.draft",
    "writing.there",
    "writing.any_time",
    "writing.until",
    "writing.opens",
    "writing.covered",
    "writing.agreed",
    "writing.held",
)


@pages.get("/<int:case_id>")
@needs("desk")
def case(case_id: int) -> str:
    with context.deps().sessions() as session:
        found = view(session, case_id)
        may = _narrowed(session, found, casedata.may(found, context.me()))
    return render_template(
        "desk/case.html",
        case=found,
        may=may,
        longest=cases.LONGEST_REPLY,
        pauses=writing.pauses(),
        words={name: context.say(name) for name in WORDS},
    )


@pages.get("/<int:case_id>/data")
@needs("desk")
def data(case_id: int) -> Response:
    """All that the page shows, from the entry of the thread after `after`."""
    given = context.deps()
    after = request.args.get("after", 0, int)
    with given.sessions.begin() as session:
        found, me = view(session, case_id), context.me()
        told = casedata.told(session, found, me, context.texts(), after)
        _narrowed(session, found, told["may"])
        if told["may"]["write"]:
            told["writing"] = writing.told(session, case_id)
        if told["may"]["read"]:
            audit.note_read(session, me.line_id, me.id, case_id, given.clock())
    return jsonify(told)


@pages.get("/<int:case_id>/events")
@needs("desk")
@streams.stream
def case_events(case_id: int) -> tuple[str, ...]:
    with context.deps().sessions() as session:
        view(session, case_id)
    return (f"case:{case_id}",)


@pages.post("/<int:case_id>/take")
@needs("desk")
def take(case_id: int) -> Response:
    return do(case_id, queue.take)


@pages.post("/<int:case_id>/give-back")
@needs("desk")
def give_back(case_id: int) -> Response:
    return do(case_id, cases.give_back)


@pages.post("/<int:case_id>/close")
@needs("desk")
def close(case_id: int) -> Response:
    return do(case_id, cases.close)


@pages.post("/<int:case_id>/acknowledge")
@needs("desk")
def acknowledge(case_id: int) -> Response:
    """The person asked to be forgotten, and somebody has seen it."""
    me = context.me()

    def destroy(session: Session, _vault: Any, number: int, _staff: Any, now: Any) -> None:
        if not casedata.may(view(session, number), me)["acknowledge"]:
            raise CaseRefused("refused.not_yours")
        forgetting.acknowledge(session, number, now)
        audit.note(session, me.line_id, me.id, "case.acknowledged", now, number)

    return do(case_id, destroy)


@pages.post("/<int:case_id>/reply")
@needs("desk")
def reply(case_id: int) -> Response:
    # Browsers send line ends as CRLF; a phone counts each as a character.
    text = request.form.get("text", "").replace("\r\n", "\n")
    name, when_safe = request.form.get("name", ""), request.form.get("when") == "safe"
    if name and NAME.fullmatch(name) is None:
        abort(400)

    def write(session: Session, vault: Any, number: int, staff: Any, now: Any) -> None:
        cases.reply(
            session, vault, number, staff, text, now, name=name or None, when_safe=when_safe
        )

    return do(case_id, write)


def _narrowed(session: Session, found: CaseView, may: dict[str, bool]) -> dict[str, bool]:
    """A case is taken in its turn, except by who may pick."""
    if may["take"] and not context.me().may("pick"):
        first = queue.seen_by(session, context.me(), context.now()).next
        may["take"] = first is not None and first.id == found.id
    return may


def do(case_id: int, act: Callable[..., None]) -> Response:
    """Do it in one transaction; a script gets JSON, a plain form is led back to the case."""
    given = context.deps()
    refused = ""
    try:
        with given.sessions.begin() as session:
            found = view(session, case_id)
            act(session, given.vault, case_id, context.my_row(session), given.clock())
        given.ringer.ring(f"outbox:{found.channel}")
    except CaseRefused as why:
        refused = _said(why)
    if request.accept_mimetypes.best == "application/json":
        answer = jsonify(refused=refused)
        answer.status_code = 409 if refused else 200
        return answer
    if refused:
        flash(refused)
    return redirect(url_for("desk.cases.case", case_id=case_id))


def _said(why: CaseRefused) -> str:
    """One line; where only the time is wrong, with when it is right by the line's clock."""
    if why.opens is None:
        return context.say(why.reason)
    with context.deps().sessions() as session:
        return context.say(why.reason, time=Times.of_line(session).say(why.opens))


def view(session: Session, case_id: int) -> CaseView:
    """The case, for who may know of it; for anybody else it is not there."""
    found = casefile.view(session, context.deps().line_id, case_id, teams=context.me().sees)
    if found is None:
        abort(404)
    return found
