"""Prices by country: a file replaces the table whole, or changes nothing and says which row is wrong."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.planning import prices
from campaigns.planning.prices import PricesRefused
from hotline.models import Line


def read(text):
    return prices.read(text.splitlines(keepends=True))


def test_a_table_is_read_with_either_kind_of_decimal_point():
    assert read("country,price\nCH,0.062\n,0.1\n") == {"CH": Decimal("0.062"), "": Decimal("0.1")}
    assert read("\ufeffCountry;Price\r\nch;0,062\r\n\r\n*;1\r\n") == {
        "CH": Decimal("0.062"),
        "": Decimal(1),
    }
    assert read("name\tprice\tcountry\nSuisse\t0.06\tCH\n") == {"CH": Decimal("0.06")}


@pytest.mark.parametrize(
    ("text", "reason", "row"),
    [
        ("", "prices.empty", None),
        ("country,price\n", "prices.empty", None),
        ("land,price\nCH,1\n", "prices.no_header", None),
        ("country,price,price\nCH,1,1\n", "prices.no_header", None),
        ("country,price\nCH,1\nXX,1\n", "prices.country_unknown", 3),
        ("country,price\nSwitzerland,1\n", "prices.country_unknown", 2),
        ("country,price\nCH,free\n", "prices.no_price", 2),
        ("country,price\nCH,-1\n", "prices.no_price", 2),
        ("country,price\nCH,1e3\n", "prices.no_price", 2),
        ("country,price\nCH,٣\n", "prices.no_price", 2),
        ("country,price\nCH\n", "prices.no_price", 2),
        ("country,price\nCH,1\n\nch,2\n", "prices.twice", 4),
        ('country,price\n"CH,1\n', "prices.not_csv", None),
    ],
)
def test_a_wrong_file_is_refused_by_the_row_that_is_wrong(text, reason, row):
    with pytest.raises(PricesRefused) as refused:
        read(text)
    assert refused.value.reason == reason
    assert refused.value.values.get("row") == row


@given(st.text(st.sampled_from('country,price;\n"CH0.1 \t\x00é'), max_size=80))
def test_whatever_a_file_holds_it_is_read_or_refused(text):
    try:
        table = read(text)
    except PricesRefused:
        return
    assert table
    assert all(price >= 0 for price in table.values())


def test_a_new_table_replaces_the_old_one_and_the_currency(sessions, line_id):
    for text, currency in (("country,price\nCH,1\nFR,2\n", "CHF"), ("country,price\nDE,3\n", "")):
        with sessions.begin() as session:
            prices.replace(session, line_id, read(text), currency)
    with sessions() as session:
        assert prices.of_line(session, line_id) == {"DE": 3.0}
        assert session.get_one(Line, line_id).currency == "CHF"
    with pytest.raises(PricesRefused), sessions.begin() as session:
        prices.replace(session, line_id, read("country,price\nCH,1\n"), "XXXX")
    with sessions() as session:
        assert prices.of_line(session, line_id) == {"DE": 3.0}
