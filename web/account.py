"""One's own account: what protects it, and where one is signed in."""

from typing import Final

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hotline import secondfactor, signin
from web import context
from web.guard import needs

pages: Final = Blueprint("account", __name__, url_prefix="/account")


@pages.get("")
@needs("self")
def page() -> str:
    given, me = context.deps(), context.me()
    with given.sessions() as session:
        return render_template(
            "account/index.html",
            factors=secondfactor.of(session, me.id),
            required=secondfactor.is_required(session, me.line_id),
            signed_in=signin.places(session, me.id, g.token, given.clock()),
        )


@pages.post("/sessions/end")
@needs("self")
def end() -> Response:
    with context.deps().sessions.begin() as session:
        signin.end(session, context.me(), request.form.get("session", ""), context.now())
    return redirect(url_for("account.page"))


@pages.post("/sessions/end-others")
@needs("self")
def end_others() -> Response:
    with context.deps().sessions.begin() as session:
        signin.end_others(session, context.me(), g.token, context.now())
    flash("account.ended")
    return redirect(url_for("account.page"))
