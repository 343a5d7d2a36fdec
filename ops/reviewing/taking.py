"""What a returned review would change in a catalog, and every reason not to take it in."""

import os
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from locales import figures, languages
from locales.check import check_contact
from locales.editing import Edited, edited
from locales.figures import Text
from locales.review import Remark, Review, digest, one_line, standing
from ops.reviewing.rows import OK, Returned, ReviewRefused, Row, seen
from ops.spoken import spoken, under


@dataclass(frozen=True, slots=True)
class Taken:
    """A catalog as it would be. `texts` are those that change, with what they would be; the rest are ids."""

    language: str
    path: Path
    before: str = field(repr=False)
    after: str = field(repr=False)
    texts: Sequence[tuple[Text, str]] = field(repr=False)
    reviewed: Sequence[Text] = field(repr=False)
    remarks: Mapping[str, str] = field(repr=False)

    def write(self) -> None:
        """Put the catalog in the place of the old one. Raises ReviewRefused when that changed meanwhile."""
        try:
            if _read(self.path) != self.before:
                raise ReviewRefused(f"{self.path}: was changed meanwhile: try again")
            beside = self.path.with_name(f"{self.path.name}.new")
            with beside.open("w", encoding="utf-8", newline="") as file:
                file.write(self.after)
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(self.path, beside)
            beside.replace(self.path)
        except OSError as error:
            raise ReviewRefused(f"{self.path}: {error.strerror}") from error
        standing.cache_clear()


def take_in(returned: Returned, by: str, today: date, root: Path) -> Taken:
    """The catalog with a review in it. Raises ReviewRefused, with a line for each row that is wrong."""
    path = root / returned.language / "contact.po"
    known = {
        text.id: text
        for text in figures.texts(returned.language, under(languages("contact", root)), root)
    }
    before = _read(path)
    refused: list[str] = []
    changes: dict[str, tuple[Row, Edited]] = {}
    met: set[str] = set()
    for row in returned.rows:
        text = known.get(row.id)
        if text is None or row.id in met:
            why = "there is no such text" if text is None else "stands there twice"
            refused.append(f'{row.at}: "{row.id}": {why}')
        elif why := _wrong(row, text):
            refused.append(f'{row.at}: "{row.id}": {why}')
        elif (change := _change(row, text, by, today)) is not None:
            changes[row.id] = row, change
        met.add(row.id)
    after = edited(before, {name: change for name, (_, change) in changes.items()})
    refused += _refused_by_check(returned.language, before, after, changes, root)
    if refused:
        raise ReviewRefused(*refused)
    made = {name: change for name, (_, change) in changes.items()}
    return Taken(
        returned.language,
        path,
        before,
        after,
        [(known[name], made[name].text) for name in made if made[name].text != known[name].text],
        [known[name] for name in made if made[name].review],
        {name: made[name].remark for name in made if made[name].remark},
    )


def _wrong(row: Row, text: Text) -> str:
    """Why a row cannot be taken, whatever it says."""
    if text.text.strip() and not row.text.strip():
        return "the translation was emptied"
    if row.verdict == OK and not row.text.strip():
        return "there is no translation to be reviewed"
    if row.seen and row.seen != seen(text) and _asks(row, text):
        return "has changed here since this file was made: export it again"
    return ""


def _asks(row: Row, text: Text) -> bool:
    """Whether a row wants anything that is not so already."""
    changed = _words(row, text) != text.text
    approves = row.verdict == OK and text.review is None
    remarks = row.verdict not in ("", OK) and one_line(row.verdict) != _remarked(text)
    return changed or approves or remarks


def _change(row: Row, text: Text, by: str, today: date) -> Edited | None:
    if not _asks(row, text):
        return None
    words = _words(row, text)
    if row.verdict == OK:
        review = Review(today, by, digest([text.english], [words]))
        return Edited(words, review=str(review))
    if row.verdict:
        return Edited(words, remark=str(Remark(str(today), by, one_line(row.verdict))))
    return Edited(words, remark=str(text.remark or ""))


def _words(row: Row, text: Text) -> str:
    """The text of a row as catalogs hold it. What only a spreadsheet did to its ends is no change."""
    words = _whole(row.text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.text if words == _whole(text.text) else words


def _whole(words: str) -> str:
    return unicodedata.normalize("NFC", words).strip()


def _remarked(text: Text) -> str:
    return text.remark.words if text.remark else ""


def _refused_by_check(
    language: str,
    before: str,
    after: str,
    changes: Mapping[str, tuple[Row, Edited]],
    root: Path,
) -> list[str]:
    """What `waypost locales check` would say of changed texts, and of others because of them."""
    ids, below = spoken(), under(languages("contact", root))
    old = {(p.id, p.what) for p in check_contact(before, language, ids, root, under=below)}
    found: list[str] = []
    for problem in check_contact(after, language, ids, root, under=below):
        if problem.id in changes:
            found.append(f'{changes[problem.id][0].at}: "{problem.id}": {problem.what}')
        elif (problem.id, problem.what) not in old:
            found.append(f'"{problem.id}": {problem.what}, with what stands below it now')
    return found


def _read(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()
