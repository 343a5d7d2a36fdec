"""Workbooks, in and out. Every cell is written as text: what begins with "=" never becomes a formula."""

import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.worksheet.worksheet import Worksheet

from ops.workbooks import weigh
from ops.xlsform.columns import column
from ops.xlsform.findings import XlsFormRefused

MOST_ROWS, MOST_COLUMNS = 2_000, 100
MOST_BYTES = 50_000_000  # unpacked: a small file can hold a great deal of nothing
WIDE, NARROW = 48, 18
Table = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row by column; `number` is the one the spreadsheet shows."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    @property
    def at(self) -> str:
        return f"{self.sheet}:{self.number}"

    def get(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


def write_book(sheets: Mapping[str, Table]) -> bytes:
    """A workbook of sheets by name, their first row the header. Raises XlsFormRefused."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, table in sheets.items():
        _fill(workbook.create_sheet(name), name, table)
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def read_book(path: Path, problems: list[str]) -> dict[str, Sheet]:
    """The sheets by their name in small letters. Raises XlsFormRefused when it is no workbook."""
    weigh(path, MOST_BYTES, XlsFormRefused, "a questionnaire")
    try:
        # openpyxl warns of every extension it leaves out, such as drop-down lists.
        with warnings.catch_warnings(action="ignore"), path.open("rb") as file:
            workbook = load_workbook(file, read_only=True)
            tables = {
                sheet.title.strip().lower(): [
                    [_text(cell.value, formula=cell.data_type == "f") for cell in row]
                    for row in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
                ]
                for sheet in workbook.worksheets
            }
    except Exception as error:
        # A broken workbook makes openpyxl raise nearly anything; for us it is all one.
        raise XlsFormRefused(f"{path.name}: cannot be read: {type(error).__name__}") from error
    return {name: _sheet(name, table, problems) for name, table in tables.items()}


def _fill(sheet: Worksheet, name: str, table: Table) -> None:
    for number, cells in enumerate(table, 1):
        for place, text in enumerate(cells, 1):
            try:
                cell = sheet.cell(number, place, text)
            except IllegalCharacterError as error:
                raise XlsFormRefused(f"{name}:{number}: a character no sheet can hold") from error
            cell.data_type = "s"
            cell.number_format = "@"  # stays text when somebody edits it
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "C2"
    for place, title in enumerate(table[0], 1):
        wide = title.startswith("label") or title.endswith("source")
        sheet.column_dimensions[get_column_letter(place)].width = WIDE if wide else NARROW


def _text(value: object, *, formula: bool) -> str | None:
    """A cell as text; None stands for a formula, of which nobody knows what it will show."""
    if formula:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _sheet(name: str, table: list[list[str | None]], problems: list[str]) -> Sheet:
    columns = [column(header or "") for header in (table[0] if table else [])]
    problems += [
        f'{name}:1: the column "{header}" stands there twice'
        for header in sorted({each for each in columns if each and columns.count(each) > 1})
    ]
    if len(table) > MOST_ROWS and any(table[MOST_ROWS]):
        problems.append(f"{name}:{MOST_ROWS + 1}: more rows than a questionnaire has")
    rows: list[Row] = []
    for number, cells in enumerate(table[1:], 2):
        filled = {header: text for header, text in zip(columns, cells, strict=False) if header}
        problems += [
            f'{name}:{number}: "{header}" is a formula; write the text itself'
            for header, text in filled.items()
            if text is None
        ]
        given = {header: text for header, text in filled.items() if text}
        if given:
            rows.append(Row(name, number, given))
    return Sheet(name, tuple(header for header in columns if header), tuple(rows))
