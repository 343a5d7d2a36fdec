"""The keys a TOML table may have and the type of each; what does not fit is reported with its line."""

from collections.abc import Iterable, Mapping
from typing import Any

from triage.source import Source

Keys = Mapping[str, type]
TYPES = {
    str: "a text",
    int: "a whole number",
    float: "a number with a point",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}
FILE_KEYS: Keys = {"id": str, "version": int}


def fitting(
    file: Source,
    where: str,
    who: str,
    table: Mapping[str, Any],
    keys: Keys,
    problems: list[str],
    also: Iterable[str] = (),
    *,
    word: str = "",
) -> dict[str, Any]:
    """What of `table` has a known key and the right type; the rest is reported."""
    known: dict[str, Any] = {}
    for key, value in table.items():
        if key in also:
            continue
        at = file.at(where, word or key)
        if key not in keys:
            problems.append(f'{at}: {who}: unknown key "{key}"')
        elif type(value) is not keys[key]:  # a bool is no number here
            problems.append(f'{at}: {who}: "{key}" is {TYPES[keys[key]]}')
        else:
            known[key] = value
    return known


def texts(
    file: Source, where: str, who: str, table: dict[str, Any], key: str, problems: list[str]
) -> tuple[str, ...]:
    """The list of names `table[key]`, taken out of the table; what is no name is reported."""
    given: list[object] = table.pop(key, [])
    found = [text for text in given if isinstance(text, str) and text.strip()]
    if len(found) < len(given):
        problems.append(f'{file.at(where, key)}: {who}: "{key}" is a list of names')
    return tuple(found)
