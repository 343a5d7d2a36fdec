"""Signing in and out, one's own password, and the language of the pages."""

from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from hotline import signin, staff
from hotline.signin import SignInRefused
from hotline.staff import PasswordRefused
from locales import languages
from web import context, guard
from web.guard import needs

__all__ = ["needs", "pages"]

pages: Final = Blueprint("auth", __name__)

COOKIE_SECONDS: Final = int(signin.LONGEST.total_seconds())
YEAR_SECONDS: Final = 365 * 24 * 3600


@pages.get("/")
@needs("self")
def home() -> Response:
    wanted = "desk" if context.allowed("desk") else "campaigns"
    return redirect(f"/{wanted}")


@pages.get("/login")
def login() -> str | Response:
    if context.member() is not None:
        return redirect(url_for("auth.home"))
    return _login_page()


@pages.post("/login")
def sign_in() -> tuple[str, int] | Response:
    given = context.deps()
    name, password = request.form.get("login", ""), request.form.get("password", "")
    with given.sessions.begin() as database:
        try:
            member, token = signin.sign_in(database, given.vault, name, password, given.clock())
        except SignInRefused as refused:
            # Caught inside the transaction: the failure has to be counted.
            return _login_page(refused.reason), 403
    target = "/password" if member.one_time else _local(request.form.get("next", ""))
    answer = redirect(target)
    answer.set_cookie(
        guard.session_cookie(),
        token,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=guard.is_secure(),
    )
    return answer


@pages.post("/logout")
@needs("self")
def sign_out() -> Response:
    with context.deps().sessions.begin() as database:
        signin.sign_out(database, g.token)
    # A new form token for who comes next: nothing of who sat here before is left.
    session.clear()
    answer = redirect(url_for("auth.login", left=1))
    answer.delete_cookie(
        guard.session_cookie(), httponly=True, samesite="Lax", secure=guard.is_secure()
    )
    # The browser forgets what it kept of our pages.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@pages.get("/password")
@needs("self")
def password() -> str:
    return render_template("password.html", refused="")


@pages.post("/password")
@needs("self")
def set_password() -> tuple[str, int] | Response:
    new, again = request.form.get("new", ""), request.form.get("again", "")
    if new != again:
        return render_template("password.html", refused="password.not_same"), 400
    with context.deps().sessions.begin() as database:
        try:
            staff.set_own_password(
                database,
                context.me().id,
                request.form.get("current", "").strip(),
                new,
                keep=signin.hashed(g.token),
            )
        except PasswordRefused as refused:
            return render_template("password.html", refused=refused.reason), 400
    return redirect(url_for("auth.home"))


@pages.post("/language")
def language() -> Response:
    wanted = request.form.get("language", "")
    answer = redirect(_local(request.form.get("next", "")))
    if wanted not in languages("staff"):
        return answer
    member = context.member()
    if member is not None:
        with context.deps().sessions.begin() as database:
            staff.set_language(database, member.id, wanted)
    answer.set_cookie(
        context.LANGUAGE_COOKIE,
        wanted,
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=guard.is_secure(),
    )
    return answer


def _login_page(refused: str = "") -> str:
    wanted = _local(request.values.get("next", ""))
    return render_template("login.html", refused=refused, next=wanted, left="left" in request.args)


def _local(target: str) -> str:
    """A path on this site, or home: nobody is led away from here by a link."""
    parts = urlsplit(target.replace("\\", "/"))
    outside = parts.scheme or parts.netloc or not parts.path.startswith("/")
    return "/" if outside or parts.path.startswith("//") else target
