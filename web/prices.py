"""What a segment costs in each country: shown, and replaced by a file."""

import io
from typing import Final

from babel.numbers import format_currency
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaigns import prices
from campaigns.prices import PricesRefused
from hotline.models import Line
from web import context, formats, planview
from web.auth import needs

pages: Final = Blueprint("prices", __name__, url_prefix="/prices")
pages.context_processor(formats.words)

# Fractions of a cent matter, times a million.
DIGITS: Final = 6


@pages.get("")
@needs("campaigns")
def show() -> str:
    return _page()


@pages.post("")
@needs("campaigns")
def upload() -> Response | tuple[str, int]:
    given, file = context.deps(), request.files.get("file")
    if file is None or not file.filename:
        return _page(PricesRefused("import.no_file")), 400
    lines = io.TextIOWrapper(io.BytesIO(file.stream.read()), encoding="utf-8-sig", newline="")
    try:
        currency = request.form.get("currency", "").strip().upper()
        with given.sessions.begin() as session:
            prices.replace(session, given.line_id, prices.read(lines), currency)
    except PricesRefused as refused:
        return _page(refused), 400
    flash("prices.taken")
    return redirect(url_for("campaigns.prices.show"))


def _page(refused: PricesRefused | None = None) -> str:
    given = context.deps()
    with given.sessions() as session:
        table = prices.of_line(session, given.line_id)
        currency = session.get_one(Line, given.line_id).currency
    others = table.pop(prices.OTHERS, None)
    named = sorted((planview.country(code), code, _money(p, currency)) for code, p in table.items())
    return render_template(
        "campaigns/prices.html",
        prices=named,
        others=None if others is None else _money(others, currency),
        currency=currency,
        refused=refused,
    )


def _money(price: float, currency: str) -> str:
    written = f"{price:.{DIGITS}f}".rstrip("0")
    digits = max(2, len(written.partition(".")[2]))
    pattern = "#,##0." + "0" * digits + " ¤"
    return format_currency(
        price, currency, pattern, locale=context.language(), currency_digits=False
    )
