"""Joining: who comes with an invitation's link chooses a login and a password, and is signed in.

The token stands after the "#" of the link, which browsers send to nobody; a script puts it into the
form, and without one it is typed.
"""

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hotline import invitations
from hotline.people import PeopleRefused
from hotline.signin import SignInRefused
from hotline.staff import PasswordRefused
from web import auth, context

pages: Final = Blueprint("joining", __name__, url_prefix="/join")


@pages.get("")
def page() -> str:
    return render_template("people/join.html", refused="")


@pages.post("")
def open_() -> str | tuple[str, int]:
    """Looks at the invitation; nothing is used up yet, however often a messenger looks at the link."""
    return _account()


@pages.post("/account")
def join() -> str | tuple[str, int] | Response:
    given, form = context.deps(), request.form
    if context.member() is not None:
        return redirect(url_for("joining.page"))
    if form.get("new", "") != form.get("again", ""):
        return _account("password.not_same")
    login, password = form.get("login", ""), form.get("new", "")
    try:
        with given.sessions.begin() as session:
            member = invitations.join(
                session, given.line_id, _token(), login, password, given.clock()
            )
    except (PeopleRefused, PasswordRefused) as why:
        return _account(why.reason)
    # Who works with cases reads none of them before they have made their key.
    first = url_for("keys.page" if member.may("desk") else "auth.home")
    try:
        return auth.sign_in_as(login, password, first)
    except SignInRefused:
        # Somebody has guessed at this login meanwhile: it opens again in a quarter of an hour.
        return redirect(url_for("auth.login"))


def _account(refused: str = "") -> str | tuple[str, int]:
    """The form of a new account, or the one line that says why there is none."""
    given = context.deps()
    try:
        with given.sessions() as session:
            found = invitations.find(session, given.line_id, _token(), given.clock())
            login = request.form.get("login") or invitations.suggested_login(
                session, found.standing.display_name
            )
    except PeopleRefused as why:
        return render_template("people/join.html", refused=why.reason), 400
    page = render_template(
        "people/account.html", refused=refused, found=found, token=_token(), login=login
    )
    return (page, 400) if refused else page


def _token() -> str:
    return request.form.get("token", "").strip()
