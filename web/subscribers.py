"""Importing subscribers: the file is read in memory, its numbers are never written anywhere but sealed."""

import csv
import io
import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, BinaryIO, Final, cast

import phonenumbers
from babel import Locale
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from campaigns import subscribers
from campaigns.importing import intake, rejects
from campaigns.importing.rows import Defaults, RowUnusable
from campaigns.importing.sheets import ImportRefused
from campaigns.models import Import
from locales import native_name
from web import context
from web.auth import needs
from web.deps import Deps
from web.formats import Times, shown
from web.guard import MEGABYTE

pages: Final = Blueprint("subscribers", __name__, url_prefix="/subscribers")

# A million and a half rows. It is held in memory while it is read; larger files are for the command line.
LARGEST: Final = 100 * MEGABYTE
MOST_SHOWN: Final = 200
MOST_LISTED: Final = 5
# Numbers kept free for films and novels: a sample that is imported by mistake reaches nobody.
SAMPLE_NUMBERS: Final = tuple(f"+1202555010{n}" for n in range(1, 9))

log = logging.getLogger(__name__)


@pages.get("")
@needs("campaigns")
def page() -> str:
    return _page()


@pages.post("")
@needs("campaigns", largest=LARGEST)
def upload() -> AnyResponse | tuple[str, int]:
    """Begin to import a file; its own page shows how far it is."""
    given, now = context.deps(), context.now()
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(refused="import.no_file"), 400
    try:
        with given.sessions.begin() as session:
            settled = intake.defaults(
                session,
                given.line_id,
                given.campaign_channel,
                now,
                region=_region(),
                source=request.form.get("source", ""),
                day=_day(),
            )
            import_id = intake.begin(session, given.line_id, context.me().id, now)
    except RowUnusable as unusable:
        return _page(refused=unusable.reason), 400
    except ImportRefused as refused:
        return _page(refused=refused.reason), 409
    # The request lets go of it and will not close it: from here on the thread alone holds the file.
    content, file.stream = file.stream, io.BytesIO()
    threading.Thread(
        target=_read_in, args=(given, import_id, content, settled), name="import", daemon=True
    ).start()
    return redirect(url_for("campaigns.subscribers.show", import_id=import_id), 303)


@pages.get("/imports/<int:import_id>")
@needs("campaigns")
def show(import_id: int) -> str:
    return render_template("campaigns/import.html", **_shown(import_id))


@pages.get("/imports/<int:import_id>/progress")
@needs("campaigns")
def progress(import_id: int) -> str:
    """How far it is, asked for every second while the page is open."""
    return render_template("campaigns/_import.html", **_shown(import_id))


@pages.post("/imports/<int:import_id>/rows.csv")
@needs("campaigns")
def rows(import_id: int) -> Response:
    """The rows that were left out, once: they are gone afterwards."""
    given = context.deps()
    with given.sessions.begin() as session:
        _import(session, import_id)
        found = rejects.fetch(session, given.vault, import_id, context.say)
    if not found:
        abort(404)
    return as_csv("rows-left-out.csv", found)


@pages.get("/sample.csv")
@needs("campaigns")
def sample() -> Response:
    languages = context.deps().languages
    header = ["phone", "language", "region", "time_zone", "consent_source", "consent_date"]
    people = [
        [number, languages[n % len(languages)], "coast", "", "information session", "2026-01-31"]
        for n, number in enumerate(SAMPLE_NUMBERS)
    ]
    return as_csv("subscribers-sample.csv", [header, *people])


def as_csv(name: str, rows: Iterable[Sequence[str]]) -> Response:
    """A file for spreadsheets: the mark at its start tells them that it is UTF-8."""
    written = io.StringIO("\ufeff")
    written.seek(0, io.SEEK_END)
    csv.writer(written).writerows(rows)
    answer = Response(written.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _read_in(given: Deps, import_id: int, content: BinaryIO, settled: Defaults) -> None:
    """In a thread of its own, beside the requests."""
    try:
        intake.run(given.sessions, given.vault, import_id, content, settled, given.clock)
    except ImportRefused:
        # Its page says why.
        return
    except Exception as error:  # noqa: BLE001 - the database may be away; an error's own words may hold a row
        log.error("import %d was cut: %s", import_id, type(error).__name__)  # noqa: TRY400 - no trace


def _shown(import_id: int) -> dict[str, Any]:
    given = context.deps()
    with given.sessions.begin() as session:
        intake.sweep(session, given.line_id, given.clock())
        row = _import(session, import_id)
        seconds = (row.seen_at - row.started_at).total_seconds()
        return {
            "row": row,
            "rate": round(row.rows_read / seconds) if seconds else 0,
            "first": rejects.first(session, import_id, MOST_SHOWN),
            "kept": rejects.kept(session, import_id),
        }


def _import(session: Session, import_id: int) -> Import:
    row = session.get(Import, import_id)
    if row is None or row.line_id != context.deps().line_id:
        abort(404)
    return row


def _page(refused: str = "") -> str:
    given = context.deps()
    with given.sessions.begin() as session:
        intake.sweep(session, given.line_id, given.clock())
        people = subscribers.audience(session, given.line_id)
        last = session.scalars(
            select(Import)
            .where(Import.line_id == given.line_id)
            .order_by(Import.id.desc())
            .limit(MOST_LISTED)
        ).all()
        times = Times.of_line(session)
    k = given.suppress_below
    return render_template(
        "campaigns/subscribers.html",
        refused=refused,
        k=k,
        people={native_name(code): shown(n, k) for code, n in people.items()},
        regions=_regions(context.language()),
        picked=_region(),
        source=request.form.get("source", ""),
        day=request.form.get("date", ""),
        last=last,
        times=times,
        largest=LARGEST // MEGABYTE,
    )


@lru_cache
def _regions(language: str) -> list[tuple[str, str]]:
    """Countries by name in `language`, with their codes."""
    names = cast("Mapping[str, str]", Locale.parse(language).territories)
    return sorted((names.get(code, code), code) for code in phonenumbers.SUPPORTED_REGIONS)


def _region() -> str:
    region = request.form.get("region", "").upper()
    return region if region in phonenumbers.SUPPORTED_REGIONS else ""


def _day() -> date | None:
    """The day that holds for rows without one. Raises RowUnusable."""
    day = request.form.get("date", "")
    try:
        return date.fromisoformat(day) if day else None
    except ValueError:
        raise RowUnusable("row.date") from None
