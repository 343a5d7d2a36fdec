"""People: who is there, inviting, changing and shutting out. For supervisors.

A link and a one-time password are shown once, in the answer to who asked for them, and are in no
address and no log.
"""

from collections.abc import Callable
from typing import Any, Final

import segno
from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hotline import (
    audit,
    casekeys,
    invitations,
    people,
    rights,
    roster,
    screenlock,
    secondfactor,
    teamkeys,
)
from hotline.models import Line
from hotline.people import PeopleRefused, Standing
from hotline.staff import StaffRefused
from locales import direction
from web import context
from web.formats import Times
from web.guard import needs

pages: Final = Blueprint("people", __name__, url_prefix="/people")

Page = str | tuple[str, int] | Response


@pages.get("")
@needs("people")
def index() -> str:
    return _index()


@pages.get("/new")
@needs("people")
def new() -> str:
    language = context.language()
    return _new(Standing("", "caseworker", language))


@pages.post("/new")
@needs("people")
def invite() -> Page:
    given, asked = context.deps(), _standing(request.form)
    try:
        with given.sessions.begin() as session:
            token = invitations.invite(session, context.me(), asked, given.clock())
    except PeopleRefused as why:
        return _new(asked, why.reason), 400
    # After the "#": a browser sends that to nobody, so no proxy on the way writes it down.
    link = f"{_base()}{url_for('joining.page')}#{token}"
    drawn = segno.make(link, error="m").svg_data_uri(scale=5, border=2)
    return render_template("people/invited.html", name=asked.display_name, link=link, drawn=drawn)


@pages.post("/invitations/<int:invitation_id>/withdraw")
@needs("people")
def withdraw(invitation_id: int) -> Page:
    def act(session: Session) -> None:
        invitations.withdraw(session, context.me(), invitation_id, context.now())

    return _do(act)


@pages.post("/teams")
@needs("people")
def add_team() -> Page:
    """A partner's team, before its first member is invited."""
    name, label = request.form.get("name", "").strip().lower(), request.form.get("label", "")

    def act(session: Session) -> None:
        try:
            teamkeys.add_team(session, context.me().line_id, name, label)
        except StaffRefused:
            raise PeopleRefused("people.refused.new_team") from None
        me = context.me()
        audit.note(session, me.line_id, me.id, "staff.team_added", context.now(), team=name)

    return _do(act)


@pages.get("/<int:staff_id>")
@needs("people")
def person(staff_id: int) -> str:
    return _person(staff_id)


@pages.post("/<int:staff_id>")
@needs("people")
def change(staff_id: int) -> Page:
    given, me, asked = context.deps(), context.me(), _standing(request.form)
    try:
        with given.sessions.begin() as session:
            renew = people.change(session, me, me.line_id, staff_id, asked, given.clock())
    except PeopleRefused as why:
        return _person(staff_id, why.reason, asked), 400
    if renew:
        return render_template("people/left.html", name=asked.display_name, renew=renew, out=False)
    return redirect(url_for("people.index"))


@pages.post("/<int:staff_id>/disable")
@needs("people")
def disable(staff_id: int) -> Page:
    given, me = context.deps(), context.me()
    try:
        with given.sessions.begin() as session:
            found = roster.find(session, me.line_id, staff_id, given.clock())
            renew = people.disable(session, me, me.line_id, staff_id, given.clock())
    except PeopleRefused as why:
        return _person(staff_id, why.reason), 409
    name = found.member.display_name if found else ""
    return render_template("people/left.html", name=name, renew=renew, out=True)


@pages.post("/<int:staff_id>/reset")
@needs("people")
def reset(staff_id: int) -> Page:
    given, me = context.deps(), context.me()
    try:
        with given.sessions.begin() as session:
            found = roster.find(session, me.line_id, staff_id, given.clock())
            password = people.reset(session, me, me.line_id, staff_id, given.clock())
    except PeopleRefused as why:
        return _person(staff_id, why.reason), 409
    return render_template("people/reset.html", found=found, password=password)


@pages.post("/<int:staff_id>/second-factor")
@needs("people")
def remove_second_factor(staff_id: int) -> Page:
    """For somebody who has lost it; one's own is taken away with the password, on one's own page."""
    me = context.me()
    if staff_id == me.id:
        return _person(staff_id, "people.refused.yourself"), 409

    def act(session: Session) -> None:
        if roster.find(session, me.line_id, staff_id, context.now()) is None:
            raise PeopleRefused("people.refused.gone")
        secondfactor.remove(session, staff_id, me.id, context.now())

    return _do(act)


@pages.post("/protection")
@needs("people")
def protect() -> Page:
    """Whether everybody needs a second factor, and when a screen that nobody touches locks."""
    required = request.form.get("second_factor") == "1"
    minutes = request.form.get("idle_minutes", 0, int)

    def act(session: Session) -> None:
        me, now = context.me(), context.now()
        if minutes not in screenlock.MINUTES:
            raise PeopleRefused("people.refused.minutes")
        secondfactor.require(session, me.line_id, required, now, me.id)
        if minutes != session.get_one(Line, me.line_id).idle_minutes:
            screenlock.set_idle(session, me.line_id, minutes, now, me.id)

    return _do(act)


def _do(act: Callable[[Session], None]) -> Page:
    """Do it in one transaction, and back to the list."""
    try:
        with context.deps().sessions.begin() as session:
            act(session)
    except PeopleRefused as why:
        return _index(why.reason), 409
    return redirect(url_for("people.index"))


def _index(refused: str = "") -> str:
    given = context.deps()
    with given.sessions() as session:
        everybody = roster.listed(session, given.line_id, given.clock())
        return render_template(
            "people/index.html",
            refused=refused,
            form=request.form,
            here=[p for p in everybody if p.member.active],
            gone=[p for p in everybody if not p.member.active],
            pending=invitations.pending(session, given.line_id, given.clock()),
            partners=_partners(session),
            required=secondfactor.is_required(session, given.line_id),
            minutes=screenlock.MINUTES,
            idle=session.get_one(Line, given.line_id).idle_minutes,
            times=Times.of_line(session),
        )


def _new(asked: Standing, refused: str = "") -> str:
    with context.deps().sessions() as session:
        return render_template("people/new.html", refused=refused, asked=asked, **_choices(session))


def _person(staff_id: int, refused: str = "", asked: Standing | None = None) -> str:
    given = context.deps()
    with given.sessions() as session:
        found = roster.find(session, given.line_id, staff_id, given.clock())
        if found is None:
            abort(404)
        return render_template(
            "people/person.html",
            refused=refused,
            found=found,
            asked=asked or found.standing,
            myself=staff_id == context.me().id,
            **_choices(session),
        )


def _choices(session: Session) -> dict[str, Any]:
    """What the form of a colleague offers."""
    return {
        "roles": list(rights.ROLES),
        "first_line": casekeys.FIRST_LINE,
        "partners": _partners(session),
        "line_languages": context.deps().languages,
        "most": people.MOST_CASES,
        "direction_of": direction,
    }


def _partners(session: Session) -> list[tuple[str, str]]:
    """Partners' teams with their labels."""
    return [(name, label) for name, label in teamkeys.teams(session, context.me().line_id) if label]


def _standing(form: MultiDict[str, str]) -> Standing:
    """What was filled in; whether it makes sense is looked at when it is to be kept."""
    role = form.get("role", "")
    partner = form.get("partner_team", "")
    teams = ([partner] if partner else []) if role == "partner" else form.getlist("team")
    return Standing(
        display_name=form.get("display_name", ""),
        role=role,
        language=form.get("language", ""),
        teams=tuple(teams),
        speaks=tuple(form.getlist("speaks")),
        for_children=form.get("for_children") == "1",
        most_cases=form.get("most_cases", 0, int),
        most_urgent=form.get("most_urgent", 0, int),
    )


def _base() -> str:
    return context.deps().public_url or request.host_url.rstrip("/")
