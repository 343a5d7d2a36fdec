"""The promise: nothing you write is in a log, a metric, a trace, a crash report or a readable column.

A whole line lives through everything that happens to one. Then whatever it leaves behind is searched
for every word and number in every writing there is. Nothing may be found; what is planted is found.
"""

import re
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops import embedded
from tests.canary.acts import answering, breaking, failing, forging, subscribing, talking
from tests.canary.carriers import Telegram, Twilio
from tests.canary.line import Line
from tests.canary.people import Canaries
from tests.canary.scene import Scene
from tests.canary.search import Hit, Search
from tests.canary.staff import Staff

pytestmark = pytest.mark.timeout(300)
MOST_TOLD = 60


@dataclass
class Story:
    scene: Scene
    search: Search
    core_limits: dict[str, tuple[int, int]]


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """The whole story, played once; the line is stopped when it is told."""
    folder = Path(tempfile.mkdtemp(prefix="waypost-canary-"))
    folder.chmod(0o755)
    lists = Path(tempfile.mkdtemp(prefix="waypost-lists-"))
    with Twilio(receipts=["sent", "delivered"]) as twilio, Telegram() as telegram:
        line = Line(folder, twilio, telegram)
        try:
            yield _played(line, lists)
        except AssertionError:
            print(line.said()[-4000:])
            raise
        finally:
            line.is_killed()
            shutil.rmtree(lists)
            shutil.rmtree(folder, ignore_errors=True)


def _played(line: Line, lists: Path) -> Story:
    line.starts()
    scene = Scene(line, Canaries(), *_staff(line))
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
    line.stops()
    line.starts(public=False)
    failing.telegram_answers_polls_with_garbage(scene)
    limits = _core_limits(line)
    breaking.its_parts_crash(scene)
    answering.a_case_ends(scene, amina, case)
    _commands(line)
    failing.twilio_refuses_us(scene)
    answering.staff_look_at_pages(scene)
    line.is_dumped("all")
    line.stops()
    return Story(scene, Search(scene.canaries.all), limits)


def _staff(line: Line) -> list[Staff]:
    passwords = dict(
        re.findall(r"^  (caseworker|officer|supervisor)\s+(\S{16,})", line.said(), re.M)
    )
    return [Staff(line, *each) for each in passwords.items()]


def _commands(line: Line) -> None:
    for command in (
        ("counts", "--csv"),
        ("doctor",),
        ("purge",),
        ("campaigns", "status", "1", "--json"),
        ("subscribers", "count"),
        ("keys", "check"),
        ("bot", "check"),
    ):
        assert line.command(*command).returncode in (0, 1)


def _core_limits(line: Line) -> dict[str, tuple[int, int]]:
    return {
        " ".join(each.cmdline()[1:4]): each.rlimit(resource.RLIMIT_CORE) for each in line.family()
    }


def _told(hits: list[Hit]) -> str:
    return "\n".join(f"  {hit}" for hit in hits[:MOST_TOLD]) + f"\n{len(hits)} hits"


def test_nothing_that_was_said_is_found_anywhere(story):
    begun = time.monotonic()
    hits = story.search.in_folder(story.scene.line.folder)
    took = time.monotonic() - begun
    print(f"{story.search.bytes_read / 1e6:.0f} MB in {took:.1f} s")
    assert not hits, _told(hits)


def test_no_process_of_the_line_may_leave_a_core_dump(story):
    assert {name: limit for name, limit in story.core_limits.items() if limit[0]} == {}
