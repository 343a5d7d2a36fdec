"""The `choices` sheet: lists of answers, each with what it stands for.

A list of yes and no is Waypost's own, whatever it is called. "skip" and "dont_know" are left out of every
list: each question can be skipped, and those who do not know say so in their own words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ops.xlsform import columns as col
from ops.xlsform.book import Row, Sheet
from ops.xlsform.findings import Findings
from ops.xlsform.texts import Gathered, labels_in
from triage.flow import NOTHING, SKIP, YES_NO, Meaning, Option
from triage.indicators import indicators, needs
from triage.sheets import MOST_OPTIONS

OPEN = (SKIP.id, "dont_know")
YES_OR_NO = {option.id for option in YES_NO}


@dataclass(frozen=True, slots=True)
class Choices:
    """The answers of a list; no options at all for yes and no."""

    options: tuple[Option, ...] = ()
    means: Mapping[str, Meaning] | None = None

    @property
    def answers(self) -> tuple[str, ...]:
        return tuple(option.id for option in (*(self.options or YES_NO), SKIP))


def read_choices(sheet: Sheet, used: Iterable[str], gathered: Gathered) -> dict[str, Choices]:
    """The lists that questions use, by name; what is not there is not in the result."""
    rows: dict[str, list[Row]] = {}
    for row in sheet.rows:
        rows.setdefault(row.get("list_name"), []).append(row)
    found = {name: _list(name, rows[name], gathered) for name in used if name in rows}
    return ({"yes_no": Choices()} if "yes_no" in used else {}) | found


def read_meaning(row: Row, findings: Findings) -> Meaning:
    """What our own columns say an answer stands for."""
    codes, wanted = _names(row, col.INDICATORS), _names(row, col.NEEDS)
    for code in codes:
        if code not in indicators():
            findings.refuse(row.at, f'"{code}" in {col.INDICATORS} is no indicator')
    for name in wanted:
        if name not in needs():
            findings.refuse(row.at, f'"{name}" in {col.NEEDS} is none of {", ".join(needs())}')
    return Meaning(codes, wanted, row.get(col.SAYS), row.get(col.INTERRUPTS))


def message_id(row: Row, otherwise: str, findings: Findings) -> str:
    """The message id a row keeps, or the one it is given."""
    say = row.get(col.SAY)
    if say and not col.MESSAGE_ID.fullmatch(say):
        findings.refuse(row.at, f'"{say}" in {col.SAY} is no message id')
    return say or otherwise


def _list(name: str, rows: list[Row], gathered: Gathered) -> Choices:
    findings, own = gathered.findings, [row for row in rows if row.get("name") not in OPEN]
    for row in rows:
        if row.get("name") == OPEN[1]:
            findings.remark(row.at, f'"{OPEN[1]}" is left out; people can say it in words')
    if {row.get("name") for row in own} == YES_OR_NO:
        for row in own:
            if any(row.get(key) for key in col.MEANING):
                findings.refuse(row.at, "what a yes or no stands for is written at its question")
        return Choices()
    if not col.NAME.fullmatch(name):
        findings.refuse(rows[0].at, f'list "{name}": {col.NAME_RULE}')
    if not 1 <= len(own) <= MOST_OPTIONS:
        wrong = f'list "{name}": 1 to {MOST_OPTIONS} answers besides skip can be asked'
        findings.refuse(rows[0].at, wrong)
    return _options(name, own, gathered)


def _options(name: str, rows: list[Row], gathered: Gathered) -> Choices:
    options: dict[str, Option] = {}
    means: dict[str, Meaning] = {}
    for row in rows:
        if row.get("name") in options:
            gathered.findings.refuse(row.at, f'"{row.get("name")}" stands in "{name}" twice')
            continue
        option = _option(name, row, gathered)
        options[option.id] = option
        if (meaning := read_meaning(row, gathered.findings)) != NOTHING:
            means[option.id] = meaning
    return Choices(tuple(options.values()), means)


def _option(list_name: str, row: Row, gathered: Gathered) -> Option:
    name = row.get("name")
    if not col.NAME.fullmatch(name):
        gathered.findings.refuse(row.at, f'name "{name}": {col.NAME_RULE}')
    if not row.get(col.SAY) and not labels_in(row, gathered.default):
        gathered.findings.refuse(row.at, f'"{name}" has no label')
    label = message_id(row, f"option.{list_name}.{name}", gathered.findings)
    gathered.take(row, label)
    return Option(name, label)


def _names(row: Row, column: str) -> tuple[str, ...]:
    return tuple(row.get(column).replace(",", " ").replace(";", " ").split())
