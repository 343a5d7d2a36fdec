"""What a line lives through, in order. Each act looks that what it does did happen."""

import contextlib
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.canary.acts import (
    answering,
    breaking,
    failing,
    forging,
    signing_up,
    subscribing,
    talking,
)
from tests.canary.line import Line
from tests.canary.people import Canaries
from tests.canary.phones import Phone
from tests.canary.scene import Scene
from tests.canary.staff import Staff

COMMANDS = (
    ("counts", "--csv"),
    ("doctor",),
    ("purge",),
    ("campaigns", "status", "1", "--json"),
    ("keys", "reseal"),
)


@dataclass(frozen=True)
class Lived:
    """What the line has heard, and how large a core dump each of its processes may leave."""

    canaries: Canaries
    core_limits: dict[str, str]


def lives(line: Line, lists: Path) -> Lived:
    """The whole story; the line is stopped at its end. `lists` is the operator's own folder."""
    line.starts(public=False, ear=True)
    scene = Scene(line, Canaries(), *_staff(line))
    failing.telegram_answers_polls_with_garbage(scene)
    talking.somebody_is_heard_by_ear(scene)
    line.stops()
    line.starts()
    failing.a_provider_falls_silent(scene)
    amina, case = _people_talk(scene)
    _what_is_refused(scene)
    _a_campaign(scene, lists)
    _providers_fail(scene, amina, case)
    line.tells_figures()
    limits = _things_break(scene, lists)
    answering.a_case_ends(scene, amina, case)
    _an_operator_works(scene)
    failing.twilio_refuses_us(scene)
    answering.staff_look_at_every_page(scene)
    line.tells_figures()
    line.is_dumped("lived")
    line.stops()
    return Lived(scene.canaries, limits)


def _people_talk(scene: Scene) -> tuple[Phone, int]:
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
    return amina, case


def _what_is_refused(scene: Scene) -> None:
    talking.telegram_sends_the_unexpected(scene)
    talking.receipts_tell_too_much(scene)
    forging.nobody_believes_a_forger(scene)
    forging.nobody_reads_what_is_malformed(scene)
    forging.bytes_are_broken(scene)
    forging.somebody_sends_too_much(scene)
    forging.another_kind_of_request(scene)
    forging.what_is_sent_is_no_http(scene)


def _a_campaign(scene: Scene, lists: Path) -> None:
    signing_up.a_code_is_made(scene)
    numbers = subscribing.an_officer_imports(scene)
    subscribing.an_officer_imports_what_is_bad(scene)
    subscribing.an_operator_imports(scene, lists)
    subscribing.a_campaign_is_sent(scene, numbers)
    signing_up.people_sign_up(scene)


def _providers_fail(scene: Scene, amina: Phone, case: int) -> None:
    failing.twilio_fails(scene, amina, case)
    failing.telegram_fails(scene)
    answering.a_caseworker_is_refused(scene, case)
    answering.staff_ask_for_what_is_not_there(scene, case)


def _things_break(scene: Scene, lists: Path) -> dict[str, str]:
    breaking.the_database_cuts_people_off(scene)
    breaking.rows_are_refused(scene, lists)
    breaking.a_column_is_not_there(scene)
    breaking.the_database_dies(scene)
    breaking.its_parts_are_killed(scene)
    limits = _core_limits(scene.line)
    breaking.its_parts_crash(scene)
    return limits


def _an_operator_works(scene: Scene) -> None:
    """Commands, while somebody plays with the pages."""
    line = scene.line
    line.keeps_its_wal()
    line.commands(("keys", "rotate", "service", "--in", "0"))
    backup = ("db", "dump", str(line.folder / "dumps" / "backup"))
    with ThreadPoolExecutor() as meanwhile:
        ended = meanwhile.submit(line.commands, *COMMANDS, backup)
        answering.staff_send_what_no_page_sends(scene)
    assert set(ended.result()) <= {0, 1}
    failing.nobody_is_left_in_doubt(scene)


def _staff(line: Line) -> list[Staff]:
    shown = re.findall(r"^  (caseworker|officer|supervisor) +(\S{16,})", line.said(), re.MULTILINE)
    return [Staff(line, login, password) for login, password in shown]


def _core_limits(line: Line) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in line.family():
        # Some of PostgreSQL's end while they are looked at.
        with contextlib.suppress(psutil.Error, OSError):
            limits = Path(f"/proc/{each.pid}/limits").read_text(encoding="ascii")
            found[" ".join(each.cmdline()[:4])] = limits.partition("core file size")[2].split()[0]
    return found
