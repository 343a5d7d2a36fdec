"""A person texts, is screened and consents; a caseworker answers; the case is closed."""

import pytest

from locales import count_segments
from tests.e2e.navigators import CasePage
from web.simulator import NUMBERS

ENGLISH, FRENCH, SPANISH, ARABIC = NUMBERS
YES, NO, SKIP = "1", "2", "3"

pytestmark = pytest.mark.timeout(180)


def tells_of_the_situation(phone, *answers):
    """From the first text to the question whether a person may be told."""
    phone.writes(YES)  # it is safe to write now
    phone.writes("2")  # my work or situation
    for answer in answers:
        phone.writes(answer)


def test_a_person_texts_and_a_caseworker_answers(phones, hire, screenshot):
    phones.open()
    amal = phones.phone(ARABIC)
    amal.writes("مرحبا")
    assert amal.options()[0] == "العربية"
    amal.presses("العربية")
    assert amal.direction_of_last() == "rtl"
    tells_of_the_situation(amal, NO, SKIP, YES, YES, YES)
    amal.writes(YES)  # may a person see the answers?

    joy = phones.phone(ENGLISH)
    joy.writes("hello")
    joy.writes("1")
    joy.writes(YES)
    joy.writes("0")

    sam = hire("sam", "Sam")
    sam.page.goto("/login")
    screenshot(sam.page, "login")
    sam.signs_in_for_the_first_time()
    sam.makes_a_key()
    sam.sees_waiting(2)
    assert sam.waiting()[0].startswith("Soon")
    screenshot(sam.page, "desk")

    case = sam.opens(sam.waiting()[0].split(" ", 1)[1])
    assert "Take this case" in sam.page.locator("[data-locked]").inner_text()
    assert case.reasons() == [
        "Is forced to work or serve against their will",
        "Others keep their papers",
        "Is kept apart, locked in or watched",
    ]
    assert case.strengths() == ["not rated", "strong (ILO)", "strong (ILO)"]
    assert "Not asked (8)" in case.summary()
    assert "Not answered (1)" in case.summary()
    case.takes_it()
    amal.shows("Sam")

    case.drafts("أهلا أمل، أنا سام. هل أنت وحدك الآن؟")
    assert "37 characters" in case.size() or "characters" in case.size()
    case.sends()
    amal.shows("أنا سام")
    case.delivery_of_last("delivered")
    amal.sends("نعم، أنا وحدي. صاحب العمل أخذ جواز سفري.")
    case.shows("صاحب العمل أخذ جواز سفري.")
    case.writes("شكرا لأنك أخبرتني. سنجد معا خطوة آمنة.")
    case.delivery_of_last("delivered")
    amal.shows("خطوة آمنة")
    screenshot(sam.page, "case-en")
    phones.page.set_viewport_size({"width": 1360, "height": 900})
    screenshot(phones.page, "simulator")

    case.closes_it()
    amal.shows("انتهت هذه المحادثة مع Sam")
    sam.page.goto("/desk")
    sam.sees_waiting(1)


def test_the_desk_hears_of_a_new_case_without_reloading(phones, works):
    sam = works("sam", "Sam", key=False)
    sam.sees_waiting(0)
    phones.open()
    joy = phones.phone(FRENCH)
    joy.writes("bonjour")
    joy.writes("1")
    joy.writes("1")
    joy.writes("0")
    sam.sees_waiting(1)
    assert sam.page.title().startswith("(1)")


def test_while_the_safe_word_is_up_the_caseworker_cannot_write(phones, works):
    phones.open()
    joy = phones.phone(ENGLISH)
    for text in ("hello", "1", YES, "0"):
        joy.writes(text)
    sam = works("sam", "Sam")
    case = sam.opens("Case")
    case.takes_it()
    joy.shows("Sam")
    case.drafts("Can you talk?")
    joy.writes("sun")
    case.warns_not_to_write()
    assert not case.may_send()
    case.shows_note("safe word")


def test_a_phone_is_added_removed_and_kept_in_the_browser(phones):
    phones.open()
    phones.add("+40 721 234 567")
    ion = phones.phone("+40721234567")
    ion.writes("salut")
    phones.open()
    ion.shows("language")
    ion.card.get_by_role("button", name="Remove").click()
    phones.open()
    phones.phone(ENGLISH).card.wait_for()
    assert ion.card.count() == 0
    phones.add("12")
    phones.page.locator("#trouble").wait_for(state="visible")


def test_the_words_of_who_asks_to_be_forgotten_leave_the_page_when_somebody_has_seen_it(
    phones, works
):
    phones.open()
    joy = phones.phone(ENGLISH)
    for text in ("hello", "1", YES, "0"):
        joy.writes(text)
    sam = works("sam", "Sam")
    case = sam.opens("Case")
    case.takes_it()
    joy.sends("my brother must not know")
    case.shows("my brother must not know")
    joy.writes("delete")
    joy.writes(YES)
    sam.page.locator("[data-forgotten]").wait_for(state="visible")
    # A child may be in danger: the words go when somebody has seen that they will.
    case.shows("my brother must not know")
    case.acknowledges()
    case.says_why_not("destroyed")
    assert "brother" not in sam.page.content()


def test_the_desk_in_arabic_reads_from_right_to_left(phones, works, screenshot):
    phones.open()
    amal = phones.phone(ARABIC)
    amal.writes("مرحبا")
    amal.writes("1")
    tells_of_the_situation(amal, NO, NO, YES, NO, YES, YES)
    amal.writes(YES)  # may a person see the answers?
    layla = works("layla", "ليلى", language="ar")
    layla.sees_waiting(1)
    layla.page.locator(".case-link").first.click()
    case = CasePage(layla.page)
    case.takes_it()
    case.writes("مرحبا، أنا ليلى. كيف يمكنني مساعدتك؟")
    case.delivery_of_last("delivered")
    amal.shows("أنا ليلى")
    amal.sends("لا أستطيع مغادرة المنزل.")
    case.shows("لا أستطيع مغادرة المنزل.")
    boxes = [
        layla.page.locator(f".{name}").first.bounding_box()["x"] for name in ("summary", "talk")
    ]
    assert boxes[0] > boxes[1]
    screenshot(layla.page, "case-ar")


def test_no_page_is_wider_than_a_small_phone(works):
    sam = works("sam", "Sam", viewport={"width": 360, "height": 740}, key=False)
    for path in ("/simulator", "/desk", "/password", "/desk/keys", "/login"):
        if path == "/login":
            sam.signs_out()
        sam.page.goto(path)
        assert sam.page.url.endswith(path)
        assert sam.page.evaluate("document.scrollingElement.scrollWidth") <= 360, path


def test_the_summary_of_a_case_fits_a_small_phone_in_every_language(phones, works):
    phones.open()
    joy = phones.phone(ENGLISH)
    for text in ("hello", "1"):
        joy.writes(text)
    tells_of_the_situation(joy, SKIP, SKIP, YES, NO, YES, YES)
    joy.writes(YES)  # may a person see the answers?
    sam = works("sam", "Sam", viewport={"width": 360, "height": 740})
    sam.page.locator(".case-link").first.click()
    for language in ("en", "fr", "es", "ar"):
        sam.reads_in(language)
        case = CasePage(sam.page)
        case.unfolds_the_gaps()
        assert case.reasons()
        assert case.too_wide() == [], language


def test_the_browser_counts_segments_as_the_server_does(open_page):
    page = open_page()
    page.goto("/login")
    texts = ["", "a", "a" * 160, "a" * 161, "€" * 80, "€" * 81, "[" * 77 + "a", "é" * 70, "ê" * 70]
    texts += [
        "ê" * 71,
        "ê" * 66 + "😀",
        "😀" * 35,
        "😀" * 36,
        "x" * 306 + "€",
        "مرحبا " * 40,
        "a\nb",
    ]
    script = "async (texts) => (await import('/static/segments.js')).countSegments ? texts.map((await import('/static/segments.js')).countSegments) : []"
    for text, counted in zip(texts, page.evaluate(script, texts), strict=True):
        ours = count_segments(text)
        found = (counted["encoding"], counted["segments"], counted["units"], counted["forcedBy"])
        assert found == (ours.encoding, ours.segments, ours.units, ours.forced_by), text
