"""What a notice says, and that it says nothing of a contact."""

import re

import pytest
from sqlalchemy import func, select

from hotline import notices
from hotline.models import CaseMessage, Contact
from hotline.notices import KINDS, words
from locales import handle, languages

WAITING = "A case is waiting."


class TestWords:
    SECRETS = ("Marisol", "+34 611 222 333", "calle Mayor", "ayúdame")

    def test_nothing_of_a_contact_and_no_number_is_in_any_notice(self, desk):
        """Real sentences and numbers are driven through, and every notice that comes of them is read."""
        everybody = [
            desk.hires(f"m{n}", "supervisor", language, on_duty_only=False)
            for n, language in enumerate(languages("staff"))
        ]
        case_id, person = desk.opens(4711)
        person.texts_us(f"me llamo {self.SECRETS[0]}, {self.SECRETS[1]}, {self.SECRETS[2]}")
        desk.takes(case_id, everybody[0])
        person.texts_us(self.SECRETS[3])
        desk.opens(815, urgency=1)
        desk.opens(816)
        with desk.sessions.begin() as session:
            for kind in KINDS:
                notices.send(session, desk.line_id, kind, [m.id for m in everybody], desk.now)
        desk.looks()
        desk.passes(seconds=30)
        desk.looks()
        # Two are for who has taken a case.
        assert len({m.subject for m in desk.carrier.taken}) == 6 * len(everybody) + 2
        with desk.sessions() as session:
            handles = [handle(n, "en") for n in session.scalars(select(Contact.handle)) if n]
            assert session.scalar(select(func.count()).select_from(CaseMessage))
        assert handles
        for message in desk.carrier.taken:
            whole = f"{message.subject}\n{message.text}"
            for secret in (*self.SECRETS, "4711", "0815", "tel:", "English", "Spanish", *handles):
                assert secret not in whole
            # Where the desk is, and where one's own choice is; no case and no number.
            links = re.findall(r"https?://\S+", whole)
            assert set(links) == {
                "https://line.example/desk",
                "https://line.example/account/notices",
            }
            told = re.sub(r"https?://\S+", "", whole)
            assert {int(n) for n in re.findall(r"\d+", told)} <= set(range(1, 4))

    @pytest.mark.parametrize("language", languages("staff"))
    @pytest.mark.parametrize("what", KINDS)
    def test_every_kind_is_said_in_every_language_of_the_desk(self, language, what):
        english = words.sentence("en", what, 3)
        said = [words.sentence(language, what, n) for n in (1, 2, 3, 11)]
        assert all(said)
        assert not any("{" in each or each.startswith("notice.") for each in said)
        assert language == "en" or english not in said

    def test_without_a_public_address_no_link_is_told(self):
        message = words.notice("a@b.example", "en", "case.waiting", 1, "")
        assert message.text == WAITING

    def test_what_carries_addresses_and_words_does_not_show_them(self):
        message = words.notice("noor@mail.example", "en", "case.waiting", 1, "https://line.example")
        assert "noor" not in repr(message)
        assert "waiting" not in repr(message)


class TestOpenPages:
    def test_the_same_notice_keeps_its_stamp_and_a_new_one_has_another(self, desk):
        noor = desk.hires("noor", by=("browser",))
        desk.opens(1)
        desk.looks()
        first = desk.shown(noor).notices
        desk.passes(seconds=5)
        assert desk.shown(noor).notices == first
        desk.opens(2)
        desk.looks()
        (again,) = desk.shown(noor).notices
        assert again.at > first[0].at
        assert again.text == "2 cases are waiting."

    def test_a_page_is_told_when_there_may_be_more(self, desk):
        noor = desk.hires("noor", by=("browser",))
        case_id, person = desk.opens()
        desk.takes(case_id, noor)
        person.texts_us("are you there?")
        desk.looks()
        news = desk.shown(noor)
        assert (len(news.notices), news.again) == (0, 11)
        desk.passes(seconds=11)
        assert [each.what for each in desk.shown(noor).notices] == ["contact.wrote"]

    def test_what_is_old_or_dealt_with_is_not_shown(self, desk):
        noor = desk.hires("noor", by=("browser",))
        desk.opens()
        desk.looks()
        desk.passes(minutes=15)
        assert desk.shown(noor).notices == []
        desk.opens(2)
        desk.looks()
        assert len(desk.shown(noor).notices) == 1

    def test_while_the_screen_is_locked_it_says_only_that_something_waits(self, desk):
        noor = desk.hires("noor", by=("browser",))
        desk.opens(1)
        desk.opens(2, urgency=1)
        desk.looks()
        (shown,) = desk.shown(noor, locked=True).notices
        assert (shown.what, shown.text) == ("locked", "Something is waiting for you.")
