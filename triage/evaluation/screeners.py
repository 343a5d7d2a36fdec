"""Published tables of short screeners: our arithmetic has to give the printed digits."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from triage.evaluation.metrics import Confusion, Share
from triage.evaluation.truth import Check, check

TABLES = Path(__file__).with_name("screeners.toml")
RATIO = "lr_plus"


@dataclass(frozen=True, slots=True)
class Published:
    """`printed` and `implied` are texts, so that no digit is lost."""

    name: str
    people: str
    counts: Confusion
    printed: Mapping[str, str]
    source: str
    implied: Mapping[str, str] = field(default_factory=dict[str, str])


@lru_cache
def published() -> tuple[Published, ...]:
    """The tables, in the order of the file."""
    data: dict[str, Any] = tomllib.loads(TABLES.read_text(encoding="utf-8"))
    return tuple(_table(**row) for row in data.values())


def _table(counts: Mapping[str, int], **more: Any) -> Published:
    return Published(counts=Confusion(**counts), **more)


def arithmetic_check() -> Check:
    """Every printed figure against ours, to the printed digit."""
    return check("printed figures of four published tables", _rows())


def _rows() -> Iterator[tuple[str, str, str]]:
    for table in published():
        for figure, printed in {**table.printed, **table.implied}.items():
            yield f"{table.name}: {figure}", printed, as_printed(table.counts, figure, printed)


def as_printed(counts: Confusion, figure: str, like: str) -> str:
    """A figure of `counts` with as many digits as `like`."""
    found = getattr(counts, figure)
    number = found.value * 100 if isinstance(found, Share) else cast("float", found)
    return f"{number:.{len(like.partition('.')[2])}f}"
