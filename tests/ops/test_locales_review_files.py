"""What reviewers send back: from Poedit, from a text editor, and files that are none."""

import pytest
from babel.messages.pofile import read_po, write_po
from openpyxl import Workbook

from locales.review import standing


def edit_po(path, change):
    """What Poedit does: reads the file, lets `change` have its entries, and writes it in its own way."""
    with path.open("rb") as file:
        catalog = read_po(file)
    change({entry.context: entry for entry in catalog if entry.id})
    with path.open("wb") as file:
        write_po(file, catalog, width=76)


def test_in_poedit_what_needs_no_work_any_more_is_reviewed(desk, tmp_path):
    file = desk.exports(tmp_path / "fr.po")

    def review(entries):
        assert all(entry.fuzzy for entry in entries.values())
        assert entries["answer.yes"].id == "Yes"
        entries["answer.yes"].flags.discard("fuzzy")
        entries["answer.no"].string = "Non merci"
        entries["help.emergency"].flags.discard("fuzzy")
        entries["help.emergency"].user_comments.append("Which number?")

    edit_po(file, review)
    said = desk.imports(file, "--yes")
    assert "Changed texts: 1, of them not reviewed: 1 (answer.no)" in said
    assert "Which number?" in said
    assert set(standing("fr", desk.root).reviews) == {"answer.yes"}
    assert "fuzzy" not in desk.catalog("fr")
    file.unlink()

    def look(entries):
        assert not entries["answer.yes"].fuzzy
        assert entries["answer.no"].fuzzy

    edit_po(desk.exports(file), look)


def test_a_plain_catalog_brings_its_texts_as_drafts(desk, tmp_path):
    file = tmp_path / "mine.po"
    file.write_text(desk.catalog("fr").replace('"Oui"', '"Oui !"'), "utf-8")
    said = desk.imports(file, "--yes")
    assert "Changed texts: 1, of them not reviewed: 1 (answer.yes)" in said
    assert standing("fr", desk.root).reviewed == 0


def broken_book(path, **sheets):
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        for row in rows:
            (book[name] if name in book.sheetnames else book.create_sheet(name)).append(row)
    book.save(path)
    return path


BAD = [
    ("a.xlsx", b"", "is no .xlsx workbook"),
    ("a.xlsx", b"PK\x03\x04 broken", "is no .xlsx workbook"),
    ("a.po", b"\xff\xfe\x00", "a.po: "),
    ("a.po", b"", '"Language" in its header is none of ours'),
    (
        "a.po",
        b'msgid ""\nmsgstr "Language: ../../etc\\n"\n\nmsgid "a"\nmsgstr "b"\n',
        "is no PO file",
    ),
    ("a.po", b'msgid "a"\nwhat is this\n', "is no PO file"),
    ("a.csv", b"id", "its name has to end in .xlsx or .po"),
]


@pytest.mark.parametrize(("name", "content", "why"), BAD)
def test_a_file_that_is_none_gets_one_clear_line(desk, tmp_path, name, content, why):
    before = desk.catalog("fr")
    (tmp_path / name).write_bytes(content)
    said = desk.imports(tmp_path / name, code=1)
    assert why in said
    assert "1 faults; nothing was changed" in said
    assert desk.catalog("fr") == before


def test_a_workbook_of_something_else_gets_one_clear_line(desk, tmp_path):
    other = broken_book(tmp_path / "a.xlsx", costs=[["id"], ["x"]])
    assert "has to be called by its language" in desk.imports(other, code=1)
    columns = broken_book(tmp_path / "b.xlsx", fr=[["id", "translation"], ["answer.no", "Non"]])
    assert 'there is no column "verdict", "as exported"' in desk.imports(columns, code=1)
    long = broken_book(
        tmp_path / "c.xlsx", fr=[["id", "translation", "verdict", "as exported"]] * 5002
    )
    assert "more rows than a catalog has" in desk.imports(long, code=1)
