"""Choosing among twenty-five languages on a plain phone and on Telegram, through the whole core."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

import triage
from hotline import contacts
from hotline.body import numbered, speak
from hotline.conversation import Conversation
from hotline.models import Case
from locales import count_segments, native_name
from locales.names import named_languages
from tests.hotline.people import Person

ALL = ("en", *(code for code in named_languages() if code != "en"))
# https://core.telegram.org/bots/api#inlinekeyboardbutton
LONGEST_BUTTON = 64
PHONES = {
    "tel:+380501234567": ["uk", "ru", "en"],
    "tel:+971501234567": ["ar", "en", "hi"],
    "tel:+79161234567": ["ru", "uz", "tg"],
    "tel:+18095551234": ["es", "ht", "fr"],
    "tel:+66812345678": ["th", "km", "lo"],
    "tel:+306912345678": ["en", "sq", "ar"],
    "tel:+46701740663": ["en", "ar", "so"],
    "tel:+34600000101": ["es", "ar", "ro"],
}


@dataclass
class Reader(Person):
    """Somebody who reads what is shown to them."""

    offered: tuple[str, ...] = ()
    shown: str = ""
    spoken: str = ""

    def sends(self, text, **more):
        handled = super().sends(text, **more)
        if handled.turn and handled.turn.messages:
            last = handled.turn.messages[-1]
            self.offered = tuple(option.id for option in last.options)
            body = speak(handled.turn.messages, handled.language)
            self.shown, self.spoken = numbered(body.text, body.options), handled.language
        return handled

    def picks(self, option):
        return self.texts_us(str(self.offered.index(option) + 1))

    def turns_the_page(self):
        return self.texts_us(str(len(self.offered)))

    def state(self):
        with self.sessions() as session:
            found = contacts.find(
                session, self.conversation.vault, self.conversation.line_id, self.address
            )
            return found.state


@pytest.fixture
def reader(vault, line_id, sessions, now):
    line = Conversation(vault, triage.load_flow(), line_id, ALL)
    return Reader(line, sessions, now, "tel:+380501234567")


@pytest.mark.parametrize(("phone", "likely"), PHONES.items())
def test_the_first_message_offers_the_likely_three_and_more(reader, phone, likely):
    reader.address = phone
    assert reader.texts_us("?") == ["language.choose"]
    assert reader.offered == (*likely, "more.1")
    assert reader.spoken == likely[0]
    for number, code in enumerate(likely, 1):
        assert f"\n{number} {native_name(code)}\n" in reader.shown


def test_a_language_on_the_second_page_is_chosen_by_its_number(reader):
    reader.texts_us("hello")
    assert reader.turns_the_page() == ["language.choose"]
    # Still in the language that seemed likeliest.
    assert reader.spoken == "uk"
    wanted = reader.offered[3]
    assert wanted not in ("uk", "ru", "en")
    assert reader.picks(wanted) == ["safe.ask"]
    assert (reader.spoken, reader.state().language) == (wanted, wanted)


def test_all_pages_together_offer_every_language_once_and_fit_two_messages(reader):
    reader.texts_us("hello")
    first, seen = reader.offered, []
    while not seen or reader.offered != first:
        seen += reader.offered[:-1]
        assert count_segments(reader.shown).segments <= 2, reader.shown
        reader.turns_the_page()
    assert sorted(seen) == sorted(ALL)


@pytest.mark.parametrize(("name", "language"), [("Тоҷикӣ", "tg"), ("tojiki", "tg"), ("таджикский", "tg"), ("Kiswahili", "sw"), ("ethiopian amharic", ""), ("kurdish", "")])  # fmt: skip
def test_a_language_is_chosen_by_writing_its_name(reader, name, language):
    reader.texts_us("hello")
    answered = reader.texts_us(name)
    assert answered == (["safe.ask"] if language else ["not_understood", "language.choose"])
    assert reader.state().language == language


def test_a_language_that_is_not_offered_ends_with_a_person(reader, sessions):
    reader.texts_us("hello")
    assert reader.texts_us("kurdish") == ["not_understood", "language.choose"]
    assert reader.texts_us("kurdi") == ["not_understood", "offer.person"]
    assert "person.called" in reader.texts_us("1")
    with sessions() as session:
        assert session.scalars(select(Case)).one().language == "uk"


def test_a_name_as_the_first_text_is_offered_first_and_not_taken_for_granted(reader):
    assert reader.texts_us("farsi") == ["language.choose"]
    assert (reader.offered[0], reader.spoken, reader.state().language) == ("fa", "fa", "")
    assert reader.texts_us("1") == ["safe.ask"]
    assert reader.state().language == "fa"


@pytest.mark.parametrize(
    ("text", "likely"),
    [("สวัสดีค่ะ มีคำถาม", "th"), ("у меня есть вопрос о работе", "ru"), ("tôi có một câu hỏi", "vi"), ("mera ek sawal hai", "hi")],
)  # fmt: skip
def test_what_the_first_text_is_written_in_counts_more_than_the_country(reader, text, likely):
    reader.address = "tel:+34600000101"
    reader.texts_us(text)
    assert reader.offered[0] == likely
    reader.turns_the_page()
    assert reader.spoken == likely


def test_switching_later_by_a_name_comes_back_to_where_one_was(reader):
    reader.texts_us("hello")
    reader.picks("ru")
    assert reader.texts_us("1") == ["menu.ask"]
    assert reader.texts_us("кыргызча") == ["language.choose"]
    assert (reader.offered[0], reader.spoken) == ("ky", "ru")
    assert reader.texts_us("1") == ["menu.ask"]
    assert (reader.spoken, reader.state().language) == ("ky", "ky")


def test_switching_later_by_the_word_and_a_page(reader):
    reader.texts_us("hello")
    reader.picks("en")
    reader.texts_us("1")
    assert reader.says_word("language") == ["language.choose"]
    reader.turns_the_page()
    wanted = reader.offered[0]
    assert reader.picks(wanted) == ["menu.ask"]
    assert reader.state().language == wanted


class TestTelegram:
    @pytest.fixture
    def chat(self, reader):
        reader.address = "telegram:4711000"
        return reader

    def presses(self, chat, option):
        inbound = {"picked": f"{option}@language.", "language_hint": "fil"}
        return chat.texts_us("", **inbound)

    def test_the_profile_orders_the_buttons(self, chat):
        chat.sends("hello", language_hint="fil-PH")
        assert chat.offered[0] == "fil"

    def test_every_button_of_every_page_works_also_when_another_is_open(self, chat):
        chat.sends("hello", language_hint="fil")
        first = chat.offered
        assert self.presses(chat, "more.1") == ["language.choose"]
        second = chat.offered
        # Twice in a hurry: the same page.
        assert self.presses(chat, "more.1") == ["language.choose"]
        assert chat.offered == second != first
        assert self.presses(chat, first[1]) == ["safe.ask"]
        assert chat.state().language == first[1]

    def test_no_button_is_too_long_for_telegram(self, chat):
        chat.sends("hello", language_hint="fil")
        for page in range(5):
            assert all(
                len(f"{option}@language.".encode()) <= LONGEST_BUTTON for option in chat.offered
            )
            self.presses(chat, f"more.{page}")
