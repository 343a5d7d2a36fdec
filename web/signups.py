"""Sign-up codes: the list with what came of each, a new one, and what its poster shows."""

from typing import Any, Final, get_args

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from campaigns.signup import codes, posters
from campaigns.signup.codes import CodeRefused, Listed
from campaigns.signup.posters import Form
from locales import direction, native_name
from web import context
from web.auth import needs
from web.formats import Times, shown

pages: Final = Blueprint("signups", __name__, url_prefix="/codes")

TYPES: Final[dict[Form, str]] = {"svg": "image/svg+xml", "png": "image/png"}


@pages.get("")
@needs("campaigns")
def index() -> str:
    return _index()


@pages.post("")
@needs("campaigns")
def make() -> Answer | tuple[str, int]:
    given, form = context.deps(), request.form
    try:
        with given.sessions.begin() as session:
            code = codes.add(
                session,
                given.line_id,
                form.get("code", ""),
                form.get("label", ""),
                form.get("tag", ""),
                staff_id=context.me().id,
                now=given.clock(),
            )
    except CodeRefused as refused:
        return _index(refused.reason), 400
    return redirect(url_for("campaigns.signups.show", code=code))


@pages.get("/<code>")
@needs("campaigns")
def show(code: str) -> str:
    given = context.deps()
    with given.sessions() as session:
        found = next(
            (each for each in codes.listed(session, given.line_id) if each.code == code), None
        )
        times = Times.of_line(session)
    if found is None:
        abort(404)
    # No connection to the database is held while Telegram is asked for the name.
    bot = given.bot_name() if found.closed_at is None else None
    return render_template(
        "campaigns/code.html",
        found=_counted(found),
        k=given.suppress_below,
        times=times,
        drawn=_contents(code, bot) if found.closed_at is None else {},
        texts=[_text(language, code, bot) for language in given.languages],
        no_number=given.twilio is not None and not given.sms_number,
        no_bot=bot == "",
    )


@pages.post("/<code>/close")
@needs("campaigns")
def close(code: str) -> Answer | tuple[str, int]:
    given = context.deps()
    try:
        with given.sessions.begin() as session:
            codes.close(session, given.line_id, code, given.clock())
    except CodeRefused as refused:
        return _index(refused.reason), 409
    return redirect(url_for("campaigns.signups.index"))


@pages.get("/<code>/<carrier>.<form>")
@needs("campaigns")
def drawing(code: str, carrier: str, form: str) -> Response:
    given = context.deps()
    kind = next((each for each in get_args(Form) if each == form), None)
    with given.sessions() as session:
        known = code in codes.open_ones(session, given.line_id)
    bot = given.bot_name() if known and carrier == "telegram" else None
    content = _contents(code, bot).get(carrier) if known else None
    if content is None or kind is None:
        abort(404)
    return Response(posters.draw(content, kind), mimetype=TYPES[kind])


def _index(refused: str = "") -> str:
    given = context.deps()
    with given.sessions() as session:
        listed = [_counted(each) for each in codes.listed(session, given.line_id)]
        times = Times.of_line(session)
    return render_template(
        "campaigns/codes.html",
        codes=listed,
        k=given.suppress_below,
        times=times,
        refused=refused,
        form=request.form,
    )


def _counted(found: Listed) -> dict[str, Any]:
    """A code with its numbers as they may be shown; None stands for "fewer than k"."""
    k = context.deps().suppress_below
    return {
        "code": found.code,
        "label": found.label,
        "tag": found.tag,
        "created_at": found.created_at,
        "closed_at": found.closed_at,
        "asked": shown(found.asked, k),
        "agreed": shown(found.agreed, k),
    }


def _contents(code: str, bot: str | None) -> dict[str, str]:
    """What each QR code of a poster holds, by what carries the answer."""
    given = context.deps()
    if given.simulated:
        simulator = url_for("simulator.page", text=code)
        return {"simulator": (given.public_url or request.host_url.rstrip("/")) + simulator}
    drawn = {"sms": posters.sms(given.sms_number, code)} if given.sms_number else {}
    return drawn | ({"telegram": posters.telegram(bot, code)} if bot else {})


def _text(language: str, code: str, bot: str | None) -> dict[str, str]:
    given = context.deps()
    # Where texts can be sent and no number is known, it is left to be filled in.
    texted = given.simulated or given.twilio is not None
    number = given.sms_number or ("…" if texted else "")
    return {
        "language": language,
        "name": native_name(language),
        "direction": direction(language),
        "words": posters.words(language, code, number, bot or ""),
    }
