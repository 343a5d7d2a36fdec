"""What the line says by itself can be read at the desk in the contact's language and the reader's own."""

import re

from locales import translator


def test_every_text_is_there_in_both_languages_with_its_id(browser):
    page = browser.is_hired("sam", language="fr").get("/desk/texts?language=ar").text
    arabic, french = translator("ar", "contact"), translator("fr", "contact")
    shown = re.findall(r'<article class="card ready" id="([^"]+)"', page)
    assert shown == [name for name in translator("en", "contact").ids if name]
    assert arabic.text("safe.not_now") in page
    assert french.text("menu.ask").split(" ")[-1] in page
    assert page.count('dir="rtl"') >= len(shown)


def test_the_own_language_is_not_said_twice_and_an_unknown_one_is_not_there(browser):
    sam = browser.is_hired("sam")
    assert sam.get("/desk/texts").text.count(translator("en", "contact").text("menu.ask")) == 1
    assert sam.get("/desk/texts?language=zz").status_code == 404
