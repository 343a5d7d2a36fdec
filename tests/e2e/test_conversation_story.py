"""A caseworker and a contact talk: nothing typed is lost, nothing is sent twice, and never at an unsafe time."""

import pytest
from sqlalchemy import func, select, update

from hotline.models import Outbox
from tests.e2e.talk import Talk
from web.simulator import NUMBERS

# GPRS at the edge of a town: 50 kilobit a second, half a second there and back.
SLOW = {
    "offline": False,
    "latency": 500,
    "downloadThroughput": 6250,
    "uploadThroughput": 6250,
}

pytestmark = pytest.mark.timeout(240)

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def talks(joy, works):
    """Sam, who has taken Joy's case, at its page."""

    def talking(login="sam", **options):
        sam = works(login, "Sam", **options)
        sam.opens("Case")
        talk = Talk(sam.page)
        talk.takes_it()
        joy.shows("Sam")
        return sam, talk

    return talking


def heard(phone, text):
    """How often a phone got a text."""
    return phone.heard().filter(has_text=text).count()


def test_what_was_typed_survives_a_reload_and_a_lock_and_is_readable_nowhere(talks, joy):
    sam, talk = talks()
    talk.types("Hold on, I am looking up the")
    assert "looking up" not in sam.kept_in_browser()
    assert "waypost-draft" in sam.kept_in_browser()
    sam.page.reload()
    talk.has_in_the_box("Hold on, I am looking up the")
    sam.locks()
    talk.has_in_the_box("")
    assert "looking up" not in sam.page.content()
    sam.unlocks()
    talk.has_in_the_box("Hold on, I am looking up the")
    # Leaving the page loses nothing, so nobody is asked.
    sam.page.locator(".back").click()
    sam.page.wait_for_url("**/desk")
    sam.opens("Case")
    talk.has_in_the_box("Hold on, I am looking up the")
    talk.types(" bus.")
    talk.sends()
    joy.shows("Hold on, I am looking up the bus.")
    assert "waypost-draft" not in sam.kept_in_browser()
    sam.page.reload()
    talk.shows("looking up the bus", "staff")
    talk.has_in_the_box("")


def test_whoever_ends_their_part_with_words_in_the_box_is_asked_first(talks, joy):
    sam, talk = talks()
    talk.types("I will be")
    sam.page.locator("[data-may=give_back] button").click()
    talk.is_asked("These words are not sent", "No, go back")
    talk.has_in_the_box("I will be")
    asked = []
    sam.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    sam.signs_out()
    sam.page.wait_for_timeout(300)
    assert "never sent" in asked[0]
    talk.has_in_the_box("I will be")
    sam.page.keyboard.press("Escape")
    sam.page.locator("[data-may=give_back] button").click()
    talk.is_asked("These words are not sent", "Go on without sending")
    sam.page.locator("[data-may=take] button").wait_for()
    assert "waypost-draft" not in sam.kept_in_browser()


def test_without_a_connection_the_words_stay_and_go_once_when_it_is_back(talks, joy):
    sam, talk = talks()
    talk.types("Are you alone?")
    sam.page.context.set_offline(True)
    talk.presses_send()
    talk.is_told("no connection")
    talk.has_in_the_box("Are you alone?")
    sam.page.context.set_offline(False)
    talk.is_told("did not arrive")
    # What has not been sent is sent by a person, not by a connection.
    talk.has_in_the_box("Are you alone?")
    talk.sends()
    joy.shows("Are you alone?")
    assert talk.said() == ["Are you alone?"]


def test_on_a_slow_connection_the_page_opens_and_a_reply_pressed_twice_goes_once(talks, joy):
    sam, talk = talks()
    network = sam.page.context.new_cdp_session(sam.page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW)
    # What was loaded once is not loaded again: a page of 50 kilobit a second is a page all the same.
    sam.page.reload(wait_until="commit", timeout=60_000)
    talk.box.wait_for(timeout=60_000)
    joy.sends("I am here")
    sam.page.get_by_text("I am here").first.wait_for(timeout=60_000)
    talk.types("Are you alone?")
    talk.presses_send()
    # The second press while the first is under way.
    sam.page.evaluate("document.querySelector('#text').form.requestSubmit()")
    joy.shows("Are you alone?")
    talk.has_in_the_box("")
    sam.page.locator(".entry.staff .words").first.wait_for()
    assert talk.said() == ["Are you alone?"]
    assert heard(joy, "Are you alone?") == 1


def test_an_answer_that_is_cut_off_after_the_reply_was_kept_sends_nothing_twice(talks, joy):
    sam, talk = talks()

    def cut_off(route):
        route.fetch()
        route.abort()

    sam.page.route("**/reply", cut_off)
    talk.types("Are you alone?")
    talk.presses_send()
    # The thread tells that it is there: the box is empty without anybody doing anything.
    talk.has_in_the_box("")
    joy.shows("Are you alone?")
    assert talk.said() == ["Are you alone?"]

    # The same, with the page unable to ask and the words changed meanwhile.
    sam.page.route("**/data?*", lambda route: route.abort())
    talk.types("Stay where you are")
    talk.presses_send()
    joy.shows("Stay where you are")
    talk.has_in_the_box("Stay where you are")
    talk.types(", please")
    sam.page.unroute("**/reply")
    sam.page.unroute("**/data?*")
    talk.presses_send()
    talk.is_told("What you sent before did arrive")
    talk.has_in_the_box("Stay where you are, please")
    talk.sends()
    joy.shows("Stay where you are, please")
    assert talk.said() == ["Are you alone?", "Stay where you are", "Stay where you are, please"]
    assert heard(joy, "Are you alone?") == 1
    assert heard(joy, "Stay where you are") == 2


def test_a_tab_that_dies_before_it_hears_the_answer_sends_nothing_twice(talks, joy):
    sam, talk = talks()
    sam.page.route("**/reply", lambda route: (route.fetch(), route.abort()))
    sam.page.route("**/data?*", lambda route: route.abort())
    talk.types("I am with you")
    talk.presses_send()
    joy.shows("I am with you")
    sam.page.unroute("**/reply")
    sam.page.unroute("**/data?*")
    sam.page.reload()
    talk.shows("I am with you", "staff")
    talk.has_in_the_box("")
    assert heard(joy, "I am with you") == 1


def test_a_ready_reply_is_found_by_keyboard_with_ones_own_language_beside_it(
    phones, works, screenshot
):
    phones.open()
    marie = phones.phone(NUMBERS[1])
    for text in ("bonjour", "1", "1", "0"):
        marie.writes(text)
    sam = works("sam", "Sam")
    sam.opens("Case")
    talk = Talk(sam.page)
    talk.takes_it()
    talk.opens_the_picker_by_key()
    assert len(talk.offered()) >= 12
    sam.page.keyboard.type("emergency")
    (only,) = talk.offered()
    assert "call the local emergency number" in only
    assert "numéro d’urgence" in only
    assert "Draft" in only
    screenshot(sam.page, "ready-replies")
    sam.page.keyboard.press("Control+a")
    sam.page.keyboard.type("time")
    sam.page.keyboard.press("ArrowDown")
    sam.page.keyboard.press("ArrowUp")
    sam.page.keyboard.press("Enter")
    talk.has_in_the_box(
        "Prenez tout votre temps. C’est vous qui décidez ce que vous me dites. J’attends."
    )
    talk.is_warned_of_a_draft()
    assert "characters" in talk.size()
    sam.page.keyboard.press("Home")
    for _ in range(3):
        sam.page.keyboard.press("Delete")
    # Who changes it has read it.
    talk.is_warned_of_a_draft(up=False)
    sam.page.keyboard.press("Control+Enter")
    marie.shows("nez tout votre temps")


def test_while_it_is_not_safe_words_wait_and_come_back_when_they_are_taken_back(
    talks, joy, screenshot
):
    sam, talk = talks()
    talk.pauses("3 hours")
    talk.may_not_write_now()
    talk.types("Good night")
    sam.page.keyboard.press("Control+Enter")
    assert talk.said() == []
    talk.sends_when_it_is_safe()
    talk.became("kept")
    screenshot(sam.page, "safe-times")
    assert heard(joy, "Good night") == 0
    talk.takes_back_the_last()
    talk.has_in_the_box("Good night")
    talk.became("suppressed")
    joy.sends("I can write again")
    talk.may_write_now()
    talk.sends()
    joy.shows("Good night")
    assert heard(joy, "Good night") == 1


def test_a_message_that_failed_is_sent_again_with_one_press_and_a_question(talks, joy, sessions):
    sam, talk = talks()
    talk.writes("Are you alone?")
    talk.became("delivered")
    with sessions.begin() as session:
        last = select(func.max(Outbox.id)).scalar_subquery()
        session.execute(
            update(Outbox).where(Outbox.id == last).values(state="failed", receipt=None)
        )
    sam.page.reload()
    talk.became("failed")
    talk.sends_the_failed_one_again()
    talk.became("delivered")
    assert talk.said() == ["Are you alone?", "Are you alone?"]
    assert sam.page.locator("[data-again]:visible").count() == 0


def test_what_came_while_one_was_away_is_marked_and_led_to(talks, joy):
    sam, talk = talks()
    for n in range(12):
        talk.writes(f"Line {n}\nof a long talk\nthat fills the screen")
    talk.page.locator(".thread").evaluate("place => { place.scrollTop = 0; }")
    joy.sends("are you still there?")
    sam.page.locator(".unread").wait_for(state="attached")
    newest = sam.page.locator("[data-newest]")
    assert "(1)" in newest.inner_text()
    newest.click()
    talk.shows("are you still there?")
    newest.wait_for(state="hidden")
    assert sam.page.locator(".day").first.inner_text() == "today"


def test_on_a_phone_the_box_is_under_the_thumb_and_the_summary_behind_a_tab(talks, joy, screenshot):
    sam, talk = talks(**PHONE)
    for n in range(6):
        talk.writes(f"Line {n}\nof a long talk\nthat fills the screen")
    joy.sends("I am at the back door")
    talk.shows("I am at the back door")
    send = sam.page.locator("[data-send]").bounding_box()
    assert 740 / 2 < send["y"] < 740 - send["height"]
    assert send["height"] >= 44
    assert not sam.page.locator(".summary").is_visible()
    screenshot(sam.page, "case-phone")
    talk.opens_the_picker()
    talk.picks("Take all the time you need")
    talk.sends()
    joy.shows("Take all the time you need")
    talk.looks_at("about")
    assert sam.page.locator(".summary").is_visible()
    assert not sam.page.locator(".talk").is_visible()
    joy.sends("hello?")
    sam.page.locator(".case-tabs [data-unread]", has_text="(1)").wait_for()
    talk.looks_at("talk")
    assert sam.widest() <= 360


@pytest.mark.parametrize("language", ["en", "ar"])
def test_at_two_hundred_percent_nothing_is_cut_off(talks, language):
    # A window of 1280 by 860 at 200 %.
    sam, _ = talks(viewport={"width": 640, "height": 430})
    sam.reads_in(language)
    sam.page.locator(".entry").first.wait_for()
    assert sam.widest() <= 640
    sam.page.locator("[data-send]").scroll_into_view_if_needed()
    assert sam.page.locator("#text").is_visible()


def test_the_thread_goes_on_paper_only_when_somebody_asks(talks):
    sam, talk = talks()
    assert talk.prints() == {"summary": True, "talk": False, "reply": False}
    sam.page.evaluate("() => { window.print = () => {}; }")
    sam.page.locator("[data-print=talk]").click()
    assert talk.prints() == {"summary": True, "talk": True, "reply": False}
    sam.page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert talk.prints()["talk"] is False
