"""A whole line for the browser: the real web server and worker as processes of their own."""

import os
import shutil
import time
import urllib.error
import urllib.request
from pathlib import Path
from signal import SIGTERM
from threading import Thread

import pytest
from playwright.sync_api import expect, sync_playwright

from hotline import staff
from tests.e2e.atwork import settle_in
from tests.e2e.navigators import Phones, Staff
from tests.forking import Forked
from tests.ports import free_port
from web.simulator import NUMBERS

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "docs" / "screenshots"
# Chromium without its own windows does a story in two thirds of the time. The whole one has notifications too.
WHOLE = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
QUICK = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or WHOLE
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY_SECONDS = 60
# Two busy cores are slow at times; a page that is right late is still right.
expect.set_options(timeout=20_000)


class Line:
    """The address of a running line, and how people get to work on it."""

    def __init__(self, url, sessions, line_id):
        self.url, self.sessions, self._line_id = url, sessions, line_id

    def hires(self, login, name, role="caseworker", language="en"):
        """Gives the one-time password."""
        with self.sessions.begin() as session:
            return staff.add(
                session,
                line_id=self._line_id,
                login=login,
                display_name=name,
                role=role,
                language=language,
            )


@pytest.fixture
def line_settings():
    """More of the environment of a line; a module of stories may say it anew."""
    return {}


@pytest.fixture
def line(database_url, key_ring, sessions, line_id, tmp_path, line_settings):
    port = free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("WAYPOST_")}
    environment = (
        clean
        | {
            "WAYPOST_HOME": str(tmp_path),
            "WAYPOST_DATABASE_URL": database_url,
            "WAYPOST_KEYS": key_ring.to_text(),
            "WAYPOST_PORT": str(port),
        }
        | line_settings
    )
    url = f"http://127.0.0.1:{port}"
    log = tmp_path / "log"
    processes = [Forked([name], environment, log, log) for name in ("web", "worker")]
    try:
        _wait_until_ready(url, processes, log)
        yield Line(url, sessions, line_id)
    finally:
        for process in processes:
            process.send(SIGTERM)
        # Nobody waits for them: the next story has a line of its own.
        Thread(target=lambda: [process.ends() for process in processes]).start()


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as playing:
        yield playing


@pytest.fixture(scope="session")
def chromium(playwright):
    """Debian's Chromium, driven by Playwright."""
    yield from launched(playwright, QUICK)


@pytest.fixture(scope="session")
def whole_chromium(playwright):
    """With all that a window has around its page."""
    yield from launched(playwright, WHOLE)


def launched(playwright, path):
    if not Path(path).exists():
        pytest.skip("there is no Chromium on this machine: apt install chromium, or set CHROMIUM")
    browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium, line):
    """A window of its own for each person; whatever a page's scripts complain of fails the test."""
    complaints, contexts = [], []

    def opened(**options):
        usual = {"base_url": line.url, "viewport": {"width": 1280, "height": 860}}
        options = usual | {"timezone_id": "UTC"} | options
        context = chromium.new_context(locale="en-GB", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def phones(open_page):
    return Phones(open_page())


@pytest.fixture
def hire(open_page, line):
    """Somebody with an account and a window of their own."""

    def hired(login, name, role="caseworker", language="en", **options):
        return Staff(open_page(**options), login, line.hires(login, name, role, language))

    return hired


@pytest.fixture
def joy(phones):
    """Somebody who has asked for a person and is waiting."""
    phones.open()
    joy = phones.phone(NUMBERS[0])
    for text in ("hello", "1", "1", "0"):
        joy.writes(text)
    return joy


@pytest.fixture
def works(hire, line, vault):
    """Somebody who has an account and, if not told otherwise, a key, and is at their desk."""

    def working(login, name, role="caseworker", *, key=True, **options):
        somebody = hire(login, name, role, **options)
        settle_in(somebody.page, line, vault, login, key=key)
        if key:
            somebody.is_unlocked()
        return somebody

    return working


@pytest.fixture
def screenshot():
    """Saves what a page shows to docs/screenshots, when WAYPOST_SCREENSHOTS=1 asks for it."""
    wanted = os.environ.get("WAYPOST_SCREENSHOTS") == "1"

    def save(page, name, *, whole=False):
        if wanted:
            path = SCREENSHOTS / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            page.evaluate("document.fonts.ready")
            if whole:
                # What sticks to the top of the screen would stand in the middle of the picture.
                page.evaluate("scrollTo(0, 0)")
            page.wait_for_timeout(300)
            page.screenshot(path=path, full_page=whole)

    return save


def _wait_until_ready(url, processes, log):
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        assert all(process.runs() for process in processes), log.read_text()
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(log.read_text())
