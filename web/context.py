"""What a page works with: what the app was given, who is signed in, and the words of their language."""

from datetime import datetime
from typing import Any, cast

from flask import current_app, g, request
from sqlalchemy.orm import Session

from hotline.channels import Receipt
from hotline.models import Staff
from hotline.signin import Visit
from hotline.staff import Member
from locales import Translator, languages, translator
from web.board import Board
from web.deps import Deps
from web.gathering import Gathering
from web.metrics import Metrics

KEY, METRICS_KEY, RECEIPTS_KEY = "waypost", "waypost-metrics", "waypost-receipts"
BOARD_KEY = "waypost-board"
LANGUAGE_COOKIE = "waypost_language"


def deps() -> Deps:
    return cast("Deps", current_app.extensions[KEY])


def metrics() -> Metrics:
    return cast("Metrics", current_app.extensions[METRICS_KEY])


def board() -> Board:
    return cast("Board", current_app.extensions[BOARD_KEY])


def receipts() -> Gathering[Receipt]:
    return cast("Gathering[Receipt]", current_app.extensions[RECEIPTS_KEY])


def now() -> datetime:
    return deps().clock()


def member() -> Member | None:
    """Who is signed in, if anybody."""
    return cast("Member | None", g.get("staff"))


def visit() -> Visit | None:
    """How the session of who is signed in stands."""
    return cast("Visit | None", g.get("visit"))


def me() -> Member:
    """Who is signed in. For pages that nobody else can open."""
    found = member()
    if found is None:
        raise RuntimeError("a page that needs somebody signed in was opened by nobody")
    return found


def my_row(session: Session) -> Staff:
    """The row of who is signed in, in this transaction."""
    return session.get_one(Staff, me().id)


def allowed(permission: str) -> bool:
    found = member()
    return found is not None and not found.one_time and found.may(permission)


def language() -> str:
    """The member's language; else what was picked on this browser; else what the browser asks for."""
    if "language" not in g:
        found = member()
        known = languages("staff")
        picked = found.language if found else request.cookies.get(LANGUAGE_COOKIE, "")
        g.language = picked if picked in known else request.accept_languages.best_match(known, "en")
    return cast("str", g.language)


def texts() -> Translator:
    return translator(language(), "staff")


def say(message_id: str, **values: Any) -> str:
    """The staff text of a message id in the page's language."""
    return texts().text(message_id, **values)
