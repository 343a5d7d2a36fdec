"""A case goes to a partner with the contact's yes, comes back, and a service is told of, in browsers."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from hotline import directory, teamkeys
from hotline.models import Staff
from tests.e2e.atwork import settle_in
from tests.e2e.passing import Passing
from tests.hotline.directories import confirmed, entry

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def clock_now():
    """The line runs by the real clock."""
    return datetime.now(UTC)


@pytest.fixture
def refuge(hire, line, vault, sessions, line_id):
    """Mia of The Refuge, a partner with the key of her own team."""

    def made(**options):
        with sessions.begin() as session:
            teamkeys.add_team(session, line_id, "refuge", "The Refuge")
        mia = hire("mia", "Mia", "partner", **options)
        with sessions.begin() as session:
            session.execute(update(Staff).where(Staff.login == "mia").values(teams=["refuge"]))
        settle_in(mia.page, line, vault, "mia", key=True)
        return mia

    return made


def opens(somebody):
    somebody.page.goto("/desk")
    somebody.opens("Case")
    return Passing(somebody.page)


def test_a_case_goes_to_a_partner_with_a_yes_and_comes_back(joy, works, refuge, screenshot):
    sam, mia = works("sam", "Sam"), refuge()
    case = opens(sam)
    case.takes_it()
    joy.sends("I need a bed tonight")
    case.shows("I need a bed tonight")
    asked = case.asks_whether_it_may_go_to(
        "The Refuge", look=lambda: screenshot(sam.page, "handoff-ask")
    )
    joy.shows("The Refuge")
    assert joy.heard().last.inner_text() == asked
    case.shows("May we pass this on", author="staff")
    mia.page.goto("/desk")
    assert mia.cases() == []
    # What is no clear answer goes to the thread.
    joy.sends("who are they?")
    case.shows("who are they?")
    joy.writes("yes")
    joy.shows("We will pass it on.")
    case.tells("The contact said yes")
    screenshot(sam.page, "handoff-yes")
    case.passes_it_on()
    joy.shows("It is passed on to The Refuge now.")
    hers = opens(mia)
    hers.is_open()
    hers.takes_it()
    hers.shows("I need a bed tonight")
    hers.tells("Passed on by Sam")
    hers.tells("The contact said yes")
    hers.writes("We have one. Can you talk?")
    joy.shows("We have one.")
    hers.gives_it_back_to("General team")
    sam.page.goto("/desk")
    back = opens(sam)
    back.takes_it()
    back.shows("We have one. Can you talk?", author="staff")
    assert mia.page.goto(sam.page.url).status == 404


def test_a_no_passes_nothing_on_and_danger_says_so_to_who_receives_it(joy, works, refuge):
    sam, mia = works("sam", "Sam"), refuge()
    case = opens(sam)
    case.takes_it()
    case.asks_whether_it_may_go_to("The Refuge", without=("the thread so far",))
    joy.writes("2")
    joy.shows("we pass nothing on")
    case.tells("The contact said no to The Refuge")
    joy.sends("he is outside the door")
    case.passes_it_on_without_a_yes("The Refuge", "danger to life")
    hers = opens(mia)
    hers.tells("Without the contact’s yes:")
    hers.tells("danger to life")


def test_a_colleague_goes_on_and_the_contact_is_told_who(joy, works):
    sam, noor = works("sam", "Sam"), works("noor", "Noor")
    sam.lets_in("Noor")
    case = opens(sam)
    case.takes_it()
    case.hands_it_to("Noor")
    joy.shows("Noor will write to you here from now on.")
    hers = opens(noor)
    hers.writes("Hello, this is Noor.")
    joy.shows("Hello, this is Noor.")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_service_is_found_shown_and_sent_with_a_thumb(
    joy, works, sessions, line_id, clock_now, language, screenshot
):
    with sessions.begin() as session:
        for made in (
            confirmed(clock_now, name="Safe House"),
            entry(clock_now, code="new-one", name="Nobody has checked"),
        ):
            directory.save(session, line_id, made, clock_now, by=None)
    sam = works("sam", "Sam", viewport={"width": 390, "height": 844})
    case = opens(sam)
    case.takes_it()
    sam.page.locator("[data-part=about]").click()
    case.looks_for_a_service(country="CH", kind="shelter")
    assert case.finds("Nobody has checked").get_by_role("button").count() == 0
    told = case.tells_of("Safe House", look=lambda: screenshot(sam.page, "service-phone"))
    joy.shows("Safe House")
    assert joy.heard().last.inner_text() == told
    if language != "en":
        sam.reads_in(language)
        sam.page.locator("[data-part=about]").click()
    assert sam.widest() <= 390
    for path in ("/directory", "/directory/1"):
        sam.page.goto(path)
        assert sam.widest() <= 390, path
    screenshot(sam.page, f"directory-phone-{language}")


def test_the_directory_is_kept_and_confirmed_in_a_press(
    works, sessions, line_id, clock_now, screenshot
):
    with sessions.begin() as session:
        directory.save(session, line_id, entry(clock_now), clock_now, by=None)
    ana = works("ana", "Ana", "supervisor")
    page = ana.page
    page.goto("/directory")
    screenshot(page, "directory")
    page.get_by_role("link", name="Safe House").click()
    screenshot(page, "directory-service", whole=True)
    page.get_by_role("button", name="I have checked this today").click()
    expect(page.get_by_text("Confirmed by Ana")).to_be_visible()
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Telephone").fill("+1 202 555 0199")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Never confirmed")).to_be_visible()
