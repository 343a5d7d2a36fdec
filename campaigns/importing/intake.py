"""One file of subscribers on its way in; its row in `imports` tells how far it is. One a line at a time.

The file is read through first: refused, it has changed nothing. Then a batch is one transaction, with what
is told of it, so that nobody who texts waits for a file, and at any moment what `imports` says is in is in.
A process that dies leaves its import `cut`; the same file imported again writes what is missing.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import BinaryIO, Final

from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from campaigns import rehash
from campaigns.importing import batches, rejects, sheets, staging
from campaigns.importing.batches import Batch
from campaigns.importing.rows import Defaults, HeaderUnusable, Reader
from campaigns.importing.sheets import ImportRefused, Sheet
from campaigns.models import Import
from hotline.models import Line
from hotline.vault import Vault

# Any number: the advisory lock of a line's imports is this plus the line's id.
LOCK: Final = 7_205_300_000
# Between a file's row and its lock: a row without a lock is nobody's only after this.
STARTING: Final = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did. `merged` rows named somebody whom another row of the file names too."""

    imported: int
    updated: int
    unchanged: int
    merged: int
    bad: int

    @property
    def good(self) -> int:
        return self.imported + self.updated + self.unchanged


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows read, and bytes of all; while the file is only read through, `bytes_all` is 0."""

    rows: int
    bytes_read: int = 0
    bytes_all: int = 0


Tell = Callable[[Progress], None]


def defaults(
    session: Session,
    line_id: int,
    channel: str,
    now: datetime,
    *,
    region: str = "",
    source: str = "",
    day: date | None = None,
) -> Defaults:
    """What holds for all rows of a file. Raises RowUnusable for what would hold for none."""
    languages = frozenset(session.get_one(Line, line_id).languages)
    return Defaults(languages, channel, now.date(), region.upper(), source.strip(), day)


def begin(session: Session, line_id: int, staff_id: int | None, now: datetime) -> int:
    """A file came. Gives the number of its import. Raises ImportRefused when another is on its way."""
    sweep(session, line_id, now)
    if running(session, line_id) is not None:
        raise ImportRefused("import.busy")
    row = Import(line_id=line_id, staff_id=staff_id, state="running", started_at=now, seen_at=now)
    session.add(row)
    session.flush()
    return row.id


def run(
    sessions: sessionmaker[Session],
    vault: Vault,
    import_id: int,
    file: BinaryIO,
    given: Defaults,
    clock: Callable[[], datetime],
    tell: Tell = lambda _progress: None,
    batch: int = batches.SIZE,
) -> Report:
    """Import a file that has begun. Raises ImportRefused, and nothing was changed."""
    with _connected(sessions) as session:
        row = session.get_one(Import, import_id)
        try:
            sheet, reader = _read_through(session, row, file, given, clock, tell)
            read = batches.read(sheet, reader, vault, batch)
            return _write(session, row, given.channel, sheet.size, read, clock, tell)
        except BaseException as error:
            # A file that changes while it is read is cut: some of it is in.
            refused = error if isinstance(error, ImportRefused) and not row.bytes_all else None
            with suppress(SQLAlchemyError):
                session.rollback()
                if refused:
                    row.reason, row.values = refused.reason, refused.values
                _end(session, row, "refused" if refused else "cut", clock())
            raise


def sweep(session: Session, line_id: int, now: datetime) -> None:
    """Imports whose process died are cut: the lock that each holds is free again."""
    dead = (
        Import.line_id == line_id,
        Import.state == "running",
        Import.seen_at < now - STARTING,
    )
    if session.scalar(select(Import.id).where(*dead).limit(1)) is None:
        return
    if session.scalar(select(func.pg_try_advisory_xact_lock(LOCK + line_id))):
        session.execute(update(Import).where(*dead).values(state="cut", ended_at=now))


def running(session: Session, line_id: int) -> int | None:
    """The import that is on its way."""
    return session.scalar(
        select(Import.id).where(Import.line_id == line_id, Import.state == "running").limit(1)
    )


@contextmanager
def _connected(sessions: sessionmaker[Session]) -> Generator[Session]:
    """A session on a connection of its own: its lock and its tables end with it, whatever happens."""
    with sessions() as session:
        engine = session.get_bind()
    assert isinstance(engine, Engine)
    with engine.connect() as connection:
        connection.detach()
        with Session(connection, expire_on_commit=False) as session:
            yield session


def _read_through(
    session: Session,
    row: Import,
    file: BinaryIO,
    given: Defaults,
    clock: Callable[[], datetime],
    tell: Tell,
) -> tuple[Sheet, Reader]:
    """The file as it will be read. Raises ImportRefused."""
    if not session.scalar(select(func.pg_try_advisory_lock(LOCK + row.line_id))):
        raise ImportRefused("import.busy")

    def seen(rows: int) -> None:
        _tell(session, row, Progress(rows), clock, tell)

    seen(0)
    sheet = sheets.opened(file, seen)
    if sheet.sheets > 1:
        row.values = {"sheets": sheet.sheets}
    try:
        return sheet, Reader(sheet.header, given)
    except HeaderUnusable as unusable:
        values = {"column": unusable.column} if unusable.column else {}
        raise ImportRefused(unusable.reason, **values) from None


def _write(
    session: Session,
    row: Import,
    channel: str,
    size: int,
    read: Iterator[Batch],
    clock: Callable[[], datetime],
    tell: Tell,
) -> Report:
    staging.prepare(session)
    good = 0
    for batch in batches.ahead(read):
        if batch.people:
            rehash.move(session, row.line_id, batch.people)
        staging.write(session, row.line_id, channel, batch.lines)
        rejects.keep(session, row.id, batch.rejects)
        good += batch.good
        row.bad += batch.bad
        _tell(session, row, Progress(batch.rows, batch.position, size), clock, tell)
    people = staging.count(session)
    if people.imported + people.updated:
        staging.settle(session)
    row.imported, row.updated = people.imported, people.updated
    row.unchanged = people.people - people.imported - people.updated
    row.merged = good - people.people
    _end(session, row, "done", clock())
    return Report(row.imported, row.updated, row.unchanged, row.merged, row.bad)


def _tell(
    session: Session, row: Import, at: Progress, clock: Callable[[], datetime], tell: Tell
) -> None:
    """Commit, with how far it is."""
    row.rows_read, row.bytes_read, row.bytes_all = at.rows, at.bytes_read, at.bytes_all
    row.seen_at = clock()
    session.commit()
    tell(at)


def _end(session: Session, row: Import, state: str, now: datetime) -> None:
    # The end of the connection would do it, a moment later: too late for a file that comes at once.
    session.execute(select(func.pg_advisory_unlock_all()))
    row.state, row.seen_at, row.ended_at = state, now, now
    session.commit()
