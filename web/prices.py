"""What a segment costs in each country: shown, and replaced by a file."""

import io
from typing import Final

from babel.numbers import format_currency
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaigns.planning import prices
from campaigns.planning.prices import PricesRefused
from hotline.models import Line
from web import context, formats, planview
from web.auth import needs

pages: Final = Blueprint("prices", __name__, url_prefix="/prices")
pages.context_processor(formats.words)

# Fractions of a cent matter, times a million.
CENTS: Final = 2
MOST_DIGITS: Final = 6


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
    # As many digits as the finest price needs, so that they stand below each other.
    digits = max((_digits(price) for price in table.values()), default=CENTS)
    said = {code: _money(price, currency, digits) for code, price in table.items()}
    others = said.pop(prices.OTHERS, None)
    return render_template(
        "campaigns/prices.html",
        prices=sorted((planview.country(code), code, price) for code, price in said.items()),
        others=others,
        currency=currency,
        refused=refused,
    )


def _digits(price: float) -> int:
    return max(CENTS, len(f"{price:.{MOST_DIGITS}f}".rstrip("0").partition(".")[2]))


def _money(price: float, currency: str, digits: int) -> str:
    pattern = "#,##0." + "0" * digits + " ¤"
    return format_currency(
        price, currency, pattern, locale=context.language(), currency_digits=False
    )
