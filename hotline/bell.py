"""Who waits for something is woken by PostgreSQL's NOTIFY: deliverers, and pages that are open.

Topics: `outbox:<channel>`, `desk:<line id>`, `case:<case id>`, `phone:<hash>`. A missed ring costs a
second, never a message: everybody who listens also looks by the clock.
"""

import contextlib
import logging
import threading
from collections import defaultdict
from typing import Final

import psycopg
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

NAME: Final = "waypost"
# Rings that come closer together than this are one ring.
GATHER_SECONDS: Final = 0.05
OPENING_SECONDS: Final = 2.0

log = logging.getLogger(__name__)


def ring(session: Session, topic: str) -> None:
    """Ring when the caller's transaction commits. For rare events: NOTIFY makes commits queue up."""
    session.execute(select(func.pg_notify(NAME, topic)))


class Ringer:
    """Rings after a commit, from a thread of its own, however many commits there are a second."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._topics: set[str] = set()
        self._due = threading.Condition()
        self._thread: threading.Thread | None = None

    def ring(self, topic: str) -> None:
        with self._due:
            self._topics.add(topic)
            self._due.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ringer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            with self._due:
                self._due.wait_for(lambda: self._topics)
                topics, self._topics = self._topics, set()
            try:
                with self._engine.connect() as connection:
                    for topic in sorted(topics):
                        connection.execute(select(func.pg_notify(NAME, topic)))
                    connection.commit()
            except Exception as error:  # noqa: BLE001 - a missed ring costs a second, not the server
                log.warning("ring failed: %s", type(error).__name__)
            threading.Event().wait(GATHER_SECONDS)


class Ears:
    """Hears rings in a thread and wakes whoever waits for a topic. Starts when first needed."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._heard: defaultdict[str, int] = defaultdict(int)
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._listening = threading.Event()

    def mark(self, topics: tuple[str, ...]) -> int:
        """A number that changes whenever one of `topics` rings."""
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ears", daemon=True)
                self._thread.start()
        # Who takes a mark hears every ring after it: so not before the ears are open.
        self._listening.wait(OPENING_SECONDS)
        with self._changed:
            return sum(self._heard[topic] for topic in topics)

    def wait(self, topics: tuple[str, ...], mark: int, seconds: float) -> bool:
        """Wait until one of `topics` rings after `mark` was taken; False when time ran out."""
        with self._changed:
            return self._changed.wait_for(
                lambda: sum(self._heard[topic] for topic in topics) != mark, seconds
            )

    def _run(self) -> None:
        while True:
            with (
                contextlib.suppress(psycopg.Error),
                psycopg.connect(self._dsn, autocommit=True) as connection,
            ):
                connection.execute(f"LISTEN {NAME}")
                self._listening.set()
                for notice in connection.notifies():
                    with self._changed:
                        self._heard[notice.payload] += 1
                        self._changed.notify_all()
            threading.Event().wait(1)
