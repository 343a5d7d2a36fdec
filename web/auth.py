"""Signing in and out, one's own password, and the language of the pages.

After the password comes the second step, for who has set one up; a passkey needs neither.
"""

from typing import Final
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from hotline import audit, passkeys, signin, staff
from hotline.signin import Half, SignInRefused
from hotline.staff import Member, PasswordRefused
from locales import languages
from web import browsers, context, guard, places
from web.guard import needs

__all__ = ["needs", "pages"]

pages: Final = Blueprint("auth", __name__)

COOKIE_SECONDS: Final = int(signin.LONGEST.total_seconds())
HALF_SECONDS: Final = int(signin.HALF_LASTS.total_seconds())
YEAR_SECONDS: Final = 365 * 24 * 3600

Page = str | tuple[str, int] | Answer


@pages.get("/")
@needs("self")
def home() -> Answer:
    return redirect(places.home())


@pages.get("/login")
def login() -> str | Answer:
    if context.member() is not None:
        return redirect(url_for("auth.home"))
    return _login_page()


@pages.post("/login")
def sign_in() -> Page:
    name, password = request.form.get("login", ""), request.form.get("password", "")
    try:
        return sign_in_as(name, password, request.form.get("next", ""))
    except SignInRefused as refused:
        return _login_page(refused.reason), 403


def sign_in_as(name: str, password: str, target: str) -> Answer:
    """Signed in and led to `target`, or led to the second step. Raises SignInRefused."""
    given = context.deps()
    with given.sessions.begin() as database:
        try:
            known = signin.sign_in(database, given.vault, name, password, given.clock(), _browser())
        except SignInRefused as refused:
            # Raised again after the transaction: the failure has to be counted.
            known = refused
    if isinstance(known, SignInRefused):
        raise known
    if isinstance(known, Half):
        answer = redirect(url_for("auth.code", next=local(target)))
        _set_cookie(answer, guard.half_cookie(), known.token, HALF_SECONDS)
        return answer
    return _welcome(*known, target)


@pages.get("/login/code")
def code() -> str | Answer:
    """The second step. Its page says nothing about who it is that gave the password."""
    given = context.deps()
    with given.sessions() as database:
        there = signin.half_of(database, given.vault, _half(), given.clock()) is not None
    return _code_page() if there else redirect(url_for("auth.login", next=_next()))


@pages.post("/login/code")
def second_step() -> Page:
    given, asked = context.deps(), request.form.get("code", "")
    with given.sessions.begin() as database:
        try:
            known = signin.second_step(
                database, given.vault, _half(), asked, given.clock(), _browser()
            )
        except SignInRefused as refused:
            over = refused.reason == "signin.half_over"
            page = _login_page if over else _code_page
            return page(refused.reason), 403
    return _welcome(*known, _next())


@pages.get("/login/passkey")
def passkey() -> Response:
    """What a browser asks a passkey with: the same for everybody."""
    given = context.deps()
    asked = passkeys.asking(given.vault, site(), given.clock())
    return Response(asked, mimetype="application/json")


@pages.post("/login/passkey")
def with_passkey() -> Page:
    given, there = context.deps(), site()
    answer = request.form.get("answer", "")
    with given.sessions.begin() as database:
        try:
            known = signin.with_passkey(
                database, given.vault, there, answer, given.clock(), _browser()
            )
        except SignInRefused as refused:
            return _login_page(refused.reason), 403
    return _welcome(*known, _next())


@pages.post("/logout")
@needs("self")
def sign_out() -> Answer:
    with context.deps().sessions.begin() as database:
        signin.sign_out(database, context.me(), g.token, context.now())
    # A new form token for who comes next: nothing of who sat here before is left.
    session.clear()
    answer = redirect(url_for("auth.login", left=1))
    _delete_cookie(answer, guard.session_cookie())
    # The browser forgets what it kept of our pages.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@pages.get("/password")
@needs("self")
def password() -> str:
    return render_template("password.html", refused="")


@pages.post("/password")
@needs("self")
def set_password() -> Page:
    form = request.form
    current, new = form.get("current", "").strip(), form.get("new", "").strip()
    if new != form.get("again", "").strip():
        return render_template("password.html", refused="password.not_same"), 400
    given, me = context.deps(), context.me()
    with given.sessions.begin() as database:
        try:
            # First, since guesses count here too.
            signin.confirm(database, given.vault, me.id, current, given.clock())
            staff.set_own_password(database, me.id, current, new, keep=signin.hashed(g.token))
        except (SignInRefused, PasswordRefused) as refused:
            return render_template("password.html", refused=refused.reason), 400
        audit.note(database, me.line_id, me.id, "account.password_changed", given.clock())
    return redirect(url_for("auth.home"))


@pages.post("/language")
def language() -> Answer:
    wanted = request.form.get("language", "")
    answer = redirect(local(request.form.get("next", "")))
    if wanted not in languages("staff"):
        return answer
    member = context.member()
    if member is not None:
        with context.deps().sessions.begin() as database:
            staff.set_language(database, member.id, wanted)
    _set_cookie(answer, context.LANGUAGE_COOKIE, wanted, YEAR_SECONDS)
    return answer


def possible_site() -> passkeys.Site | None:
    """Where passkeys of this line are for; None where browsers have none."""
    return passkeys.site(context.deps().public_url, request.host_url)


def site() -> passkeys.Site:
    """The same, for what nobody finds where there are none."""
    return possible_site() or abort(404)


def _welcome(member: Member, token: str, target: str) -> Answer:
    answer = redirect("/password" if member.one_time else local(target))
    _set_cookie(answer, guard.session_cookie(), token, COOKIE_SECONDS)
    _delete_cookie(answer, guard.half_cookie())
    return answer


def _set_cookie(answer: Answer, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="Lax", secure=guard.is_secure()
    )


def _delete_cookie(answer: Answer, name: str) -> None:
    answer.delete_cookie(name, httponly=True, samesite="Lax", secure=guard.is_secure())


def _half() -> str:
    return request.cookies.get(guard.half_cookie(), "")


def _browser() -> str:
    return browsers.called(request.user_agent.string)


def _next() -> str:
    return local(request.values.get("next", ""))


def _login_page(refused: str = "") -> str:
    return render_template(
        "login.html",
        refused=refused,
        next=_next(),
        left="left" in request.args,
        passkeys=possible_site() is not None,
    )


def _code_page(refused: str = "") -> str:
    return render_template(
        "account/code.html", refused=refused, next=_next(), passkeys=possible_site() is not None
    )


def local(target: str) -> str:
    """A path on this site, or home: nobody is led away from here by a link."""
    parts = urlsplit(target.replace("\\", "/"))
    outside = parts.scheme or parts.netloc or not parts.path.startswith("/")
    return "/" if outside or parts.path.startswith("//") else target
