"""`python -m bench.peers`: RapidSMS and Waypost, the same stub, the same people, side by side."""

import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.campaign import line as lines
from bench.campaign import people, stub, watch
from bench.campaign.stub import Stub
from bench.peers import theirs as rapid
from ops import embedded

MANY: Final = (10_000, 30_000)
KILLED: Final = 10_000
Row = tuple[str, str, str]


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="waypost-peers-"))
    home.chmod(0o755)
    try:
        programs = rapid.installed(home / "venv")
        print("| what | Waypost | RapidSMS 2.2 |\n|---|---:|---:|", flush=True)
        server = embedded.start(home)
        try:
            for many in MANY:
                _print(_side_by_side(programs, home, server, many))
            _print([_killed(programs, home, server)])
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _side_by_side(
    programs: Path, home: Path, server: embedded.Embedded, many: int
) -> Iterator[Row]:
    rate, writes = _waypost(many)
    their_rate, their_writes, queueing = _rapidsms(programs, home, server, many)
    yield f"{many:,} messages, a second", f"{rate:,.0f}", f"{their_rate:,.0f}"
    yield "Rows written a message", f"{writes:.2f}", f"{their_writes:.2f}"
    yield "Until all are queued, seconds", "sent meanwhile", f"{queueing:.1f}"


def _waypost(many: int) -> tuple[float, float]:
    with stub.running() as provider, lines.running(provider.url) as line:
        file = line.home / "people.csv"
        people.write(file, many)
        line.waypost("subscribers", "import", str(file))
        before = watch.used(line).rows
        line.starts_campaign()
        rapid.until(lambda: provider.facts()["people"] >= many)
        rate = _rate(provider, many)
        time.sleep(rapid.STATISTICS_SECONDS)
        return rate, (watch.used(line).rows - before) / many


def _rapidsms(
    programs: Path, home: Path, server: embedded.Embedded, many: int
) -> tuple[float, float, float]:
    with (
        stub.running() as provider,
        rapid.project(programs, home, server, provider, f"rapid_{many}") as theirs,
    ):
        theirs.prepares(many)
        theirs.starts_workers()
        before = theirs.writes()
        queueing = theirs.acts("send")["queueing"]
        rapid.until(lambda: provider.facts()["people"] >= many)
        rate = _rate(provider, many)
        rapid.until(lambda: theirs.acts("look") == {"S": many})
        return rate, (theirs.writes() - before) / many, queueing


def _killed(programs: Path, home: Path, server: embedded.Embedded) -> Row:
    """kill -9 of all its workers at the half; they are started again, and it may go on as it can."""
    with (
        stub.running() as provider,
        rapid.project(programs, home, server, provider, "rapid_killed") as theirs,
    ):
        theirs.prepares(KILLED)
        theirs.starts_workers()
        theirs.acts("send")
        rapid.until(lambda: provider.facts()["taken"] >= KILLED / 2)
        theirs.kills_workers()
        theirs.starts_workers()
        rapid.still(lambda: provider.facts()["taken"])
        seen, states = provider.facts(), theirs.acts("look")
    waiting, processing = int(states.get("Q", 0)), int(states.get("P", 0))
    never = KILLED - int(seen["people"]) - waiting
    told = (
        f'{processing:,} "processing" for ever, {never:,} of them never sent; {waiting:,} back'
        f" after an hour; {seen['twice']:,.0f} twice"
    )
    return f"kill -9 of the workers at the half of {KILLED:,}", "nobody lost, nobody twice", told


def _rate(provider: Stub, many: int) -> float:
    seen = provider.facts()
    return (many - 1) / (seen["last"] - seen["first"])


def _print(rows: list[Row] | Iterator[Row]) -> None:
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
