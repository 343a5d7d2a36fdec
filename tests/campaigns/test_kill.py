"""kill -9 of a worker, and then of the database, in the middle of a campaign that three workers send.

The database is one of its own, with its usual settings. A killed process loses nothing that the system has
taken from it, so this would pass with `fsync=off` too: what a power cut takes is not in this test.

`KILL_MESSAGES=20000` makes it longer.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from sqlalchemy.exc import DBAPIError

from bench import setting
from bench.campaign import people, stub
from bench.campaign.line import CAMPAIGNS, HELPLINE, Line
from campaigns.sending import ledger
from ops import database, embedded
from ops.embedded import DatabaseUnusable

MESSAGES = int(os.environ.get("KILL_MESSAGES", "2000"))
WORKERS = SENDERS = 3
# So that there is a middle to kill in: segments a second of each sender.
RATE = max(60, MESSAGES // 60)
LATENCY = 0.25
LOOK_SECONDS = 0.02
ENOUGH_SECONDS = 90 + MESSAGES / 100


@dataclass
class Scene:
    """A line whose database and workers are ours to kill."""

    line: Line
    server: embedded.Embedded
    workers: list = field(default_factory=list)

    def starts_worker(self):
        self.workers.append(self.starts("worker"))

    def starts(self, part):
        log = (self.line.home / "parts.log").open("ab")
        command = [sys.executable, "-m", "ops", part]
        return subprocess.Popen(command, env=self.line.environment, stdout=log, stderr=log)

    def minds_workers(self):
        """One that ended by itself is started again, as `waypost run` and systemd do."""
        for worker in [each for each in self.workers if each.poll() is not None]:
            self.workers.remove(worker)
            self.starts_worker()

    def kills_a_worker(self, provider):
        """The one that is sending most."""
        busiest = max(self.workers, key=lambda worker: connections(worker, provider.port))
        assert connections(busiest, provider.port), "nobody is sending"
        self.workers.remove(busiest)
        end(busiest, signal.SIGKILL)
        self.starts_worker()

    def kills_the_database(self):
        os.kill(self.server.pid, signal.SIGKILL)
        os.waitpid(self.server.pid, 0)
        until = time.monotonic() + 20
        while True:
            # Its orphans hold on to its memory until they see that it is gone.
            try:
                self.server = embedded.start(self.line.home)
            except DatabaseUnusable:
                assert time.monotonic() < until
                time.sleep(0.1)
            else:
                return


@pytest.fixture
def provider():
    with stub.running(latency=LATENCY) as running:
        running.calls_back(5000)
        yield running


@pytest.fixture
def scene(provider):
    home = Path(tempfile.mkdtemp(prefix="waypost-kill-"))
    # As root, PostgreSQL runs as a system user that has to get in.
    home.chmod(0o755)
    server = embedded.start(home)
    port = setting.free_port()
    senders = ",".join(f"{CAMPAIGNS[:-1]}{n}={RATE}" for n in range(SENDERS))
    environment = setting.environment(
        home,
        server.url(),
        WAYPOST_PORT=str(port),
        WAYPOST_PUBLIC_URL=f"http://127.0.0.1:{port}",
        WAYPOST_TWILIO_FROM=HELPLINE,
        WAYPOST_TWILIO_CAMPAIGN_FROM=senders,
        WAYPOST_TWILIO_URL=provider.url,
    )
    line = Line(home, environment, port, database.make_engine(server.url()))
    scene = Scene(line, server)
    line.waypost("db", "prepare")
    web = scene.starts("web")
    try:
        yield scene
    finally:
        for process in (web, *scene.workers):
            end(process, signal.SIGTERM)
        line.engine.dispose()
        scene.server.stop()
        shutil.rmtree(home, ignore_errors=True)


@dataclass
class Looking:
    """Looks at a campaign's balance all the time; remembers what did not add up."""

    line: Line
    campaign: int
    looks: int = 0
    away: int = 0
    wrong: list = field(default_factory=list)

    def __enter__(self):
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.stop.set()
        self.thread.join()

    def look(self):
        planned = 0
        while not self.stop.wait(LOOK_SECONDS):
            try:
                kept, counted = self.sheets()
            except DBAPIError:
                self.away += 1
                continue
            self.looks += 1
            if not (kept.adds_up and counted == kept and kept.planned >= planned):
                self.wrong.append((kept, counted))
            planned = kept.planned

    def sheets(self):
        """The running totals and the count of all rows, of the same moment."""
        alike = self.line.engine.execution_options(isolation_level="REPEATABLE READ")
        with database.make_sessions(alike)() as session:
            kept = ledger.balance(session, self.campaign)
            return kept, ledger.audit(session, self.campaign)


@pytest.mark.timeout(120 + ENOUGH_SECONDS)
def test_whatever_is_killed_each_recipient_is_texted_once_and_the_balance_holds(scene, provider):
    line = scene.line
    file = line.home / "people.csv"
    people.write(file, MESSAGES)
    line.waypost("subscribers", "import", str(file))
    campaign = line.starts_campaign()
    for _ in range(WORKERS):
        scene.starts_worker()
    with Looking(line, campaign) as looking:
        for share in (0.25, 0.5, 0.75):
            wait_until(
                scene, lambda share=share: sent(provider) >= share and sending(scene, provider)
            )
            scene.kills_a_worker(provider)
            wait_until(scene, lambda share=share: sent(provider) >= share + 0.05)
            scene.kills_the_database()
        wait_until(scene, lambda: settled(line, campaign))
    seen = provider.facts()
    assert (seen["people"], seen["twice"]) == (MESSAGES, 0)
    sheet = json.loads(line.waypost("campaigns", "status", str(campaign), "--json"))
    assert sheet["planned"] == sheet["accepted"] == MESSAGES
    assert not looking.wrong
    # It was looked at all along, and the database was really away.
    assert looking.looks > 100
    assert looking.away


def sent(provider):
    return provider.facts()["taken"] / MESSAGES


def sending(scene, provider):
    return any(connections(worker, provider.port) for worker in scene.workers)


def settled(line, campaign):
    with contextlib.suppress(DBAPIError), database.make_sessions(line.engine)() as session:
        sheet = ledger.balance(session, campaign)
        return sheet.planned == MESSAGES and not sheet.pending and not sheet.unknown
    return False


def connections(process, port):
    with contextlib.suppress(psutil.Error):
        open_ = psutil.Process(process.pid).net_connections()
        return sum(bool(each.raddr) and each.raddr.port == port for each in open_)
    return 0


def end(process, number):
    process.send_signal(number)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(scene, holds):
    until = time.monotonic() + ENOUGH_SECONDS
    while not holds():
        scene.minds_workers()
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)
