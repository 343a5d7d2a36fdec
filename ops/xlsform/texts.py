"""Texts by language and message id: out of the catalogs, and out of the label columns of a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from locales.translator import ROOT, SOURCE_LANGUAGE, languages, read_catalog
from ops.xlsform.book import Row
from ops.xlsform.columns import label_of, language_of
from ops.xlsform.findings import Findings

Texts = Mapping[str, Mapping[str, str]]


def catalog_texts(root: Path = ROOT) -> dict[str, dict[str, str]]:
    """What each language's contact catalog says, by message id; what it lacks is not there."""
    return {code: _said(code, root) for code in languages("contact", root)}


def labels(message_id: str, texts: Texts) -> dict[str, str]:
    """The label cells of a message. English is never empty, or XLSForm would call the row unnamed."""
    cells = {label_of(code): said.get(message_id, "") for code, said in texts.items()}
    source = label_of(SOURCE_LANGUAGE)
    return cells | {source: cells.get(source) or message_id}


@dataclass(frozen=True, slots=True)
class Gathered:
    """The texts of a form. One message id says one thing in each language."""

    findings: Findings
    default: str
    texts: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def take(self, row: Row, message_id: str) -> None:
        """The labels of a row as the texts of a message."""
        for code, text in labels_in(row, self.default).items():
            if text == message_id:
                continue  # what is exported where English has no text yet
            if "${" in text:
                self.findings.refuse(row.at, "a label cannot hold an answer; leave ${…} out")
            said = self.texts.setdefault(code, {})
            if said.setdefault(message_id, text) != text:
                wrong = f'"{message_id}" has another text in {code} in an earlier row'
                self.findings.refuse(row.at, wrong)


def labels_in(row: Row, default: str) -> dict[str, str]:
    """A row's labels by language; a plain `label` is in the `default` language of the form."""
    found: dict[str, str] = {}
    for name, text in row.cells.items():
        if name == "label":
            found[default] = text
        elif name.startswith("label::") and (code := language_of(name.removeprefix("label::"))):
            found[code] = text
    return found


def lost_languages(columns: tuple[str, ...], default: str) -> list[str]:
    """What is wrong with the label columns of a sheet."""
    wrong: list[str] = []
    seen: set[str] = set()
    for name in columns:
        if name != "label" and not name.startswith("label::"):
            continue
        code = default if name == "label" else language_of(name.removeprefix("label::"))
        if not code:
            wrong.append(f'"{name}" names no language; write it as label::French (fr)')
        elif code in seen:
            wrong.append(f'"{name}" is a second column for {code}')
        seen.add(code)
    return wrong


def _said(code: str, root: Path) -> dict[str, str]:
    catalog = read_catalog(code, "contact", root)
    return {
        entry.id: entry.string
        for entry in catalog
        if entry.id and isinstance(entry.id, str) and isinstance(entry.string, str) and entry.string
    }
