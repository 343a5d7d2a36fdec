"""`waypost run` as a newcomer meets it: starts by itself, stops cleanly, goes on where it was."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.ops.commandline import environment, waypost
from tests.ports import free_port


class Line:
    """A whole line in a home of its own."""

    def __init__(self, home):
        self.home = home
        self.port = free_port()

    def environment(self):
        return environment(WAYPOST_HOME=self.home, WAYPOST_PORT=self.port)

    def start(self):
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ops", "run"],
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        while self.ready() is None:
            assert time.monotonic() - self.begun < 60, "it never got ready"
            assert self.process.poll() is None, self.process.stdout.read().decode()
            time.sleep(0.1)
        # It looks whether it serves a few times a second, and then says where.
        time.sleep(2)

    def ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as reply:
                return json.load(reply)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return None

    def family(self):
        return [each.pid for each in psutil.Process(self.process.pid).children(recursive=True)]

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        said = self.process.communicate(timeout=60)[0].decode()
        assert self.process.returncode == 0, said
        return said


@pytest.fixture
def line():
    with tempfile.TemporaryDirectory(prefix="waypost-run-") as folder:
        Path(folder).chmod(0o755)
        running = Line(Path(folder))
        yield running
        if running.process.poll() is None:
            running.process.kill()


@pytest.mark.timeout(240)
def test_a_newcomer_starts_stops_and_goes_on(line):
    line.start()
    family = line.family()
    said = line.stop()
    passwords = re.findall(r"^  (caseworker|officer|supervisor)\s+(\S{16,})", said, re.MULTILINE)
    assert [who for who, _ in passwords] == ["caseworker", "officer", "supervisor"]
    for page in ("simulator", "desk", "campaigns"):
        assert f"http://127.0.0.1:{line.port}/{page}" in said
    assert "WARNING" not in said
    assert not [pid for pid in family if psutil.pid_exists(pid)]
    # It is known to be stopped at once: a backup can be put in its place.
    backup = str(line.home / "backup")
    waypost(line.environment(), "db", "dump", backup)
    assert "Restored" in waypost(line.environment(), "db", "restore", backup, "--yes")
    line.start()
    said = line.stop()
    assert not any(password in said for _, password in passwords)
    assert "One-time" not in said


@pytest.mark.timeout(120)
def test_a_second_run_in_the_same_home_is_refused(line):
    line.start()
    second = subprocess.run(
        [sys.executable, "-m", "ops", "run"],
        env=line.environment() | {"WAYPOST_PORT": str(line.port + 1)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert b"already running" in second.stderr
    assert line.ready()
    line.stop()


@pytest.mark.timeout(120)
def test_when_run_is_killed_nothing_is_left_serving_and_the_next_run_works(line):
    line.start()
    family = line.family()
    line.process.kill()
    line.process.wait()
    end = time.monotonic() + 40
    servers = [pid for pid in family if psutil.pid_exists(pid) and is_python(pid)]
    while any(psutil.pid_exists(pid) for pid in servers):
        assert time.monotonic() < end, "web or worker outlived waypost run"
        time.sleep(0.2)
    line.start()
    line.stop()


def is_python(pid):
    try:
        return "python" in psutil.Process(pid).name()
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--help"], 0, "rehearse"),
        (["nonsense"], 2, "No such command"),
        (["triage", "check"], 0, "nothing wrong"),
        (["triage", "check", "nowhere.toml"], 1, "nowhere.toml"),
        (["rehearse"], 2, "Missing argument"),
        (["keys", "check"], 1, "key ring"),
    ],
)
def test_the_command_answers_with_one_line_and_an_exit_code(tmp_path, arguments, code, told):
    done = subprocess.run(
        [sys.executable, "-m", "ops", *arguments],
        env={"PATH": os.environ["PATH"], "WAYPOST_HOME": str(tmp_path)},
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        check=False,
    )
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == code, said
    assert told in said
    assert "Traceback" not in said


def test_an_unknown_setting_is_named(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "ops", "doctor"],
        env={"PATH": os.environ["PATH"], "WAYPOST_HOME": str(tmp_path), "WAYPOST_PROT": "1"},
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"WAYPOST_PROT: unknown" in done.stdout
