"""The web server ends when it is told to, however often, and nothing of it outlives its first process."""

import time
import urllib.error
import urllib.request
from signal import SIGKILL, SIGTERM

import psutil
import pytest

from tests.forking import Forked
from tests.ops.commandline import environment
from tests.ports import free_port

STARTS, SIGNALS = 6, 60


@pytest.fixture
def serves(database_url, key_ring, tmp_path):
    """A web server that answers."""
    started = []

    def serving():
        port = free_port()
        given = environment(
            WAYPOST_HOME=tmp_path,
            WAYPOST_DATABASE_URL=database_url,
            WAYPOST_KEYS=key_ring.to_text(),
            WAYPOST_PORT=port,
        )
        server = Forked(["web"], given, tmp_path / "log", tmp_path / "log")
        started.append(server)
        url, end = f"http://127.0.0.1:{port}/healthz", time.monotonic() + 60
        while not answers(url):
            assert time.monotonic() < end, (tmp_path / "log").read_text()
            time.sleep(0.05)
        return server

    yield serving
    for server in started:
        server.send(SIGKILL)


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def test_signals_that_come_all_at_once_end_it(serves):
    for _ in range(STARTS):
        server = serves()
        for _ in range(SIGNALS):
            server.send(SIGTERM)
        assert server.wait(15)


def test_what_it_started_does_not_go_on_without_it(serves):
    server = serves()
    (child,) = psutil.Process(server.pid).children()
    server.send(SIGKILL)
    assert server.wait(5)
    child.wait(20)
