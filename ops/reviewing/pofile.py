"""A review as a PO file for Poedit and its like: English as the source, the message id as its context.

A draft is marked as one that needs work (fuzzy); who reads it takes the mark away, and a comment is a remark.
"""

import io
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from babel.core import UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import PoFileError, read_po, write_po

from locales.entries import texts_of
from locales.figures import Text
from locales.review import REMARK, REVIEWED
from ops.reviewing.rows import OK, Returned, ReviewRefused, Row, seen

SEEN: Final = "as exported: "
MOST_BYTES: Final = 5_000_000
HEADER: Final = """\
# Texts of {language} to be reviewed. What is right as it stands is marked as no longer needing work.
msgid ""
msgstr ""
"Project-Id-Version: Waypost\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def write(language: str, texts: Sequence[Text]) -> bytes:
    catalog = Catalog(language)
    for text in texts:
        catalog.add(
            text.english,
            text.text,
            context=text.id,
            flags=() if text.review or not text.text else ("fuzzy",),
            auto_comments=[*_notes(text), f"{SEEN}{seen(text)}"],
        )
    out = io.BytesIO(HEADER.format(language=language, plurals=catalog.plural_forms).encode())
    out.seek(0, io.SEEK_END)
    write_po(out, catalog, width=0, omit_header=True)
    return out.getvalue()


def read(path: Path, known: Collection[str]) -> Returned:
    """What came back; also a catalog as it stands here, whose texts are taken as drafts.

    Raises ReviewRefused for what is no PO file of one of the `known` languages.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(MOST_BYTES + 1)
        if len(packed) > MOST_BYTES:
            raise ReviewRefused(f"{path.name}: is far too large for a catalog")
        catalog = read_po(io.BytesIO(packed), abort_invalid=True)
    except OSError as error:
        raise ReviewRefused(f"{path.name}: cannot be read: {error.strerror}") from error
    except (PoFileError, ValueError, UnknownLocaleError) as error:
        reason = " ".join(str(error).split())
        raise ReviewRefused(f"{path.name}: is no PO file: {reason}") from error
    given = str(catalog.locale_identifier or "")
    # Editors like to add a country: fr_FR.
    language = given if given in known else given.partition("_")[0]
    if language not in known:
        raise ReviewRefused(f'{path.name}: "Language" in its header is none of ours')
    return Returned(language, [_row(entry) for entry in catalog if entry.id])


def _notes(text: Text) -> Iterator[str]:
    if text.note:
        yield text.note
    yield from (f"Check: {point}" for point in text.points)
    yield f"State: {text.state}. Segments: {text.size.segments}."


def _row(entry: Entry) -> Row:
    message_id = entry.context or (entry.id if isinstance(entry.id, str) else entry.id[0])
    exported = [c.removeprefix(SEEN) for c in entry.auto_comments if c.startswith(SEEN)]
    seen_then = exported[-1].strip() if exported else ""
    remarks = [c for c in entry.user_comments if not c.startswith((REVIEWED, REMARK))]
    # A plain catalog has no marks of drafts, so that nothing in it says what was read.
    read_and_good = OK if seen_then and not entry.fuzzy and any(texts_of(entry)) else ""
    return Row(
        f"line {entry.lineno or 1}",
        message_id,
        texts_of(entry)[0],
        " ".join(remarks).strip() or read_and_good,
        seen_then,
    )
