"""A whole line under a temporary home: `waypost run` and its commands, as somebody would use them."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
from sqlalchemy import Engine, text

from bench import setting
from hotline import bell
from ops import database, embedded

# A number for the helpline, and for the campaign a service, whose speed nobody limits but we.
HELPLINE, CAMPAIGNS = "+15005550006", "MG" + "0" * 32
READY_SECONDS: Final = 90
WORDS: Final = {
    "en": "Going abroad to work? Check the contract first. Questions: text us. STOP to end.",
    "fr": "Vous partez travailler? Verifiez le contrat. Des questions: ecrivez-nous. STOP pour finir.",
    "es": "Va a trabajar fuera? Revise el contrato. Preguntas: escribanos. STOP para no recibir mas.",
    "ar": "هل تسافر للعمل؟ تحقق من العقد أولا. راسلنا. أرسل توقف لإنهاء الرسائل",
}


class CommandFailed(Exception):
    """A command of Waypost did not end with 0."""


@dataclass(slots=True)
class Line:
    home: Path
    environment: dict[str, str] = field(repr=False)
    port: int
    engine: Engine = field(repr=False)
    # `waypost run`, or 0 where its parts were started one by one.
    pid: int = 0
    _command: psutil.Process | None = None

    def waypost(self, *arguments: str) -> str:
        """Run a command; gives what it printed."""
        with subprocess.Popen(
            [sys.executable, "-m", "ops", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            self._command = psutil.Process(running.pid)
            said, complained = running.communicate()
        if running.returncode:
            raise CommandFailed(f"waypost {' '.join(arguments[:2])}: {complained.strip()}")
        return said

    def rings(self, topic: str) -> None:
        """As a command does that changed something."""
        with self.engine.begin() as connection:
            connection.execute(
                text("SELECT pg_notify(:name, :topic)"), {"name": bell.NAME, "topic": topic}
            )

    def commands(self) -> list[psutil.Process]:
        """The last command, with the processes it started."""
        if self._command is None:
            return []
        with contextlib.suppress(psutil.Error):
            return [self._command, *self._command.children(recursive=True)]
        return []

    def starts_campaign(self, *rule: str) -> int:
        """Made by one, approved by another, scheduled: through commands. Gives its number."""
        texts = [part for code, words in WORDS.items() for part in ("--text", f"{code}={words}")]
        made = self.waypost(
            *("campaigns", "create", "--as", "officer", "--name", "Know before you go"),
            *("--hours", "00:00-24:00", *texts, *rule),
        )
        campaign = made.split()[-1]
        steps = {"sign-off": "officer", "submit": "officer", "approve": "supervisor"}
        for step, login in (steps | {"schedule": "supervisor"}).items():
            self.waypost("campaigns", step, campaign, "--as", login)
        return int(campaign)

    def tidies(self) -> None:
        """What was deleted is cleaned up, as the database does by itself a while later."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE) outbox"))

    def asks(self, question: str, **values: object) -> list[tuple[object, ...]]:
        """Rows of a question to the database."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(question), values)]

    def family(self) -> dict[str, list[psutil.Process]]:
        """Every process of it, by its part."""
        found: dict[str, list[psutil.Process]] = {
            "run": [],
            "web": [],
            "worker": [],
            "postgres": [],
        }
        mother = psutil.Process(self.pid)
        for each in (mother, *mother.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                found[_part(each)].append(each)
        return found


@contextlib.contextmanager
def running(provider: str) -> Generator[Line]:
    """`waypost run`, serving, with a provider at that address."""
    home = Path(tempfile.mkdtemp(prefix="waypost-blast-"))
    # As root, PostgreSQL runs as a system user that has to get in.
    home.chmod(0o755)
    port = setting.free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WAYPOST_")} | {
        "WAYPOST_HOME": str(home),
        "WAYPOST_PORT": str(port),
        "WAYPOST_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WAYPOST_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "WAYPOST_TWILIO_AUTH_TOKEN": setting.TOKEN,
        "WAYPOST_TWILIO_FROM": HELPLINE,
        "WAYPOST_TWILIO_CAMPAIGN_FROM": CAMPAIGNS,
        "WAYPOST_TWILIO_URL": provider,
    }
    log = (home / "run.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "ops", "run"], env=environment, stdout=log, stderr=log
    )
    engine: Engine | None = None
    try:
        _wait_until_serving(process, port, home)
        engine = database.make_engine(embedded.start(home).url())
        yield Line(home, environment, port, engine, process.pid)
    finally:
        if engine is not None:
            engine.dispose()
        _end(process)
        log.close()
        shutil.rmtree(home, ignore_errors=True)


def _wait_until_serving(process: subprocess.Popen[bytes], port: int, home: Path) -> None:
    for _ in range(READY_SECONDS * 10):
        if setting.answers(port, "/readyz"):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise CommandFailed(f"waypost run does not serve:\n{(home / 'run.log').read_text()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _part(process: psutil.Process) -> str:
    """By what it was started as; what has no part of its own belongs to its parent's."""
    if process.name().startswith("postgres"):
        return "postgres"
    command = process.cmdline()
    for part in ("web", "worker", "run"):
        if part in command:
            return part
    parent = process.parent()
    return _part(parent) if parent is not None else "run"
