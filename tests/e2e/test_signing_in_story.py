"""Second factors and the locked screen, in browsers."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from hotline import secondfactor
from hotline.models import StaffSession
from tests.e2e.account import FACTOR, Account, Screen
from tests.e2e.navigators import OWN_PASSWORD, CasePage

pytestmark = pytest.mark.timeout(180)

WORDS, DRAFT = "my brother is near the blue gate", "I hear you. Are you inside now?"


@pytest.fixture
def at_home(line):
    """Browsers have passkeys where there is TLS, and on one's own machine by its name."""
    return line.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def talking(joy, works):
    """A caseworker in the middle of a reply to Joy."""
    sam = works("sam", "Sam")
    case = sam.opens("Case")
    case.takes_it()
    joy.sends(WORDS)
    case.shows(WORDS)
    case.drafts(DRAFT)
    return sam


def test_an_app_on_the_phone_or_a_code_on_paper_follows_the_password(hire, screenshot):
    sam = hire("sam", "Sam")
    sam.signs_in_for_the_first_time()
    account = Account(sam.page)
    account.sets_up_an_app()
    codes = account.has_codes_on_paper()
    sam.signs_out()
    account.gives_the_password("sam")
    screenshot(sam.page, "second-step")
    account.gives_the_code()
    expect(sam.page).to_have_url(re.compile("/desk$"))
    sam.signs_out()
    account.gives_the_password("sam")
    account.gives_the_code(codes[4].upper())
    sam.page.goto(FACTOR)
    account.sees("9 of them are left.")
    screenshot(sam.page, "second-factor", whole=True)


def test_a_passkey_signs_in_without_a_password(hire, at_home):
    sam = hire("sam", "Sam", base_url=at_home)
    sam.signs_in_for_the_first_time()
    account = Account(sam.page)
    account.gets_a_device()
    account.adds_a_passkey("the blue key")
    account.has_codes_on_paper()
    sam.page.goto(FACTOR)
    account.sees("the blue key")
    sam.signs_out()
    account.signs_in_with_a_passkey()
    expect(sam.page).to_have_url(re.compile("/desk$"))
    # After the password it is the second step as well.
    sam.signs_out()
    account.gives_the_password("sam")
    sam.page.get_by_role("button", name="Sign in with a passkey").click()
    sam.page.wait_for_url("**/desk")


def test_who_has_no_device_at_hand_is_told_so_and_stays_where_they_are(hire, at_home):
    sam = hire("sam", "Sam", base_url=at_home)
    account = Account(sam.page)
    account.gets_a_device()
    sam.page.goto("/login")
    sam.page.get_by_role("button", name="Sign in with a passkey").click()
    account.sees("The passkey was not used.")
    sam.signs_in_for_the_first_time()


def test_a_line_that_requires_a_second_factor_leads_a_newcomer_through(
    hire, at_home, sessions, line_id, now
):
    with sessions.begin() as session:
        secondfactor.require(session, line_id, True, now)
    sam = hire("sam", "Sam", base_url=at_home)
    sam.signs_in_for_the_first_time()
    account = Account(sam.page)
    expect(sam.page).to_have_url(f"{at_home}{FACTOR}")
    account.sees("Set one up, then your pages open.")
    account.gets_a_device()
    account.adds_a_passkey("my phone")
    account.has_codes_on_paper()
    sam.page.get_by_role("link", name="I have them").click()
    sam.page.wait_for_url("**/desk")


def test_the_triple_key_hides_all_and_the_passphrase_brings_it_back_as_it_was(
    talking, joy, screenshot
):
    screen = Screen(talking.page)
    title = talking.page.title()
    screen.is_hidden_by_the_triple_key()
    screen.shows_nothing_of(WORDS, DRAFT, "Case", "Waypost", "Sam")
    assert "waypost-unlocked" not in talking.kept_in_browser()
    screenshot(talking.page, "locked")
    screen.opens_with_the_passphrase("seven quiet goats cross the bay")
    screen.says("This is not the passphrase.")
    screen.shows_nothing_of(WORDS, DRAFT)
    screen.opens_with_the_passphrase()
    screen.is_back()
    expect(talking.page).to_have_title(title)
    case = CasePage(talking.page)
    case.shows(WORDS)
    expect(talking.page.locator("#text")).to_have_value(DRAFT)
    case.sends()
    joy.shows(DRAFT)


def test_while_it_is_locked_nothing_is_asked_for_and_afterwards_all_is_there(talking, joy):
    screen, asked = Screen(talking.page), []
    screen.is_hidden_by_the_triple_key()
    talking.page.wait_for_timeout(500)
    talking.page.on("request", lambda request: asked.append(request.url))
    joy.sends("are you there")
    talking.page.wait_for_timeout(2500)
    assert asked == []
    screen.opens_with_the_passphrase()
    CasePage(talking.page).shows("are you there")


def test_the_password_brings_the_screen_back_with_the_key_still_locked(talking):
    screen = Screen(talking.page)
    screen.is_hidden_by_the_triple_key()
    screen.opens_with_the_password("not my password at all")
    screen.says("The present password is not right.")
    screen.opens_with_the_password()
    screen.is_back()
    talking.is_locked()
    screen.shows_nothing_of(WORDS)
    talking.unlocks()
    CasePage(talking.page).shows(WORDS)
    expect(talking.page.locator("#text")).to_have_value(DRAFT)


def test_without_a_network_it_locks_and_comes_back_and_nothing_is_lost(talking, joy):
    screen, network = Screen(talking.page), talking.page.context
    network.set_offline(True)
    screen.is_hidden_by_the_triple_key()
    screen.shows_nothing_of(WORDS, DRAFT)
    screen.opens_with_the_password()
    screen.says("There is no connection.")
    screen.opens_with_the_passphrase()
    screen.is_back()
    case = CasePage(talking.page)
    case.shows(WORDS)
    expect(talking.page.locator("#text")).to_have_value(DRAFT)
    screen.has_a_network_again()
    case.sends()
    joy.shows(DRAFT)


def test_locked_with_a_network_it_comes_back_without_one(talking, joy):
    screen, network = Screen(talking.page), talking.page.context
    with talking.page.expect_response("**/lock"):
        screen.is_hidden_by_the_triple_key()
    network.set_offline(True)
    screen.opens_with_the_passphrase()
    screen.is_back()
    case = CasePage(talking.page)
    case.shows(WORDS)
    screen.has_a_network_again()
    # The server hears that its owner is back before anything else is asked.
    case.sends()
    joy.shows(DRAFT)


def test_loading_a_locked_page_again_shows_nothing_and_the_passphrase_leads_back(talking):
    screen, there = Screen(talking.page), talking.page.url
    talking.page.locator("#text").fill("")
    with talking.page.expect_response("**/lock"):
        screen.is_hidden_by_the_triple_key()
    talking.page.reload()
    expect(talking.page).to_have_title("Locked")
    screen.shows_nothing_of(WORDS, "Case", "Waypost", "Sam")
    screen.opens_with_the_passphrase()
    talking.page.wait_for_url(there)
    CasePage(talking.page).shows(WORDS)


def test_locked_in_one_tab_is_locked_in_all(talking):
    other = talking.page.context.new_page()
    other.goto("/account")
    expect(other.locator("h1")).to_have_text("Sam")
    Screen(talking.page).is_hidden_by_the_triple_key()
    Screen(other).is_covered()
    Screen(other).opens_with_the_password()
    Screen(other).is_back()
    Screen(talking.page).is_back()


def test_five_minutes_of_nothing_lock_the_desk_and_work_in_another_tab_does_not(works):
    sam = works("sam", "Sam")
    clock = sam.page.context.clock
    clock.install()
    sam.page.goto("/desk")
    sam.is_unlocked()
    other, screen = sam.page.context.new_page(), Screen(sam.page)
    other.goto("/account")
    clock.fast_forward("04:30")
    other.mouse.click(5, 5)
    clock.run_for(2000)
    clock.fast_forward("04:30")
    clock.run_for(2000)
    screen.is_back()
    clock.fast_forward("00:35")
    screen.is_covered()
    Screen(other).is_covered()


def test_who_was_signed_out_meanwhile_signs_in_elsewhere_and_loses_no_word(talking, sessions):
    screen = Screen(talking.page)
    screen.is_hidden_by_the_triple_key()
    with sessions.begin() as session:
        session.execute(delete(StaffSession))
    screen.opens_with_the_passphrase()
    screen.says("You were signed out meanwhile.")
    screen.shows_nothing_of(WORDS, DRAFT)
    with talking.page.context.expect_page() as opened:
        talking.page.get_by_role("link", name="Sign in").click()
    elsewhere = opened.value
    elsewhere.locator("[name=login]:visible").fill("sam")
    elsewhere.locator("[name=password]").fill(OWN_PASSWORD)
    elsewhere.get_by_role("button", name="Sign in", exact=True).click()
    elsewhere.wait_for_url("**/desk")
    elsewhere.close()
    screen.opens_with_the_passphrase()
    screen.is_back()
    CasePage(talking.page).shows(WORDS)
    expect(talking.page.locator("#text")).to_have_value(DRAFT)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_account_fits_a_small_phone(hire, language, screenshot):
    sam = hire("sam", "Sam", viewport={"width": 360, "height": 740}, language=language)
    sam.signs_in_for_the_first_time()
    for path, name in (("/account", "account"), (FACTOR, "second-factor")):
        sam.page.goto(path)
        screenshot(sam.page, f"{name}-phone-{language}", whole=True)
        assert sam.widest() <= 360
    sam.page.locator(".top .menu > summary").click()
    sam.page.locator("[data-lock-screen]").click()
    expect(sam.page.locator("#lock-screen")).to_be_visible()
    assert sam.page.evaluate("document.scrollingElement.scrollWidth") <= 360


def test_a_session_token_of_before_the_lock_is_the_same_after_it(talking):
    """Coming back begins no new session: what the key is shut away with in the browser stays right."""
    screen = Screen(talking.page)
    screen.is_hidden_by_the_triple_key()
    screen.opens_with_the_passphrase()
    screen.is_back()
    talking.page.locator("#text").fill("")
    talking.page.reload()
    talking.is_unlocked()
