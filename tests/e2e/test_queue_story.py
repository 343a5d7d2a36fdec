"""Two race for a case; the list changes under its reader; many tabs; no scripts; no connection."""

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.navigators import CasePage
from web.simulator import NUMBERS

HELP_NOW, PERSON = "1", "0"

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def calls(phones):
    """Somebody new asks for a person, or for help now."""
    phones.open()

    def called(n, wish=PERSON):
        phone = phones.phone(NUMBERS[n])
        for text in ("hello", "1", "1", wish):
            phone.writes(text)
        return phone

    return called


@pytest.fixture
def desk(works):
    """Somebody signed in, at the list."""

    def at(login, name, **options):
        somebody = works(login, name, key=False, **options)
        return Desk(somebody.page).opens()

    return at


def test_who_race_for_two_cases_get_one_each_and_the_third_is_told_why(calls, desk, screenshot):
    calls(0)
    calls(1, HELP_NOW)
    sam, noor, ana = desk("sam", "Sam"), desk("noor", "Noor"), desk("ana", "Ana")
    sam.has_waiting(2)
    screenshot(sam.page, "desk")
    for each in (sam, noor):
        each.presses_next()
    assert {sam.is_given_a_case(), noor.is_given_a_case()} == {1, 2}
    ana.has_waiting(0)
    ana.presses_next()
    ana.page.wait_for_url("**/desk")
    ana.is_told("Nobody is waiting.")
    ana.shows("others", 2, 1)


def test_the_most_urgent_is_given_and_its_contact_is_told_who_is_there(calls, works):
    calls(0)
    urgent = calls(1, HELP_NOW)
    sam = works("sam", "Sam")
    assert Desk(sam.page).opens().takes_next() == 2
    assert CasePage(sam.page).may_send()
    urgent.shows("Sam")


def test_the_list_changes_under_its_reader_and_what_they_read_stays_where_it_was(calls, desk):
    calls(0)
    sam = desk("sam", "Sam")
    sam.shows("waiting", 1)
    sam.is_marked()
    sam.focuses(1)
    calls(1, HELP_NOW)
    sam.has_waiting(2)
    sam.shows("waiting", 2, 1)
    assert sam.focused() == "/desk/cases/1"
    assert sam.page.title().startswith("(2)")
    expect(sam.page.locator("[data-outlook]")).to_have_text("2 cases wait that you can take.")
    sam.was_not_reloaded()


def test_words_that_nobody_answered_mark_ones_own_case(calls, desk):
    joy = calls(0)
    sam = desk("sam", "Sam")
    sam.takes_next()
    joy.sends("are you there?")
    sam.opens()
    row = sam.page.locator("[data-group=mine] [data-case='1']")
    expect(row).to_contain_text("New words, not answered")


def test_a_dozen_tabs_of_one_browser_are_all_live(calls, desk):
    """A browser opens six connections to a server at most: a stream for each tab would block the seventh."""
    sam = desk("sam", "Sam")
    tabs = [sam, *(Desk(sam.page.context.new_page()).opens() for _ in range(11))]
    for tab in tabs:
        tab.has_waiting(0)
        tab.is_marked()
    calls(0)
    for tab in tabs:
        tab.has_waiting(1)
        tab.was_not_reloaded()
    for tab in tabs[:-1]:
        tab.page.close()
    calls(1)
    tabs[-1].has_waiting(2)


# Chrome on many phones; whether a tab is looked at is said by the test.
A_PHONE = """
delete window.SharedWorker;
let unseen = false;
Object.defineProperty(document, "hidden", { get: () => unseen });
addEventListener("looked-away", () => {
  unseen = true;
  document.dispatchEvent(new Event("visibilitychange"));
});
"""


def test_where_pages_share_no_stream_only_the_one_that_is_looked_at_has_its_own(calls, desk):
    sam = desk("sam", "Sam")
    sam.page.context.add_init_script(A_PHONE)
    sam.opens()
    for _ in range(8):
        sam.page.evaluate("dispatchEvent(new Event('looked-away'))")
        sam = Desk(sam.page.context.new_page()).opens()
        sam.has_waiting(0)
    sam.is_marked()
    calls(0)
    sam.has_waiting(1)
    sam.was_not_reloaded()


def test_without_scripts_the_next_case_can_be_taken(calls, desk):
    calls(0)
    sam = desk("sam", "Sam", java_script_enabled=False)
    sam.shows("waiting", 1)
    sam.page.get_by_role("button", name="Take the next case").click()
    assert sam.is_given_a_case() == 1
    sam.opens().shows("mine", 1)


def test_without_a_connection_the_list_says_that_it_may_be_old_and_catches_up(calls, desk):
    sam = desk("sam", "Sam")
    sam.has_waiting(0)
    sam.is_marked()
    sam.page.context.set_offline(True)
    # The stream that was open goes on: what it rings for cannot be fetched.
    calls(0)
    sam.is_told("this list may be old")
    sam.page.context.set_offline(False)
    calls(1)
    sam.has_waiting(2)
    expect(sam.page.locator("[data-old]")).to_be_hidden()
    sam.was_not_reloaded()


def test_on_a_phone_the_button_lies_under_the_thumb(calls, desk, screenshot):
    calls(0)
    sam = desk("sam", "Sam", viewport={"width": 360, "height": 740})
    sam.has_waiting(1)
    box = sam.page.get_by_role("button", name="Take the next case").bounding_box()
    assert box["y"] > 740 / 2
    assert box["width"] > 300
    # Names of cases are drawn by lot: the longest words there are.
    sam.page.locator(".handle").first.evaluate(
        "it => { it.textContent = 'скульптура – locomotora' }"
    )
    for width in (360, 320):
        sam.page.set_viewport_size({"width": width, "height": 740})
        assert sam.page.evaluate("document.scrollingElement.scrollWidth") <= width
    screenshot(sam.page, "desk-phone")
    assert sam.takes_next() == 1
