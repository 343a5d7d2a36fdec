"""A catalog out to somebody who reviews it, as a spreadsheet or for Poedit, and in again.

What is exported and imported again changes nothing. One bad row, and nothing is changed at all.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from locales.figures import Text
from ops.reviewing import pofile, sheet
from ops.reviewing.rows import Returned, ReviewRefused, Row
from ops.reviewing.taking import Taken, take_in

__all__ = ["Returned", "ReviewRefused", "Row", "Taken", "form_of", "take_in"]


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file: how texts of a language are written, and how what comes back is read."""

    write: Callable[[str, Sequence[Text]], bytes]
    read: Callable[[Path, Collection[str]], Returned]


FORMS: Final[Mapping[str, Form]] = {
    ".xlsx": Form(sheet.write, sheet.read),
    ".po": Form(pofile.write, pofile.read),
}


def form_of(path: Path) -> Form:
    """By the end of its name. Raises ReviewRefused for a kind that we do not know."""
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise ReviewRefused(f"{path.name}: its name has to end in {' or '.join(FORMS)}")
    return form
