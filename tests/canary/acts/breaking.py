"""What breaks under the line: its database, its processes, in the middle of somebody's text."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import psycopg

from tests.canary.line import SMS, Line, until
from tests.canary.scene import Scene
from tests.fakes.twilio import text_form

WAITING = (
    "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> pg_backend_pid()"
)
# A case that the caseworker has.
THEIRS = (
    "SELECT max(c.id) FROM cases c JOIN staff s ON s.id = c.taken_by"
    " WHERE c.state = 'taken' AND s.role = 'caseworker'"
)


def the_database_cuts_people_off(scene: Scene) -> None:
    """Statements end in the middle: cancelled as a timeout does it, and their connection terminated."""
    for how in ("pg_cancel_backend", "pg_terminate_backend"):
        with _held_up(scene.line, "contacts") as database:
            texts = _texts_at_once(scene, f"a text cut off by {how}", 4)
            until(lambda: len(database.execute(WAITING).fetchall()) >= 4, "nobody waits")
            for (pid,) in database.execute(WAITING).fetchall():
                database.execute(f"SELECT {how}(%s)", (pid,))
        # The provider does not come again: what was cut off is heard all the same.
        assert set(texts()) == {204}
    _a_reply_is_cut_off(scene)


def rows_are_refused(scene: Scene, folder: Path) -> None:
    """Constraints that nothing satisfies: PostgreSQL's error repeats the row that fails one."""
    phone, chat = scene.phone("whose row is refused"), scene.chat("whose row is refused")
    form = text_form(phone.number, f"hello {scene.word('a text whose row is refused')}")
    for table in ("inbound_seen", "contacts", "outbox", "counters"):
        with _refusing(scene.line, table):
            assert scene.line.is_called(SMS, form) == 500
            assert chat.sends(scene.sentence(f"a message refused by {table}")) == 500
    with _refusing(scene.line, "case_messages"):
        case, said = scene.line.counts(THEIRS), scene.sentence("a reply whose row is refused")
        assert scene.caseworker.posts(f"/desk/cases/{case}/reply", text=said) == 500
    with _refusing(scene.line, "login_failures"):
        scene.caseworker.posts("/login", login=scene.word("a refused login"), password="x" * 12)
    with _refusing(scene.line, "subscribers"):
        row = f"phone,language\n{scene.canaries.real_phone('a subscriber whose row is refused')},en"
        agreed = {"source": "web form", "date": "2026-01-31"}
        assert scene.officer.imports(row.encode(), "list.csv", **agreed) == 303
        (folder / "refused.csv").write_text(row, encoding="utf-8")
        file = str(folder / "refused.csv")
        again = ("subscribers", "import", file, "--source", "web form", "--date", "2026-01-31")
        assert scene.line.commands(again) == [1]
    # The provider comes again, and nothing was lost.
    assert scene.line.is_called(SMS, form) == 204
    phone.hears_more_than(0)


def a_column_is_not_there(scene: Scene) -> None:
    """The errors of an upgrade that was forgotten, while people write and the worker sends."""
    with scene.line.database() as database:
        database.execute("ALTER TABLE outbox RENAME COLUMN body_sealed TO elsewhere")
        for n in range(2):
            phone = scene.phone(f"who writes during an upgrade, {n}")
            form = text_form(phone.number, scene.sentence("a text during an upgrade"))
            assert scene.line.is_called(SMS, form) == 500
        database.execute("ALTER TABLE outbox RENAME COLUMN elsewhere TO body_sealed")
    assert scene.line.is_called(SMS, form) == 204
    phone.hears_more_than(0)


def the_database_dies(scene: Scene) -> None:
    """kill -9 of a server process: all connections break, and PostgreSQL recovers from its log."""
    with _held_up(scene.line, "contacts") as database:
        texts = _texts_at_once(scene, "a text while the database dies", 3)
        until(lambda: len(database.execute(WAITING).fetchall()) >= 3, "nobody waits")
        victim = database.execute(WAITING).fetchall()[0][0]
        os.kill(victim, signal.SIGKILL)
        # Heard, when it came back in time.
        assert set(texts()) <= {204, 500, 503}
    scene.line.gets_ready()


def its_parts_are_killed(scene: Scene) -> None:
    """Web and worker, with texts on their way and messages being sent."""
    line = scene.line
    line.twilio.latency = 0.3
    for n in range(3):
        phone = scene.phone(f"who writes when it is killed, {n}")
        phone.sends(f"hello {scene.word('a text before it is killed')}")
    with _held_up(line, "contacts"):
        texts = _texts_at_once(scene, "a text while it is killed", 3)
        with ThreadPoolExecutor() as together:
            list(together.map(line.loses, ("worker", "web")))
        texts()
    line.twilio.latency = 0.0
    line.gets_ready()
    scene.phone("who writes afterwards").writes(f"hello {scene.word('a text afterwards')}")


def its_parts_crash(scene: Scene) -> None:
    """A fault in the machine below Python, with words in memory: a core dump would hold them."""
    phone = scene.phone("who writes when it crashes")
    phone.writes(f"hello {scene.word('a text before it crashes')}")
    for name in ("worker", "web"):
        scene.line.crashes(name)
    scene.line.gets_ready()


def _a_reply_is_cut_off(scene: Scene) -> None:
    case = scene.line.counts(THEIRS)
    said = scene.sentence("a reply that is cut off", "arabic")
    with _held_up(scene.line, "outbox") as database, ThreadPoolExecutor() as apart:
        reply = apart.submit(scene.caseworker.posts, f"/desk/cases/{case}/reply", text=said)

        def cut_off() -> bool:
            for (pid,) in database.execute(WAITING).fetchall():
                database.execute("SELECT pg_terminate_backend(%s)", (pid,))
            return reply.done()

        until(cut_off, "the reply is not cut off")
        assert reply.result() in (500, 503)


def _texts_at_once(scene: Scene, where: str, many: int) -> Callable[[], list[int]]:
    """Several people write at the same time; gives a call that waits for what they are answered."""
    statuses: list[int] = []
    forms = [text_form(scene.canaries.phone(where), scene.sentence(where)) for _ in range(many)]

    def text(form: dict[str, str]) -> None:
        try:
            statuses.append(scene.line.is_called(SMS, form))
        except (OSError, HTTPException):
            statuses.append(0)

    threads = [threading.Thread(target=text, args=(form,)) for form in forms]
    for thread in threads:
        thread.start()

    def answered() -> list[int]:
        for thread in threads:
            thread.join()
        return statuses

    return answered


@contextmanager
def _refusing(line: Line, table: str) -> Iterator[None]:
    with line.database() as database:
        database.execute(f"ALTER TABLE {table} ADD CONSTRAINT never CHECK (false) NOT VALID")
        yield
        database.execute(f"ALTER TABLE {table} DROP CONSTRAINT never")


@contextmanager
def _held_up(line: Line, table: str) -> Iterator[psycopg.Connection]:
    """Whoever needs `table` waits for as long as this lasts. Gives a connection to look with."""
    with line.database() as holder, line.database() as looking:
        holder.execute("BEGIN")
        holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield looking
