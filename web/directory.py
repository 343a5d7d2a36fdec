"""The referral directory: looking things up is for everybody at the desk, changing and confirming is not."""

import re
from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from hotline import directory, directoryfile, entries, referral
from hotline.directory import DirectoryRefused, Listed, Wanted
from hotline.directoryfile import FileRefused, RowsRefused
from hotline.entries import Entry, EntryUnusable
from hotline.models import Line
from locales import count_segments, direction, native_name
from locales import languages as written_in
from web import context, listings
from web.guard import MEGABYTE, needs

pages: Final = Blueprint("directory", __name__, url_prefix="/directory")

# A form posts the parts of a list apart; a file has them in one cell.
SEVERAL: Final = ("serves",)
MOST_SHOWN: Final = 200


@pages.get("")
@needs("desk")
def index() -> str:
    return _index()


@pages.get("/<int:service_id>")
@needs("desk")
def service(service_id: int) -> str:
    with context.deps().sessions() as session:
        found = _get(session, service_id)
    return render_template(
        "directory/service.html",
        found=found,
        told=_told(found.entry),
        names=listings.names(),
        now=context.now(),
    )


@pages.get("/new")
@needs("directory")
def new() -> str:
    with context.deps().sessions() as session:
        zone = session.get_one(Line, context.deps().line_id).time_zone
    return _form({"time_zone": zone, "serves": "anybody"})


@pages.post("")
@needs("directory")
def add() -> AnyResponse | tuple[str, int]:
    return _save(None)


@pages.get("/<int:service_id>/edit")
@needs("directory")
def edit(service_id: int) -> str:
    with context.deps().sessions() as session:
        found = _get(session, service_id)
    return _form(entries.cells(found.entry), service_id)


@pages.post("/<int:service_id>")
@needs("directory")
def change(service_id: int) -> AnyResponse | tuple[str, int]:
    return _save(service_id)


@pages.post("/<int:service_id>/verify")
@needs("directory")
def verify(service_id: int) -> AnyResponse:
    """One press: what this page showed was checked today."""
    given, form = context.deps(), request.form
    shown, source = form.get("shown", ""), form.get("source", "")
    try:
        with given.sessions.begin() as session:
            directory.verify(session, context.me(), service_id, shown, source, given.clock())
        flash("directory.verified")
    except DirectoryRefused as refused:
        _or_404(refused)
        flash(refused.reason)
    return redirect(url_for("directory.service", service_id=service_id))


@pages.post("/<int:service_id>/remove")
@needs("directory")
def remove(service_id: int) -> AnyResponse:
    given = context.deps()
    try:
        with given.sessions.begin() as session:
            directory.remove(session, context.me(), service_id, given.clock())
    except DirectoryRefused as refused:
        _or_404(refused)
    flash("directory.removed")
    return redirect(url_for("directory.index"))


@pages.post("/days")
@needs("directory")
def days() -> AnyResponse:
    given = context.deps()
    try:
        with given.sessions.begin() as session:
            directory.set_days(
                session, context.me(), request.form.get("days", 0, int), given.clock()
            )
        flash("directory.days_set")
    except DirectoryRefused as refused:
        flash(refused.reason)
    return redirect(url_for("directory.index"))


@pages.get("/services.csv")
@needs("directory")
def export() -> Response:
    given = context.deps()
    with given.sessions() as session:
        return _csv("services.csv", directoryfile.write(session, given.line_id, given.clock()))


@pages.get("/example.csv")
@needs("directory")
def example() -> Response:
    text = directoryfile.EXAMPLE.read_text(encoding="utf-8")
    return _csv("services-example.csv", directoryfile.UTF_8 + text)


@pages.post("/import")
@needs("directory", largest=directoryfile.MOST_BYTES + MEGABYTE)
def take_in() -> str | tuple[str, int]:
    """All rows of a file, or, when one is bad, none of them."""
    given, file = context.deps(), request.files.get("file")
    if file is None or not file.filename:
        return _index(refused=context.say("import.no_file")), 400
    try:
        with given.sessions.begin() as session:
            report = directoryfile.take_in(
                session, given.line_id, file.read(), given.clock(), by=context.me().id
            )
    except FileRefused as refused:
        return _index(refused=context.say(refused.reason, **refused.values)), 400
    except RowsRefused as refused:
        return _index(bad=[(n, context.say(reason)) for n, reason in refused.rows]), 400
    return _index(report=report)


def _index(**more: Any) -> str:
    given, now = context.deps(), context.now()
    wanted, due = listings.wanted(request.args, now), request.args.get("due") == "1"
    with given.sessions() as session:
        everything = directory.found(session, given.line_id, Wanted(), now)
        waits = directory.due(session, given.line_id, now)
        found = waits if due else directory.found(session, given.line_id, wanted, now)
        counted = directory.days_of(session, given.line_id)
    defaults: dict[str, Any] = {"refused": "", "bad": [], "report": None}
    return render_template(
        "directory/index.html",
        found=found[:MOST_SHOWN],
        more=max(0, len(found) - MOST_SHOWN),
        waits=len(waits),
        wanted=wanted,
        due=due,
        days=counted,
        names=listings.names(),
        choices=listings.choices(everything),
        now=now,
        **(defaults | more),
    )


def _save(service_id: int | None) -> AnyResponse | tuple[str, int]:
    given, cells = context.deps(), _cells()
    try:
        entry = referral.checked(cells, given.clock().date())
        with given.sessions.begin() as session:
            number, _ = directory.save(
                session,
                given.line_id,
                entry,
                given.clock(),
                by=context.me().id,
                service_id=service_id,
            )
    except DirectoryRefused as refused:
        _or_404(refused)
        return _form(cells, service_id, refused.reason), 409
    except EntryUnusable as unusable:
        return _form(cells, service_id, unusable.reason), 400
    return redirect(url_for("directory.service", service_id=number), 303)


def _cells() -> dict[str, str]:
    """What the form holds, named as in a file; whether it was confirmed is said by another press."""
    form = request.form
    cells = {name: form.get(name, "") for name in entries.FIELDS if not name.startswith("verified")}
    cells |= {name: " ".join(form.getlist(name)) for name in SEVERAL}
    cells |= {name: form[name] for name in form if name.startswith(entries.TEXT)}
    cells["languages"] = listings.codes(cells["languages"])
    if not cells["code"]:
        cells["code"] = re.sub(r"[^a-z0-9]+", "-", cells["name"].lower()).strip("-")[:40]
    return cells


def _form(cells: Mapping[str, str], service_id: int | None = None, refused: str = "") -> str:
    spoken = [code for code in cells.get("languages", "").split() if code]
    return render_template(
        "directory/edit.html",
        cells=cells,
        service_id=service_id,
        refused=refused,
        names=listings.names(),
        countries=listings.countries(),
        spoken=", ".join(listings.language(code) for code in spoken),
        zones=listings.zones(),
        texts=_texts(cells),
        kinds=entries.SERVICE_KINDS,
        served=entries.SERVED,
        costs=entries.COSTS,
        longest=entries.LONGEST,
        longest_text=entries.LONGEST_TEXT,
    )


def _texts(cells: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Languages in which something can be told of a service, with how each is called and what is told."""
    known = [*context.deps().languages]
    other = {name.removeprefix(entries.TEXT) for name in cells if name.startswith(entries.TEXT)}
    known += sorted(code for code in other - {*known} if code in entries.written_languages())
    return [(code, native_name(code), cells.get(f"{entries.TEXT}{code}", "")) for code in known]


def _told(entry: Entry) -> list[dict[str, Any]]:
    """The message in each language of the line, as it would be sent."""
    told: list[dict[str, Any]] = []
    for code in context.deps().languages:
        if code in written_in("contact"):
            text = referral.message(entry, code)
            told.append(
                {
                    "code": code,
                    "name": native_name(code),
                    "direction": direction(code),
                    "text": text,
                    "segments": count_segments(text).segments,
                    "own": code in entry.texts,
                }
            )
    return told


def _get(session: Session, service_id: int) -> Listed:
    try:
        return directory.get(session, context.deps().line_id, service_id, context.now())
    except DirectoryRefused:
        abort(404)


def _or_404(refused: DirectoryRefused) -> None:
    if refused.reason == "entry.unknown":
        abort(404)


def _csv(name: str, text: str) -> Response:
    answer = Response(text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
