"""The promise: nothing you write is in a log, a metric, a trace, a crash report or a readable column.

A whole line lives through everything that happens to one. Then whatever it leaves behind is searched
for every word and number in every writing there is. Nothing may be found; what is planted is found.
"""

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops import embedded
from tests.canary.acts import answering, breaking, failing, forging, subscribing, talking
from tests.canary.carriers import Telegram, Twilio
from tests.canary.line import Line
from tests.canary.people import Canaries, written_by_hand
from tests.canary.scene import Scene
from tests.canary.search import Hit, Search
from tests.canary.staff import Staff

pytestmark = pytest.mark.timeout(300)
MOST_TOLD = 60
COMMANDS = (
    ("counts", "--csv"),
    ("doctor",),
    ("purge",),
    ("campaigns", "status", "1", "--json"),
    ("subscribers", "count"),
    ("keys", "check"),
    ("keys", "reseal"),
)


@dataclass(frozen=True)
class Planted:
    """Said by nobody, to be put where the search has to find it."""

    word: str
    long: str
    number: str
    chat: int


@dataclass
class Story:
    """What is left of a line that has lived, and what was found in it."""

    line: Line
    search: Search
    planted: Planted
    core_limits: dict[str, str]
    hits: list[Hit]


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """The whole story, played once, and all that it left searched."""
    folder = Path(tempfile.mkdtemp(prefix="waypost-canary-"))
    folder.chmod(0o755)
    lists = Path(tempfile.mkdtemp(prefix="waypost-lists-"))
    with Twilio(receipts=["sent", "delivered"]) as twilio, Telegram() as telegram:
        line = Line(folder, twilio, telegram)
        try:
            scene, limits = _played(line, lists)
            planted = _to_be_planted(scene.canaries)
            search = Search(scene.canaries.all)
            yield Story(line, search, planted, limits, _searched(search, folder))
        except AssertionError:
            print(line.said()[-4000:])
            raise
        finally:
            line.is_killed()
            shutil.rmtree(lists)
            shutil.rmtree(folder, ignore_errors=True)


def _played(line: Line, lists: Path) -> tuple[Scene, dict[str, str]]:
    line.starts(public=False, ear=True)
    scene = Scene(line, Canaries(), *_staff(line))
    failing.telegram_answers_polls_with_garbage(scene)
    talking.somebody_is_heard_by_ear(scene)
    line.stops()

    line.starts()
    failing.a_provider_falls_silent(scene)
    answering.staff_sign_in(scene)
    answering.somebody_tries_to_sign_in(scene)
    amina, case = talking.somebody_is_screened(scene)
    answering.a_caseworker_answers(scene, amina, case)
    talking.somebody_sends_pictures(scene)
    talking.somebody_is_watched(scene)
    talking.somebody_says_stop(scene)
    talking.somebody_calls(scene)
    talking.somebody_is_on_telegram(scene)
    talking.somebody_is_forgotten(scene)
    talking.telegram_sends_the_unexpected(scene)
    talking.receipts_tell_too_much(scene)

    forging.nobody_believes_a_forger(scene)
    forging.nobody_reads_what_is_malformed(scene)
    forging.bytes_are_broken(scene)
    forging.somebody_sends_too_much(scene)
    forging.another_kind_of_request(scene)
    forging.what_is_sent_is_no_http(scene)

    numbers = subscribing.an_officer_imports(scene)
    subscribing.an_officer_imports_what_is_bad(scene)
    subscribing.an_operator_imports(scene, lists)
    subscribing.a_campaign_is_sent(scene, numbers)

    failing.twilio_fails(scene, amina, case)
    failing.telegram_fails(scene)
    answering.a_caseworker_is_refused(scene, case)
    answering.staff_ask_for_what_is_not_there(scene, case)

    breaking.the_database_cuts_people_off(scene)
    breaking.rows_are_refused(scene, lists)
    breaking.a_table_is_not_there(scene)
    breaking.the_database_dies(scene)
    breaking.its_parts_are_killed(scene)
    limits = _core_limits(line)
    breaking.its_parts_crash(scene)

    answering.a_case_ends(scene, amina, case)
    line.keeps_its_wal()
    line.commands(("keys", "rotate", "service", "--in", "0"))
    with ThreadPoolExecutor() as meanwhile:
        dump = ("db", "dump", str(line.folder / "dumps" / "backup"))
        ended = meanwhile.submit(line.commands, *COMMANDS, dump)
        answering.staff_send_what_no_page_sends(scene)
    assert set(ended.result()) <= {0, 1}
    failing.nobody_is_left_in_doubt(scene)
    failing.twilio_refuses_us(scene)
    answering.staff_look_at_every_page(scene)
    line.is_dumped("lived")
    line.stops()
    return scene, limits


def _searched(search: Search, folder: Path) -> list[Hit]:
    begun, before = time.monotonic(), search.bytes_read
    hits = search.in_folder(folder)
    took, read = time.monotonic() - begun, search.bytes_read - before
    print(f"{read / 1e6:.0f} MB searched in {took:.1f} s: {len(hits)} hits")
    return hits


def _staff(line: Line) -> list[Staff]:
    passwords = dict(
        re.findall(r"^  (caseworker|officer|supervisor)\s+(\S{16,})", line.said(), re.MULTILINE)
    )
    return [Staff(line, *each) for each in passwords.items()]


def _core_limits(line: Line) -> dict[str, str]:
    """How large a core dump each process may leave."""
    found: dict[str, str] = {}
    for each in line.family():
        limits = Path(f"/proc/{each.pid}/limits").read_text(encoding="ascii")
        found[" ".join(each.cmdline()[:4])] = limits.partition("Max core file size")[2].split()[0]
    return found


def _told(hits: list[Hit]) -> str:
    return "\n".join(f"  {hit}" for hit in hits[:MOST_TOLD]) + f"\n{len(hits)} hits"


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
        long = f"{'a' * 5000} {planted.long} {'b' * 5000}"
        database.execute("UPDATE campaign_texts SET text = %s", (long,))
    line.is_dumped("planted")
    server.stop()
    with (line.output / "run.txt").open("a", encoding="utf-8") as log:
        log.write(
            f"WARNING heard {planted.word!r} from {written_by_hand(planted.number)['with dashes']}\n"
        )
    (line.folder / "tmp" / f"{planted.word}.tmp").touch()


def test_nothing_that_was_said_is_found_anywhere(story):
    assert not story.hits, _told(story.hits)


def test_no_process_of_the_line_may_leave_a_core_dump(story):
    assert {name: limit for name, limit in story.core_limits.items() if limit != "0"} == {}


def test_what_is_planted_is_found(story):
    """The same search of the same line, so that finding nothing means something."""
    _planted_in(story.line, story.planted)
    found = {
        (hit.canary.where, re.sub(r"[0-9].*", "", hit.file))
        for hit in _searched(story.search, story.line.folder)
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
