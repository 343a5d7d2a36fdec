"""Cells that no spreadsheet takes for a formula, or for a quantity: +41… would lose its plus.

What was guarded is exactly itself again afterwards, whatever it began with. (A list of rejected subscribers
is guarded once however often it comes back: campaigns have their own.)
"""

import re
from typing import Final

# What begins like this a spreadsheet works out, however many quotation marks we put before it ourselves.
FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")


def guarded(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
