"""The Flask application: pages put together from what they are given. No module state, no globals."""

import io
import logging
import mimetypes
import sys
from typing import IO, Any

from flask import Flask, Request, make_response, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, ServiceUnavailable
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from hotline.channels import Receipt
from locales import direction, languages, native_name
from web import (
    account,
    assets,
    audit,
    auth,
    context,
    desk,
    directory,
    guard,
    handoff,
    health,
    joining,
    keys,
    notices,
    people,
    places,
    rota,
    screenlock,
    secondfactor,
    security,
    simulator,
    streams,
    vendor,
    watch,
    webhooks,
)
from web.board import Board
from web.campaigns import pages as campaign_pages
from web.counts import pages as count_pages
from web.deps import Deps
from web.gathering import Gathering
from web.metrics import Metrics

log = logging.getLogger(__name__)


BLUEPRINTS = (
    webhooks.pages,
    health.pages,
    auth.pages,
    account.pages,
    notices.pages,
    notices.ringing,
    secondfactor.pages,
    screenlock.pages,
    desk.pages,
    rota.pages,
    watch.pages,
    handoff.pages,
    directory.pages,
    streams.pages,
    keys.pages,
    people.pages,
    joining.pages,
    audit.pages,
    simulator.pages,
    campaign_pages,
    count_pages,
)
LARGEST_ROW = 2**63 - 1
# Statuses with a sentence of their own; every other one uses its family's.
WORDED = {400, 403, 404, 413, 500, 503}


class WaypostRequest(Request):
    """Uploads stay in memory: a list of phone numbers is not spooled into a temporary file."""

    def _get_file_stream(self, *_sizes: Any, **_more: Any) -> IO[bytes]:
        return io.BytesIO()


class RowNumber(IntegerConverter):
    """A number in a path is a row's: larger ones than PostgreSQL has are not there."""

    def __init__(self, map: Map, *arguments: Any, **more: Any) -> None:  # noqa: A002
        super().__init__(map, *arguments, **more)
        self.max = min(self.max or LARGEST_ROW, LARGEST_ROW)


class Waypost(Flask):
    request_class = WaypostRequest

    def log_exception(self, exc_info: Any) -> None:
        """Where and of which kind: an exception's own words may be somebody's text or number."""
        kind, _, trace = exc_info if exc_info[2] is not None else sys.exc_info()
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
        name = kind.__name__ if kind else "error"
        log.error("%s: %s at %s", request.endpoint or "no page", name, where)


def make_app(deps: Deps) -> Flask:
    # Not every system knows it, and a browser runs a module only under its right name.
    mimetypes.add_type("text/javascript", ".mjs")
    app = Waypost("web")
    app.extensions[context.KEY] = deps
    metrics = app.extensions[context.METRICS_KEY] = Metrics(deps)
    app.extensions[context.BOARD_KEY] = Board(deps.sessions, deps.ears, deps.line_id)
    app.extensions[context.RECEIPTS_KEY] = Gathering[Receipt](
        lambda told: webhooks.record(deps, told)
    )
    secure = deps.public_url.startswith("https://")
    app.config.update(  # pyright: ignore[reportUnknownMemberType]
        SECRET_KEY=deps.vault.web_secret("pages"),
        SESSION_COOKIE_NAME="__Host-waypost-form" if secure else "waypost_form",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=guard.LARGEST,
        WTF_CSRF_TIME_LIMIT=None,
        # Errors are pages, in tests too: nobody sees a traceback with somebody's words in it.
        PROPAGATE_EXCEPTIONS=False,
    )
    app.url_map.converters["int"] = RowNumber
    metrics.install(app)
    assets.install(app)
    guard.install(app)
    security.install(app)
    for pages in BLUEPRINTS:
        app.register_blueprint(pages)
    security.exempt(app, "webhooks")
    guard.check(app)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(OperationalError, _database_away)
    app.context_processor(_words)
    return app


def _words() -> dict[str, object]:
    """What every template may use."""
    language = context.language()
    return {
        "_": context.say,
        "plural": context.texts().plural,
        "lang": language,
        "direction": direction(language),
        "me": context.member(),
        "visit": context.visit(),
        "allowed": context.allowed,
        "places": places.allowed(),
        "line_name": context.deps().line_name,
        "simulated": context.deps().simulated,
        "import_map": vendor.IMPORT_MAP,
        "integrity": vendor.INTEGRITY,
        "staff_languages": [(code, native_name(code)) for code in languages("staff")],
    }


def _refused(error: HTTPException) -> Response | tuple[str, int]:
    """A calm page with one clear line; machines get the number alone."""
    if error.code is None or error.response is not None:
        return error.get_response()
    if request.blueprint == "webhooks" or request.path.startswith("/webhooks/"):
        return "", error.code
    if isinstance(error, security.Stale):
        page = make_response(render_template("error.html", code=400, worded="stale"), 400)
        # A script that reads this loads its page anew.
        page.headers["Waypost-Stale"] = "1"
        return page
    worded = error.code if error.code in WORDED else 500 if error.code >= 500 else 400  # noqa: PLR2004
    return render_template("error.html", code=error.code, worded=worded), error.code


def _database_away(_error: OperationalError) -> Response | tuple[str, int]:
    """Not a fault of ours to look for: say so, and providers will come again."""
    log.error("%s: the database is not reachable", request.endpoint or "no page")
    return _refused(ServiceUnavailable())
