"""The promise: nothing you write is in a log, a metric, a trace, a crash report or a readable column.

A whole line lives through everything that happens to one. Then whatever it leaves behind is searched
for every word and number in every writing there is. Nothing may be found; what is planted is found.
"""

import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops import embedded
from tests.canary.carriers import Telegram, Twilio
from tests.canary.line import Line
from tests.canary.people import Canaries, written_by_hand
from tests.canary.search import Hit, Search
from tests.canary.story import lives

pytestmark = pytest.mark.timeout(300)
MOST_TOLD = 60


@dataclass(frozen=True)
class Planted:
    """Said by nobody, to be put where the search has to find it."""

    word: str
    long: str
    number: str
    chat: int


@dataclass
class Left:
    """What a line that has lived left behind, and what was found in it."""

    line: Line
    search: Search
    planted: Planted
    core_limits: dict[str, str]
    hits: list[Hit]


@pytest.fixture(scope="module")
def left() -> Iterator[Left]:
    folder = Path(tempfile.mkdtemp(prefix="waypost-canary-"))
    folder.chmod(0o755)
    lists = Path(tempfile.mkdtemp(prefix="waypost-lists-"))
    with Twilio(receipts=["sent", "delivered"]) as twilio, Telegram() as telegram:
        line = Line(folder, twilio, telegram)
        try:
            lived = lives(line, lists)
            planted = _to_be_planted(lived.canaries)
            search = Search(lived.canaries.all)
            yield Left(line, search, planted, lived.core_limits, _searched(search, folder))
        except AssertionError:
            sys.stderr.write(line.said()[-4000:])
            raise
        finally:
            line.is_killed()
            shutil.rmtree(lists)
            shutil.rmtree(folder, ignore_errors=True)


def test_nothing_that_was_said_is_found_anywhere(left):
    assert not left.hits, _told(left.hits)


def test_nothing_is_repeated_to_a_phone_but_what_staff_wrote(left):
    line = left.line
    texts = [message.body for message in line.twilio.messages]
    texts += [message.shown for message in line.telegram.messages]
    hits = left.search.in_bytes("\n".join(texts).encode())
    replies = {"a reply", "a reply that fails", "the last reply"}
    assert {hit.canary.where for hit in hits} == replies, _told(hits)


def test_no_process_of_the_line_may_leave_a_core_dump(left):
    assert {name: limit for name, limit in left.core_limits.items() if limit != "0"} == {}


def test_what_is_planted_is_found(left):
    """The same search of the same line, so that finding nothing means something."""
    _planted_in(left.line, left.planted)
    found = {
        (hit.canary.where, re.sub(r"[0-9].*", "", hit.file))
        for hit in _searched(left.search, left.line.folder)
        if hit.canary.where.startswith("planted")
    }
    log, name = "output/run.txt", "the names of files"
    kept = (
        "home/postgres/base/",
        "home/postgres/pg_wal/",
        "dumps/planted.sql",
        "dumps/planted.dump",
    )
    assert found == {
        ("planted in a log", log),
        ("planted in a log", name),
        ("planted in a column", log),
        *(("planted in a column", where) for where in kept),
        *(("planted as a number", where) for where in kept),
        *(("planted in a long text", where) for where in kept),
    }


def _to_be_planted(canaries: Canaries) -> Planted:
    return Planted(
        canaries.word("planted in a log"),
        canaries.sentence("planted in a long text"),
        canaries.phone("planted in a column"),
        canaries.chat("planted as a number"),
    )


def _planted_in(line: Line, planted: Planted) -> None:
    """In columns that everybody can read, in a log, in the name of a file."""
    server = embedded.start(line.home)
    with line.database() as database:
        database.execute("UPDATE outbox SET error = %s", (f"not sent to {planted.number}",))
        database.execute("UPDATE outbox SET contact_id = %s", (planted.chat,))
        # Long enough for PostgreSQL to compress it.
        long = f"{'a' * 5000} {planted.long} {'b' * 5000}"
        database.execute("UPDATE campaign_texts SET text = %s", (long,))
    line.is_dumped("planted")
    server.stop()
    number = written_by_hand(planted.number)["with dashes"]
    with (line.output / "run.txt").open("a", encoding="utf-8") as log:
        log.write(f"WARNING heard {planted.word!r} from {number}\n")
    (line.folder / "tmp" / f"{planted.word}.tmp").touch()


def _searched(search: Search, folder: Path) -> list[Hit]:
    begun, before = time.monotonic(), search.bytes_read
    hits = search.in_folder(folder)
    took, read = time.monotonic() - begun, search.bytes_read - before
    sys.stderr.write(f"{read / 1e6:.0f} MB searched in {took:.1f} s: {len(hits)} hits\n")
    return hits


def _told(hits: list[Hit]) -> str:
    return "\n".join(f"  {hit}" for hit in hits[:MOST_TOLD]) + f"\n{len(hits)} hits"
