"""What every benchmark needs: a database in a folder of its own, servers, and medians."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from hotline import lines
from hotline.keyring import KeyRing
from locales import languages
from ops import database, embedded
from ops.commands.serve import CONNECTIONS, THREADS

PUBLIC = "https://bench.example.org"
TOKEN = "bench-token"
SENDER = "+15005550006"


@contextlib.contextmanager
def home():
    folder = Path(tempfile.mkdtemp(prefix="waypost-bench-"))
    folder.chmod(0o755)
    server = embedded.start(folder)
    engine = database.make_engine(server.url())
    try:
        database.upgrade(engine)
        KeyRing.new().save(folder / "keys" / "ring")
        with database.make_sessions(engine).begin() as session:
            lines.make_demonstration(session, languages("contact"))
        yield folder, server.url(), engine
    finally:
        engine.dispose()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def environment(folder, url, **more):
    return os.environ | {
        "WAYPOST_HOME": str(folder),
        "WAYPOST_DATABASE_URL": url,
        "WAYPOST_PUBLIC_URL": PUBLIC,
        "WAYPOST_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "WAYPOST_TWILIO_AUTH_TOKEN": TOKEN,
        "WAYPOST_TWILIO_FROM": SENDER,
        **more,
    }


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def web(environment, port):
    """`waypost web` itself; gives its address."""
    process = subprocess.Popen([sys.executable, "-m", "ops", "web"], env=environment)
    try:
        for _ in range(300):
            if answers(port, "/healthz"):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def serving(target, folder, url):
    """A granian server for `target`, set up as `waypost web` sets it up."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--port", str(port),
        "--blocking-threads", str(THREADS), "--backpressure", str(CONNECTIONS), "--no-ws",
        "--log-level", "error", target,
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment(folder, url))
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def stub():
    command = [sys.executable, "-m", "bench.stub"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        process.wait(10)


def answers(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as reply:
            return reply.status == 200
    except OSError:
        return False
