"""The open cases of the line, read once for everybody who has the list open, whenever the desk rings.

Who asks again is given what changed since their last look. A row is the same for everybody who reads one
language, so that it is written once and not for each of fifty screens.
"""

import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session, sessionmaker

from hotline import casefile, present
from hotline.bell import Ears, Listener
from hotline.casefile import CaseView
from hotline.present import Present

# A missed ring costs a second.
OLDEST_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """A case, and the number of the look at which it was for the first time as it is now."""

    case: CaseView
    since: int


@dataclass(frozen=True, slots=True)
class Look:
    """What there was at one look: every open case, the next first, and who is there."""

    number: int
    rows: tuple[Row, ...]
    there: Present

    def of(self, teams: Sequence[str] | None) -> list[Row]:
        """What somebody who knows of these teams' cases sees; None: all."""
        return [row for row in self.rows if teams is None or row.case.team in teams]


class Board:
    """One for each web process. Looks are counted; `name` tells its numbers from another process's."""

    def __init__(self, sessions: sessionmaker[Session], ears: Ears, line_id: int) -> None:
        self.name = secrets.token_hex(4)
        self._sessions, self._ears, self._line_id = sessions, ears, line_id
        self._listener: Listener | None = None
        self._lock = threading.Lock()
        self._last = Look(0, (), Present(()))
        self._read_at = float("-inf")

    def look(self, now: datetime, *, fresh: bool = False) -> Look:
        """The cases as they were when the desk last rang; `fresh`: as they are now."""
        asked_at = time.monotonic()
        with self._lock:
            # Read while this call waited for the lock: nothing is newer.
            if self._read_at < asked_at and (self._rang() or fresh or self._is_old(asked_at)):
                began = time.monotonic()
                self._last = self._read(now)
                self._read_at = began
            return self._last

    def _rang(self) -> bool:
        if self._listener is None:
            self._listener = self._ears.listen((f"desk:{self._line_id}",))
        return bool(self._listener.wait(0))

    def _is_old(self, at: float) -> bool:
        return at - self._read_at > OLDEST_SECONDS

    def _read(self, now: datetime) -> Look:
        with self._sessions() as session:
            cases = casefile.listed(session, self._line_id)
            there = present.at_the_desk(session, self._line_id, now)
        before = {row.case.id: row for row in self._last.rows}
        number = self._last.number + 1
        rows: list[Row] = []
        for case in cases:
            old = before.get(case.id)
            rows.append(old if old is not None and old.case == case else Row(case, number))
        return Look(number, tuple(rows), there)
