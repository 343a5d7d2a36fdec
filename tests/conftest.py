"""A real PostgreSQL for every test that asks for one: migrated once, copied for each test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from hotline import lines, passwords
from hotline.keyring import KeyRing
from hotline.vault import Vault
from ops import database, embedded
from triage import load_flow

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LANGUAGES = ("en", "fr", "es", "ar")
FLOW = load_flow()
NUMBERS = count(1)
MEMORY_BYTES = 3 * 2**30

# Guessing passwords is made expensive, and tests sign in thousands of times. What they start as processes of
# their own makes it as expensive as ever.
AS_EXPENSIVE_AS_EVER = passwords.HASHER
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords.NOBODYS = passwords.hashed("nobody's")


@pytest.fixture(scope="session")
def postgres() -> Iterator[embedded.Embedded]:
    """One server for the run. Its folder is open to the system user PostgreSQL needs as root."""
    home = Path(tempfile.mkdtemp(prefix="waypost-tests-", dir=_in_memory()))
    home.chmod(0o755)
    settings = ["fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0"]
    server = embedded.start(home, settings)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _in_memory() -> Path | None:
    """Where files are in memory, if there is room: a database is copied there five times as fast."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_BYTES
    return memory if roomy and os.access(memory, os.W_OK) else None


@pytest.fixture(scope="session")
def template(postgres: embedded.Embedded) -> str:
    """The name of a migrated database with a demonstration line, to be copied."""
    engine = database.make_engine(postgres.url())
    database.upgrade(engine)
    with database.make_sessions(engine).begin() as session:
        lines.make_demonstration(session, LANGUAGES)
    engine.dispose()
    return "waypost"


@pytest.fixture
def database_url(postgres: embedded.Embedded, template: str) -> Iterator[str]:
    """A fresh database of its own for this test."""
    name = f"test_{os.getpid()}_{next(NUMBERS)}"
    server = create_engine(
        postgres.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    yield postgres.url(name)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    engine = database.make_engine(database_url)
    yield database.make_sessions(engine)
    engine.dispose()


@pytest.fixture
def line_id(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        line = lines.first(session)
    assert line is not None
    return line.id


@pytest.fixture
def key_ring() -> KeyRing:
    return KeyRing.new()


@pytest.fixture
def vault(key_ring: KeyRing) -> Vault:
    return Vault(key_ring)


@pytest.fixture
def now() -> datetime:
    return NOW


# Minutes each: begun last, one of them would have a worker to itself while the others wait.
LONG = ("test_canary.py", "test_kill.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser stories come last: Playwright keeps an event loop running that other tests would meet."""
    items.sort(key=lambda item: ("e2e" in item.path.parts, item.path.name not in LONG))
