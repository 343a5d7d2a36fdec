"""`waypost run`: prepares its home, starts web and worker beside the embedded PostgreSQL, and watches.

This process stays small: what needs the rest of Waypost runs in the processes it starts.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from types import FrameType

import click

from ops import embedded, settings
from ops.settings import Settings

PATIENCE_SECONDS = 25.0
# A process that keeps dying is not started in a tight circle.
LEAST_LIFE_SECONDS = 5.0
LOOK_SECONDS = 0.25


@click.command()
def run() -> None:
    """Start everything on this machine and serve until stopped (Ctrl-C)."""
    given = settings.read()
    given.home.mkdir(parents=True, exist_ok=True)
    _refuse_taken_port(given)
    with _alone(given.home), _database(given) as url:
        environment = os.environ | {
            "WAYPOST_DATABASE_URL": url,
            "WAYPOST_HOME": str(given.home.resolve()),
        }
        environment.pop("WAYPOST_DATABASE_URL_FILE", None)
        if subprocess.run(_waypost("db", "prepare"), env=environment, check=False).returncode:  # noqa: S603
            raise click.ClickException("the home could not be prepared; see above")
        Watch(
            {
                "web": Child(_waypost("web", "--parent", str(os.getpid())), environment),
                "worker": Child(_waypost("worker", "--parent", str(os.getpid())), environment),
            }
        ).serve(given)


@dataclass(slots=True)
class Child:
    command: list[str]
    environment: dict[str, str] = field(repr=False)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0

    def start(self) -> None:
        self.started = time.monotonic()
        # Its own session: Ctrl-C reaches this process only, which stops the others in order.
        self.process = subprocess.Popen(self.command, env=self.environment, start_new_session=True)  # noqa: S603

    def restart_if_dead(self, name: str) -> None:
        if self.process is None or self.process.poll() is None:
            return
        if time.monotonic() - self.started < LEAST_LIFE_SECONDS:
            return
        click.echo(
            f"waypost: {name} ended with {self.process.returncode}; starting it again", err=True
        )
        self.start()


@dataclass(slots=True)
class Watch:
    children: dict[str, Child]
    stopping: bool = False

    def serve(self, given: Settings) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for child in self.children.values():
            child.start()
        announced = False
        while not self.stopping:
            if not announced and _serves(given):
                announced = True
                _announce(given)
            time.sleep(LOOK_SECONDS)
            for name, child in self.children.items():
                child.restart_if_dead(name)
        self._end()
        click.echo("Stopped. Start again with the same command; everything is where it was.")

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        if not self.stopping:
            click.echo("\nStopping ...")
        self.stopping = True

    def _end(self) -> None:
        running = [c.process for c in self.children.values() if c.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in running:
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def _alone(home: Path) -> Generator[None, None, None]:
    """One `waypost run` a home."""
    with (home / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise click.ClickException(f"Waypost is already running in {home}") from None
        yield


@contextlib.contextmanager
def _database(given: Settings) -> Generator[str, None, None]:
    if given.database_url:
        yield given.database_url
        return
    server = embedded.start(given.home, adopt=True)
    try:
        yield server.url()
    finally:
        server.stop()


def _refuse_taken_port(given: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((given.host, given.port))
        except OSError:
            raise click.ClickException(
                f"{given.host}:{given.port} is in use or not ours: set WAYPOST_HOST or WAYPOST_PORT"
            ) from None


def _serves(given: Settings) -> bool:
    host = "127.0.0.1" if given.host in ("0.0.0.0", "::") else given.host  # noqa: S104 - a comparison
    try:
        with urllib.request.urlopen(f"http://{host}:{given.port}/readyz", timeout=1) as answer:
            return answer.status == HTTPStatus.OK
    except OSError:
        return False


def _waypost(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ops", *arguments]


def _announce(given: Settings) -> None:
    base = given.public_url or f"http://{given.host}:{given.port}"
    lines = [f"Desk       {base}/desk", f"Campaigns  {base}/campaigns", f"Counts     {base}/counts"]
    if given.simulated:
        lines = [f"Simulator  {base}/simulator", *lines[:2]]
    click.echo("\n".join(["", "Waypost is serving. Open:", *(f"  {line}" for line in lines), ""]))
    click.echo("Stop with Ctrl-C.")
