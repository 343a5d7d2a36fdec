"""The locked screen: what a script says when it covers its page, and the page for who comes anew.

While a session is locked it opens these pages and nothing else.
"""

from typing import Final

from flask import Blueprint, g, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hotline import screenlock, signin, teamkeys
from hotline.signin import SignInRefused
from web import auth, context
from web.guard import needs

pages: Final = Blueprint("screenlock", __name__)


@pages.get("/locked")
@needs("self")
def page() -> str | Response:
    if not g.visit.locked:
        return redirect(auth.local(request.args.get("next", "")))
    return _page()


@pages.post("/lock")
@needs("self")
def lock() -> Response:
    with context.deps().sessions.begin() as session:
        screenlock.lock(session, g.token)
    return jsonify(refused="")


@pages.post("/unlock")
@needs("self")
def unlock() -> Response | tuple[str, int]:
    """With the password, or with what the member's key opened; a script is told in one line."""
    given, refused = context.deps(), ""
    with given.sessions.begin() as session:
        try:
            # Who signed in anew in another tab has proved it there.
            if g.visit.locked:
                _prove(session)
                screenlock.unlock(session, g.token, given.clock())
        except SignInRefused as why:
            # Caught inside the transaction: the failure has to be counted.
            refused = why.reason
    if request.accept_mimetypes.best == "application/json":
        answer = jsonify(refused=context.say(refused) if refused else "")
        answer.status_code = 403 if refused else 200
        return answer
    if refused:
        return _page(refused), 403
    return redirect(auth.local(request.form.get("next", "")))


def _prove(session: Session) -> None:
    given, form = context.deps(), request.form
    if "proof" in form:
        if not screenlock.proves(given.vault, g.token, form["proof"]):
            raise SignInRefused("lock.wrong")
    else:
        password = form.get("password", "")
        signin.confirm(session, given.vault, context.me().id, password, given.clock())


def _page(refused: str = "") -> str:
    given = context.deps()
    with given.sessions() as session:
        own = teamkeys.own(session, context.me().id)
        return render_template(
            "account/locked.html",
            refused=refused,
            next=auth.local(request.values.get("next", "")),
            wrapped=own and own.private_sealed.decode(),
            box=own and screenlock.box(given.vault, g.token, own),
            login_page=url_for("auth.login"),
        )
