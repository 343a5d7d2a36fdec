"""Importing a list in a browser: how far it is, what came of it, and the rows to correct."""

import csv
import io
import threading

import openpyxl
import pytest
from sqlalchemy import func, select

from campaigns.importing import intake
from campaigns.models import Import, ImportReject, Subscriber
from tests.web.uploads import CSV, finished, upload
from web import subscribers as page_module

PAGE = "/campaigns/subscribers"


@pytest.fixture
def officer(browser):
    return browser.is_hired("olga", "campaign_officer", "Olga")


def listed(answer):
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_a_file_with_bad_rows_keeps_the_good_ones_and_names_the_rest_by_number(officer):
    page = upload(officer, CSV)
    assert '<strong data-report="imported">2</strong>' in page.text
    assert '<strong data-report="bad">2</strong>' in page.text
    assert "<td>4</td><td>what stands there is no phone number</td>" in page.text
    assert "<td>5</td><td>this line does not speak that language</td>" in page.text
    assert "79123456" not in page.text


def test_bad_rows_are_downloaded_once_corrected_and_imported_again(officer, deps):
    upload(officer, CSV)
    fetched = officer.post(f"{PAGE}/imports/1/rows.csv")
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="rows-left-out.csv"'
    assert listed(fetched) == [
        ["phone", "language", "consent_source", "consent_date", "why"],
        ["hello", "en", "fair", "2026-02-01", "what stands there is no phone number"],
        ["'+41791234569", "xx", "fair", "2026-02-01", "this line does not speak that language"],
    ]
    assert officer.post(f"{PAGE}/imports/1/rows.csv").status_code == 404
    assert "it is no longer here" in officer.get(f"{PAGE}/imports/1").text
    with deps.sessions() as session:
        assert session.scalar(select(func.count()).select_from(ImportReject)) == 0
    page = upload(
        officer, fetched.data.replace(b",xx,", b",fr,").replace(b"hello", b"+41791234560")
    )
    assert '<strong data-report="imported">2</strong>' in page.text


def test_while_a_file_is_read_its_page_says_how_far_it_is(officer, deps, line_id, clock):
    with deps.sessions.begin() as session:
        begun = intake.begin(session, line_id, None, clock())
    page = officer.get(f"{PAGE}/imports/{begun}").text
    assert "The file is read through before anything is imported." in page
    # Without JavaScript the page loads itself again.
    assert '<noscript><meta http-equiv="refresh"' in page
    clock.passes(seconds=2)
    with deps.sessions.begin() as session:
        row = session.get_one(Import, begun)
        row.rows_read, row.bytes_read, row.bytes_all, row.seen_at = 60_000, 250, 1000, clock()
    shown = officer.get(f"{PAGE}/imports/{begun}/progress").text
    assert "<strong data-rows>60,000</strong>" in shown
    assert '<progress max="1000" value="250"' in shown
    assert "25 % of the file" in shown
    assert "30,000 rows a second" in shown
    assert "under way" in officer.get(PAGE).text


def test_a_second_file_meanwhile_is_refused(officer, deps, line_id, clock):
    with deps.sessions.begin() as session:
        intake.begin(session, line_id, None, clock())
    refused = upload(officer, CSV)
    assert refused.status_code == 409
    assert "Another import is under way" in refused.text


def test_an_import_whose_process_died_is_said_to_be_cut(officer, deps, line_id, clock):
    with deps.sessions.begin() as session:
        begun = intake.begin(session, line_id, None, clock())
        session.get_one(Import, begun).rows_read = 40_000
        session.get_one(Import, begun).bytes_all = 99
    clock.passes(minutes=1)
    page = officer.get(f"{PAGE}/imports/{begun}").text
    assert "The import was cut off" in page
    assert "the first 40,000 are in" in page
    assert "hx-get" not in page
    assert "cut off" in officer.get(PAGE).text
    assert '<strong data-report="imported">2</strong>' in upload(officer, CSV).text


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n\x00", b"name\nx\n", b'phone,language\n"+41', b"PK\x03\x04.."]
)
def test_a_file_that_is_no_list_is_refused_with_one_clear_line(officer, data):
    page = upload(officer, data)
    assert "Nothing was imported." in page.text
    # Every page has some that are hidden, for a screen that locks.
    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert main.count('class="notice bad"') == 1


def test_a_workbook_is_read_and_says_that_only_its_first_sheet_was(officer):
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(CSV)):
        book.active.append(row)
    book.create_sheet("more")
    out = io.BytesIO()
    book.save(out)
    page = upload(officer, out.getvalue(), name="list.xlsx")
    assert '<strong data-report="imported">2</strong>' in page.text
    assert "The workbook has 2 sheets; only the first was read." in page.text


def test_no_file_and_too_much_file_are_refused(officer):
    assert officer.post(PAGE).status_code == 400
    assert upload(officer, b"x" * (page_module.LARGEST + 1)).status_code == 413


def test_what_holds_for_the_rows_that_do_not_say_is_given_once(officer, deps):
    page = upload(
        officer, "phone,language\n079 123 45 67,en\n", region="CH", source="fair", date="2026-02-01"
    )
    assert '<strong data-report="imported">1</strong>' in page.text
    with deps.sessions() as session:
        person = session.scalars(select(Subscriber)).one()
    assert (person.consent_source, f"{person.consent_date}") == ("fair", "2026-02-01")
    # They are reached where this installation sends its campaigns.
    assert (person.channel, person.country) == ("simulator", "CH")


@pytest.mark.parametrize(
    "form",
    [{"source": "call +41 79 123 45 67"}, {"date": "2999-01-01"}, {"date": "soon"}],
)
def test_what_would_hold_for_no_row_is_refused_and_comes_back_as_it_was_typed(officer, form):
    page = upload(officer, CSV, **form)
    assert page.status_code == 400
    assert f'value="{next(iter(form.values()))}"' in page.text
    assert "Last imports" not in page.text


def test_the_sample_file_can_be_imported(officer):
    sample = officer.get(f"{PAGE}/sample.csv")
    page = upload(officer, sample.data)
    assert '<strong data-report="bad">0</strong>' in page.text
    assert '<strong data-report="imported">8</strong>' in page.text


def test_an_upload_is_never_in_a_file(officer, tmp_path, monkeypatch):
    # Much smaller ones would become temporary files if anything here made any; none can be made.
    file = CSV + "".join(f"x,{n},,\n" for n in range(300_000))
    parts = [
        f'Content-Disposition: form-data; name="csrf_token"\r\n\r\n{officer.token}',
        f'Content-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n{file}',
    ]
    body = "".join(f"--part\r\n{part}\r\n" for part in parts) + "--part--\r\n"
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    answer = officer.client.post(
        PAGE, data=body.encode(), content_type="multipart/form-data; boundary=part"
    )
    assert answer.status_code == 303
    page = finished(officer, answer.location).text
    assert '<strong data-report="imported">2</strong>' in page
    assert '<strong data-report="bad">300,002</strong>' in page
    assert "only the first 50,000 are listed" in page


@pytest.mark.parametrize("path", ["", "/imports/1", "/imports/1/progress"])
def test_only_who_makes_campaigns_sees_imports(officer, another, path):
    upload(officer, CSV)
    caseworker = another().is_hired("carl", "caseworker", "Carl")
    assert caseworker.get(PAGE + path).status_code == 403
    assert caseworker.post(f"{PAGE}/imports/1/rows.csv").status_code == 403
    assert another().get(PAGE + path).status_code == 302


def test_an_import_that_is_not_there_is_not_there(officer):
    assert officer.get(f"{PAGE}/imports/9").status_code == 404
    assert officer.post(f"{PAGE}/imports/9/rows.csv").status_code == 404


def test_when_the_database_goes_away_the_import_ends_and_says_nothing_of_its_rows(
    officer, deps, caplog
):
    with deps.sessions.begin() as session:
        session.connection().exec_driver_sql(
            "ALTER TABLE subscribers ADD CONSTRAINT never CHECK (false) NOT VALID"
        )
    page = upload(officer, CSV)
    assert "The import was cut off" in page.text
    assert caplog.messages == ["import 1 was cut: IntegrityError"]
    assert not [each for each in threading.enumerate() if each.name.startswith("import")]
