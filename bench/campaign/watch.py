"""What a line uses while it works: memory of each part at its highest, processor time, what is written."""

import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import psutil

from bench.campaign.line import Line

# To look costs some milliseconds a process.
EVERY_SECONDS: Final = 2.0
Family = dict[str, list[psutil.Process]]
USE: Final = (
    "SELECT pg_database_size(current_database()), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0'),"
    " (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables)"
)


class Peaks:
    """The highest proportional set size (PSS) of each part, in MB, while it is watched.

    PSS divides what processes share among them, so that a part is the sum of its processes.
    """

    def __init__(self, family: Callable[[], Family], every: float = EVERY_SECONDS) -> None:
        self._family, self._every = family, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.of: dict[str, float] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            for part, processes in self._family().items():
                used = sum(map(_pss, processes))
                self.of[part] = max(used, self.of.get(part, 0.0))
            if self._stop.wait(self._every):
                return


@dataclass(frozen=True, slots=True)
class Used:
    """At one moment: bytes of the database and of its log, rows written, seconds of processor time."""

    database: int
    log: int
    rows: int
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    def since(self, before: "Used") -> "Used":
        return Used(
            self.database - before.database,
            self.log - before.log,
            self.rows - before.rows,
            {part: all_ - before.seconds.get(part, 0.0) for part, all_ in self.seconds.items()},
        )

    @property
    def processor(self) -> float:
        return sum(self.seconds.values())


def used(line: Line) -> Used:
    """What the line has used so far. Rows are exact once the database has rested for ten seconds."""
    ((size, log, rows),) = line.asks(USE)
    seconds = {part: _processor(processes) for part, processes in line.family().items()}
    return Used(int(str(size)), int(str(log)), int(str(rows)), seconds)


def _pss(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):
        return process.memory_full_info().pss / 1e6
    return 0.0


def _processor(processes: Sequence[psutil.Process]) -> float:
    """Of those that have ended, too: their parents have inherited it."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])
    return total
