"""What a segment costs in each country, from a table that the line's staff keep: a file replaces it whole.

A file with one bad row is refused whole and changes nothing: half a table of prices is a wrong estimate.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

import phonenumbers
from babel.numbers import list_currencies
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from campaigns.models import Price
from hotline.models import Line

# The country of a price for every country that has none of its own.
OTHERS: Final = ""
OTHERS_WRITTEN: Final = frozenset({"", "*"})
NEEDED: Final = ("country", "price")
DELIMITERS: Final = (",", ";", "\t")
# A comma is the decimal point of half the world, in files whose columns another sign divides.
PRICE: Final = re.compile(r"\d{1,4}(?:[.,]\d{1,6})?")
MOST_ROWS: Final = 1000


class PricesRefused(Exception):
    """The file is not taken. `reason` is a message id of the staff catalog, for which `values` are."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


def of_line(session: Session, line_id: int) -> dict[str, float]:
    """Prices by country, in the line's currency; "" is every other country."""
    rows = session.execute(select(Price.country, Price.price).where(Price.line_id == line_id))
    return dict(sorted((country, price) for country, price in rows))


def replace(
    session: Session, line_id: int, table: Mapping[str, Decimal], currency: str = ""
) -> None:
    """From now on these are the prices, and all of them. Raises PricesRefused."""
    if currency and currency not in list_currencies():
        raise PricesRefused("prices.currency_unknown")
    session.execute(delete(Price).where(Price.line_id == line_id))
    rows = [
        {"line_id": line_id, "country": country, "price": price}
        for country, price in sorted(table.items())
    ]
    session.execute(insert(Price), rows)
    if currency:
        session.get_one(Line, line_id).currency = currency
    session.flush()


def read(lines: Iterable[str]) -> dict[str, Decimal]:
    """The table that a CSV file holds, by country. Raises PricesRefused, with the row that is wrong."""
    try:
        return _read(list(lines))
    except UnicodeDecodeError:
        raise PricesRefused("prices.not_text") from None
    except csv.Error:
        raise PricesRefused("prices.not_csv") from None


def _read(lines: list[str]) -> dict[str, Decimal]:
    lines = [line.lstrip("\ufeff") if number == 0 else line for number, line in enumerate(lines)]
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    table: dict[str, Decimal] = {}
    header: list[str] | None = None
    for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), 1):
        named = [cell.strip() for cell in cells]
        if not any(named):
            continue
        if header is None:
            header = [cell.casefold() for cell in named]
            if any(header.count(name) != 1 for name in NEEDED):
                raise PricesRefused("prices.no_header")
            continue
        country, price = _row(number, dict(zip(header, named, strict=False)))
        if country in table:
            raise PricesRefused("prices.twice", row=number)
        table[country] = price
    if not table:
        raise PricesRefused("prices.empty")
    if len(table) > MOST_ROWS:
        raise PricesRefused("prices.too_many")
    return table


def _row(number: int, cells: Mapping[str, str]) -> tuple[str, Decimal]:
    country, price = cells.get("country", "").upper(), cells.get("price", "")
    country = OTHERS if country in OTHERS_WRITTEN else country
    if country != OTHERS and country not in phonenumbers.SUPPORTED_REGIONS:
        raise PricesRefused("prices.country_unknown", row=number)
    if PRICE.fullmatch(price) is None or not price.isascii():
        raise PricesRefused("prices.no_price", row=number)
    return country, Decimal(price.replace(",", "."))
