"""One's own second factor: an app, passkeys, codes on paper. Every change asks for the password.

Codes on paper are shown once, in the answer to who made them. A password is looked at before a device
makes a passkey, so that no device keeps one that the line does not know.
"""

from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import urlsplit

import segno
from flask import (
    Blueprint,
    Response,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from hotline import passkeys, secondfactor, signin
from hotline.secondfactor import Offer
from hotline.signin import SignInRefused
from web import auth, context
from web.guard import needs

pages: Final = Blueprint("secondfactor", __name__, url_prefix="/account/second-factor")

# Of the picture that a phone reads: dots of a square, and squares of the edge.
SCALE, EDGE = 4, 2
GROUP: Final = 4

Page = str | tuple[str | Answer, int] | Answer
Done = TypeVar("Done")


@pages.get("")
@needs("self")
def page() -> str:
    return _page()


@pages.post("/app")
@needs("self")
def offer_app() -> Page:
    """A new secret to be read by a phone."""
    vault, me = context.deps().vault, context.me()
    return _scan(_with_password(lambda _session: secondfactor.offer(vault, me, _place())))


@pages.post("/app/set")
@needs("self")
def set_app() -> Page:
    given, me, form = context.deps(), context.me(), request.form
    sealed, code = form.get("offer", ""), form.get("code", "")
    try:
        with given.sessions.begin() as session:
            codes = secondfactor.set_app(
                session, given.vault, me, sealed, code, given.clock(), signin.hashed(g.token)
            )
    except SignInRefused as refused:
        again = secondfactor.offered(given.vault, me, _place(), sealed)
        return _scan(again, refused.reason), 400
    return _set(codes)


@pages.post("/app/remove")
@needs("self")
def remove_app() -> Page:
    _with_password(lambda session: secondfactor.remove_app(session, context.me(), context.now()))
    return _removed()


@pages.post("/passkeys/options")
@needs("self")
def passkey_options() -> Answer:
    """What a browser needs to make a passkey; only after the password."""
    given, me, there = context.deps(), context.me(), auth.site()
    asked = _with_password(
        lambda session: passkeys.making(session, given.vault, there, me, given.clock())
    )
    return Response(asked, mimetype="application/json")


@pages.post("/passkeys")
@needs("self")
def add_passkey() -> Page:
    given, me, form = context.deps(), context.me(), request.form
    name, answer, now = form.get("name", ""), form.get("answer", ""), given.clock()
    with given.sessions.begin() as session:
        codes = passkeys.add(
            session, given.vault, auth.site(), me, name, answer, now, signin.hashed(g.token)
        )
    return _set(codes)


@pages.post("/passkeys/<int:passkey_id>/remove")
@needs("self")
def remove_passkey(passkey_id: int) -> Page:
    me, now = context.me(), context.now()
    _with_password(lambda session: passkeys.remove(session, me, passkey_id, now))
    return _removed()


@pages.post("/codes")
@needs("self")
def make_codes() -> Page:
    """New codes on paper; the old ones end."""
    vault, me, now = context.deps().vault, context.me(), context.now()
    return _codes(
        _with_password(lambda session: secondfactor.make_recovery_codes(session, vault, me, now))
    )


@pages.errorhandler(SignInRefused)
def refused(why: SignInRefused) -> Page:
    """One clear line, on the page or for its script."""
    if request.accept_mimetypes.best == "application/json":
        return jsonify(refused=context.say(why.reason)), 400
    return _page(why.reason), 400


def _with_password(work: Callable[[Session], Done]) -> Done:
    """Do it for who types their password. Raises SignInRefused."""
    given, me = context.deps(), context.me()
    with given.sessions.begin() as session:
        try:
            password = request.form.get("password", "")
            signin.confirm(session, given.vault, me.id, password, given.clock())
            return work(session)
        except SignInRefused as refused:
            # Raised after the transaction: the failure has to be counted.
            why = refused
    raise why


def _page(refused: str = "") -> str:
    given, me = context.deps(), context.me()
    with given.sessions() as session:
        return render_template(
            "account/factor.html",
            refused=refused,
            factors=secondfactor.of(session, me.id),
            required=secondfactor.is_required(session, me.line_id),
            passkeys=passkeys.listed(session, me.id),
            possible=auth.possible_site() is not None,
            longest_name=passkeys.LONGEST_NAME,
        )


def _scan(offered: Offer, refused: str = "") -> str:
    secret = offered.secret
    return render_template(
        "account/scan.html",
        refused=refused,
        offer=offered.sealed,
        drawn=segno.make(offered.address, error="m").svg_data_uri(scale=SCALE, border=EDGE),
        secret=" ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP)),
    )


def _set(codes: list[str]) -> Page:
    if codes:
        return _codes(codes)
    flash("factor.set")
    return redirect(url_for("secondfactor.page"))


def _removed() -> Page:
    flash("factor.removed")
    return redirect(url_for("secondfactor.page"))


def _codes(codes: list[str]) -> str:
    return render_template("account/codes.html", codes=codes)


def _place() -> str:
    """What an app on a phone calls us: our address, which whoever set up the line keeps neutral."""
    return urlsplit(context.deps().public_url or request.host_url).hostname or "localhost"
