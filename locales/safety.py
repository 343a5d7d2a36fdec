"""Texts that people's safety hangs on, and what somebody who reviews a translation has to look at in each."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("safety.toml")


@cache
def points() -> Mapping[str, tuple[str, ...]]:
    """What to check, in English, by message id of the contact catalog."""
    with FILE.open("rb") as file:
        groups = tomllib.load(file)["texts"]
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        for name in group["ids"]:
            found[name] = (*found.get(name, ()), *group["check"])
    return found
