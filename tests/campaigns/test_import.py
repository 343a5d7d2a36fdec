"""A subscribers' file: good rows are kept, bad ones named by number, and no number is ever repeated."""

import io
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from campaigns import subscribers
from campaigns.models import Subscriber
from campaigns.subscribers import ImportRefused
from locales import translator
from web.simulator import NUMBERS

GOOD = "phone,language,time_zone,consent_source,consent_date\n+41791234567,fr,Europe/Zurich,fair,2026-02-01\n"


@pytest.fixture
def imported(sessions, vault, line_id, now):
    def run(data, **more):
        data = data.encode() if isinstance(data, str) else data
        with sessions.begin() as session:
            lines = subscribers.opened(io.BytesIO(data))
            return subscribers.import_csv(session, vault, line_id, lines, now=now, **more)

    return run


@pytest.fixture
def kept(sessions):
    def look():
        with sessions() as session:
            return session.scalars(select(Subscriber).order_by(Subscriber.id)).all()

    return look


def test_a_good_row_becomes_a_subscriber_whose_number_only_delivery_can_read(
    imported, kept, vault, sessions
):
    report = imported(GOOD)
    assert (report.imported, report.bad) == (1, [])
    person = kept()[0]
    assert vault.open(person.address_sealed, "address") == "tel:+41791234567"
    assert (person.language, person.time_zone) == ("fr", "Europe/Zurich")
    assert (person.consent_source, person.consent_date) == ("fair", date(2026, 2, 1))
    with sessions() as session:
        row = session.execute(text("SELECT s::text FROM subscribers s")).scalar_one()
    assert "791234567" not in row


def test_importing_a_file_again_changes_nothing_and_a_changed_row_is_updated(imported, kept):
    imported(GOOD)
    again = imported(GOOD)
    assert (again.imported, again.updated, again.unchanged) == (0, 0, 1)
    changed = imported(GOOD.replace(",fr,", ",ar,"))
    assert (changed.imported, changed.updated, changed.unchanged) == (0, 1, 0)
    assert [person.language for person in kept()] == ["ar"]


def test_columns_come_in_any_order_and_case_with_a_mark_semicolons_and_tabs(imported, kept):
    for mark in (",", ";", "\t"):
        header = mark.join(["Consent Source", "LANGUAGE", "note", "Phone"])
        row = mark.join(["fair", "fr-CH", "-", "0041 79 123 45 67"])
        assert imported(f"\ufeff{header}\r\n{row}\r\n").bad == []
    assert [person.language for person in kept()] == ["fr"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",en,,fair,", "row.phone_missing"),
        ("hello,en,,fair,", "row.phone_not_a_number"),
        ("0791234567,en,,fair,", "row.phone_country"),
        ("+4179123,en,,fair,", "row.phone_invalid"),
        ("4.17912E+10,en,,fair,", "row.phone_rounded"),
        ('"4,17912E+10",en,,fair,', "row.phone_rounded"),
        (f"+{'4' * 60},en,,fair,", "row.phone_not_a_number"),
        ("+41791234567,,,fair,", "row.language_missing"),
        ("+41791234567,xx,,fair,", "row.language_unknown"),
        ("+41791234567,en,Mars/Base,fair,", "row.time_zone_unknown"),
        ("+41791234567,en,,,", "row.consent_missing"),
        (f"+41791234567,en,,{'x' * 200},", "row.consent_too_long"),
        ("+41791234567,en,,call +41 79 123 45 67,", "row.consent_personal"),
        ("+41791234567,en,,amina@example.org,", "row.consent_personal"),
        ("+41791234567,en,,fair,yesterday", "row.date"),
        ("+41791234567,en,,fair,2031-01-01", "row.date_future"),
        ('"+41791234567"0,en,,fair,', "row.quotes"),
    ],
)
def test_a_bad_row_is_named_by_number_and_reason_and_the_good_rows_are_kept(
    imported, kept, row, reason
):
    good = GOOD.splitlines(keepends=True)
    report = imported(f"{good[0]}\n{row}\n{good[1]}")
    assert [(bad.number, bad.reason) for bad in report.bad] == [(3, reason)]
    assert len(kept()) == 1
    for language in ("en", "fr", "es", "ar"):
        said = translator(language, "staff").text(reason)
        assert said != reason
        assert "79" not in said


def test_a_country_and_a_consent_given_once_hold_for_all_rows(imported, kept):
    report = imported(
        "phone,language\n079 123 45 67,en\n",
        default_region="ch",
        default_source="fair of 2026-03-01",
    )
    assert report.imported == 1
    assert kept()[0].time_zone == "Europe/Zurich"
    assert kept()[0].consent_source == "fair of 2026-03-01"


def test_a_zone_is_guessed_only_where_the_number_leaves_no_doubt(imported, kept):
    rows = ["+447911123456,en", "+79161234567,en", "+12025550101,en"]
    imported("phone,language\n" + "\n".join(rows), default_source="fair")
    assert sorted(p.time_zone for p in kept()) == ["", "America/New_York", "Europe/London"]


def test_every_phone_of_the_simulator_can_subscribe(imported):
    rows = "".join(f"{number},en\n" for number in NUMBERS)
    assert imported("phone,language\n" + rows, default_source="fair").imported == len(NUMBERS)


def test_somebody_named_twice_in_a_file_is_one_subscriber_and_the_last_row_counts(imported, kept):
    report = imported("phone,language\n+41791234567,en\n0041791234567,fr\n", default_source="fair")
    assert (report.imported, report.merged) == (1, 1)
    assert [person.language for person in kept()] == ["fr"]


def test_somebody_named_again_in_a_later_batch_is_counted_once(imported, sessions):
    many = [f"+4179{1000000 + n},en" for n in range(1200)]
    rows = [*many, many[0].replace("en", "fr"), many[1]]
    report = imported("phone,language\n" + "\n".join(rows), default_source="fair")
    assert (report.imported, report.updated, report.unchanged, report.merged) == (1200, 0, 0, 2)
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 1200


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "import.no_header"),
        (b"\n\n", "import.no_header"),
        (b"name,city\nA,B\n", "import.column_missing"),
        (b"phone,phone,language\n1,2,3\n", "import.column_twice"),
        ("phone,language\n+41791234567,français\n".encode("latin-1"), "import.not_utf8"),
        (GOOD.encode("utf-16"), "import.not_utf8"),
        (GOOD.encode() + b"a\x00b,en\n", "import.not_text"),
        (GOOD.encode() + b'"+41791234568,en\n+41791234569,en\n', "import.broken_csv"),
        (b"\x89PNG\r\n\x1a\n", "import.not_utf8"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_as_a_whole_and_changes_nothing(
    imported, kept, data, reason
):
    with pytest.raises(ImportRefused) as refused:
        imported(data)
    assert refused.value.reason == reason
    assert translator("en", "staff").has(reason)
    assert kept() == []


CELLS = st.one_of(
    st.sampled_from(
        ["+41791234567", "en", "fair", '"', ",", ";", "\n", "\r\n", "\t", "\ufeff", "0"]
    ),
    st.text(max_size=8),
)


@given(
    st.one_of(st.binary(max_size=300), st.lists(CELLS, max_size=40).map("".join).map(str.encode))
)
@example(b"phone,language\n" + b'"' * 200_000)
@example(b"phone,language\r+41791234567,en\r")
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_bytes_crash_an_import(imported, data):
    for head in (b"", b"phone,language,consent_source\n"):
        try:
            report = imported(head + data)
        except ImportRefused:
            continue
        assert report.good <= 40


@given(
    st.lists(
        st.one_of(
            st.integers(0, 300),
            st.text(st.characters(exclude_characters='"\x00\r\n', codec="utf-8"), max_size=12),
        ),
        max_size=30,
    )
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_among_any_rows_the_good_ones_are_kept(imported, vault, sessions, line_id, rows):
    lines = [f"+4179{1000000 + row},en" if isinstance(row, int) else row for row in rows]
    report = imported("phone,language\n" + "\n".join(lines), default_source="fair")
    good = {vault.address_hash(f"tel:+4179{1000000 + row}") for row in rows if isinstance(row, int)}
    with sessions() as session:
        there = set(session.scalars(select(Subscriber.address_hash)))
    assert good <= there
    assert report.good >= len(good)
    assert all(bad.number > 1 for bad in report.bad)


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("session 12, 2026-01-31", True),
        ("fair of 31.01.2026", True),
        ("call 0041/79/123/45/67", False),
        ("447700_900_126", False),
        ("ask +44 7700 – 900126", False),
    ],
)
def test_a_number_in_the_source_of_consent_is_refused_in_any_grouping(imported, source, kept):
    report = imported(f'phone,language,consent_source\n+41791234567,en,"{source}"\n')
    assert (len(report.bad) == 0) is kept
