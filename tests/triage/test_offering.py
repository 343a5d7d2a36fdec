"""Languages are offered page by page: every number, button, word and name leads where it says."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.body import label, numbered, speak
from hotline.naming import named
from locales import count_segments, languages, native_name, translator
from locales.names import named_languages
from tests.triage.walk import FLOW, events, ids
from triage import Heard, State, offered, step
from triage.offering import ALL_AT_ONCE, FIRST_PAGE, PAGE, pages
from triage.turn import LANGUAGE_MORE

ALL = named_languages()
orders = st.lists(st.sampled_from(ALL), min_size=2, unique=True).map(tuple)


def hears(text, order, guess="", **more):
    guess = guess or order[0]
    return Heard(text, order, guess, named=named(text, order), **more)


def says(text, state, order, **more):
    """A text as the conversation hears it: with the labels of what stands there."""
    guess = state.language or (state.offered or order)[0]
    labels = {option.id: label(option, guess) for option in offered(FLOW, state)}
    return step(FLOW, state, hears(text, order, guess, labels=labels, **more))


def presses(option, state, order):
    return step(FLOW, state, hears("", order, picked=option.id))


def turning(order, page):
    """The turn that opens that page of languages, by the last number of each page before."""
    turn = says("hello?", State(), order)
    for _ in range(page if len(pages(order)) > 1 else 0):
        turn = says(str(len(offered(FLOW, turn.state))), turn.state, order)
    return turn


def turned(order, page):
    return State.from_json(turning(order, page).state.to_json())


@settings(deadline=None)
@given(orders)
def test_every_language_stands_on_one_page_the_likeliest_on_the_first(order):
    found = pages(order)
    assert [code for page in found for code in page] == list(order)
    assert found == (order,) if len(order) <= ALL_AT_ONCE else len(found[0]) == FIRST_PAGE
    assert all(0 < len(page) <= PAGE for page in found)


@settings(deadline=None)
@given(orders, st.data())
def test_every_number_leads_to_the_language_beside_it(order, data):
    state = turned(order, data.draw(st.integers(0, 2 * len(pages(order)))))
    shown = offered(FLOW, state)
    number = data.draw(st.integers(1, len(shown)))
    turn = says(str(number), state, order)
    if shown[number - 1].label == LANGUAGE_MORE:
        assert ids(turn) == ["language.choose"]
        assert turn.messages[0].options == offered(FLOW, turn.state)
    else:
        assert (ids(turn), turn.state.language) == (["safe.ask"], shown[number - 1].id)
        assert label(shown[number - 1], "en") == native_name(turn.state.language)


@settings(deadline=None)
@given(orders)
def test_the_pages_go_round_and_show_everything(order):
    count = len(pages(order))
    states = [turned(order, page) for page in range(count + 1)]
    seen = [o.id for state in states[:-1] for o in offered(FLOW, state) if o.label != LANGUAGE_MORE]
    assert seen == list(order)
    assert offered(FLOW, states[-1]) == offered(FLOW, states[0])


@settings(deadline=None)
@given(orders, st.data())
def test_a_button_means_the_same_whichever_page_is_open(order, data):
    there = turned(order, data.draw(st.integers(0, len(pages(order)) - 1)))
    option = data.draw(st.sampled_from(offered(FLOW, there)))
    once = presses(option, there, order)
    elsewhere = turned(order, data.draw(st.integers(0, len(pages(order)) - 1)))
    again = presses(option, elsewhere, order)
    assert (ids(again), again.messages[0].options) == (ids(once), once.messages[0].options)
    if option.label == LANGUAGE_MORE:
        # Pressed twice in a hurry it turns one page.
        assert presses(option, once.state, order).state.page == once.state.page


@settings(deadline=None)
@given(orders, st.data())
def test_a_name_leads_to_its_language_from_every_page(order, data):
    state = turned(order, data.draw(st.integers(0, len(pages(order)) - 1)))
    code = data.draw(st.sampled_from(order))
    turn = says(native_name(code), state, order)
    assert (ids(turn), turn.state.language) == (["safe.ask"], code)


@pytest.mark.parametrize("language", languages("contact"))
@pytest.mark.parametrize("page", range(len(pages(ALL))))
def test_each_page_fits_two_messages_whatever_stands_on_it(language, page):
    # The longest names together, the language of the text among them or not.
    order = tuple(sorted(ALL, key=lambda code: len(native_name(code)), reverse=True))
    for offer in (order, (language, *(code for code in order if code != language))):
        body = speak(turning(offer, page).messages, language)
        text = numbered(body.text, body.options)
        assert count_segments(text).segments <= 2, text


@pytest.mark.parametrize("language", languages("contact"))
def test_the_word_for_more_can_be_typed_back(language):
    order = (language, *(code for code in ALL if code != language))
    word = translator(language, "contact").text(LANGUAGE_MORE)
    for typed in (word, word.strip("."), word.casefold()):
        turn = says(typed, turned(order, 0), order)
        assert (ids(turn), turn.state.page) == (["language.choose"], 1)


@pytest.mark.parametrize(
    "text", ["hi", "so", "am", "id", "ok", "I speak no English", "no english", "русская еда"]
)
def test_words_that_only_look_like_a_language_pick_none(text):
    turn = says(text, turned(("en", "hi", "so", "am", "id", "ru"), 0), ALL)
    assert turn.state.language == ""
    assert "LanguageChosen" not in events(turn)


def test_a_name_with_a_typo_is_understood():
    order = ("en", "fr", "es", "ar")
    assert says("Franscais", turned(order, 0), order).state.language == "fr"
    assert says("Engilsh", turned(order, 0), order).state.language == "en"


def test_two_names_at_once_are_asked_about():
    order = ("en", "fr", "es", "ar")
    turn = says("1 or 2", turned(order, 0), order)
    assert ids(turn) == ["answer.which", "language.choose"]


def test_a_language_that_is_not_offered_is_asked_again_and_then_a_person_is_offered():
    order = ALL
    once = says("Kurdish", turned(order, 0), order)
    assert ids(once) == ["not_understood", "language.choose"]
    twice = says("Kurdî", once.state, order)
    assert ids(twice) == ["not_understood", "offer.person"]
    assert "CaseRequested" in events(says("1", twice.state, order))


def test_what_the_next_words_are_written_in_comes_first():
    state = turned(ALL, 1)
    turn = says("мені потрібна допомога", state, ALL, written="uk")
    assert ids(turn) == ["not_understood", "language.choose"]
    assert turn.messages[-1].options[0].id == "uk"
    assert says("1", turn.state, ALL).state.language == "uk"


def test_words_in_no_known_language_leave_the_page_open():
    state = turned(ALL, 1)
    turn = says("xyzzy", state, ALL)
    assert turn.messages[-1].options == offered(FLOW, state)


@pytest.mark.parametrize("step_name", ["safe", "menu", "information", "share", "offer_person"])
def test_a_name_at_any_step_is_asked_back_and_never_switches(step_name):
    state = State(step=step_name, language="en")
    turn = says("русский", state, ALL)
    assert (ids(turn), turn.state.language) == (["language.choose"], "en")
    assert turn.messages[0].options[0].id == "ru"
    chosen = says("1", turn.state, ALL)
    assert chosen.state.language == "ru"
    assert chosen.state.step == ("safe" if step_name == "safe" else chosen.state.step)


def test_a_name_in_a_question_comes_back_to_the_question():
    state = State(step="situation", question="under_18", language="en", path="situation")
    turn = says("Farsi", state, ALL)
    assert ids(turn) == ["language.choose"]
    chosen = says("1", turn.state, ALL)
    assert (ids(chosen), chosen.state.language) == (["question.under_18"], "fa")


def test_a_name_that_answers_the_question_is_an_answer():
    options = {"Russian": "yes", "Nepali": "no"}
    state = State(step="safe", language="en")
    labels = {meaning: name for name, meaning in options.items()}
    turn = step(FLOW, state, replace(hears("Russian", ALL, "en"), labels=labels))
    assert ids(turn) == ["menu.ask"]


def test_the_language_that_is_spoken_already_is_not_offered_again():
    turn = says("English", State(step="menu", language="en"), ALL)
    assert ids(turn) == ["not_understood", "menu.ask"]


@pytest.mark.parametrize("step_name", ["with_person", "cover"])
def test_a_name_to_a_caseworker_or_under_cover_switches_nothing(step_name):
    state = State(step=step_name, language="en", case=True)
    turn = says("Russian", state, ALL)
    assert "language.choose" not in ids(turn)
    assert (turn.state.step, turn.state.language) == (step_name, "en")
    assert ("CaseNote" in events(turn)) == (step_name == "with_person")


def test_who_comes_back_with_the_name_of_another_language_is_offered_it():
    turn = says("українська", State(language="en"), ALL)
    assert ids(turn) == ["language.choose"]
    assert turn.messages[0].options[0].id == "uk"
    chosen = says("1", turn.state, ALL)
    assert (ids(chosen), chosen.state.language) == (["safe.ask"], "uk")


def test_a_state_of_before_there_were_pages_opens_the_first():
    old = '{"step":"language","question":"","language":"","path":"","answers":{},"misses":0,"resume":["",""],"offered":["en","fr"],"case":false,"safety":""}'
    state = State.from_json(old)
    assert says("2", state, ("en", "fr")).state.language == "fr"
