"""Answers that are kept ready: the page on which they are read and changed, and what the reply box offers."""

from typing import Any, Final

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hotline import replies
from hotline.replies import Ready, ReplyRefused
from web import context
from web.formats import Times
from web.guard import needs

pages: Final = Blueprint("replies", __name__, url_prefix="/replies")


@pages.get("")
@needs("desk")
def index() -> str:
    return _page(_language())


@pages.get("/offered.json")
@needs("desk")
def offered() -> Response:
    """What there is in a contact's language, with the reader's own beside it, names filled in."""
    language, own = _language(), context.language()
    found = [ready for ready in _listed(language, own) if language in ready.texts]
    return jsonify([_offered(ready, language, own) for ready in found])


@pages.post("")
@needs("replies")
def change() -> Response | tuple[str, int]:
    """Keep a text as a draft, keep it as reviewed, or take the whole reply away."""
    given, form, language = context.deps(), request.form, _language()
    key, act = form.get("key", ""), form.get("act", "draft")
    if act not in ("draft", "reviewed", "remove"):
        abort(400)
    try:
        with given.sessions.begin() as session:
            me = context.my_row(session)
            if act == "remove":
                replies.remove(session, given.line_id, me, key, given.clock())
            else:
                text, reviewed = form.get("text", ""), act == "reviewed"
                replies.write(
                    session,
                    given.line_id,
                    me,
                    key,
                    language,
                    text,
                    given.clock(),
                    reviewed=reviewed,
                )
    except ReplyRefused as refused:
        return _page(language, refused.reason, (key, form.get("text", ""))), 400
    flash("replies.saved")
    return redirect(url_for("desk.replies.index", language=language))


def _page(language: str, refused: str = "", typed: tuple[str, str] = ("", "")) -> str:
    own = context.language()
    with context.deps().sessions() as session:
        times = Times.of_line(session)
    return render_template(
        "desk/replies.html",
        replies=_listed(language, own),
        language=language,
        own=own,
        languages=context.deps().languages,
        refused=refused,
        typed=typed,
        times=times,
        longest=replies.LONGEST,
    )


def _listed(*languages: str) -> list[Ready]:
    given = context.deps()
    with given.sessions() as session:
        return replies.listed(session, given.line_id, languages)


def _offered(ready: Ready, language: str, own: str) -> dict[str, Any]:
    given = context.deps()
    names = {"name": context.me().display_name, "line": given.line_name}
    text, mine = ready.texts[language], ready.texts.get(own)
    return {
        "text": replies.filled(text.text, **names),
        "own": replies.filled(mine.text, **names) if mine and own != language else "",
        "draft": text.reviewed_at is None,
    }


def _language() -> str:
    """The one that was asked for, of those the line speaks; else the first of them."""
    spoken = context.deps().languages
    asked = request.values.get("language", "")
    return asked if asked in spoken else spoken[0]
