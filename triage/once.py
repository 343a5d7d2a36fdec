"""What takes long to read is read once, also when many ask for it at the same moment."""

from collections.abc import Callable
from threading import RLock
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Once(Generic[Made]):
    """Remembers what `read` made of each name.

    `functools.lru_cache` lets every thread that comes meanwhile read again: after a start the first texts,
    all at once, kept one another from being answered.
    """

    def __init__(self, read: Callable[[str], Made]) -> None:
        self._read = read
        self._made: dict[str, Made] = {}
        self._one_at_a_time = RLock()

    def __call__(self, name: str) -> Made:
        if name not in self._made:
            with self._one_at_a_time:
                if name not in self._made:
                    self._made[name] = self._read(name)
        return self._made[name]

    def cache_clear(self) -> None:
        """Forget everything."""
        self._made = {}
