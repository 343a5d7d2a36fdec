"""An import under way: how far it is, one at a time, nobody waits for it, and what a death leaves."""

import contextlib
import io
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from campaigns import purging, subscribers
from campaigns.importing import intake
from campaigns.importing.sheets import ImportRefused
from campaigns.models import Import, ImportReject, Subscriber
from tests.campaigns.desk import HEADER, number


def people(many):
    return HEADER + "".join(f"{number(n)},en,fair\n" for n in range(many))


@pytest.fixture
def begin(sessions, line_id, now):
    def begun():
        with sessions.begin() as session:
            return intake.begin(session, line_id, None, now)

    return begun


@pytest.fixture
def run(sessions, vault, line_id, now):
    """Read a file in, 100 rows a batch; `tell` is called after each."""

    def read_in(import_id, data, tell=lambda _progress: None):
        with sessions() as session:
            given = intake.defaults(session, line_id, "sms", now, day=now.date())
        file = io.BytesIO(data.encode())
        return intake.run(sessions, vault, import_id, file, given, lambda: now, tell, batch=100)

    return read_in


@pytest.fixture
def row(sessions):
    def look(import_id):
        with sessions() as session:
            return session.get_one(Import, import_id)

    return look


@pytest.fixture
def many(sessions):
    def count():
        with sessions() as session:
            return session.scalar(select(func.count()).select_from(Subscriber))

    return count


def test_what_is_told_of_an_import_is_what_is_in(begin, run, row, many):
    begun, seen = begin(), []

    def look(progress):
        kept = row(begun)
        assert (kept.rows_read, kept.bytes_read) == (progress.rows, progress.bytes_read)
        if progress.bytes_all:
            seen.append((kept.rows_read, many()))
            assert kept.bytes_read <= kept.bytes_all == len(people(350))

    run(begun, people(350), look)
    assert seen == [(100, 100), (200, 200), (300, 300), (350, 350)]
    done = row(begun)
    assert (done.state, done.imported, done.bytes_read) == ("done", 350, done.bytes_all)


def test_a_refused_file_is_told_with_its_reason(begin, run, row, many):
    begun = begin()
    with pytest.raises(ImportRefused):
        run(begun, people(300) + '"+41')
    refused = row(begun)
    assert (refused.state, refused.reason, refused.values) == (
        "refused",
        "import.broken_csv",
        {"row": 302},
    )
    assert many() == 0


def test_two_at_a_time_are_refused_clearly_and_one_after_the_other_are_not(begin, run, row):
    first = begin()

    def another(_progress):
        with pytest.raises(ImportRefused) as refused:
            begin()
        assert refused.value.reason == "import.busy"

    run(first, people(150), another)
    second = begin()
    assert run(second, people(150)).unchanged == 150
    assert row(second).state == "done"


def test_of_two_that_begin_in_the_same_moment_one_is_refused(begin, run, row, sessions):
    first, second = begin(), None
    with sessions.begin() as session:
        beside = Import(line_id=row(first).line_id, state="running", started_at=row(first).seen_at)
        beside.seen_at = beside.started_at
        session.add(beside)
        session.flush()
        second = beside.id

    def meanwhile(progress):
        if progress.bytes_all and row(second).state == "running":
            with pytest.raises(ImportRefused):
                run(second, people(1))

    run(first, people(10), meanwhile)
    assert (row(first).state, row(second).state) == ("done", "refused")
    assert row(second).reason == "import.busy"


def test_who_asks_to_be_forgotten_meanwhile_does_not_wait(
    begin, run, sessions, vault, line_id, many
):
    def forget(progress):
        if progress.rows == 100 and progress.bytes_all:
            with sessions.begin() as session:
                session.execute(text("SET LOCAL lock_timeout = '100ms'"))
                subscribers.erase(session, line_id, vault.hashes(f"tel:{number(3)}"))

    run(begin(), people(250), forget)
    assert many() == 249


def test_an_import_whose_connection_breaks_is_cut_and_the_same_file_adds_the_rest(
    begin, run, row, many, sessions, line_id, now
):
    begun = begin()

    def cut(progress):
        if progress.rows == 200 and progress.bytes_all:
            with sessions.begin() as session:
                session.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                        " AND pid <> pg_backend_pid()"
                    )
                )

    with pytest.raises(DBAPIError):
        run(begun, people(350), cut)
    later = now + timedelta(minutes=1)
    with sessions.begin() as session:
        intake.sweep(session, line_id, later)
    assert (row(begun).state, row(begun).rows_read, many()) == ("cut", 200, 200)
    report = run(begin(), people(350))
    assert (report.imported, report.unchanged, many()) == (150, 200, 350)


def test_a_file_that_comes_again_writes_nothing(begin, run, sessions):
    run(begin(), people(200))
    with sessions() as session:
        before = set(session.execute(text("SELECT xmin::text, xmax::text, id FROM subscribers")))
    run(begin(), people(200))
    with sessions() as session:
        after = set(session.execute(text("SELECT xmin::text, xmax::text, id FROM subscribers")))
    assert before == after


def test_rows_that_were_left_out_are_gone_after_a_day_and_the_sums_after_a_month(
    begin, run, sessions, now
):
    run(begin(), people(2) + "no number,en,fair\n")

    def there(table):
        with sessions() as session:
            return session.scalar(select(func.count()).select_from(table))

    for age, rejected, imports in ((0, 2, 1), (2, 0, 1), (31, 0, 0)):
        with sessions.begin() as session:
            purging.purge(session, now + timedelta(days=age))
        # The header is kept beside the row.
        assert (there(ImportReject), there(Import)) == (rejected, imports)


def test_a_killed_process_leaves_what_it_had_read_and_the_next_one_adds_the_rest(
    database_url, key_ring, tmp_path, sessions, line_id, now, many
):
    file = tmp_path / "list.csv"
    file.write_text(people(80_000), encoding="utf-8")
    environment = os.environ | {
        "WAYPOST_DATABASE_URL": database_url,
        "WAYPOST_KEYS": key_ring.to_text(),
        "WAYPOST_HOME": str(tmp_path),
    }
    command = [sys.executable, "-m", "ops", "subscribers", "import", str(file)]
    command += ["--date", "2026-02-01"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if many():
            break
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    cut = many()
    assert 0 < cut < 80_000
    with sessions() as session:
        assert session.scalar(select(Import.rows_read)) == cut
        assert session.scalar(select(Import.state)) == "running"
    # Its connection ends when the server notices.
    for _ in range(100):
        with contextlib.suppress(ImportRefused), sessions.begin() as session:
            intake.begin(session, line_id, None, now + timedelta(days=365))
            break
        time.sleep(0.1)
    with sessions.begin() as session:
        states = session.scalars(select(Import.state).order_by(Import.id)).all()
        assert states == ["cut", "running"]
        session.execute(text("UPDATE imports SET state = 'cut'"))
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert (
        again.stdout == f"{80_000 - cut} imported, 0 updated, {cut} unchanged, 0 repeated, 0 bad\n"
    )
    assert many() == 80_000
