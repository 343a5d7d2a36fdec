"""Signing up by a code: what it leaves behind, what it costs, and what it never touches."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from campaigns import purging
from campaigns.models import SignUpPending, SignUpTally, Subscriber
from campaigns.sending import ledger
from campaigns.signup import codes
from campaigns.signup.codewords import means_something
from campaigns.signup.optin import ASK, CODES_LAST, MOST_LANGUAGES, SignUps
from hotline.body import numbered, speak
from hotline.channels import TELEGRAM, Inbound
from hotline.conversation import Conversation
from hotline.models import Contact, Counter, OptOut
from hotline.vault import Vault
from locales import count_segments, languages
from locales.names import named_languages
from tests.conftest import FLOW, LANGUAGES
from tests.hotline.people import Person
from triage import Option, Say
from triage.flow import YES_NO
from triage.plain import folded

SWISS = "tel:+41791234567"
MANY = named_languages()


class Line:
    """A line with one code, and whoever texts it."""

    def __init__(self, sessions, vault, line_id, now, code="RADIO7"):
        self.sessions, self.vault, self.line_id, self.now = sessions, vault, line_id, now
        self.makes(code, tag="north")
        self.talk = self.conversation(signing_up=SignUps(vault, line_id).hear)

    def conversation(self, **more):
        def erased(session, line_id, address, now):
            ledger.erase(session, line_id, address, now, self.vault)

        return Conversation(self.vault, FLOW, self.line_id, LANGUAGES, erased=erased, **more)

    def makes(self, code, label="A poster", tag=""):
        with self.sessions.begin() as session:
            return codes.add(
                session, self.line_id, code, label, tag, staff_id=None, now=self.now
            )  # fmt: skip

    def closes(self, code):
        with self.sessions.begin() as session:
            codes.close(session, self.line_id, code, self.now)

    def person(self, address=SWISS, talk=None):
        return Person(talk or self.talk, self.sessions, self.now, address)

    def signs_up(self, address=SWISS):
        person = self.person(address)
        assert person.texts_us("RADIO7") == ["signup.ask"]
        assert person.texts_us("1") == ["signup.done"]
        return person

    def rows(self, table):
        with self.sessions() as session:
            return session.scalars(select(table)).all()

    def subscriber(self):
        (row,) = self.rows(Subscriber)
        return row

    def tallied(self):
        with self.sessions() as session:
            found = session.execute(
                select(SignUpTally.code, SignUpTally.event, func.sum(SignUpTally.n))
                .group_by(SignUpTally.code, SignUpTally.event)
                .order_by(SignUpTally.code, SignUpTally.event)
            )
            return {f"{code} {what}": int(n) for code, what, n in found}

    def counted(self, name):
        with self.sessions() as session:
            return session.scalar(select(func.sum(Counter.n)).where(Counter.event == name)) or 0


@pytest.fixture
def line(sessions, vault, line_id, now):
    return Line(sessions, vault, line_id, now)


class TestTheRow:
    def test_it_says_how_to_reach_them_where_they_are_and_what_they_agreed_to(self, line, now):
        line.signs_up()
        row = line.subscriber()
        assert row.address_hash == line.vault.address_hash(SWISS)
        assert line.vault.open(row.address_sealed, "address") == SWISS
        assert (row.channel, row.country, row.time_zone) == ("simulator", "CH", "Europe/Zurich")
        assert (row.tag, row.consent_source, row.consent_date) == ("north", "RADIO7", now.date())

    def test_a_number_of_several_zones_keeps_them_all(self, line):
        line.signs_up("tel:+79161234567")
        zones = line.subscriber().time_zone.split()
        assert {"Europe/Moscow", "Asia/Vladivostok"} <= set(zones)

    def test_a_telegram_chat_tells_neither_country_nor_zone(self, line, now):
        for n, (text, code, picked) in enumerate(
            [("/start", "RADIO7", ""), ("", "", "yes@signup")]
        ):
            inbound = Inbound(
                TELEGRAM, "telegram:4711", text, f"u{n}", now, picked=picked, code=code
            )
            with line.sessions.begin() as session:
                line.talk.receive(session, inbound, now)
        row = line.subscriber()
        assert (row.channel, row.country, row.time_zone) == ("telegram", "", "")

    def test_a_yes_after_the_code_was_closed_is_still_a_yes(self, line):
        person = line.person()
        person.texts_us("RADIO7")
        line.closes("RADIO7")
        assert person.texts_us("yes") == ["signup.done"]
        assert line.subscriber().tag == "north"

    def test_signing_up_again_after_stop_keeps_the_row_and_takes_the_new_consent(self, line, now):
        person = line.signs_up()
        first = line.subscriber()
        person.texts_us("STOP")
        line.makes("BUS42", tag="south")
        person.now += timedelta(days=3)
        assert person.texts_us("BUS42") == ["signup.ask"]
        assert person.texts_us("yes") == ["signup.done"]
        row = line.subscriber()
        assert (row.id, row.consent_source, row.tag) == (first.id, "BUS42", "south")
        assert row.consent_date == now.date() + timedelta(days=3)
        assert not line.rows(OptOut)

    def test_texted_again_it_changes_nothing_of_the_consent(self, line):
        person = line.signs_up()
        line.makes("BUS42", tag="south")
        person.now += timedelta(days=3)
        assert person.texts_us("BUS42") == ["signup.already"]
        assert (line.subscriber().consent_source, line.subscriber().tag) == ("RADIO7", "north")

    def test_somebody_known_by_an_older_hash_key_stays_one_subscriber(self, line, key_ring, now):
        line.signs_up().texts_us("STOP")
        before = line.subscriber()
        rotated = Vault(key_ring.with_new("hash", now), now)
        assert rotated.address_hash(SWISS) != before.address_hash
        after = Line(line.sessions, rotated, line.line_id, now, code="BUS42")
        person = after.person()
        person.texts = 100
        assert person.texts_us("BUS42") == ["signup.ask"]
        assert person.texts_us("1") == ["signup.done"]
        row = after.subscriber()
        assert (row.id, row.address_hash) == (before.id, rotated.address_hash(SWISS))
        assert not line.rows(OptOut)


class TestWhatIsKept:
    def test_who_was_asked_is_a_hash_that_nothing_else_is_found_by(self, line):
        line.person().texts_us("RADIO7")
        (pending,) = line.rows(SignUpPending)
        (contact,) = line.rows(Contact)
        assert pending.signup_hash == line.vault.signup_hash(SWISS)
        assert pending.signup_hash not in line.vault.hashes(SWISS)
        assert pending.signup_hash != contact.address_hash

    def test_an_answer_ends_the_waiting(self, line):
        for answer in ("1", "no", "what is this", "help"):
            person = line.person(f"tel:+4179123456{len(answer)}")
            person.texts_us("RADIO7")
            person.texts_us(answer)
            assert not line.rows(SignUpPending), answer

    def test_after_two_days_nobody_waits(self, line, now):
        line.person().texts_us("RADIO7")
        for days, left in ((1, 1), (3, 0)):
            with line.sessions.begin() as session:
                purging.purge(session, now + timedelta(days=days))
            assert len(line.rows(SignUpPending)) == left

    def test_erasure_leaves_neither_subscriber_nor_question(self, line):
        person = line.signs_up()
        person.texts_us("STOP")
        assert person.texts_us("RADIO7") == ["signup.ask"]
        (kept,) = line.rows(SignUpPending)
        assert person.texts_us("DELETE") == ["erase.ask"]
        with line.sessions.begin() as session:
            # A question that was somehow left behind.
            session.add(
                SignUpPending(
                    line_id=kept.line_id, signup_hash=kept.signup_hash, code=kept.code, at=kept.at
                )
            )
        assert person.texts_us("1") == ["erase.done"]
        assert not line.rows(Subscriber)
        assert not line.rows(SignUpPending)

    def test_asked_and_agreed_are_counted_by_code_without_who(self, line):
        line.makes("BUS42")
        line.signs_up()
        line.signs_up("tel:+41791234568")
        third = line.person("tel:+41791234569")
        third.texts_us("RADIO7")
        third.texts_us("radio 7")
        third.texts_us("BUS42")
        third.texts_us("no")
        assert line.tallied() == {"BUS42 asked": 1, "RADIO7 agreed": 2, "RADIO7 asked": 3}
        assert line.counted("signups_asked") == 4
        assert line.counted("signups_agreed") == 2

    def test_a_sign_up_is_no_conversation(self, line):
        line.signs_up()
        assert (line.counted("conversations"), line.counted("texts_in")) == (0, 2)


class TestCodes:
    def test_one_that_is_made_is_known_to_every_process_soon(self, line):
        person = line.person()
        assert person.texts_us("BUS42") == ["language.choose"]
        line.makes("BUS42")
        person.now += CODES_LAST
        assert person.texts_us("BUS42") == ["signup.ask"]

    def test_one_that_is_closed_is_a_word_like_any_other(self, line):
        assert line.person().texts_us("RADIO7") == ["signup.ask"]
        line.closes("RADIO7")
        line.now += CODES_LAST
        other = line.person("tel:+41791234568")
        assert other.texts_us("RADIO7") == ["language.choose"]

    def test_one_of_another_line_is_none_of_ours(self, line):
        with line.sessions() as session:
            assert codes.open_ones(session, line.line_id + 1) == frozenset()
            assert codes.open_ones(session, line.line_id) == {"RADIO7"}

    @pytest.mark.parametrize("kind", ["picture", "edited"])
    def test_what_is_no_new_text_is_no_code(self, line, kind):
        assert "signup.ask" not in line.person().texts_us("RADIO7", kind=kind)
        assert not line.rows(SignUpPending)

    def test_words_of_alarm_that_came_with_a_later_version_outrank_it(self, line):
        with line.sessions.begin() as session:
            session.execute(
                codes.SignUpCode.__table__.insert().values(
                    line_id=line.line_id, code="HELPME", label="-", tag="", created_at=line.now
                )
            )
        assert line.person().texts_us("help me") == ["person.called"]


class TestOrdinaryTexts:
    TALK = (
        "hello",
        "1",
        "yes",
        "2",
        "no",
        "no",
        "skip",
        "I need my passport",
        "menu",
        "0",
        "thanks",
    )

    def statements(self, line, talk, address):
        made = []

        def note(_connection, _cursor, statement, *_rest):
            made.append(statement)

        person = line.person(address, talk)
        with line.sessions() as session:
            engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        try:
            for words in self.TALK:
                person.texts_us(words)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return made

    def test_they_cost_the_database_nothing_but_a_look_at_the_codes_now_and_then(self, line):
        with_codes = self.statements(line, line.talk, "tel:+41791234561")
        without = self.statements(line, line.conversation(), "tel:+41791234562")
        looks = [made for made in with_codes if "FROM signup_codes" in made]
        assert [made for made in with_codes if made not in looks] == without
        lasted = timedelta(seconds=5) * len(self.TALK)
        assert 0 < len(looks) <= lasted / CODES_LAST + 1

    def test_a_talk_after_a_night_costs_none_either(self, line, now):
        person = line.person()
        person.reaches_the_menu()
        person.now += timedelta(hours=30)
        with line.sessions.begin() as session:
            purging.purge(session, person.now)
        assert person.texts_us("hello again") == ["safe.ask"]
        assert not line.rows(SignUpPending)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_fits_two_messages_with_every_other_language_below_it(language):
    others = [Option(code, f"native:{code}") for code in LANGUAGES if code != language]
    body = speak([Say(ASK, (*YES_NO, *others))], language)
    shown = numbered(body.text, body.options)
    assert count_segments(shown).segments <= 2, shown


class TestManyLanguages:
    """Of a line with more languages than fit below a question."""

    @pytest.fixture
    def many(self, line):
        return replace(line.talk, languages=MANY)

    @pytest.mark.parametrize("language", languages("contact"))
    def test_the_likeliest_stand_below_the_question_as_far_as_it_fits(self, line, many, language):
        person = Person(many, line.sessions, line.now, SWISS)
        asked = person.sends("RADIO7", language_hint=language)
        assert asked.language == language
        (say,) = asked.turn.messages
        shown = speak([say], language)
        assert count_segments(numbered(shown.text, shown.options)).segments <= 2
        assert language not in [option.id for option in say.options]
        others = [option.id for option in say.options[2:]]
        assert len(others) <= MOST_LANGUAGES
        if others:
            # A number means what was read, whatever the next text hints at.
            again = person.sends(str(len(say.options)), language_hint="ne")
            assert [say.id for say in again.turn.messages] == ["signup.ask"]
            assert again.language == others[-1]

    @pytest.mark.parametrize("name", ["українська", "ukrainian"])
    def test_any_other_is_asked_for_by_its_name(self, line, many, name):
        person = Person(many, line.sessions, line.now, SWISS)
        person.texts_us("RADIO7")
        asked = person.sends(name)
        assert [say.id for say in asked.turn.messages] == ["signup.ask"]
        assert (asked.language, len(asked.turn.messages[0].options)) == ("uk", 2)
        assert person.texts_us("1") == ["signup.done"]
        assert line.subscriber().language == "uk"

    @pytest.mark.parametrize("code", ["hi", "so", "am"])
    def test_a_word_is_not_taken_for_the_code_of_a_language(self, line, many, code):
        person = Person(many, line.sessions, line.now, SWISS)
        person.sends("RADIO7", language_hint="en")
        assert "signup.ask" not in person.texts_us(code)


@pytest.mark.parametrize("name", ["RUSSIAN", "farsi", "українська"])
def test_a_name_of_a_language_is_no_code(name):
    assert means_something(folded(name).replace(" ", ""))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_a_sign_up_says_what_the_line_is_for(language):
    texts = " ".join(
        speak([Say(name)], language).text.casefold()
        for name in ("signup.ask", "signup.done", "signup.not_done", "signup.already")
    )
    for word in (
        "traffick",
        "danger",
        "victim",
        "exploit",
        "traite",
        "trata",
        "peligro",
        "اتجار",
        "خطر",
    ):
        assert word not in texts


def test_what_it_works_with_shows_nothing_of_anybody(line, now):
    inbound = Inbound("telegram", SWISS, "/start", "u1", now, code="SECRET")
    shown = f"{inbound!r} {SignUps(line.vault, line.line_id)!r}"
    assert "SECRET" not in shown
    assert "4179" not in shown


def test_two_vaults_of_one_ring_know_the_same_person_as_asked(key_ring):
    assert Vault(key_ring).signup_hash(SWISS) == Vault(key_ring).signup_hash(SWISS)
