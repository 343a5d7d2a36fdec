"""A review as a workbook, with one sheet that is called by its language. Every cell is written as text.

Only the translation and the verdict can be edited, and only they are read again, with the id and what was
exported to hold them against.
"""

import io
import warnings
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, Protection
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.worksheet.worksheet import Worksheet

from locales import direction
from locales.figures import Text
from ops.reviewing.rows import OK, Returned, ReviewRefused, Row, seen
from ops.workbooks import weigh

ID, TRANSLATION, VERDICT, SEEN = "id", "translation", "verdict", "as exported"
# Column: how wide it is in characters.
COLUMNS: Final = {
    ID: 24, "context note": 32, "English": 44, TRANSLATION: 44, "segments": 10, "state": 18,
    "what to check": 40, VERDICT: 24, SEEN: 12,
}  # fmt: skip
EDITED: Final = frozenset({TRANSLATION, VERDICT})
MOST_ROWS, MOST_COLUMNS = 5_000, 50
MOST_BYTES: Final = 20_000_000  # unpacked: a small file can hold a great deal of nothing
LEFT_TO_RIGHT, RIGHT_TO_LEFT = 1, 2


def write(language: str, texts: Sequence[Text]) -> bytes:
    """The workbook. Raises ReviewRefused for a text that no sheet can hold."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = language
    right_to_left = direction(language) == "rtl"
    sheet.sheet_view.rightToLeft = right_to_left
    for place, (name, width) in enumerate(COLUMNS.items(), 1):
        cell = _fill(sheet, 1, place, name)
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = width
    for number, text in enumerate(texts, 2):
        for place, (name, words) in enumerate(zip(COLUMNS, _cells(text), strict=True), 1):
            cell = _fill(sheet, number, place, words)
            own = right_to_left and name == TRANSLATION
            cell.alignment = Alignment(
                wrap_text=True, vertical="top", readingOrder=RIGHT_TO_LEFT if own else LEFT_TO_RIGHT
            )
            cell.protection = Protection(locked=name not in EDITED)
    sheet.column_dimensions[get_column_letter(len(COLUMNS))].hidden = True
    sheet.freeze_panes = "B2"
    _protect(sheet)
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def read(path: Path, known: Collection[str]) -> Returned:
    """What came back. Raises ReviewRefused when it is no workbook of a known language, or holds formulas."""
    weigh(path, MOST_BYTES, ReviewRefused, "a catalog")
    try:
        # openpyxl warns of every extension it leaves out.
        with warnings.catch_warnings(action="ignore"), path.open("rb") as file:
            workbook = load_workbook(file, read_only=True)
            sheets = {
                sheet.title: [
                    [_text(cell.value, sound=cell.data_type not in {"f", "e"}) for cell in row]
                    for row in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
                ]
                for sheet in workbook.worksheets
            }
    except Exception as error:
        # A broken workbook makes openpyxl raise nearly anything; for us it is all one.
        raise ReviewRefused(f"{path.name}: cannot be read: {type(error).__name__}") from error
    found = [title for title in sheets if title in known]
    if len(found) != 1:
        raise ReviewRefused(f"{path.name}: one sheet has to be called by its language, such as fr")
    return Returned(found[0], list(_rows(path.name, sheets[found[0]])))


def _cells(text: Text) -> Iterator[str]:
    yield text.id
    yield text.note
    yield text.english
    yield text.text
    yield str(text.size.segments)
    yield text.state
    yield "\n".join(text.points)
    yield ""
    yield seen(text)


def _fill(sheet: Worksheet, row: int, place: int, words: str) -> Cell:
    try:
        cell = sheet.cell(row, place, words)
    except IllegalCharacterError as error:
        raise ReviewRefused(f"row {row}: a character no sheet can hold") from error
    assert isinstance(cell, Cell)
    # What begins with "=" or "+" is a text, and stays one when somebody edits it.
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _protect(sheet: Worksheet) -> None:
    """Against slips, not against people: there is no password."""
    sheet.protection.sheet = True
    # False means that it is allowed.
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.protection.formatCells = False


def _text(value: object, *, sound: bool) -> str | None:
    """A cell as text; None stands for a formula or an error, of which nobody knows what it will show."""
    if not sound:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def _rows(name: str, table: Sequence[Sequence[str | None]]) -> Iterator[Row]:
    head = [(title or "").strip().lower() for title in (table[0] if table else ())]
    if missing := [f'"{each}"' for each in (ID, TRANSLATION, VERDICT, SEEN) if each not in head]:
        raise ReviewRefused(f"{name}: there is no column {', '.join(missing)}: export it again")
    if len(table) > MOST_ROWS:
        raise ReviewRefused(f"{name}: more rows than a catalog has")
    formulas: list[str] = []
    for number, cells in enumerate(table[1:], 2):
        row = dict(zip(head, cells, strict=False))
        given = [row.get(each, "") for each in (ID, TRANSLATION, VERDICT, SEEN)]
        formulas += [
            f'row {number}: "{each}" is a formula or an error; write the text itself'
            for each, words in zip((ID, TRANSLATION, VERDICT, SEEN), given, strict=True)
            if words is None
        ]
        message_id, text, verdict, exported = (words or "" for words in given)
        if message_id.strip() or text.strip():
            told = verdict.strip()
            verdict = OK if told.casefold().rstrip(".!") == OK else told
            yield Row(f"row {number}", message_id.strip(), text, verdict, exported.strip())
    if formulas:
        raise ReviewRefused(*formulas)
