"""What a member is told, and how: their choice, their addresses, and what is new for an open page."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Final
from zoneinfo import available_timezones

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hotline.models import Line
from hotline.notices import KINDS, MEANS, Kind, Means, addresses, calling, rules, showing, truth
from hotline.notices.addresses import AddressRefused
from hotline.notices.rules import Rules, RulesRefused
from hotline.staff import Member
from web import context, streams
from web.guard import needs

pages: Final = Blueprint("notices", __name__, url_prefix="/account/notices")
# Open while the screen is locked, too: then it says only that something waits.
ringing: Final = Blueprint("ringing", __name__, url_prefix="/account/notices")

MINUTES: Final = 60
# Of what is not about a case.
PERMISSIONS: Final[dict[Kind, str]] = {"directory.stale": "directory"}


@pages.get("")
@needs("self")
def page() -> str:
    return _page()


@pages.post("")
@needs("self")
def choose() -> Response:
    def keep(session: Session, member: Member) -> None:
        rules.keep(session, member.id, _chosen(session, member))

    return _do(keep, "notices.kept")


@pages.post("/email")
@needs("self")
def email() -> Response:
    if not context.deps().mails:
        abort(404)
    address = request.form.get("address", "")

    def ask(session: Session, member: Member) -> None:
        addresses.ask(session, context.deps().vault, member.id, address, context.now())

    return _do(ask, "notices.email.sent")


@pages.post("/email/code")
@needs("self")
def code() -> Response:
    given, typed, right = context.deps(), request.form.get("code", ""), False

    def confirm(session: Session, member: Member) -> None:
        nonlocal right
        right = addresses.confirm(session, given.vault, member.id, typed, given.clock())

    answer = _do(confirm, "")
    flash("notices.email.confirmed" if right else "notices.refused.code")
    return answer


@pages.post("/telegram")
@needs("self")
def telegram() -> str:
    """The link is shown once: who opens it in Telegram is told there."""
    bot = context.deps().bot_name()
    if not bot:
        abort(404)
    with context.deps().sessions.begin() as session:
        token = addresses.make_link(session, context.me().id, context.now())
    return _page(link=f"https://t.me/{bot}?start={token}")


@pages.post("/remove")
@needs("self")
def remove() -> Response:
    by = request.form.get("by")
    if by not in MEANS:
        abort(400)
    return _do(lambda session, member: addresses.remove(session, member.id, by), "notices.removed")


@pages.post("/look")
@needs("desk")
def look() -> tuple[str, int]:
    """The member has a case in front of them: what they see they need not be told of."""
    case_id = request.form.get("case", 0, int)
    with context.deps().sessions.begin() as session:
        truth.look(session, context.me(), case_id, context.now())
    return "", 204


@pages.get("/events")
@needs("self")
@streams.stream
def events() -> tuple[str, ...]:
    return (calling.topic(context.me().id),)


@ringing.get("/now")
@needs("self")
def now() -> Response:
    """What is new for the pages that are open."""
    visit = context.visit()
    with context.deps().sessions() as session:
        locked = visit is not None and visit.locked
        news = showing.news(session, context.me(), context.now(), locked=locked)
    return jsonify(asdict(news))


def _do(act: Callable[[Session, Member], None], done: str) -> Response:
    said = done
    try:
        with context.deps().sessions.begin() as session:
            act(session, context.me())
    except (AddressRefused, RulesRefused) as refused:
        said = refused.reason
    if said:
        flash(said)
    return redirect(url_for("notices.page"))


def _page(*, link: str = "") -> str:
    given, me = context.deps(), context.me()
    with given.sessions() as session:
        chosen = rules.of(session, me.id, session.get_one(Line, me.line_id).time_zone)
        held = addresses.held(session, given.vault, me.id)
    return render_template(
        "account/notices.html",
        kinds=_kinds(me),
        means=_means(),
        chosen=chosen,
        quiet=[_wall(minute) for minute in chosen.quiet or ()],
        zones=sorted(available_timezones()),
        held=held,
        mails=given.mails,
        bot=given.bot_name(),
        link=link,
    )


def _kinds(member: Member) -> list[Kind]:
    """What a member can be told of, by what they may do."""
    return [kind for kind in KINDS if member.may(PERMISSIONS.get(kind, "desk"))]


def _means() -> list[Means]:
    """By what this line can tell anybody."""
    there = {"browser": True, "email": context.deps().mails, "telegram": context.deps().bot_name()}
    return [means for means in MEANS if there[means]]


def _chosen(session: Session, member: Member) -> Rules:
    """What the form says. Means that this line lacks now stay as they were chosen. Raises RulesRefused."""
    before, shown = rules.of(session, member.id), _means()
    ticked = set(request.form.getlist("tell"))
    return Rules(
        {
            kind: tuple(
                by
                for by in MEANS
                if (f"{kind} {by}" in ticked if by in shown else by in before.by(kind))
            )
            for kind in KINDS
        },
        _quiet(),
        request.form.get("time_zone", ""),
        "on_duty_only" in request.form,
        "breaks_through" in request.form,
    )


def _quiet() -> tuple[int, int] | None:
    if "quiet" not in request.form:
        return None
    return _minute(request.form.get("from", "")), _minute(request.form.get("until", ""))


def _minute(wall: str) -> int:
    """The minute of the day that a clock shows. Raises RulesRefused."""
    hours, _, minutes = wall.partition(":")
    if not (hours.isascii() and minutes.isascii() and hours.isdigit() and minutes.isdigit()):
        raise RulesRefused("notices.refused.quiet")
    found = int(hours[:2]) * MINUTES + int(minutes[:2])
    if not 0 <= found < 24 * MINUTES or int(minutes[:2]) >= MINUTES:
        raise RulesRefused("notices.refused.quiet")
    return found


def _wall(minute: int) -> str:
    return f"{minute // MINUTES:02}:{minute % MINUTES:02}"
