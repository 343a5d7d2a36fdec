"""A subscribers' file: good rows are kept, bad ones named by number, and no number is ever repeated."""

import csv
import io
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from campaigns.importing import batches, intake, rejects, rows
from campaigns.importing.rejects import Sealer
from campaigns.importing.rows import RowUnusable
from campaigns.importing.sheets import ImportRefused
from campaigns.models import Import, ImportReject, Subscriber
from locales import translator
from web.simulator import NUMBERS

GOOD = "phone,language,time_zone,consent_source,consent_date\n+41791234567,fr,Europe/Zurich,fair,2026-02-01\n"


@pytest.fixture
def imported(sessions, vault, line_id, now):
    """Import some bytes; what rows do not say holds for all: they agreed on the first of March."""

    def run(data, channel="sms", day=date(2026, 3, 1), batch=batches.SIZE, **more):
        data = data.encode() if isinstance(data, str) else data
        with sessions.begin() as session:
            given = intake.defaults(session, line_id, channel, now, day=day, **more)
            begun = intake.begin(session, line_id, None, now)
        file = io.BytesIO(data)
        return intake.run(sessions, vault, begun, file, given, lambda: now, batch=batch)

    return run


@pytest.fixture
def kept(sessions):
    def look():
        with sessions() as session:
            return session.scalars(select(Subscriber).order_by(Subscriber.id)).all()

    return look


@pytest.fixture
def bad(sessions):
    """The bad rows of the last import, by number and reason."""

    def look():
        with sessions() as session:
            last = session.scalar(select(func.max(Import.id)))
            return rejects.first(session, last, 1000)

    return look


@pytest.fixture
def fetched(sessions, vault):
    """The list of the last import's bad rows as it is written to a file."""

    def fetch():
        with sessions.begin() as session:
            last = session.scalar(select(func.max(Import.id)))
            found = rejects.fetch(session, vault, last, translator("en", "staff").text)
        out = io.StringIO()
        csv.writer(out).writerows(found)
        return out.getvalue()

    return fetch


def test_a_good_row_becomes_a_subscriber_whose_number_only_delivery_can_read(
    imported, kept, vault, sessions
):
    report = imported(GOOD)
    assert (report.imported, report.bad) == (1, 0)
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
        assert imported(f"\ufeff{header}\r\n{row}\r\n").bad == 0
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
        ("+41791234567,en,,fair,", "row.date_missing"),
        ('"+41791234567"0,en,,fair,', "row.quotes"),
    ],
)
def test_a_bad_row_is_named_by_number_and_reason_and_the_good_rows_are_kept(
    imported, kept, bad, row, reason
):
    good = GOOD.splitlines(keepends=True)
    assert imported(f"{good[0]}\n{row}\n{good[1]}", day=None).bad == 1
    assert bad() == [(3, reason)]
    assert len(kept()) == 1
    for language in ("en", "fr", "es", "ar"):
        said = translator(language, "staff").text(reason)
        assert said != reason
        assert "79" not in said


def test_a_country_and_a_consent_given_once_hold_for_all_rows(imported, kept):
    report = imported(
        "phone,language\n079 123 45 67,en\n",
        region="ch",
        source="fair of 2026-03-01",
    )
    assert report.imported == 1
    assert kept()[0].consent_date == date(2026, 3, 1)
    assert kept()[0].time_zone == "Europe/Zurich"
    assert kept()[0].consent_source == "fair of 2026-03-01"


def test_zone_and_country_are_the_numbers_and_every_zone_it_may_be_in_is_named(imported, kept):
    numbers = ["+447911123456", "+79161234567", "+12025550101", "+80012345678"]
    imported("phone,language\n" + "".join(f"{each},en\n" for each in numbers), source="fair")
    found = {person.country: person.time_zone for person in kept()}
    assert found["GG"] == "Europe/London"
    assert found["US"] == "America/New_York"
    assert found["RU"].split()[0] == "Asia/Irkutsk"
    assert {"Europe/Moscow", "Asia/Kamchatka"} < set(found["RU"].split())
    assert found["RU"].split() == sorted(found["RU"].split())
    assert found[""] == ""


def test_a_row_may_name_its_zone_and_its_region(imported, kept):
    imported(
        "phone,language,Region,time zone\n+79161234567,en,north,Europe/Moscow\n", source="fair"
    )
    person = kept()[0]
    assert (person.tag, person.time_zone, person.channel) == ("north", "Europe/Moscow", "sms")


@pytest.mark.parametrize(
    ("tag", "reason"),
    [("ask +41 79 123 45 67", "row.tag_personal"), ("x" * 60, "row.tag_too_long")],
)
def test_a_region_is_a_short_label_and_no_number(imported, bad, tag, reason):
    imported(f"phone,language,tag\n+41791234567,en,{tag}\n", source="fair")
    assert bad() == [(2, reason)]


def test_a_source_or_a_date_that_would_hold_for_no_row_is_refused_before_the_file_is_read(imported):
    for wrong in ({"source": "call +41 79 123 45 67"}, {"day": date(2031, 1, 1)}):
        with pytest.raises(RowUnusable):
            imported(GOOD, **wrong)


def test_every_phone_of_the_simulator_can_subscribe(imported):
    rows = "".join(f"{number},en\n" for number in NUMBERS)
    assert imported("phone,language\n" + rows, source="fair").imported == len(NUMBERS)


def test_somebody_named_twice_in_a_file_is_one_subscriber_and_the_last_row_counts(imported, kept):
    report = imported("phone,language\n+41791234567,en\n0041791234567,fr\n", source="fair")
    assert (report.imported, report.merged) == (1, 1)
    assert [person.language for person in kept()] == ["fr"]


def test_somebody_named_again_in_a_later_batch_is_counted_once(imported, sessions):
    many = [f"+4179{1000000 + n},en" for n in range(1200)]
    rows_ = [*many, many[0].replace("en", "fr"), many[1]]
    report = imported("phone,language\n" + "\n".join(rows_), source="fair", batch=500)
    assert (report.imported, report.updated, report.unchanged, report.merged) == (1200, 0, 0, 2)
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 1200
        assert session.scalar(text("SELECT count(*) FROM subscribers WHERE language = 'fr'")) == 1
    changed = "\n".join([*rows_, "+41791000003,ar"])
    again = imported("phone,language\n" + changed, source="fair", batch=500)
    # The first was French at the end, English in between, and French again.
    assert (again.imported, again.updated, again.unchanged, again.merged) == (0, 2, 1198, 3)


def test_the_planner_knows_a_new_list_before_a_campaign_reads_it(imported, sessions):
    imported(
        "phone,language,consent_source\n"
        + "".join(f"+4179123{n},fr,fair\n" for n in range(4000, 4300))
    )
    with sessions() as session:
        known = session.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'subscribers'"))
    assert known == 300


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "import.no_header"),
        (b"\n\n", "import.no_header"),
        (b"name,city\nA,B\n", "import.column_missing"),
        (b"phone,phone,language\n1,2,3\n", "import.column_twice"),
        ("phone,language\n+41791234567,français\n".encode("latin-1"), "import.not_utf8"),
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
def test_among_any_rows_the_good_ones_are_kept(imported, bad, vault, sessions, rows):
    lines = [f"+4179{1000000 + row},en" if isinstance(row, int) else row for row in rows]
    report = imported("phone,language\n" + "\n".join(lines), source="fair")
    good = {vault.address_hash(f"tel:+4179{1000000 + row}") for row in rows if isinstance(row, int)}
    with sessions() as session:
        there = set(session.scalars(select(Subscriber.address_hash)))
    assert good <= there
    assert report.good >= len(good)
    assert all(number > 1 for number, _ in bad())


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
    assert (report.bad == 0) is kept


def test_excels_unicode_text_is_read(imported, kept):
    assert imported(GOOD.replace(",", "\t").encode("utf-16")).imported == 1
    assert kept()[0].consent_source == "fair"


def test_bad_rows_come_back_as_a_file_that_is_corrected_and_imported_again(
    imported, kept, fetched, sessions
):
    file = "Name,phone,language,consent_source\nAmina,+4179123,en,fair\nJoy,+41791234567,xx,fair\n"
    assert imported(file + "Ok,+41791234568,en,fair\n").bad == 2
    with sessions() as session:
        sealed = session.execute(text("SELECT string_agg(r::text, ' ') FROM import_rejects r"))
        assert "Amina" not in (words := sealed.scalar_one())
        assert b"Amina".hex() not in words
    written = fetched()
    assert written.splitlines() == [
        "Name,phone,language,consent_source,why",
        "Amina,'+4179123,en,fair,no valid phone number: a digit too many or too few?",
        "Joy,'+41791234567,xx,fair,this line does not speak that language",
    ]
    # Fetched, it is gone.
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(ImportReject)) == 0
    corrected = written.replace("'+4179123,", "'+41791234566,")
    report = imported(corrected)
    assert (report.imported, report.bad) == (1, 1)
    assert "why,why" not in (again := fetched())
    assert again.splitlines()[1].startswith("Joy,'+41791234567,xx,fair,this line")
    assert len(kept()) == 2


def test_no_cell_of_the_file_of_bad_rows_is_taken_for_a_formula(imported, fetched):
    cells = ["=cmd()", "+41", "-1", "@x", "\tx"]
    imported("phone,language,note\n" + "".join(f'"{each}",en,"{each}"\n' for each in cells))
    listed = list(csv.reader(io.StringIO(fetched())))[1:]
    assert [row[0] for row in listed] == [f"'{each}" for each in cells]
    assert [row[2] for row in listed] == [f"'{each}" for each in cells]


def test_a_row_whose_quotation_marks_are_broken_comes_back_as_it_was(imported, fetched):
    imported('phone,language,consent_source\n"+41791234567"0,en,fair\n')
    assert next(csv.reader(io.StringIO(fetched().splitlines()[1])))[0] == '"+41791234567"0'


def test_of_very_many_bad_rows_only_the_first_are_kept(vault):
    sealer = Sealer(vault, ["phone"], most=3)
    sealed = [each for n in range(2, 9) for each in sealer.seal(n, "row.date", ["x"])]
    assert [each.number for each in sealed] == [rejects.HEADER, 2, 3, 4]
    assert not any("x" in repr(each) for each in sealed)


def test_a_guard_against_formulas_is_taken_off_again():
    for cell in ("+41791234567", "=1", "plain", "'quoted'"):
        assert rows.unguarded(rows.guarded(cell)) == cell
