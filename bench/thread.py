"""Opening a case of 200 messages in Chromium, with the key unlocked and the scripts in the browser's cache.

The first figure begins when the browser has all it needs from the server, sealed; the second with the click
on the case, and has the server's answers in it. Both end when the last message has been drawn.
"""

import contextlib
import os
import shutil
import statistics
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import setting
from hotline import hearing, lines, staff
from hotline.channels import Inbound
from hotline.conversation import Conversation
from hotline.keyring import KeyRing
from hotline.vault import Vault
from locales import languages
from ops import database
from tests.e2e.navigators import Staff
from triage import load_flow

MESSAGES, ROUNDS, MOST_MS = 200, 9, 300
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
SAID = (
    "I cannot leave the house before he is gone.",
    "لا أستطيع مغادرة المنزل قبل أن يذهب، وهو يأخذ هاتفي كل مساء.",
    "They keep my passport and say I owe for the journey, every week it is more. " * 3,
)
# When the page has so many messages on it and has drawn them, after the click.
WATCH = """
const wanted = %d;
const look = () => {
  if (document.querySelectorAll("[data-thread] > li").length < wanted) return requestAnimationFrame(look);
  requestAnimationFrame(() => { window.opened = performance.now(); });
};
requestAnimationFrame(look);
"""
# From having everything to having drawn it, and from the click.
TIMES = """() => {
  const needed = performance.getEntriesByType("resource")
    .filter((entry) => /(after=0|mine|words.json)$/.test(entry.name));
  return [window.opened - Math.max(...needed.map((entry) => entry.responseEnd)), window.opened];
}"""


def a_long_case(engine, ring):
    """Somebody who has asked for a person and then wrote and wrote; gives who answers, by password."""
    sessions, vault = database.make_sessions(engine), Vault(ring)
    now = datetime.now(UTC)
    with sessions.begin() as session:
        line = lines.first(session)
        talk = Conversation(vault, load_flow(), line.id, tuple(languages("contact")))
        for n, text in enumerate(("hello", "1", "1", "0")):
            talk.receive(session, Inbound("simulator", "tel:+12025550101", text, f"b{n}", now), now)
        for n in range(MESSAGES):
            hearing.heard(session, 1, SAID[n % len(SAID)], now)
        return staff.add(
            session, line_id=line.id, login="sam", display_name="Sam", role="supervisor", language="en"
        )  # fmt: skip


@contextlib.contextmanager
def web(folder, url):
    port = setting.free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("WAYPOST_")}
    environment = clean | {
        "WAYPOST_HOME": str(folder),
        "WAYPOST_DATABASE_URL": url,
        "WAYPOST_KEYS": str(folder / "keys" / "ring"),
        "WAYPOST_PORT": str(port),
    }
    with setting.web(environment, port) as address:
        yield address


def opened_ms(page):
    page.goto("/desk")
    page.locator(".case-link").first.wait_for()
    page.wait_for_timeout(500)
    page.locator(".case-link").first.click()
    page.locator("[data-thread] > li").nth(MESSAGES - 1).wait_for()
    page.wait_for_timeout(100)
    return page.evaluate(TIMES)


def run():
    if not Path(CHROMIUM).exists():
        return
    with setting.home() as (folder, url, engine):
        password = a_long_case(engine, KeyRing.parse((folder / "keys" / "ring").read_text()))
        with web(folder, url) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_context(base_url=address, locale="en-GB").new_page()
            sam = Staff(page, "sam", password)
            sam.signs_in_for_the_first_time()
            sam.makes_a_key()
            page.add_init_script(WATCH % MESSAGES)
            opened_ms(page)
            rounds = [opened_ms(page) for _ in range(ROUNDS)]
            browser.close()
    opening, from_click = (statistics.median(times) for times in zip(*rounds, strict=True))
    what = f"Opening a thread of {MESSAGES} messages, ms"
    yield what, opening, "limit", MOST_MS, opening / MOST_MS, None
    yield "The same, from the click", from_click, "the same", MOST_MS, from_click / MOST_MS, None
