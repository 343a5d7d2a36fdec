"""The page of answers kept ready, and what the reply box offers."""

import pytest


def texts_of(somebody, language="fr"):
    answer = somebody.get(f"/desk/replies/offered.json?language={language}")
    assert answer.status_code == 200
    return answer.json


def change(somebody, text, key="ready.here", act="draft", language="fr"):
    return somebody.post("/desk/replies", key=key, text=text, act=act, language=language)


def test_the_box_offers_replies_in_the_contacts_language_with_the_readers_beside_it(browser):
    browser.is_hired("sam")
    first = texts_of(browser)[0]
    assert first["text"].startswith("Ici Sam.")
    assert first["own"].startswith("This is Sam.")
    assert first["draft"] is True
    assert texts_of(browser, "en")[0]["own"] == ""


def test_a_reviewed_text_is_no_draft_and_names_who_reviewed_it(another):
    ana, sam = another().is_hired("ana", "supervisor", "Ana"), another().is_hired("sam")
    assert change(ana, "Je suis là, {name} de {line}.", act="reviewed").status_code == 302
    offered = {reply["text"]: reply["draft"] for reply in texts_of(sam)}
    assert offered["Je suis là, Sam de Test line."] is False
    page = sam.get("/desk/replies?language=fr").text
    assert "Reviewed by</span> <bdi>Ana</bdi>" in page
    assert 'name="text"' not in page


def test_a_reply_without_a_text_in_the_contacts_language_is_not_offered(browser):
    browser.is_hired("ana", "supervisor")
    change(browser, "Only in English", key="", language="en")
    assert "Only in English" in {reply["text"] for reply in texts_of(browser, "en")}
    assert "Only in English" not in {reply["own"] for reply in texts_of(browser, "fr")}
    assert "Not there in this language yet: French" in browser.get("/desk/replies?language=fr").text


def test_what_cannot_be_kept_is_refused_with_one_line_and_stays_in_the_form(browser):
    browser.is_hired("ana", "supervisor")
    answer = change(browser, "Call {phone}")
    assert answer.status_code == 400
    assert "Braces may hold {name} or {line}" in answer.text
    assert "Call {phone}</textarea>" in answer.text
    assert change(browser, "x", act="burn").status_code == 400


def test_a_reply_that_is_taken_away_is_offered_no_more(browser):
    browser.is_hired("ana", "supervisor")
    before = len(texts_of(browser))
    assert change(browser, "", act="remove").status_code == 302
    assert len(texts_of(browser)) == before - 1
    assert change(browser, "", act="remove").status_code == 400


@pytest.mark.parametrize("role", ["caseworker", "child_specialist", "partner"])
def test_only_who_may_change_replies_changes_them(another, role):
    somebody = another().is_hired("sam", role)
    assert change(somebody, "mine").status_code == 403
    assert somebody.get("/desk/replies").status_code == 200


def test_a_language_the_line_does_not_speak_is_not_asked_for(browser):
    browser.is_hired("sam")
    assert texts_of(browser, "tlh") == texts_of(browser, "en")
    assert browser.get("/desk/replies?language=../../etc").status_code == 200
