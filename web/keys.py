"""Keys: the page, and what browsers send to be kept. Nothing that arrives here opens anything.

What a script posts is answered with all it may know, as it is afterwards, or with one clear line.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, g, jsonify, render_template, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hotline import bell, escrow, teamkeys
from hotline.staff import Member
from hotline.teamkeys import KeyRefused
from hotline.vault import Vault
from locales import handles
from web import context, keydata, streams
from web.guard import needs
from web.keyinput import SHAPE, Given, by_number, decoded, mapping, new_key, number, text

pages: Final = Blueprint("keys", __name__, url_prefix="/desk/keys")

Act = Callable[[Session, Vault, Member, Given, datetime], object]

# What the page's scripts say.
WORDS: Final = (
    "keys.failed",
    "keys.you",
    "keys.unlock.wrong",
    "keys.passphrase.short",
    "keys.passphrase.not_same",
    "keys.refused.numbers",
    "keys.recover.unfit",
    "keys.let_in.teams",
    "keys.escrow.teams",
)


@pages.app_template_global("team_name")
def _team_name(team: str) -> str:
    """A team's name for people: a partner's own label, or the catalog's for the first line."""
    if "team_labels" not in g:
        with context.deps().sessions() as session:
            g.team_labels = dict(teamkeys.teams(session, context.me().line_id))
    return keydata.called(team, g.team_labels.get(team, ""), context.texts())


@pages.get("")
@needs("desk")
def page() -> str:
    return render_template("desk/keys.html", words={name: context.say(name) for name in WORDS})


@pages.get("/mine")
@needs("desk")
def mine() -> Response:
    given = context.deps()
    with given.sessions.begin() as session:
        return jsonify(_told(session))


@pages.get("/passphrase-words.json")
@needs("desk")
def passphrase_words() -> Response:
    """Words to draw a passphrase from; it is drawn in the browser."""
    return jsonify(handles.words(context.language()))


@pages.get("/events")
@needs("desk")
@streams.stream
def events() -> tuple[str, ...]:
    return (_topic(),)


@pages.post("/enrol")
@needs("desk")
def enrol() -> Response:
    def act(session: Session, vault: Vault, me: Member, given: Given, now: datetime) -> None:
        made = {name: new_key(new) for name, new in mapping(given.get("teams", {})).items()}
        wrapped = text(given, "wrapped").encode()
        teamkeys.enrol(session, vault, me, decoded(given.get("public_key")), wrapped, made, now)

    return _do(act)


@pages.post("/rewrap")
@needs("desk")
def rewrap() -> Response:
    def act(session: Session, _vault: Vault, me: Member, given: Given, _now: datetime) -> None:
        teamkeys.rewrap(session, me, text(given, "wrapped").encode())

    return _do(act)


@pages.post("/team")
@needs("desk")
def team() -> Response:
    """A team's new key, sealed to who made it and to everybody who is still in the team."""

    def act(session: Session, vault: Vault, me: Member, given: Given, now: datetime) -> None:
        name, members = text(given, "team"), by_number(given.get("members", {}))
        made = teamkeys.make_team_key(session, vault, me, name, new_key(given), now)
        for staff_id, to in members.items():
            public_key = decoded(mapping(to).get("public_key"))
            sealed = {made: decoded(mapping(to).get("sealed"))}
            teamkeys.let_in(session, me, staff_id, public_key, sealed, now)

    return _do(act)


@pages.post("/let-in")
@needs("desk")
def let_in() -> Response:
    def act(session: Session, _vault: Vault, me: Member, given: Given, now: datetime) -> None:
        keys = {key: decoded(sealed) for key, sealed in by_number(given.get("keys")).items()}
        public_key = decoded(given.get("public_key"))
        teamkeys.let_in(session, me, number(given, "staff"), public_key, keys, now)

    return _do(act)


@pages.post("/escrow")
@needs("desk")
def make_escrow() -> Response:
    def act(session: Session, _vault: Vault, me: Member, given: Given, now: datetime) -> None:
        shares = {who: decoded(share) for who, share in by_number(given.get("shares")).items()}
        key, needed = number(given, "team_key"), number(given, "needed")
        escrow.make(session, me, key, needed, shares, now)

    return _do(act)


@pages.post("/give")
@needs("desk")
def give() -> Response:
    def act(session: Session, _vault: Vault, me: Member, given: Given, now: datetime) -> None:
        public_key, sealed = decoded(given.get("public_key")), decoded(given.get("sealed"))
        there, to = number(given, "escrow"), number(given, "to")
        escrow.give(session, me, there, to, public_key, sealed, now)

    return _do(act)


@pages.post("/recovered")
@needs("desk")
def recovered() -> Response:
    def act(session: Session, _vault: Vault, me: Member, given: Given, now: datetime) -> None:
        there, sealed = number(given, "escrow"), decoded(given.get("sealed"))
        escrow.recovered(session, me, there, sealed, now)

    return _do(act)


def _do(act: Act) -> Response:
    """Do it in one transaction, and tell everything anew."""
    given = context.deps()
    asked: object = request.get_json(silent=True)
    try:
        with given.sessions.begin() as session:
            act(session, given.vault, context.me(), mapping(asked), given.clock())
            session.flush()
            bell.ring(session, _topic())
            return jsonify(_told(session))
    except KeyRefused as why:
        return _refused(why.reason)
    except IntegrityError:
        # Twice at once, or somebody it speaks of has left in this moment.
        return _refused("keys.refused.meanwhile")


def _told(session: Session) -> dict[str, Any]:
    vault, texts = context.deps().vault, context.texts()
    return keydata.told(session, vault, context.me(), g.token, texts)


def _refused(reason: str) -> Response:
    answer = jsonify(refused=context.say(reason))
    answer.status_code = 400 if reason == SHAPE else 409
    return answer


def _topic() -> str:
    return f"keys:{context.deps().line_id}"
