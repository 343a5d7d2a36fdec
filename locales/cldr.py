"""Babel's locale data, kept apart: what one language's name for a day stands for is not another's.

A language that has no short names of days of its own refers to its long ones. Babel looks the reference up
in the language that is asked, and then keeps what it found in data that languages share: who asks for Swahili
first is told Swahili days in Ukrainian ever after (python-babel issue 1234, in Babel 2.18 and before). Here
nothing that was looked up is kept, and a reference is followed with a language's own words over it. A test
says when Babel no longer needs this.
"""

from collections.abc import Mapping
from typing import Any, cast

from babel import localedata
from babel.localedata import Alias, LocaleDataDict


def _looked_up(self: LocaleDataDict, key: Any) -> Any:
    base = cast("Mapping[Any, Any]", self.base)  # pyright: ignore[reportUnknownMemberType]
    data = cast("Mapping[Any, Any]", self._data)  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
    value = _resolved(data[key], base)
    if not isinstance(value, dict):
        return value
    return LocaleDataDict(cast("dict[Any, Any]", value), base=cast("dict[Any, Any]", base))


def _resolved(value: Any, base: Mapping[Any, Any]) -> Any:
    """What a reference stands for in `base`; with a language's own words over it, where it has some."""
    if isinstance(value, Alias):
        found: Any = base
        for key in value.keys:
            found = _resolved(found[key], base)
        return found
    if isinstance(value, tuple) and isinstance(value[0], Alias):
        merged = dict(_resolved(value[0], base))
        localedata.merge(merged, cast("dict[Any, Any]", value[1]))
        return merged
    return cast("Any", value)


def keep_apart() -> None:
    """For the whole process; called when `locales` is imported."""
    LocaleDataDict.__getitem__ = _looked_up
