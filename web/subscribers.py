"""Importing subscribers: the file is read in memory, its numbers are never written anywhere but sealed."""

import csv
import io
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, cast

import phonenumbers
from babel import Locale
from flask import Blueprint, Response, render_template, request

from campaigns import subscribers
from campaigns.rows import BadRow
from campaigns.subscribers import ImportRefused
from locales import native_name
from web import context
from web.auth import needs
from web.formats import shown
from web.guard import MEGABYTE

pages: Final = Blueprint("subscribers", __name__, url_prefix="/subscribers")

LARGEST: Final = 20 * MEGABYTE
MOST_SHOWN: Final = 200
MOST_DIGITS: Final = 10
# Numbers kept free for films and novels: a sample that is imported by mistake reaches nobody.
SAMPLE_NUMBERS: Final = tuple(f"+1202555010{n}" for n in range(1, 9))


@pages.get("")
@needs("campaigns")
def page() -> str:
    return _page()


@pages.post("")
@needs("campaigns", largest=LARGEST)
def upload() -> str | tuple[str, int]:
    given, file = context.deps(), request.files.get("file")
    if file is None or not file.filename:
        return _page(refused="import.no_file"), 400
    try:
        with given.sessions.begin() as session:
            report = subscribers.import_csv(
                session,
                given.vault,
                given.line_id,
                subscribers.opened(io.BytesIO(file.stream.read())),
                default_region=_region(),
                default_source=request.form.get("source", ""),
                now=given.clock(),
            )
    except ImportRefused as refused:
        return _page(refused=refused.reason, values=refused.values), 400
    return _page(report=report, most_shown=MOST_SHOWN)


@pages.post("/bad.csv")
@needs("campaigns", largest=LARGEST)
def bad_rows() -> Response:
    """The list of bad rows that the page itself was given, as a file: nothing of it is kept here."""
    found: list[BadRow] = []
    for entry in request.form.get("rows", "").split():
        number, _, reason = entry.partition(":")
        named = reason.startswith("row.") and context.texts().has(reason)
        if named and number.isascii() and number.isdigit() and len(number) < MOST_DIGITS:
            found.append(BadRow(int(number), reason))
    rows = [[str(bad.number), context.say(bad.reason)] for bad in found]
    return as_csv("bad-rows.csv", [[context.say("import.row"), context.say("import.why")], *rows])


@pages.get("/sample.csv")
@needs("campaigns")
def sample() -> Response:
    languages = context.deps().languages
    header = ["phone", "language", "time_zone", "consent_source", "consent_date"]
    rows = [
        [number, languages[n % len(languages)], "", "information session", "2026-01-31"]
        for n, number in enumerate(SAMPLE_NUMBERS)
    ]
    return as_csv("subscribers-sample.csv", [header, *rows])


def as_csv(name: str, rows: list[list[str]]) -> Response:
    """A file for spreadsheets: the mark at its start tells them that it is UTF-8."""
    written = io.StringIO("\ufeff")
    written.seek(0, io.SEEK_END)
    csv.writer(written).writerows(rows)
    answer = Response(written.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _page(**values: Any) -> str:
    given = context.deps()
    with given.sessions() as session:
        people = subscribers.audience(session, given.line_id)
    k = given.suppress_below
    return render_template(
        "campaigns/subscribers.html",
        **{"refused": "", "values": {}, "report": None, "k": k} | values,
        people={native_name(code): shown(n, k) for code, n in people.items()},
        regions=_regions(context.language()),
        picked=_region(),
        source=request.form.get("source", ""),
    )


@lru_cache
def _regions(language: str) -> list[tuple[str, str]]:
    """Countries by name in `language`, with their codes."""
    names = cast("Mapping[str, str]", Locale.parse(language).territories)
    return sorted((names.get(code, code), code) for code in phonenumbers.SUPPORTED_REGIONS)


def _region() -> str:
    region = request.form.get("region", "").upper()
    return region if region in phonenumbers.SUPPORTED_REGIONS else ""
