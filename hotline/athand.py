"""Claimed rows on their way to the provider: replies first, and what one person gets in its order."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from itertools import count

from hotline.outbox import CAMPAIGN, REPLY, Claimed


@dataclass(slots=True)
class AtHand:
    """`waiting` is how many rows of each priority are here, those being sent included."""

    waiting: dict[int, int] = field(default_factory=lambda: {REPLY: 0, CAMPAIGN: 0})
    _rows: dict[int, deque[Claimed]] = field(default_factory=dict[int, deque[Claimed]])
    _ready: "asyncio.PriorityQueue[tuple[int, int, int]]" = field(
        default_factory=asyncio.PriorityQueue[tuple[int, int, int]]
    )
    _numbers: "count[int]" = field(default_factory=count)

    def put(self, row: Claimed, priority: int) -> None:
        # A row of nobody's waits for no other.
        whose = row.contact_id or -row.id
        self.waiting[priority] += 1
        if whose in self._rows:
            self._rows[whose].append(row)
        else:
            self._rows[whose] = deque([row])
            self._ready.put_nowait((priority, next(self._numbers), whose))

    async def next(self) -> tuple[int, int]:
        """Whose rows are next, and their priority. They are this caller's until `first` gives none."""
        priority, _, whose = await self._ready.get()
        return whose, priority

    def first(self, whose: int) -> Claimed | None:
        if not self._rows[whose]:
            del self._rows[whose]
            self._ready.task_done()
            return None
        return self._rows[whose][0]

    def done(self, whose: int, priority: int) -> None:
        """The first row of these is sent, or given back."""
        self._rows[whose].popleft()
        self.waiting[priority] -= 1

    async def empty(self) -> None:
        """Wait until all that is here is done."""
        await self._ready.join()
