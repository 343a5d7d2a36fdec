"""Workbooks as spreadsheets make them, and as they should not be: the first sheet, or one clear line."""

import contextlib
import io
import subprocess
import sys
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from campaigns.importing import sheets, workbooks
from campaigns.importing.sheets import ImportRefused
from locales import translator

HEADER = ["phone", "language", "consent_source", "consent_date"]


def workbook(*rows, others=()):
    book = openpyxl.Workbook()
    for row in (HEADER, *rows):
        book.active.append(row)
    for title in others:
        book.create_sheet(title).append(["phone", "language"])
    out = io.BytesIO()
    book.save(out)
    return out


def cells(file):
    return [(record.number, record.cells) for record in sheets.opened(file).records()]


def refusal(file):
    with pytest.raises(ImportRefused) as refused:
        sheets.opened(file)
    assert translator("en", "staff").has(refused.value.reason)
    return refused.value.reason


def repacked(file, **changed):
    """The same workbook with other members."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, content in changed.items():
            new.writestr(name, content)
    return out


def test_numbers_are_whole_and_days_are_days():
    file = workbook(
        [41791234567, "en", "fair", datetime(2026, 2, 1)],  # noqa: DTZ001 - a spreadsheet knows no zone
        [41791234567.0, "fr", "fair", date(2026, 2, 1)],
        ["+41791234568", None, 12.5, "2026-02-01"],
    )
    assert cells(file) == [
        (2, ["41791234567", "en", "fair", "2026-02-01"]),
        (3, ["41791234567", "fr", "fair", "2026-02-01"]),
        (4, ["+41791234568", "", "12.5", "2026-02-01"]),
    ]


def test_rows_have_the_numbers_a_spreadsheet_shows_though_some_are_blank():
    file = workbook([], ["+41791234567", "en", "a\nb", None], [None], ["+41791234568", "fr"])
    assert [number for number, _ in cells(file)] == [3, 5]


def test_a_formula_is_what_it_came_to():
    book = workbook(["=1+1", "en", "fair", None])
    # Nobody has opened it in a spreadsheet yet: there is no result.
    assert cells(book) == [(2, ["", "en", "fair", ""])]


def test_only_the_first_of_several_sheets_is_read_and_that_is_known():
    sheet = sheets.opened(workbook(["+41791234567", "en", "fair", None], others=["b", "c"]))
    assert sheet.sheets == 3
    assert len(list(sheet.records())) == 1


def test_what_a_workbook_says_of_its_size_is_not_believed():
    file = workbook(["+41791234567", "en", "fair", "2026-02-01"])
    with zipfile.ZipFile(file) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").replace(b'ref="A1:D2"', b'ref="A1"')
    assert b'ref="A1"' in sheet
    found = cells(repacked(file, **{"xl/worksheets/sheet1.xml": sheet}))
    assert found == [(2, ["+41791234567", "en", "fair", "2026-02-01"])]


def test_a_number_that_was_made_a_day_is_no_number_and_no_warning_repeats_it(tmp_path):
    book = openpyxl.load_workbook(workbook([41791234567, "en", "fair", None]))
    book.active["A2"].number_format = "yyyy-mm-dd"
    book.save(tmp_path / "list.xlsx")
    # In a process of its own: pytest has warnings of its own.
    code = (
        "from campaigns.importing import sheets\n"
        f"with open({str(tmp_path / 'list.xlsx')!r}, 'rb') as file:\n"
        "    print(next(sheets.opened(file).records()).cells[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "#VALUE!\n"
    assert done.stderr == ""


def test_a_workbook_behind_a_password_or_older_than_xlsx_is_refused():
    assert refusal(io.BytesIO(sheets.OLE + b"\0" * 2000)) == "import.locked_or_old"


@pytest.mark.parametrize("end", [100, 2000, -40])
def test_a_workbook_that_was_cut_off_is_refused(end):
    assert refusal(io.BytesIO(workbook().getvalue()[:end])) == "import.broken_xlsx"


@pytest.mark.parametrize(
    "sheet",
    [
        b"<worksheet><sheetData><row r='1'><c r='A1'",
        b"no xml",
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><worksheet>&b;</worksheet>",
    ],
)
def test_a_workbook_whose_sheet_is_broken_is_refused(sheet):
    assert (
        refusal(repacked(workbook(), **{"xl/worksheets/sheet1.xml": sheet})) == "import.broken_xlsx"
    )


def test_a_zip_file_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("letter.txt", "hello")
    assert refusal(out) == "import.broken_xlsx"


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    beside = b"\0" * (workbooks.MOST_BESIDE_SHEETS + 1)
    file = repacked(workbook(), **{"xl/sharedStrings.xml": beside})
    assert len(file.getvalue()) < 200_000
    assert refusal(file) == "import.unpacks_too_large"


def test_a_sheet_with_a_far_cell_is_not_filled_up_to_it():
    row = "<c r='{}1' t='inlineStr'><is><t>{}</t></is></c>"
    names = "".join(row.format(*each) for each in zip("ABCD", HEADER, strict=True))
    sheet = (
        "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
        f"<row r='1'>{names}</row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
        "</sheetData></worksheet>"
    )
    assert cells(repacked(workbook(), **{"xl/worksheets/sheet1.xml": sheet})) == []


def test_one_byte_wrong_anywhere_is_a_refusal_or_rows_and_never_a_crash():
    whole = bytearray(workbook(["+41791234567", "en", "fair", "2026-02-01"]).getvalue())
    for at in range(4, len(whole), 97):
        broken = bytearray(whole)
        broken[at] ^= 0x55
        with contextlib.suppress(ImportRefused):
            cells(io.BytesIO(bytes(broken)))
