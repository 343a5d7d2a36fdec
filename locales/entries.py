"""An entry of a catalog as its id and its texts; more than one text only where there are plural forms."""

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry


def by_id(catalog: Catalog) -> dict[str, Entry]:
    """The entries but for the header, in the order of the file."""
    return {id_of(entry): entry for entry in catalog if entry.id}


def id_of(entry: Entry) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def texts_of(entry: Entry) -> tuple[str, ...]:
    return (entry.string or "",) if isinstance(entry.string, str | None) else tuple(entry.string)


def is_translated(entry: Entry) -> bool:
    return not entry.fuzzy and all(text.strip() for text in texts_of(entry))
