"""A caseworker fills in what they learn, over days, with others, and with bad connections."""

import json

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from hotline import boxes
from hotline.models import AssistanceForm, Case
from tests.e2e.assistance import AssistancePage
from tests.e2e.navigators import CasePage
from tests.keys import seal_words
from web.simulator import NUMBERS

YES, NO, SKIP = "1", "2", "3"

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def mary(phones):
    """Somebody who has told of forced work and agreed that a person sees it."""
    phones.open()
    mary = phones.phone(NUMBERS[0])
    # The language, that it is safe, the own situation, and five answers; then the consent.
    for text in ("hello", "1", YES, "2", NO, SKIP, YES, YES, YES, YES):
        mary.writes(text)
    return mary


@pytest.fixture
def case():
    return "/desk/cases/1"


@pytest.fixture
def sam(works, case):
    """Has taken the case of whoever is waiting."""
    sam = works("sam", "Sam")
    takes(sam, case)
    return sam


def takes(somebody, case):
    somebody.page.goto(case)
    somebody.page.locator("[data-may=take] button").click()
    expect(somebody.page.locator("[data-reply]")).to_be_visible()


@pytest.fixture
def ana(works, sam):
    """A supervisor, let in by Sam."""
    ana = works("ana", "Ana", "supervisor")
    sam.lets_in("Ana")
    return ana


def saved(sessions):
    with sessions() as session:
        return session.scalar(select(AssistanceForm.version)) or 0


def test_what_the_chat_said_is_filled_in_and_unverified_until_somebody_confirms_it(
    mary, sam, case, screenshot
):
    sam.page.goto(case)
    sam.page.get_by_role("link", name="Open the form").click()
    form = AssistancePage(sam).is_open()
    assert form.progress("Exploitation") == "0 of 9"
    form.unfolds("Exploitation")
    assert form.from_chat("exploitation") == ["Forced labour"]
    assert form.answers("exploitation") == []
    form.marks_unverified("exploitation")
    form.confirms("exploitation")
    form.marks_unverified("exploitation", up=False)
    assert form.answers("exploitation") == ["Forced labour"]
    assert form.progress("Exploitation") == "1 of 9"
    # One of several: the first press confirms it, the second takes it out.
    found = form.from_chat("control")
    assert len(found) >= 2
    form.presses("control", found[0])
    assert form.answers("control") == found[:1]
    form.presses("control", found[1])
    form.presses("control", found[1])
    assert found[1] not in form.from_chat("control") + form.answers("control")
    form.question("exploitation").scroll_into_view_if_needed()
    screenshot(sam.page, "assistance")
    form.is_saved("Sam")
    sam.page.reload()
    form.is_open()
    form.unfolds("Exploitation")
    assert form.answers("exploitation") == ["Forced labour"]
    assert form.answers("control") == found[:1]
    assert form.from_chat("control") == found[2:]
    # What was not said stays empty, also what was answered with a no.
    form.unfolds("Dangers and needs")
    assert form.from_chat("risks") + form.answers("risks") == []
    assert form.from_chat("about") == ["The person who writes"]
    form.leaves_out("about")
    assert form.from_chat("about") + form.answers("about") == []
    form.is_saved("Sam")
    sam.page.reload()
    form.is_open()
    form.marks_unverified("about", up=False)


def test_every_kind_of_answer_comes_back_as_it_was_given(joy, sam, case):
    form = AssistancePage(sam, case).is_open()
    form.unfolds_everything()
    form.presses("under_18", "Not known")
    form.presses("interpreter", "Yes")
    form.chooses("age_band", "24–26")
    form.chooses("citizenship", "Nepal")
    form.chooses("citizenship", "India", at=1)
    form.chooses("language", "Nepali")
    form.chooses("exploited_in", "Did not want to say")
    form.writes("children", "2")
    form.presses("apps", "Did not want to say")
    form.presses("wants", "Somebody to talk to")
    form.presses("wants", "Needs food or water")
    form.writes("needs_notes", "a neighbour can take a call")
    form.is_saved("Sam")
    sam.page.reload()
    form.is_open()
    form.unfolds_everything()
    assert form.answers("under_18") == ["Not known"]
    assert form.answers("interpreter") == ["Yes"]
    assert form.chosen("age_band") == "24–26"
    places = form.question("citizenship").locator("select")
    assert [places.nth(n).input_value() for n in range(places.count())] == ["NP", "IN", ""]
    assert form.chosen("language") == "Nepali"
    assert form.chosen("exploited_in") == "Did not want to say"
    assert form.text("children") == "2"
    assert form.answers("apps") == ["Did not want to say"]
    assert form.answers("wants") == ["Needs food or water", "Somebody to talk to"]
    assert form.text("needs_notes") == "a neighbour can take a call"
    # Whoever answers after all takes back that they did not want to.
    form.presses("apps", "Telegram")
    assert form.answers("apps") == ["Telegram"]
    form.presses("apps", "Not known")
    assert form.answers("apps") == ["Not known"]
    form.writes("children", "21")
    assert form.question("children").evaluate("part => part.dataset.answered") == "false"
    assert form.text("children") == "21"


def test_two_at_once_are_told_and_shown_both_and_nothing_is_lost(joy, sam, ana, case):
    first, second = AssistancePage(sam, case).is_open(), AssistancePage(ana, case).is_open()
    second.loses_connection()
    second.presses("interpreter", "No")
    second.presses("exploited_before", "Yes")
    second.writes("background_notes", "works at night")
    second.is_not_saved("there is no connection")
    first.presses("interpreter", "Yes")
    first.presses("under_18", "No")
    first.writes("background_notes", "works by day")
    first.is_saved("Sam")
    second.is_connected_again()
    second.is_told("Sam saved meanwhile")
    second.is_told("Needs an interpreter")
    second.sees_both("interpreter", "No", "Yes")
    second.sees_both("background_notes", "works at night", "works by day")
    # What only one of them answered came together by itself.
    assert second.answers("under_18") == ["No"]
    second.is_saved("Ana")
    # The other sees both too, without loading the page.
    first.sees_both("interpreter", "No", "Yes")
    assert first.answers("exploited_before") == ["Yes"]
    first.keeps("interpreter", "Yes")
    expect(second.question("interpreter").locator("[data-both]")).to_be_hidden()
    assert second.answers("interpreter") == ["Yes"]
    second.keeps("background_notes", "works by day")
    second.is_saved("Ana")
    sam.page.reload()
    first.is_open()
    assert first.text("background_notes") == "works by day"


def test_what_is_typed_while_somebody_else_saves_stays_under_the_hands(joy, sam, ana, case):
    first, second = AssistancePage(sam, case).is_open(), AssistancePage(ana, case).is_open()
    place = first.question("background_notes").locator("textarea")
    place.press_sequentially("she asks ")
    second.presses("under_18", "No")
    second.is_saved("Ana")
    place.press_sequentially("for a doctor")
    expect(first.question("under_18").locator(":checked")).to_have_value("no")
    assert first.text("background_notes") == "she asks for a doctor"
    expect(place).to_be_focused()
    first.is_saved("Sam")
    expect(second.question("background_notes").locator("textarea")).to_have_value(
        "she asks for a doctor"
    )


def test_a_save_whose_answer_was_cut_off_is_neither_lost_nor_taken_for_somebody_elses(
    joy, sam, case, sessions
):
    form = AssistancePage(sam, case).is_open()
    cut = []

    def cuts(route):
        """The server has it, and the browser is told nothing from then on."""
        if route.request.method == "POST" and not cut:
            cut.append(route.fetch().status)
        if cut:
            route.abort()
        else:
            route.continue_()

    sam.page.route("**/assistance/data", cuts)
    form.writes("background_notes", "one")
    form.is_not_saved("there is no connection")
    assert (cut, saved(sessions)) == ([200], 1)
    form.writes("background_notes", "one and two")
    sam.page.unroute("**/assistance/data")
    form.is_saved("Sam")
    expect(sam.page.locator("[data-both]:visible")).to_have_count(0)
    expect(sam.page.locator("[data-news]")).to_be_hidden()
    sam.page.reload()
    assert form.is_open().text("background_notes") == "one and two"


def test_what_was_not_saved_when_the_keys_were_locked_is_there_when_they_open(
    joy, sam, ana, case, sessions
):
    form = AssistancePage(sam, case).is_open()
    form.loses_connection()
    form.writes("background_notes", "she may write after nine")
    sam.locks()
    expect(sam.page.locator("[data-sheet]")).to_be_hidden()
    assert form.text("background_notes") == ""
    other = AssistancePage(ana, case).is_open()
    other.presses("under_18", "No")
    other.is_saved("Ana")
    form.is_connected_again()
    sam.unlocks()
    form.is_open()
    expect(form.question("background_notes").locator("textarea")).to_have_value(
        "she may write after nine"
    )
    form.is_saved("Sam")
    assert form.answers("under_18") == ["No"]
    expect(other.question("background_notes").locator("textarea")).to_have_value(
        "she may write after nine"
    )


def test_a_changed_form_opens_older_answers_and_keeps_those_it_does_not_know(
    joy, sam, case, sessions
):
    older = {
        "interpreter": {"value": "yes", "by": "Noor", "at": "2026-03-01T20:00:00Z"},
        "apps": {"value": ["Telegram", "Orkut"], "by": "Noor"},
        "age_band": {"value": "40_50"},
        "shoe_size": {"value": "41"},
        "broken": 5,
        "months": {"value": {"a": 1}},
    }
    put(sessions, json.dumps({"form": "assistance", "version": 0, "save": "x", "answers": older}))
    form = AssistancePage(sam, case).is_open()
    form.unfolds_everything()
    assert form.answers("interpreter") == ["Yes"]
    assert form.answers("apps") == ["Telegram"]
    expect(form.question("apps").locator("[data-earlier]")).to_contain_text("Orkut")
    expect(form.question("age_band").locator("[data-earlier]")).to_contain_text("40_50")
    expect(sam.page.locator("[data-unknown] li")).to_have_text("shoe_size: 41")
    form.presses("apps", "TikTok")
    form.is_saved("Sam")
    sam.page.reload()
    form.is_open()
    expect(form.question("apps").locator("[data-earlier]")).to_contain_text("Orkut")
    expect(sam.page.locator("[data-unknown] li")).to_have_text("shoe_size: 41")
    form.unfolds_everything()
    assert sorted(form.answers("apps")) == ["Telegram", "TikTok"]


def put(sessions, text, public_key=None):
    """What a browser with another version of the form saved, as its third version."""
    with sessions.begin() as session:
        case = session.scalars(select(Case)).one()
        session.add(
            AssistanceForm(
                case_id=case.id,
                version=3,
                saved_by=case.taken_by,
                saved_at=case.taken_at,
                form_sealed=seal_words(text, public_key or case.public_key, 4096),
            )
        )


def test_a_form_that_does_not_open_is_not_overwritten(joy, sam, case, sessions):
    public, _private = boxes.make_pair()
    put(sessions, "{}", public)
    form = AssistancePage(sam, case)
    expect(form.page.locator("#assistance > [data-damaged]")).to_be_visible()
    expect(form.page.locator("[data-sheet]")).to_be_hidden()
    assert saved(sessions) == 3


def test_who_may_only_read_reads_and_who_has_not_taken_it_is_told_to(joy, sam, works, case):
    form = AssistancePage(sam, case).is_open()
    form.presses("under_18", "No")
    form.is_saved("Sam")
    noor = works("noor", "Noor")
    sam.lets_in("Noor")
    noor.page.goto(f"{case}/assistance")
    expect(noor.page.locator("[data-take]")).to_be_visible()
    expect(noor.page.locator("[data-sheet]")).to_be_hidden()
    sam.page.goto(case)
    CasePage(sam.page).closes_it()
    sam.page.goto(f"{case}/assistance")
    form.is_open()
    assert form.answers("under_18") == ["No"]
    expect(sam.page.locator("[data-read-only]")).to_be_visible()
    expect(form.question("under_18").locator("input").first).to_be_disabled()


def test_it_is_filled_in_with_the_keyboard_alone(joy, sam, case):
    form = AssistancePage(sam, case).is_open()
    keys = sam.page.keyboard
    form.question("under_18").locator(":checked").focus()
    keys.press("ArrowDown")
    assert form.answers("under_18") == ["Yes"]
    section = sam.page.locator("[data-section=services] summary")
    section.focus()
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Space")
    assert form.answers("planned") == ["A safe place"]
    form.is_saved("Sam")


def test_it_prints_on_purpose_only(joy, sam, case):
    form = AssistancePage(sam, case).is_open()
    form.presses("interpreter", "Yes")
    form.is_saved("Sam")
    sam.page.emulate_media(media="print")
    expect(sam.page.locator("#assistance")).to_be_hidden()
    expect(sam.page.locator(".only-on-paper")).to_be_visible()
    sam.page.emulate_media(media="screen")
    sam.page.evaluate("window.print = () => { window.asked = true; }")
    sam.page.locator(".bar summary").click()
    expect(sam.page.locator(".bar .sheet")).to_contain_text("Paper is not sealed")
    sam.page.locator("[data-print]").click()
    assert sam.page.evaluate("window.asked")
    sam.page.emulate_media(media="print")
    expect(form.question("interpreter")).to_be_visible()
    expect(form.question("under_18")).to_be_hidden()
    sam.page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(sam.page.locator("#assistance")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "ar", "fr"])
def test_on_a_small_phone_nothing_sticks_out_and_everything_is_in_reach(
    joy, works, case, language, screenshot
):
    sam = works("sam", "Sam", viewport={"width": 360, "height": 740}, color_scheme="dark")
    takes(sam, case)
    if language != "en":
        sam.reads_in(language)
    form = AssistancePage(sam, case).is_open()
    form.question("about").scroll_into_view_if_needed()
    screenshot(sam.page, f"assistance-phone-{language}")
    form.unfolds_everything()
    assert sam.widest() <= 360
    small = sam.page.evaluate(
        """() => [...document.querySelectorAll("#assistance :is(.choice, select, summary, button)")]
          .filter((part) => part.checkVisibility() && part.getBoundingClientRect().height < 43.5)
          .map((part) => part.textContent.trim())"""
    )
    assert small == []
    right_to_left = sam.page.evaluate("getComputedStyle(document.querySelector('.ask')).direction")
    assert right_to_left == ("rtl" if language == "ar" else "ltr")
