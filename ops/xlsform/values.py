"""Cells that are more than a text: yes or no, a share, a version."""

from ops.xlsform.book import Row
from ops.xlsform.findings import Findings

# As pyxform reads them.
YES, NO = ("yes", "true", "true()", "1"), ("no", "false", "false()", "0")


def yes_or_no(row: Row, column: str, findings: Findings, *, otherwise: bool) -> bool:
    written = row.get(column).lower()
    if written and written not in (*YES, *NO):
        findings.refuse(row.at, f"{column} is yes or no")
    return written in YES if written else otherwise


def share(row: Row, column: str, findings: Findings, *, otherwise: float) -> float:
    """A share from 0 to 1, with a point or a comma."""
    try:
        value = float(row.get(column).replace(",", ".") or otherwise)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        findings.refuse(row.at, f"{column} is a share from 0.0 to 1.0")
    return value


def version(row: Row, findings: Findings) -> int:
    """A whole number; XLSForm allows any text, of which we only tell."""
    written = row.get("version")
    if written.isdecimal() and written.isascii():
        return int(written)
    if written:
        findings.remark(row.at, f'version "{written}" is no whole number; it becomes 1')
    return 1
