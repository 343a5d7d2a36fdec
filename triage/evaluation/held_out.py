"""Held-out phrases: written apart from the lexicons, the phrases of alarm and the ear's examples.

They only measure. A phrase of theirs that finds its way into what is measured makes the measure worthless.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("held_out")
Texts = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Texts by what they ought to be taken for; the small sets hold alarms only."""

    language: str
    alarms: Texts
    yesno: Texts
    age: Texts
    digit: Texts
    paths: Texts
    topics: Texts

    @property
    def full(self) -> bool:
        """Whether it holds answers too, as for every language that is shipped."""
        return bool(self.yesno)

    @property
    def size(self) -> int:
        kinds = (self.alarms, self.yesno, self.age, self.digit, self.paths, self.topics)
        return sum(len(texts) for kind in kinds for texts in kind.values())


@lru_cache
def held_out(folder: Path = FOLDER) -> tuple[HeldOut, ...]:
    """Every language's set, the full ones first."""
    found = [_read(path) for path in sorted(folder.glob("*.toml"))]
    return tuple(sorted(found, key=lambda one: (not one.full, one.language)))


def _read(path: Path) -> HeldOut:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return HeldOut(
        data["language"],
        **{
            kind: _texts(data.get(kind, {}))
            for kind in ("alarms", "yesno", "age", "digit", "paths", "topics")
        },
    )


def _texts(table: Mapping[str, Any]) -> Texts:
    return {name: tuple(said) for name, said in table.items()}
