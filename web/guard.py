"""Who may open what. Every page says what it needs; one that says nothing keeps the app from starting.

Pages open to everybody are the list below and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from flask import Flask, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from hotline import signin
from hotline.signin import Visit
from web import context

OPEN_BLUEPRINTS: Final = frozenset({"webhooks", "simulator", "health", "joining"})
OPEN_ENDPOINTS: Final = frozenset(
    {
        "static",
        "auth.login",
        "auth.sign_in",
        "auth.code",
        "auth.second_step",
        "auth.passkey",
        "auth.with_passkey",
        "auth.language",
    }
)
# With a one-time password nothing else opens.
ONE_TIME_ENDPOINTS: Final = frozenset({"auth.password", "auth.set_password", "auth.sign_out"})
# While the screen is locked, and to who has to set up a second factor first, nothing else opens.
LOCKED_BLUEPRINTS: Final = frozenset({"screenlock", "ringing"})
OWING_BLUEPRINTS: Final = frozenset({"secondfactor", "screenlock"})
# What a script is told by a locked session: its page covers itself.
LOCKED: Final = 423
# A script says so when it asks by itself, with nobody at the keyboard: that keeps no session alive.
BY_ITSELF: Final = "Waypost-By-Itself"

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
LARGEST: Final = 64 * KILOBYTE

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Needs:
    permission: str
    largest: int


class Undeclared(Exception):
    """A page neither stands in the open list nor says what it needs."""


def needs(permission: str, *, largest: int = LARGEST) -> Callable[[View], View]:
    """Mark a view: only members with `permission` open it; `largest` is the most bytes it takes."""

    def mark(view: View) -> View:
        cast("Any", view).needs = Needs(permission, largest)
        return view

    return mark


def install(app: Flask) -> None:
    """To be called before anything that reads a request's body."""
    app.before_request(_guard)


def check(app: Flask) -> None:
    """Raises Undeclared when a page was forgotten. Called when all pages are there."""
    forgotten = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not _is_open(rule.endpoint) and _needs(app, rule.endpoint) is None
    )
    if forgotten:
        raise Undeclared(", ".join(forgotten))


def opens(endpoint: str) -> bool:
    """Whether who is signed in may open a page beside the one that they opened."""
    needed = _needs(context.current_app, endpoint)
    return needed is not None and context.me().may(needed.permission)


def session_cookie() -> str:
    """A `__Host-` cookie is refused by browsers unless it came over TLS from this host."""
    return "__Host-waypost" if is_secure() else "waypost_session"


def half_cookie() -> str:
    """Between the password and the second step."""
    return "__Host-waypost-half" if is_secure() else "waypost_half"


def is_secure() -> bool:
    return context.deps().public_url.startswith("https://")


def _guard() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None
    if _is_open(endpoint):
        if endpoint == "static" or request.blueprint in {"webhooks", "health"}:
            return None
        _recognise()
        return None
    needed = _needs(context.current_app, endpoint)
    if needed is None:
        abort(403)
    request.max_content_length = needed.largest
    _recognise()
    member = context.member()
    if member is None:
        return _to_sign_in()
    if member.one_time and endpoint not in ONE_TIME_ENDPOINTS:
        return _or_status(redirect(url_for("auth.password")), 403)
    if not member.may(needed.permission):
        abort(403)
    return _held_back(g.visit, endpoint)


def _held_back(visit: Visit, endpoint: str) -> Response | None:
    """Who may open the page in general, but not now, is led to what has to be done first."""
    blueprint = endpoint.partition(".")[0]
    if endpoint == "auth.sign_out":
        return None
    if visit.locked and blueprint not in LOCKED_BLUEPRINTS:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return _or_status(redirect(url_for("screenlock.page", next=wanted)), LOCKED)
    if visit.owes and not visit.member.one_time and blueprint not in OWING_BLUEPRINTS:
        return _or_status(redirect(url_for("secondfactor.page")), 403)
    return None


def _recognise() -> None:
    token = request.cookies.get(session_cookie(), "")
    if not token:
        return
    given = context.deps()
    by_itself = BY_ITSELF in request.headers or _listens()
    with given.sessions.begin() as session:
        visit = signin.visit(session, token, given.clock(), active=not by_itself)
    # Another line's staff are nobody here.
    if visit is not None and visit.member.line_id == given.line_id:
        g.staff, g.visit, g.token = visit.member, visit, token


def _to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    wanted = None if wanted == "/" else wanted
    return _or_status(redirect(url_for("auth.login", next=wanted)), 401)


def _or_status(page: Response, status: int) -> Response:
    """A page is led elsewhere; a script is told plainly."""
    if _asked_by_script():
        abort(status)
    return page


def _asked_by_script() -> bool:
    headers = request.headers
    return (
        BY_ITSELF in headers
        or "HX-Request" in headers
        or _listens()
        or request.accept_mimetypes.best == "application/json"
    )


def _listens() -> bool:
    return request.accept_mimetypes.best == "text/event-stream"


def _is_open(endpoint: str) -> bool:
    return endpoint in OPEN_ENDPOINTS or endpoint.partition(".")[0] in OPEN_BLUEPRINTS


def _needs(app: Flask, endpoint: str) -> Needs | None:
    return cast("Needs | None", getattr(app.view_functions.get(endpoint), "needs", None))
