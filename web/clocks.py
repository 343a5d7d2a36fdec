"""The clocks by which the unanswered are called for: seen by who may change them, and changed."""

from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hotline import clocks
from hotline.clocks import ClocksRefused
from web import context
from web.guard import needs

pages: Final = Blueprint("clocks", __name__, url_prefix="/clocks")


@pages.get("")
@needs("rota")
def show() -> str:
    given = context.deps()
    with given.sessions() as session:
        times = clocks.of_line(session, given.line_id)
    return render_template("rota/clocks.html", times=times, steps=clocks.STEPS)


@pages.post("/<int:urgency>")
@needs("rota")
def change(urgency: int) -> Response:
    given, form = context.deps(), request.form
    minutes = {step: form.get(step, 0, int) for step in clocks.STEPS}
    try:
        with given.sessions.begin() as session:
            clocks.change(
                session,
                given.line_id,
                urgency,
                minutes,
                given.clock(),
                always="always" in form,
                by=context.me().id,
            )
    except ClocksRefused as refused:
        flash(refused.reason)
    else:
        flash("clocks.changed")
    return redirect(url_for("rota.clocks.show"))


@pages.post("/<int:urgency>/reset")
@needs("rota")
def reset(urgency: int) -> Response:
    given = context.deps()
    if urgency not in clocks.defaults():
        abort(404)
    with given.sessions.begin() as session:
        clocks.reset(session, given.line_id, urgency, given.clock(), by=context.me().id)
    flash("clocks.changed")
    return redirect(url_for("rota.clocks.show"))
