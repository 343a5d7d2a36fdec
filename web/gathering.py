"""One transaction for what many requests have to write: a commit costs the same for one as for fifty.

Whoever comes first leads: waits a moment for others, takes what is there, and writes it. Nobody is answered
before their own is committed. While one batch is written, the next one gathers.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

T = TypeVar("T")

WAIT_SECONDS: Final = 0.005


@dataclass(slots=True, eq=False)
class Batch(Generic[T]):
    items: list[T] = field(default_factory=list[T])
    done: threading.Event = field(default_factory=threading.Event)
    written: bool = False


class Gathering(Generic[T]):
    """`write` writes several items in one transaction, or raises and has written none."""

    def __init__(self, write: Callable[[Sequence[T]], object], wait: float = WAIT_SECONDS) -> None:
        self._write = write
        self._wait = wait
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._open: Batch[T] | None = None

    def put(self, item: T) -> None:
        """Comes back when `item` is committed. Raises what writing it alone raises."""
        with self._lock:
            batch, leads = self._open, self._open is None
            if batch is None:
                batch = self._open = Batch[T]()
            batch.items.append(item)
        if leads:
            self._lead(batch)
        else:
            batch.done.wait()
        if not batch.written:
            # One that cannot be written fails nobody else: each tries by itself.
            self._write([item])

    def _lead(self, batch: Batch[T]) -> None:
        # Behind another batch there has been time enough to gather.
        if self._writing.acquire(blocking=False):
            time.sleep(self._wait)
        else:
            self._writing.acquire()
        try:
            with self._lock:
                self._open = None
            self._write(batch.items)
            batch.written = True
        except Exception:  # noqa: BLE001, S110 - told to whom it concerns when they try alone
            pass
        finally:
            self._writing.release()
            batch.done.set()
