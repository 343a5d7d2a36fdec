"""Who waits for something is woken by PostgreSQL's NOTIFY: deliverers, and pages that are open.

Topics: `outbox:<channel>`, `desk:<line id>`, `case:<case id>`, `phone:<hash>`. A missed ring costs a
second, never a message: everybody who listens also looks by the clock.
"""

import contextlib
import logging
import threading
from collections import defaultdict
from collections.abc import Iterable
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


class Listener:
    """Hears what rings for its topics from when it was made until the ears let it go."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self._rung: set[str] = set()
        self._told = threading.Condition()

    def wait(self, seconds: float) -> frozenset[str]:
        """The topics that rang since the last call, as soon as one does; none when time ran out."""
        with self._told:
            self._told.wait_for(lambda: self._rung, seconds)
            rung, self._rung = frozenset(self._rung), set()
        return rung

    def tell(self, topics: Iterable[str]) -> None:
        with self._told:
            self._rung.update(topics)
            self._told.notify()


class Ears:
    """Hears rings in a thread and wakes who listens for their topic. Starts when first needed."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._listening = threading.Event()

    def listen(self, topics: Iterable[str]) -> Listener:
        """Who listens hears every ring from now on. To be let go with `leave`."""
        listener = Listener(topics)
        with self._lock:
            for topic in listener.topics:
                self._listeners[topic].add(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ears", daemon=True)
                self._thread.start()
        # Not before the ears are open: what rings meanwhile would be missed.
        self._listening.wait(OPENING_SECONDS)
        return listener

    def crowd(self, topics: Iterable[str]) -> int:
        """How many listen for the same as whoever listens for `topics`."""
        with self._lock:
            return max((len(self._listeners.get(topic, ())) for topic in topics), default=0)

    def leave(self, listener: Listener) -> None:
        with self._lock:
            for topic in listener.topics:
                self._listeners[topic].discard(listener)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    def _run(self) -> None:
        while True:
            with (
                contextlib.suppress(psycopg.Error),
                psycopg.connect(self._dsn, autocommit=True) as connection,
            ):
                connection.execute(f"LISTEN {NAME}")
                if self._listening.is_set():
                    self._tell_all()
                self._listening.set()
                for notice in connection.notifies():
                    self._tell(notice.payload)
            threading.Event().wait(1)

    def _tell(self, topic: str) -> None:
        with self._lock:
            listeners = list(self._listeners.get(topic, ()))
        for listener in listeners:
            listener.tell((topic,))

    def _tell_all(self) -> None:
        """We were deaf for a while: whatever somebody listens for may have rung."""
        with self._lock:
            listeners = {each for those in self._listeners.values() for each in those}
        for listener in listeners:
            listener.tell(listener.topics)
