"""A supervisor keeps the rota; a contact is told when somebody comes; the page watches by itself."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.e2e.rota import RotaPage, WatchPage
from web.simulator import NUMBERS

PHONE = {"viewport": {"width": 360, "height": 740}}


def later(hours):
    """An hour of the day that is so far away, by the line's clock."""
    return f"{datetime.now(UTC) + timedelta(hours=hours):%H}:00"


def test_who_asks_while_nobody_is_on_duty_is_told_and_the_supervisor_sees_them_wait(
    phones, works, screenshot
):
    sue = works("sue", "Sue", "supervisor")
    rota, watch = RotaPage(sue.page), WatchPage(sue.page)
    rota.open()
    rota.puts("Sue", later(3), later(5))
    rota.puts("Sue", later(5), later(7), kind="On call")
    rota.says_now("Nobody is on duty.")
    rota.shows("nobody on duty: General team")
    screenshot(sue.page, "rota", whole=True)
    watch.open()
    watch.sees_waiting(0)
    phones.open()
    joy = phones.phone(NUMBERS[0])
    for text in ("hello", "1", "1", "0"):
        joy.writes(text)
    joy.shows("Nobody of our team is here right now.")
    # Without a reload.
    watch.sees_waiting(1)
    watch.sees_load("Sue", "0 of 8")
    screenshot(sue.page, "watch", whole=True)


def test_a_break_is_said_on_every_page_of_the_desk_and_one_press_ends_it(works):
    ana = works("ana", "Ana")
    rota = RotaPage(ana.page)
    rota.open()
    rota.takes_a_break()
    ana.page.goto("/desk")
    notice = ana.page.get_by_text("You are on a break.")
    expect(notice).to_be_visible()
    ana.page.get_by_role("button", name="I am back").click()
    expect(notice).to_be_hidden()


def test_on_a_phone_and_from_right_to_left_nothing_sticks_out(works, screenshot):
    sue = works("sue", "Sue", "supervisor", **PHONE)
    rota = RotaPage(sue.page)
    rota.open()
    rota.puts("Sue", "22:00", "06:00")
    rota.puts("Sue", "06:00", "08:00", kind="On call")
    screenshot(sue.page, "rota-phone", whole=True)
    for language in ("en", "ar"):
        sue.reads_in(language)
        for path in ("/rota", "/rota/clocks", "/watch"):
            sue.page.goto(path)
            assert sue.widest() <= PHONE["viewport"]["width"], (language, path)
