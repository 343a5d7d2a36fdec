"""What is wrong with the catalogs, a line each: found before anybody is spoken to in silence or in English.

fr/contact.po:12: "question.debt": {name} of the English text is missing
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import PoFileError, read_po

from locales import bidi, letters
from locales.entries import by_id, id_of, texts_of
from locales.lengths import measure, most_segments
from locales.review import unreadable
from locales.safety import points
from locales.translator import ROOT, SOURCE_LANGUAGE, Domain

DOMAINS: tuple[Domain, ...] = ("contact", "staff")
# Without these a catalog is missing; further languages may have one of either.
EXPECTED: dict[Domain, frozenset[str]] = {
    "contact": frozenset({SOURCE_LANGUAGE}),
    "staff": frozenset({"ar", "en", "es", "fr", "ru"}),
}
MSGID = re.compile(r'^msgid "([^"]+)"')
QUOTED = r'"(?:[^"\\]|\\.)*"'
LINE = re.compile(rf"\s*(#.*|(msg(ctxt|id|id_plural|str(\[\d\])?)\s+)?{QUOTED})?\s*")
STATE: Final = '"X-Review-State:'
DRAFT: Final = '"X-Review-State: draft\\n"'


@dataclass(frozen=True, slots=True)
class Problem:
    """`id` is the message it is about, if it is about one; a `gap` is a text that cannot be said."""

    at: str
    what: str
    id: str = ""
    gap: bool = False

    @property
    def first(self) -> bool:
        """Whether it goes before all others: somebody in danger would be told nothing."""
        return self.gap and self.at.partition(":")[0].endswith("contact.po") and self.id in points()

    def __str__(self) -> str:
        what = f"{self.what} (safety-critical)" if self.first else self.what
        return f'{self.at}: "{self.id}": {what}' if self.id else f"{self.at}: {what}"


@dataclass(frozen=True, slots=True)
class _File:
    language: str
    domain: Domain
    catalog: Catalog

    @property
    def name(self) -> str:
        return f"{self.language}/{self.domain}.po"

    def entries(self) -> dict[str, Entry]:
        return by_id(self.catalog)

    def about(self, entry: Entry, what: str, *, gap: bool = False) -> Problem:
        return Problem(f"{self.name}:{entry.lineno or 1}", what, id_of(entry), gap)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a catalog is held against."""

    ids: frozenset[str]
    english: Mapping[str, Entry]
    under: Mapping[str, Sequence[str]]


def check(
    flow_ids: Iterable[str], root: Path = ROOT, *, under: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """One line per problem; none is good. `flow_ids` are the messages a contact can be sent.

    `under` gives, by message id, the labels of the options shown below it, which count as its length.
    Safety-critical texts that cannot be said come first.
    """
    problems: list[Problem] = []
    for domain in DOMAINS:
        # The desk is read in fewer languages than are written to the line.
        there = {path.parent.name for path in root.glob(f"*/{domain}.po")}
        found = sorted(there | EXPECTED[domain])
        files = [file for code in found if (file := _read(code, domain, root, problems))]
        source = next((file for file in files if file.language == SOURCE_LANGUAGE), None)
        english = source.entries() if source else {}
        ids = frozenset(flow_ids if domain == "contact" else english)
        wanted = _Wanted(ids, english, under or {})
        for file in files:
            problems += _examine(file, wanted)
    return [str(problem) for problem in sorted(problems, key=lambda each: not each.first)]


def check_contact(
    source: str,
    language: str,
    flow_ids: Iterable[str],
    root: Path = ROOT,
    *,
    under: Mapping[str, Sequence[str]],
) -> list[Problem]:
    """The same for one contact catalog, given as text. Raises OSError when there is no English one."""
    problems: list[Problem] = []
    english = (root / SOURCE_LANGUAGE / "contact.po").read_text(encoding="utf-8")
    if language == SOURCE_LANGUAGE:
        english = source
    there = _parsed(SOURCE_LANGUAGE, "contact", english, [])
    if (file := _parsed(language, "contact", source, problems)) and there:
        problems += _examine(file, _Wanted(frozenset(flow_ids), there.entries(), under))
    return problems


def _read(language: str, domain: Domain, root: Path, problems: list[Problem]) -> _File | None:
    at = f"{language}/{domain}.po:1"
    try:
        source = (root / language / f"{domain}.po").read_text(encoding="utf-8")
    except OSError:
        problems.append(Problem(at, "is missing"))
    except ValueError as error:
        problems.append(Problem(at, f"not a PO file: {error}"))
    else:
        return _parsed(language, domain, source, problems)
    return None


def _parsed(language: str, domain: Domain, source: str, problems: list[Problem]) -> _File | None:
    name = f"{language}/{domain}.po"
    try:
        packed = io.BytesIO(source.encode("utf-8"))
        catalog = read_po(packed, locale=language, domain=domain, abort_invalid=True)
    except PoFileError as error:
        at = f"{name}:{(error.lineno or 0) + 1}"
        problems.append(Problem(at, f"not a PO file: {error.args[0]}"))
    except ValueError as error:
        problems.append(Problem(f"{name}:1", f"not a PO file: {error}"))
    else:
        problems += _broken_lines(name, source)
        problems += _twice(name, source)
        problems += _state(name, domain, source)
        return _File(language, domain, catalog)
    return None


def _broken_lines(name: str, source: str) -> Iterator[Problem]:
    """The reader mends a missing quote by cutting the last letter off; we would rather be told."""
    for number, line in enumerate(source.splitlines(), 1):
        if not LINE.fullmatch(line):
            yield Problem(f"{name}:{number}", "not a PO file: this line is broken")


def _twice(name: str, source: str) -> Iterator[Problem]:
    """Reading a catalog silently keeps one of two entries; which one, nobody should have to guess."""
    first: dict[str, int] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if (match := MSGID.match(line)) and first.setdefault(match[1], number) != number:
            what = f"stands there twice (line {first[match[1]]})"
            yield Problem(f"{name}:{number}", what, match[1])


def _state(name: str, domain: Domain, source: str) -> Iterator[Problem]:
    if STATE not in source:
        what = "the header lacks X-Review-State (draft, or who reviewed it)"
        yield Problem(f"{name}:1", what)
    elif domain == "contact" and DRAFT not in source:
        what = "X-Review-State stays draft: what was reviewed is written at each text"
        yield Problem(f"{name}:1", what)


def _examine(file: _File, wanted: _Wanted) -> Iterator[Problem]:
    yield from _gaps(file, wanted.ids)
    for entry in file.entries().values():
        source = wanted.english.get(id_of(entry), entry)
        yield from _placeholders(file, entry, source)
        for what in _texts(file, entry, source):
            yield file.about(entry, what)
        if file.domain == "contact":
            yield from _length(file, entry, wanted)
            for comment in unreadable(entry.user_comments):
                yield file.about(entry, f'"{comment}" names no day, reviewer and digest')


def _gaps(file: _File, wanted: frozenset[str]) -> Iterator[Problem]:
    entries = file.entries()
    for message_id in sorted(wanted - entries.keys()):
        yield Problem(f"{file.name}:1", "is missing", message_id, gap=True)
    for message_id, entry in entries.items():
        if message_id not in wanted:
            yield file.about(entry, "nobody says this")
        elif not all(text.strip() for text in texts_of(entry)):
            yield file.about(entry, "is empty", gap=True)
        elif entry.fuzzy:
            yield file.about(entry, "is marked fuzzy", gap=True)


def _placeholders(file: _File, entry: Entry, source: Entry) -> Iterator[Problem]:
    try:
        here = [_names(text) for text in texts_of(entry)]
    except ValueError as error:
        yield file.about(entry, f"broken placeholder: {error}")
        return
    try:
        there = set[str]().union(*map(_names, texts_of(source)))
    except ValueError:
        return  # said at the English text
    # A plural form may leave its number out ("one message"), but the forms together may not.
    together = set[str]().union(*here)
    if any(texts_of(entry)) and together != there:
        for name in sorted(there - together):
            yield file.about(entry, f"{{{name}}} of the English text is missing")
        for name in sorted(together - there):
            yield file.about(entry, f"{{{name}}} is not in the English text")


def _texts(file: _File, entry: Entry, source: Entry) -> list[str]:
    """What is wrong with the characters of an entry, each once."""
    english, contact = " ".join(texts_of(source)), file.domain == "contact"
    found: list[str] = []
    for text in filter(None, texts_of(entry)):
        found += letters.unshown(text, file.language)
        found += letters.foreign(text, file.language, names=not contact)
        if contact:
            found += letters.mostly_foreign(text, english, file.language)
            found += letters.wrong_digits(text, english)
            found += bidi.wrong(text, file.language)
    return list(dict.fromkeys(found))


def _length(file: _File, entry: Entry, wanted: _Wanted) -> Iterator[Problem]:
    most = most_segments(id_of(entry))
    for text in texts_of(entry):
        size = measure(id_of(entry), text, file.entries(), wanted.under, file.language)
        if size.segments > most:
            yield file.about(entry, f"needs {size.segments} SMS segments, {most} at most")


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
