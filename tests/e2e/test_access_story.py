"""Every page as everybody can use it: axe finds nothing (WCAG 2.2 AA), in light and dark, left to right
and right to left, and at 320 pixels, which is a desk at 400 %, nothing has to be scrolled sideways for."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.atwork import settle_in
from tests.e2e.navigators import CasePage
from tests.e2e.officer import CampaignOfficer
from tests.e2e.rota import RotaPage
from tests.e2e.supervisor import Supervisor
from tests.hotline.directories import confirmed, kept
from web.simulator import NUMBERS

RIGHTS = Path(__file__).parents[2] / "docs" / "rights.md"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What stays open, or is a file.
NO_PAGES = re.compile(r"(/events|/listen|\.csv|\.json|<form>)$")
FILLED = {"code": "FAIR", "staff_id": "2"}
OPEN_TO_ALL = ("/login", "/join", "/simulator", "/nowhere")

pytestmark = pytest.mark.timeout(400)


def addresses(*permissions):
    """Of the pages that open to these permissions; the table of rights lists them all."""
    rows = re.findall(
        r"^\| `(/\S*)` \| ([A-Z, ]+) \| `(\w+)` \|$", RIGHTS.read_text("utf-8"), re.MULTILINE
    )
    for rule, methods, permission in rows:
        if permission in permissions and "GET" in methods and not NO_PAGES.search(rule):
            yield re.sub(r"<(\w+:)?(\w+)>", lambda found: FILLED.get(found[2], "1"), rule)


def pages(page, paths):
    """Those that are whole pages, and not a part of one or data for one."""
    found = []
    for path in dict.fromkeys(paths):
        answer = page.request.get(path)
        assert answer.status < 500, path
        if path in OPEN_TO_ALL or (answer.status == 200 and "<html" in answer.text()):
            found.append(path)
    return found


def faults(page, paths):
    """What axe finds on each page, and what is wider than its window."""
    axe, found = Axe(), []
    for path in paths:
        page.goto(path)
        page.evaluate(
            "for (const each of document.querySelectorAll('main details')) each.open = true"
        )
        page.wait_for_timeout(200)
        # What moves is seen half faded.
        page.evaluate("for (const each of document.getAnimations()) each.finish?.()")
        answer = axe.run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        for violation in answer.response["violations"]:
            for node in violation["nodes"][:3]:
                why = node["failureSummary"].splitlines()[-1].strip()
                found.append(f"{path}: {violation['id']}: {node['html'][:160]}: {why}")
        wide = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
        if wide[0] > wide[1]:
            found.append(f"{path}: {wide[0]} pixels wide")
    return found


@pytest.fixture
def lived_in(joy, phones, open_page, line, vault, sessions, line_id, tmp_path):
    """A line on which something stands on every page, and its supervisor, who can read everything."""
    now = datetime.now(UTC)
    kept(sessions, line_id, confirmed(now, name="Safe House"), now)
    ana = Supervisor(open_page(), "ana", line.hires("ana", "Ana", "supervisor"))
    settle_in(ana.page, line, vault, "ana", key=True)
    joy.sends("I need a bed tonight")
    ana.page.goto("/desk")
    case = ana.opens("Case")
    case.takes_it()
    case.writes("We have one. Can you talk?")
    person = phones.phone(NUMBERS[1])
    for text in ("hello", "1", "1", "0"):
        person.writes(text)
    ana.invites("Noor", "Caseworker")
    ana.adds_team("The Refuge", "refuge")
    line.hires("sam", "Sam")
    rota = RotaPage(ana.page)
    rota.open()
    rota.puts("Ana", "00:00", "23:59")
    officer, numbers = CampaignOfficer(ana), tmp_path / "numbers.csv"
    numbers.write_text(
        f"phone,language,consent_source,consent_date\n{NUMBERS[2]},en,fair,2026-02-01\n1,en,fair,\n"
    )
    officer.imports(numbers)
    officer.drafts("Before you go", en="Going abroad to work? Ask us first. STOP to end.")
    officer.saves()
    ana.page.goto("/campaigns/codes")
    ana.page.locator("main [name=code]").fill("FAIR")
    ana.page.locator("main [name=label]").fill("A fair")
    ana.page.locator("main form:has([name=code]) button").click()
    return ana


class Keyboard:
    """Somebody without a pointer, who sees where they are."""

    def __init__(self, page):
        self.page = page

    def goes_to(self, name):
        """Tab until what is called `name` has the focus."""
        met = []
        for _ in range(120):
            self.page.keyboard.press("Tab")
            called, seen = self.page.evaluate(WHERE)
            assert seen, f"nobody sees that the focus is on {called}"
            if called.startswith(name):
                return
            met.append(called[:20])
        raise AssertionError(f"no way to {name} by the keyboard, only to {met}")

    def press(self, name):
        self.goes_to(name)
        self.page.keyboard.press("Enter")

    def write(self, name, text):
        self.goes_to(name)
        self.page.keyboard.type(text)


# What has the focus is called, and whether one sees that it has it.
WHERE = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const label = at.ariaLabel || at.labels?.[0]?.innerText || at.innerText || at.tagName;
  const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return [label.trim(), at === document.body || ringed || style.boxShadow !== "none"];
}"""
SUPERVISORS = ("self", "desk", "pick", "watch", "rota", "replies", "directory", "people", "counts")
WINDOWS = {
    "en": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "ar": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}


def test_every_page_is_for_everybody(lived_in, works, screenshot):
    # To fill a line takes as long as to walk it, so that it is walked more than once.
    page = lived_in.page
    walked = pages(page, [*addresses(*SUPERVISORS, "campaigns"), *OPEN_TO_ALL])
    assert len(walked) > 30
    have_their_pictures(page, screenshot)
    for language, seen in WINDOWS.items():
        if language != "en":
            page.goto("/desk")
            lived_in.reads_in(language)
        page.emulate_media(color_scheme=seen["color_scheme"])
        page.set_viewport_size(seen["viewport"])
        found = faults(page, walked)
        auditor = works(f"aud-{language}", "Aud", "auditor", key=False, language=language, **seen)
        found += faults(auditor.page, pages(auditor.page, addresses("audit")))
        assert found == [], "\n".join([language, *found])


def test_axe_finds_what_is_planted(line, open_page):
    page = open_page()
    page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
          const main = document.querySelector("main");
          main.innerHTML = '<img src="/static/waypost.svg"><p>pale</p>';
          Object.assign(main.lastChild.style, { color: "#999", background: "#fff" });
        })"""
    )
    found = "\n".join(faults(page, ["/login"]))
    assert "image-alt" in found
    assert "color-contrast" in found


def test_a_case_is_taken_answered_and_closed_by_the_keyboard_alone(joy, works):
    sam = works("sam", "Sam")
    hands = Keyboard(sam.page)
    sam.page.goto("/desk")
    hands.press("Take the next case")
    sam.page.wait_for_url("**/desk/cases/1")
    CasePage(sam.page).is_open()
    hands.write("Your message", "You are not alone.")
    hands.press("Send")
    joy.shows("You are not alone.")
    hands.press("Close case")
    hands.press("Yes, close")
    expect(sam.page.locator("[data-closed]")).to_be_visible()


PICTURED = {
    "/desk": "desk",
    "/desk/cases/1": "case",
    "/desk/cases/1/assistance": "assistance",
    "/desk/cases/1/times": "safe-times",
    "/desk/replies": "ready-replies",
    "/desk/keys": "keys",
    "/rota": "rota",
    "/rota/clocks": "clocks",
    "/watch": "watch",
    "/directory": "directory",
    "/people": "people",
    "/account": "account",
    "/account/second-factor": "second-factor",
    "/account/notices": "notices",
    "/campaigns": "campaigns",
    "/campaigns/1": "campaign",
    "/campaigns/subscribers": "subscribers",
    "/campaigns/codes/FAIR": "sign-up-code",
    "/counts": "counts",
}


def have_their_pictures(page, screenshot):
    """At a desk and on a phone. They are saved when WAYPOST_SCREENSHOTS=1 asks for them; the pages have to be
    there always.
    """
    for width, height, where in ((1280, 860, "desk"), (390, 780, "phone")):
        page.set_viewport_size({"width": width, "height": height})
        for path, name in PICTURED.items():
            page.goto(path)
            expect(page.locator("h1").first).to_be_visible()
            screenshot(page, f"pages/{name}-{where}")
