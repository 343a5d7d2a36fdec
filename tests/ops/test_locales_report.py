"""`waypost locales check` and `report`: what is wrong, and how far each language has been read."""

import csv

import pytest

from locales import languages
from locales.editing import Edited, edited
from locales.review import standing
from locales.safety import points


def change(desk, language, **texts):
    path = desk.root / language / "contact.po"
    changes = {name.replace("__", "."): Edited(text) for name, text in texts.items()}
    path.write_text(edited(desk.catalog(language), changes), "utf-8")
    standing.cache_clear()


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_nothing_wrong_is_said_with_the_languages_of_contacts_and_of_the_desk(desk):
    said = desk.says("check").splitlines()[-1]
    contacts, staff = languages("contact", desk.root), languages("staff", desk.root)
    assert f"{len(contacts)} languages for contacts: {', '.join(contacts)}" in said
    assert f"{len(staff)} for the desk: {', '.join(staff)}" in said


def test_problems_are_said_one_a_line_and_counted(desk):
    change(desk, "fr", answer__yes="1 Oui", cover__text="Дождь")
    said = desk.says("check", code=1)
    assert '"answer.yes": 1 is not in the English text' in said
    assert '"cover.text": holds no letter of the script of fr' in said
    assert "2 problems in the catalogs" in said


@pytest.mark.parametrize("more", [(), ("--language", "ar"), ("--language", "fr")])
def test_a_report_fits_a_hundred_columns(desk, more):
    lines = desk.says("report", *more).splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) > len(languages("contact", desk.root))


def test_a_line_for_each_language_says_how_it_stands(desk, tmp_path):
    file = tmp_path / "report.csv"
    desk.says("report", "--csv", file)
    rows = {row["language"]: row for row in table(file)}
    assert list(rows) == list(languages("contact", desk.root))
    arabic = rows["ar"]
    assert (arabic["name"], arabic["UCS-2 %"]) == ("Arabic", "100")
    assert arabic["texts"] == arabic["translated"] == str(standing("ar", desk.root).texts)
    assert arabic["critical"] == str(len(points()))
    # One text names languages in scripts of their own.
    assert int(rows["en"]["UCS-2 %"]) <= 1
    for row in rows.values():
        assert int(row["segments"]) >= int(row["texts"])
        assert 1 <= int(row["longest"]) <= 6


def test_a_row_for_each_text_says_what_it_costs_with_its_options(desk, tmp_path):
    file, again = tmp_path / "fr.csv", tmp_path / "again.csv"
    desk.says("report", "--language", "fr", "--csv", file)
    before = {row["id"]: row for row in table(file)}
    assert len(before) == standing("fr", desk.root).texts
    assert {name for name, row in before.items() if row["critical"]} == set(points())
    assert (before["answer.yes"]["characters"], before["answer.yes"]["encoding"]) == ("3", "GSM-7")
    change(desk, "fr", answer__yes="Ouiii", cover__text="Дождь")
    desk.says("report", "--language", "fr", "--csv", again)
    after = {row["id"]: row for row in table(again)}
    grown = int(after["question.forced"]["characters"]) - int(
        before["question.forced"]["characters"]
    )
    assert grown == 2
    assert after["cover.text"]["encoding"] == "UCS-2"


def test_a_text_that_is_missing_and_one_that_was_read_say_so(desk, tmp_path):
    path = desk.root / "fr" / "contact.po"
    path.write_text(desk.catalog("fr").replace('msgid "answer.no"\nmsgstr "Non"\n', ""), "utf-8")
    sheet = desk.exports(tmp_path / "fr.xlsx").approves("cover.text")
    desk.says("import", sheet.path, "--by", "=1+1", "--yes")
    file = tmp_path / "fr.csv"
    desk.says("report", "--language", "fr", "--csv", file)
    states = {row["id"]: row["state"] for row in table(file)}
    assert states["answer.no"] == "missing"
    assert states["cover.text"].startswith("reviewed 20")
    said = desk.says("report").splitlines()
    french = next(line for line in said if line.startswith("fr "))
    assert f"1 of {len(points())}" in french


def test_what_is_not_there_is_refused_and_no_file_is_written_over(desk, tmp_path):
    assert "tlh has no catalog" in desk.says("report", "--language", "tlh", code=1)
    (tmp_path / "a.csv").write_text("mine")
    said = desk.says("report", "--csv", tmp_path / "a.csv", code=1)
    assert "there is such a file already" in said
    assert (tmp_path / "a.csv").read_text() == "mine"
