"""Catalogs to reviewers and back: what was not touched is not changed, and what is wrong changes nothing."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locales import languages
from locales.editing import Edited, edited
from locales.review import REVIEW_LINE, standing
from locales.safety import points
from locales.translator import ROOT
from ops.reviewing import form_of, take_in
from ops.reviewing.rows import ReviewRefused
from tests.ops.catalogs import AMINA, Desk

PLAIN = st.text(
    st.characters(
        codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"], include_characters="\n"
    ),
    max_size=30,
)
WORDS = st.one_of(
    PLAIN,
    st.tuples(st.sampled_from(["=1+1", "+41", "-", "@SUM(A1)", "'", "=", "_x000D_", "007"]), PLAIN).map("".join),
)  # fmt: skip


@pytest.mark.parametrize("form", ["xlsx", "po"])
@pytest.mark.parametrize("language", languages("contact"))
def test_what_is_exported_and_imported_again_changes_nothing(tmp_path, form, language):
    desk = Desk(ROOT)
    before = desk.catalog(language)
    desk.exports(tmp_path / f"a.{form}", language)
    assert "Nothing in it is new" in desk.imports(tmp_path / f"a.{form}")
    assert desk.catalog(language) == before


HEADER = 'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"X-Review-State: draft\\n"\n'
FEW = ("answer.yes", "cover.text", "help.emergency")


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.fixed_dictionaries(dict.fromkeys(FEW, WORDS)), english=PLAIN.filter(str.strip))
def test_whatever_the_texts_are_they_come_back_as_they_left(tmp_path, texts, english):
    desk = Desk(tmp_path / "catalogs")
    catalogs = {"en": dict.fromkeys(FEW, english), "fr": texts}
    for code, said in catalogs.items():
        (desk.root / code).mkdir(parents=True, exist_ok=True)
        changes = {name: Edited(text) for name, text in said.items()}
        source = edited(HEADER.format(code), changes)
        (desk.root / code / "contact.po").write_text(source, "utf-8")
    standing.cache_clear()
    before = desk.catalog("fr")
    for form in ("xlsx", "po"):
        file = tmp_path / f"a.{form}"
        file.unlink(missing_ok=True)
        desk.exports(file)
        returned = form_of(file).read(file, ["fr"])
        assert {row.id: row.text for row in returned.rows} == texts
        assert "Nothing in it is new" in desk.imports(file)
    assert desk.catalog("fr") == before


def test_an_ok_marks_a_text_as_reviewed_by_whom_and_when_and_changes_nothing_else(desk, sheet):
    before = desk.catalog("fr")
    said = desk.imports(sheet.approves("help.emergency", "answer.skip"), "--yes")
    assert f"Reviewed by {AMINA}: 2, of them safety-critical: 1" in said
    lines = desk.catalog("fr").splitlines()
    new = [line for line in lines if line not in before.splitlines()]
    today = str(datetime.now(UTC).date())
    assert len(new) == 2
    for line in new:
        day, by, _ = REVIEW_LINE.fullmatch(line.removeprefix("# ")).groups()
        assert (day, by) == (today, AMINA)
        lines.remove(line)
    assert "\n".join(lines) + "\n" == before
    assert set(standing("fr", desk.root).reviews) == {"help.emergency", "answer.skip"}


def test_the_same_file_twice_is_new_once(desk, sheet):
    sheet.approves("help.emergency").writes("answer.skip", words="Passer cela")
    sheet.writes("answer.no", "verdict", "Which no?")
    desk.imports(sheet, "--yes")
    after = desk.catalog("fr")
    assert "Nothing in it is new" in desk.imports(sheet, "--yes")
    assert desk.catalog("fr") == after


def test_a_changed_text_is_shown_and_is_a_draft_until_it_is_approved(desk, sheet, tmp_path):
    desk.imports(sheet.approves("cover.text"), "--yes")
    again = desk.exports(tmp_path / "b.xlsx")
    assert again.cell("cover.text", "state").value.startswith("reviewed 20")
    said = desk.imports(again.writes("cover.text", words="Il fait beau."), "--yes")
    assert "cover.text\n  - " in said
    assert "  + Il fait beau." in said
    assert "Changed texts: 1, of them not reviewed: 1 (cover.text)" in said
    assert standing("fr", desk.root).reviewed == 0
    last = desk.exports(tmp_path / "c.xlsx")
    desk.imports(last.approves("cover.text").writes("cover.text", words="Il pleut."), "--yes")
    assert 'msgstr "Il pleut."' in desk.catalog("fr")
    assert standing("fr", desk.root).reviewed == 1


def test_words_in_place_of_a_verdict_are_kept_as_a_remark_and_the_text_is_a_draft(
    desk, sheet, tmp_path
):
    desk.imports(sheet.approves("cover.text"), "--yes")
    said = desk.imports(
        desk.exports(tmp_path / "b.xlsx").writes("cover.text", "verdict", "Too\ncold"), "--yes"
    )
    assert f"{AMINA}: Too cold" in said
    assert f"{AMINA}: Too cold\n" in desk.catalog("fr")
    assert standing("fr", desk.root).reviewed == 0
    again = desk.exports(tmp_path / "c.xlsx")
    assert "Too cold" in again.cell("cover.text", "state").value
    desk.imports(again.approves("cover.text"), "--yes")
    assert "Too cold" not in desk.catalog("fr")


def test_what_is_not_confirmed_is_not_written(desk, sheet):
    before = desk.catalog("fr")
    sheet.approves("cover.text")
    for typed in ("", "no\n", "y\n"):
        assert "nothing was changed" in desk.imports(sheet, code=1, typed=typed)
    assert desk.catalog("fr") == before
    desk.imports(sheet, typed="yes\n")
    assert desk.catalog("fr") != before


WRONG = [
    ("answer.no", "id", "answer.nein", '"answer.nein": there is no such text'),
    ("answer.no", "id", "answer.yes", '"answer.yes": stands there twice'),
    ("answer.no", "translation", "  ", '"answer.no": the translation was emptied'),
    ("answer.no", "translation", None, '"answer.no": the translation was emptied'),
    ("case.taken", "translation", "Sam écrit à {time}.", '"case.taken": {name} of the English text is missing'),
    ("case.taken", "translation", "{nom} écrit à {time}.", "{nom} is not in the English text"),
    ("case.taken", "translation", "{name écrit à {time}.", '"case.taken": broken placeholder'),
    ("answer.no", "translation", "Нет", '"answer.no": holds no letter of the script of fr'),
    ("answer.no", "translation", "2 Non", '"answer.no": 2 is not in the English text'),
    ("answer.no", "translation", "Non\u200b", '"answer.no": holds U+200B'),
    ("question.debt", "translation", "Avez-vous " * 40, '"question.debt": needs 3 SMS segments, 2 at most'),
    ("menu.help_now", "translation", "Aide " * 60, '"menu.ask": needs 3 SMS segments, 2 at most'),
    ("answer.no", "translation", '=CONCAT("N","on")', '"translation" is a formula or an error'),
    ("answer.no", "verdict", "=1+1", '"verdict" is a formula or an error'),
]  # fmt: skip


@pytest.mark.parametrize(("message_id", "column", "words", "why"), WRONG)
def test_one_wrong_row_is_named_and_nothing_at_all_is_changed(
    desk, sheet, message_id, column, words, why
):
    before = desk.catalog("fr")
    sheet.approves("cover.text")
    number = sheet.row(message_id)
    sheet.writes(message_id, column, words)
    said = desk.imports(sheet, "--yes", code=1)
    assert why in said
    assert f"row {number}:" in said or message_id == "menu.help_now"
    assert "nothing was changed" in said
    assert desk.catalog("fr") == before


def test_every_wrong_row_gets_its_own_line(desk, sheet):
    for message_id in ("answer.no", "answer.yes", "cover.text"):
        sheet.writes(message_id, words="9")
    said = desk.imports(sheet, code=1)
    assert "3 faults" in said
    assert said.count(": 9 is not in the English text") == 3


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_changed_here_since_the_export_is_not_taken_for_reviewed(desk, sheet, language):
    old = "Oui" if language == "fr" else "Yes"
    path = desk.root / language / "contact.po"
    path.write_text(desk.catalog(language).replace(f'"{old}"', f'"{old}!"'), "utf-8")
    standing.cache_clear()
    said = desk.imports(sheet.approves("answer.yes"), code=1)
    assert '"answer.yes": has changed here since this file was made' in said


def test_letters_in_parts_are_put_together_and_ends_of_lines_are_those_of_catalogs(desk, sheet):
    sheet.writes("cover.text", words="  De\u0301ja\u0300\r\nbeau \n")
    desk.imports(sheet, "--yes")
    assert 'msgstr ""\n"Déjà\\n"\n"beau"\n' in desk.catalog("fr")


def test_a_text_that_looks_like_a_formula_stays_a_text(desk, tmp_path):
    path = desk.root / "fr" / "contact.po"
    formula = '=HYPERLINK("http://example.org")'
    path.write_text(edited(desk.catalog("fr"), {"cover.text": Edited(formula)}), "utf-8")
    sheet = desk.exports(tmp_path / "fr.xlsx")
    cells = [cell for row in sheet.sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sheet.cell("cover.text", "translation").value == formula
    # One that a reviewer types into a cell for text.
    cell = sheet.writes("answer.no", words="-Non").cell("answer.no", "translation")
    assert cell.number_format == "@"
    desk.imports(sheet, "--yes")
    assert 'msgstr "-Non"' in desk.catalog("fr")


def test_the_sheet_is_easy_to_read_and_hard_to_spoil(desk, tmp_path):
    sheet = desk.exports(tmp_path / "ar.xlsx", "ar")
    page = sheet.sheet
    assert (page.title, page.freeze_panes) == ("ar", "B2")
    assert page.sheet_view.rightToLeft
    assert page.protection.sheet
    for column in ("id", "English", "state"):
        assert sheet.cell("cover.text", column).protection.locked
    for column in ("translation", "verdict"):
        assert not sheet.cell("cover.text", column).protection.locked
    assert sheet.cell("cover.text", "translation").alignment.wrap_text
    assert sheet.cell("suicide.kind", "what to check").value == "\n".join(points()["suicide.kind"])
    assert not desk.exports(tmp_path / "fr.xlsx").sheet.sheet_view.rightToLeft


def test_only_some_of_the_texts_can_be_exported(desk, sheet, tmp_path):
    assert set(desk.exports(tmp_path / "b.xlsx", "fr", "--only", "critical").ids()) == set(points())
    desk.imports(sheet.approves("cover.text"), "--yes")
    left = desk.exports(tmp_path / "c.xlsx", "fr", "--only", "draft").ids()
    assert set(sheet.ids()) - set(left) == {"cover.text"}


def test_a_text_that_a_language_lacks_can_be_written_by_its_reviewer(desk, tmp_path):
    path = desk.root / "fr" / "contact.po"
    path.write_text(desk.catalog("fr").replace('msgid "answer.no"\nmsgstr "Non"\n', ""), "utf-8")
    sheet = desk.exports(tmp_path / "fr.xlsx")
    assert sheet.cell("answer.no", "state").value == "missing"
    desk.imports(sheet.writes("answer.no", words="Non").approves("answer.no"), "--yes")
    assert "answer.no" in standing("fr", desk.root).reviews


def test_a_catalog_that_somebody_writes_to_meanwhile_is_left_alone(desk, sheet):

    sheet.approves("cover.text")
    returned = form_of(sheet.path).read(sheet.path, ["fr"])
    taken = take_in(returned, AMINA, datetime.now(UTC).date(), desk.root)
    path = desk.root / "fr" / "contact.po"
    path.write_text(desk.catalog("fr") + "\n", "utf-8")
    with pytest.raises(ReviewRefused, match="was changed meanwhile"):
        taken.write()
    assert desk.catalog("fr").endswith("\n\n")
    assert [each.name for each in path.parent.iterdir() if each.suffix == ".new"] == []


@pytest.mark.parametrize("name", ["", "  ", "\u202e", "x" * 81, "Amina: speaker"])
def test_who_reviewed_has_a_name_of_one_line(desk, sheet, name):
    said = desk.says("import", sheet.path, "--by", name, code=2)
    assert "a name and what they are" in said


def test_nothing_is_written_over_and_only_what_is_there_is_exported(desk, sheet, tmp_path):
    assert "there is such a file already" in desk.says("export", "fr", sheet.path, code=1)
    assert "tlh has no catalog" in desk.says("export", "tlh", tmp_path / "t.xlsx", code=1)
    assert "has to end in" in desk.says("export", "fr", tmp_path / "t.ods", code=1)
    assert "No such file" in desk.says("export", "fr", tmp_path / "no" / "t.po", code=1)
