"""What is wrong with the catalogs, a line each: found before anybody is spoken to in silence or in English.

fr/contact.po:12: "question.debt": {name} of the English text is missing
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import PoFileError

from locales.scripts import SCRIPT_LANGUAGES, native_name
from locales.segments import count_segments
from locales.translator import ROOT, SOURCE_LANGUAGE, Domain, read_catalog

DOMAINS: tuple[Domain, ...] = ("contact", "staff")
# Without these a catalog is missing; further languages may have one of either.
EXPECTED: dict[Domain, frozenset[str]] = {
    "contact": frozenset({SOURCE_LANGUAGE}),
    "staff": frozenset({"ar", "en", "es", "fr", "ru"}),
}
# What asks has to be read at once on a small phone; advice may be longer.
ASKS = re.compile(r"^question\.|\.(ask|choose|share|person)$")
MOST_SEGMENTS_ASKING, MOST_SEGMENTS = 2, 6
MSGID = re.compile(r'^msgid "([^"]+)"')
QUOTED = r'"(?:[^"\\]|\\.)*"'
LINE = re.compile(rf"\s*(#.*|(msg(ctxt|id|id_plural|str(\[\d\])?)\s+)?{QUOTED})?\s*")


@dataclass(frozen=True, slots=True)
class _File:
    language: str
    domain: Domain
    catalog: Catalog

    @property
    def name(self) -> str:
        return f"{self.language}/{self.domain}.po"

    def entries(self) -> dict[str, Entry]:
        return {_id(entry): entry for entry in self.catalog if entry.id}

    def about(self, entry: Entry, what: str) -> str:
        return f'{self.name}:{entry.lineno or 1}: "{_id(entry)}": {what}'


def check(
    flow_ids: Iterable[str], root: Path = ROOT, *, under: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """One line per problem; none is good. `flow_ids` are the messages a contact can be sent.

    `under` gives, by message id, the labels of the options shown below it, which count as its length.
    """
    wanted = set(flow_ids)
    problems: list[str] = []
    for domain in DOMAINS:
        # The desk is read in fewer languages than are written to the line.
        there = {path.parent.name for path in root.glob(f"*/{domain}.po")}
        found = sorted(there | EXPECTED[domain])
        files = [file for lang in found if (file := _read(lang, domain, root, problems))]
        source = next((file for file in files if file.language == SOURCE_LANGUAGE), None)
        english = source.entries() if source else {}
        ids = wanted if domain == "contact" else set(english)
        for file in files:
            problems += _gaps(file, ids)
            problems += _words(file, english)
            if domain == "contact":
                problems += _lengths(file, under or {}, found)
    return problems


def _read(language: str, domain: Domain, root: Path, problems: list[str]) -> _File | None:
    name = f"{language}/{domain}.po"
    try:
        source = (root / language / f"{domain}.po").read_text(encoding="utf-8")
        file = _File(language, domain, read_catalog(language, domain, root))
    except OSError:
        problems.append(f"{name}:1: is missing")
    except PoFileError as error:
        problems.append(f"{name}:{(error.lineno or 0) + 1}: not a PO file: {error.args[0]}")
    except ValueError as error:
        problems.append(f"{name}:1: not a PO file: {error}")
    else:
        problems += _broken_lines(name, source)
        problems += _twice(name, source)
        if '"X-Review-State:' not in source:
            problems.append(
                f"{name}:1: the header lacks X-Review-State (draft, or who reviewed it)"
            )
        return file
    return None


def _broken_lines(name: str, source: str) -> Iterator[str]:
    """The reader mends a missing quote by cutting the last letter off; we would rather be told."""
    for number, line in enumerate(source.splitlines(), 1):
        if not LINE.fullmatch(line):
            yield f"{name}:{number}: not a PO file: this line is broken"


def _twice(name: str, source: str) -> Iterator[str]:
    """Reading a catalog silently keeps one of two entries; which one, nobody should have to guess."""
    first: dict[str, int] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if (match := MSGID.match(line)) and first.setdefault(match[1], number) != number:
            yield f'{name}:{number}: "{match[1]}": stands there twice (line {first[match[1]]})'


def _gaps(file: _File, wanted: set[str]) -> Iterator[str]:
    entries = file.entries()
    for message_id in sorted(wanted - entries.keys()):
        yield f'{file.name}:1: "{message_id}": is missing'
    for message_id, entry in entries.items():
        if message_id not in wanted:
            yield file.about(entry, "nobody says this")
        elif not all(text.strip() for text in _texts(entry)):
            yield file.about(entry, "is empty")
        elif entry.fuzzy:
            yield file.about(entry, "is marked fuzzy")


def _words(file: _File, english: Mapping[str, Entry]) -> Iterator[str]:
    for message_id, entry in file.entries().items():
        source = english.get(message_id)
        try:
            here = [_placeholders(text) for text in _texts(entry)]
        except ValueError as error:
            yield file.about(entry, f"broken placeholder: {error}")
            continue
        try:
            there = set[str]().union(*map(_placeholders, _texts(source or entry)))
        except ValueError:
            continue  # said at the English text
        # A plural form may leave its number out ("one message"), but the forms together may not.
        together = set[str]().union(*here)
        if any(_texts(entry)) and together != there:
            for name in sorted(there - together):
                yield file.about(entry, f"{{{name}}} of the English text is missing")
            for name in sorted(together - there):
                yield file.about(entry, f"{{{name}}} is not in the English text")
        if any(_foreign(text, file) for text in _texts(entry)):
            yield file.about(entry, f"holds no letter of the script of {file.language}")


def _lengths(
    file: _File, under: Mapping[str, Sequence[str]], codes: Sequence[str]
) -> Iterator[str]:
    entries = file.entries()

    def label(label_id: str) -> str:
        kind, _, code = label_id.partition(":")
        if kind == "native":
            return native_name(code)
        return _texts(entries[label_id])[0] if label_id in entries else ""

    for message_id, entry in entries.items():
        labels = under.get(message_id, ())
        if message_id == "language.choose":
            labels = [f"native:{code}" for code in codes]
        lines = [f"{number} {label(label_id)}" for number, label_id in enumerate(labels, 1)]
        most = MOST_SEGMENTS_ASKING if ASKS.search(message_id) else MOST_SEGMENTS
        for text in _texts(entry):
            size = count_segments("\n".join([text, *lines]))
            if size.segments > most:
                yield file.about(entry, f"needs {size.segments} SMS segments, {most} at most")


def _foreign(text: str, file: _File) -> bool:
    """Whether a text has letters, but none of its language's script."""
    bare = re.sub(r"\{[^{}]*\}", "", text)
    scripts = {_script(letter) for letter in bare if letter.isalpha()}
    own = next((s for s, codes in SCRIPT_LANGUAGES.items() if file.language in codes), "LATIN")
    # At the desk a single foreign word is a name: SMS, Telegram, CSV.
    a_name = file.domain == "staff" and " " not in bare.strip()
    return bool(scripts) and own not in scripts and not a_name


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _id(entry: Entry) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def _texts(entry: Entry) -> Sequence[str]:
    return [entry.string or ""] if isinstance(entry.string, str | None) else list(entry.string)
