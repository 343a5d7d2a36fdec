"""What every answer says to the browser: run nothing but our own files, show us in no frame, keep nothing.

Webhooks are answered to machines and skip it all. Pages that open what is sealed may run WebAssembly,
which is what libsodium is.
"""

from typing import Any, Final

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect  # pyright: ignore[reportMissingTypeStubs]
from werkzeug.exceptions import HTTPException

from web import guard
from web.vendor import IMPORT_MAP_HASH

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'"
)
# What the pages of these blueprints do in the browser needs libsodium.
SEALED: Final = frozenset({"desk", "keys", "screenlock"})
SEALED_POLICY: Final = POLICY.replace(
    "script-src 'self'", f"script-src 'self' 'wasm-unsafe-eval' {IMPORT_MAP_HASH}"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    # Not "no-referrer": the CSRF check over TLS reads it on our own pages.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ONE_YEAR: Final = "max-age=31536000"

# Flask-WTF has no types: it is met here and nowhere else.
csrf: Any = CSRFProtect()
Stale: Final[type[HTTPException]] = CSRFError


class FormCookie(SecureCookieSessionInterface):
    """The cookie behind form tokens. Machines that call webhooks have none and get none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith("/webhooks/"):
            return SecureCookieSession()
        return super().open_session(app, request)


def install(app: Flask) -> None:
    """CSRF on every form, headers on every page. To be called after the guard is installed."""
    app.session_interface = FormCookie()
    csrf.init_app(app)
    app.after_request(_headers)


def exempt(app: Flask, blueprint: str) -> None:
    """Machines sign what they send; they have no form to put a token into."""
    csrf.exempt(app.blueprints[blueprint])


def _headers(response: Response) -> Response:
    if request.blueprint == "webhooks":
        return response
    for name, value in HEADERS.items():
        response.headers[name] = value
    # A page of the desk may be of a blueprint within it.
    if not SEALED.isdisjoint(request.blueprints):
        response.headers["Content-Security-Policy"] = SEALED_POLICY
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if guard.is_secure():
        response.headers["Strict-Transport-Security"] = ONE_YEAR
    return response
