"""How far the texts of a language were reviewed stands at every case in it, and at its ready replies."""

import re
from datetime import date

import pytest
from babel import Locale
from flask import g
from markupsafe import escape

from hotline.models import Case
from hotline.replies import shipped
from locales import translator
from locales.review import Review, told
from web.formats import Times


@pytest.mark.parametrize("reader", ["en", "fr"])
def test_a_case_says_beside_its_language_whether_anybody_has_read_what_the_line_says(
    browser, a_case, sessions, reader
):
    case_id = a_case()
    with sessions() as session:
        language = session.get_one(Case, case_id).language
    browser.is_hired("sam", language=reader)
    facts = browser.get(f"/desk/cases/{case_id}").text.partition('<p class="facts">')[2]
    spans = [re.sub("<.*?>", "", each) for each in re.findall("<span>(.*?)</span>", facts)]
    name = Locale.parse(language).get_display_name(reader)
    assert spans[:2] == [name, str(escape(told(language, reader)))]


def test_the_page_of_ready_replies_says_it_of_each_language(browser):
    browser.is_hired("sam")
    for language in ("fr", "ar"):
        page = browser.get(f"/desk/replies?language={language}").text
        assert str(escape(told(language, "en"))) in page


def test_a_reply_that_was_reviewed_in_the_catalog_is_no_draft_and_says_who_and_on_which_day(app):
    review = Review(date(2026, 11, 20), "Amina H., native speaker", "sha256:1a2b3c4d5e6f")
    text = shipped("Je suis là.", review)
    assert (text.reviewed_by, text.reviewed_at) == (review.by, review.on)
    assert shipped("Je suis là.", None).reviewed_at is None
    with app.test_request_context():
        g.language = "en"
        assert Times("Asia/Tokyo").say(text.reviewed_at) == "20 Nov 2026"


def test_both_sentences_are_there_in_every_language_of_the_desk():
    for language in ("en", "fr", "es", "ar", "ru"):
        say = translator(language, "staff").text
        assert "3" in say("reviewed.some", n=3, all=146)
        assert "146" in say("reviewed.some", n=3, all=146)
        assert say("reviewed.none") != say("reviewed.some", n=0, all=146)
