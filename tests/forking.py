"""Processes of Waypost, forked from one that has everything loaded: a start costs a tenth of what it costs anew.

They are the real commands with an environment of their own. Tests of starting and of being killed start theirs
the long way.
"""

import atexit
import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

PR_SET_PDEATHSIG = 1
ROOT = Path(__file__).parents[1]
# What the commands load besides.
LANGUAGES = ("en", "fr", "es", "ar")
LOADED = (
    "triage.preload",
    "ops.cli",
    "ops.serving",
    "ops.worker",
    "ops.commands.serve",
    "granian",
    "granian.server",
)


class Forked:
    """A running command. `code` is what it ended with; nothing if a signal ended it."""

    def __init__(self, words, environment, out, err):
        self._folder = tempfile.TemporaryDirectory(prefix="waypost-forked-")
        self._ended = Path(self._folder.name) / "code"
        asked = {
            "words": words,
            "environment": environment,
            "out": str(out),
            "err": str(err),
            "ended": str(self._ended),
        }
        mother = _mother()
        mother.stdin.write(json.dumps(asked) + "\n")
        mother.stdin.flush()
        self.pid = int(mother.stdout.readline())
        try:
            self._handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            self._handle = None

    @property
    def code(self):
        return int(self._ended.read_text()) if self._ended.exists() else None

    def runs(self):
        return not self.wait(0)

    def wait(self, seconds):
        """Whether it has ended by then."""
        if self._handle is None:
            return True
        ended = bool(select.select([self._handle], [], [], seconds)[0])
        if ended:
            os.close(self._handle)
            self._handle = None
        return ended

    def send(self, number):
        if self._handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def ends(self, seconds=15):
        """By a kind word, or else by force."""
        self.send(signal.SIGTERM)
        if not self.wait(seconds):
            self.send(signal.SIGKILL)
            self.wait(seconds)


@lru_cache
def _mother():
    """Whom all are forked from."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forking"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.stdin.close)
    return process


def main():
    for name in LOADED:
        __import__(name)
    # What a web server of the demonstration line reads before it serves.
    sys.modules["triage.preload"].listen_for(LANGUAGES)
    # Nobody waits for those that have ended: tests look at their handles.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            _become(asked)
            return
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _become(asked):
    # A run of tests that was killed leaves nothing behind.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for path, number, flags in (
        (os.devnull, 0, os.O_RDONLY),
        (asked["out"], 1, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        (asked["err"], 2, os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["waypost", *asked["words"]]
    from ops.cli import main as waypost  # noqa: PLC0415 - with the environment of the command

    code = 1
    try:
        waypost()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        raise
    finally:
        Path(asked["ended"]).write_text(str(code), encoding="utf-8")


if __name__ == "__main__":
    main()
