"""Catalogs: `<language>/contact.po` for those who write to us, `<language>/staff.po` for the desk.

A msgid is a message id, never a sentence. What a language lacks is said in English rather than not
at all; `waypost locales check` makes that a failure before anybody meets it.
"""

import io
from functools import lru_cache
from pathlib import Path
from typing import Literal

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

Domain = Literal["contact", "staff"]

ROOT = Path(__file__).parent
SOURCE_LANGUAGE = "en"


class Translator:
    """Texts of one language and domain."""

    def __init__(self, language: str, domain: Domain, root: Path = ROOT) -> None:
        self.language = language
        catalog = read_catalog(language, domain, root)
        self.ids = tuple(str(message.id) for message in catalog if isinstance(message.id, str))
        self._translations = _compile(catalog)
        if language != SOURCE_LANGUAGE:
            self._translations.add_fallback(_compile(read_catalog(SOURCE_LANGUAGE, domain, root)))

    def text(self, message_id: str, **values: object) -> str:
        """The text of `message_id` with its `{placeholders}` filled in; the id itself when unknown."""
        # gettext keeps a catalog's header under the empty id.
        found = self._translations.gettext(message_id) if message_id else ""
        return found.format(**values) if values else found

    def plural(self, message_id: str, n: int, **values: object) -> str:
        """The text for `n` things, by the language's own plural rules (CLDR)."""
        found = self._translations.ngettext(message_id, message_id, n)
        return found.format(n=n, **values)

    def has(self, message_id: str) -> bool:
        return self._translations.gettext(message_id) != message_id

    def __contains__(self, message_id: object) -> bool:
        return isinstance(message_id, str) and bool(message_id) and self.has(message_id)


@lru_cache(maxsize=128)
def translator(language: str, domain: Domain) -> Translator:
    """The translator of a language; unknown languages are spoken to in English."""
    known = language if language in languages(domain) else SOURCE_LANGUAGE
    return Translator(known, domain)


@lru_cache
def languages(domain: Domain = "contact", root: Path = ROOT) -> tuple[str, ...]:
    """Codes of the languages that have a catalog."""
    return tuple(sorted(path.parent.name for path in root.glob(f"*/{domain}.po")))


def read_catalog(language: str, domain: Domain, root: Path = ROOT) -> Catalog:
    """The catalog as it stands in its file. Raises OSError or ValueError for a file that is none."""
    with (root / language / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=language, domain=domain, abort_invalid=True)


def _compile(catalog: Catalog) -> Translations:
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(fp=compiled)
