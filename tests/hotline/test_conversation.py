from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import func, select, text, update

from hotline import bell, casefile, cases, forgetting, hearing, outbox, retention, staff
from hotline.channels import SIMULATOR, Inbound
from hotline.models import Case, CaseKey, CaseMessage, Contact, Counter, OptOut, Outbox
from ops import database
from tests.hotline.people import Person

ADDRESS = "tel:+12025550101"


def count(sessions, table):
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table))


def counted(sessions, event):
    with sessions() as session:
        return session.scalar(select(func.sum(Counter.n)).where(Counter.event == event)) or 0


def test_a_first_text_is_offered_a_language_then_asked_whether_it_is_safe(person):
    person.reaches_the_menu()


def test_a_webhook_delivered_twice_is_answered_once(conversation, sessions, now):
    inbound = Inbound(SIMULATOR, ADDRESS, "hello", "SM1", now)
    for _ in range(2):
        with sessions.begin() as session:
            handled = conversation.receive(session, inbound, now)
    assert handled.turn is None
    assert count(sessions, Outbox) == 1
    assert counted(sessions, "texts_in") == 1


@pytest.mark.parametrize(
    ("address", "hint", "words", "language"),
    [
        ("tel:+33639980101", "", "hello", "fr"),
        ("tel:+34600000101", "", "hello", "es"),
        ("tel:+962790000101", "", "hello", "ar"),
        ("telegram:1", "fr-FR", "hello", "fr"),
        ("tel:+34600000101", "", "مرحبا أحتاج مساعدة", "ar"),
        ("telegram:2", "xx", "hello", "en"),
    ],
)
def test_the_likeliest_language_is_offered_first(
    conversation, sessions, now, address, hint, words, language
):
    person = Person(conversation, sessions, now, address)
    handled = person.sends(words, language_hint=hint)
    assert handled.turn.messages[0].options[0].id == language


def test_a_case_opens_with_urgency_language_and_reasons(person, sessions, caseworker):
    person.reaches_the_menu()
    person.texts_us("2")
    for answer in ("no", "skip", "yes", "yes"):
        person.texts_us(answer)
    assert person.texts_us("yes they make me") == ["consent.ask"]
    assert person.texts_us("1") == ["person.called"]
    with sessions() as session:
        case = session.scalars(select(Case)).one()
        assert (case.urgency, case.language, case.state) == (2, "en", "waiting")
    assert caseworker.reads()["summary"] == {"path": "situation"}
    summary = caseworker.reads()["answers"]
    assert summary["outcome"] == "possible_trafficking"
    assert summary["reasons"] == [
        "need.documents",
        "rule.palermo_adult",
        "indicator.CD01",
        "indicator.CD03",
        "indicator.W03",
    ]
    assert summary["not_answered"] == ["under_18"]
    assert "debt" in summary["not_asked"]
    assert counted(sessions, "screenings") == counted(sessions, "referrals") == 1


def test_without_consent_nothing_of_the_answers_reaches_anybody(person, sessions):
    person.reaches_the_menu()
    person.texts_us("2")
    for answer in ("no", "no", "yes", "yes"):
        person.texts_us(answer)
    assert person.texts_us("yes") == ["consent.ask"]
    assert person.texts_us("no") == ["consent.declined"]
    assert count(sessions, Case) == 0


def test_what_a_waiting_person_writes_joins_the_thread(person, caseworker):
    person.calls_a_person()
    person.texts_us("they took my passport")
    assert caseworker.hears() == ["they took my passport"]


def test_a_pair_of_texts_at_once_makes_one_contact(person, conversation, sessions, now):
    first = Inbound(SIMULATOR, ADDRESS, "a", "1", now)
    second = Inbound(SIMULATOR, ADDRESS, "b", "2", now)
    with sessions.begin() as session:
        conversation.receive(session, first, now)
    with sessions.begin() as session:
        conversation.receive(session, second, now)
    assert count(sessions, Contact) == 1


class TestStop:
    def test_it_ends_campaigns_and_not_the_helpline_talk(self, person, sessions):
        person.calls_a_person()
        assert person.texts_us("STOP") == ["stop.done"]
        person.texts_us("are you there")
        with sessions() as session:
            assert session.scalars(select(Case)).one().state == "waiting"
            assert [m.author for m in session.scalars(select(CaseMessage))] == ["contact"]
        assert count(sessions, OptOut) == 1

    def test_start_takes_it_back(self, person, sessions):
        person.texts_us("STOP")
        person.texts_us("START")
        assert count(sessions, OptOut) == 0

    def test_it_survives_erasure_as_a_hash_only(self, person, sessions, vault):
        person.texts_us("STOP")
        person.reaches_the_menu()
        person.says_word("delete")
        person.texts_us("1")
        with sessions() as session:
            assert session.scalars(select(OptOut)).one().address_hash == vault.address_hash(ADDRESS)


class TestErasure:
    def erases(self, person):
        assert person.says_word("delete") == ["erase.ask"]
        assert person.texts_us("1") == ["erase.done"]

    def test_nothing_that_the_address_finds_is_left(self, person, sessions, vault):
        person.calls_a_person()
        person.texts_us("my secret")
        handle = 987_654_321
        with sessions.begin() as session:
            assert session.scalar(select(Contact.handle)) is not None
            session.execute(update(Contact).values(handle=handle))
        self.erases(person)
        person.hears()
        found = vault.address_hash(ADDRESS).hex()
        with sessions() as session:
            tables = session.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ).all()
            for table in tables:
                rows = session.execute(text(f"SELECT t::text FROM {table} t")).scalars().all()
                assert not [row for row in rows if found in row], table
                assert not [row for row in rows if str(handle) in row], table
        assert count(sessions, Contact) == 0

    def test_the_open_case_says_so_and_its_words_go_when_that_was_seen(
        self, person, sessions, caseworker
    ):
        person.calls_a_person()
        person.texts_us("my secret")
        self.erases(person)
        with sessions() as session:
            case = session.scalars(select(Case)).one()
        assert (case.state, case.contact_id) == ("waiting", None)
        assert case.forgotten_at == person.now
        assert caseworker.notes() == ["note.forgotten"]
        with sessions.begin() as session, pytest.raises(cases.CaseRefused, match="forgotten"):
            cases.take(session, caseworker.vault, case.id, caseworker.member, person.now)
        with sessions.begin() as session:
            forgetting.acknowledge(session, case.id, person.now)
        self.is_destroyed(sessions)
        with sessions.begin() as session, pytest.raises(cases.CaseRefused, match="closed"):
            forgetting.acknowledge(session, case.id, person.now)

    def test_in_a_day_its_words_go_seen_or_not(self, person, sessions):
        person.calls_a_person()
        person.texts_us("my secret")
        self.erases(person)
        for hours, destroyed in ((23, False), (25, True)):
            with sessions.begin() as session:
                retention.purge(session, person.now + timedelta(hours=hours))
            assert (count(sessions, CaseMessage) == 0) is destroyed
        self.is_destroyed(sessions)

    def is_destroyed(self, sessions):
        with sessions() as session:
            case = session.scalars(select(Case)).one()
        assert case.state == "closed"
        assert case.summary_sealed is case.answers_sealed is case.public_key is None
        assert count(sessions, CaseMessage) == count(sessions, CaseKey) == 0

    def test_cases_that_were_closed_before_lose_their_words_too(
        self, person, sessions, vault, line_id
    ):
        person.calls_a_person()
        person.texts_us("my secret")
        with sessions.begin() as session:
            worker = hire(session, line_id)
            case = session.scalars(select(Case)).one()
            cases.take(session, vault, case.id, worker, person.now)
            cases.close(session, vault, case.id, worker, person.now)
        self.erases(person)
        self.is_destroyed(sessions)
        with sessions() as session:
            assert session.scalars(select(Case)).one().contact_id is None

    def test_the_answer_still_reaches_the_person(self, person):
        person.reaches_the_menu()
        person.hears()
        self.erases(person)
        assert len(person.hears()) == 1

    def test_a_no_keeps_everything(self, person, sessions):
        person.reaches_the_menu()
        person.says_word("delete")
        assert person.texts_us("2") == ["erase.kept", "menu.ask"]
        assert count(sessions, Contact) == 1


class TestBadInput:
    @pytest.mark.parametrize(
        "words",
        ["\x00", "x" * 10_000, "😀" * 500, "\u202eolleh\u200f", "'; DROP TABLE contacts", "{x}"],
    )
    def test_whatever_is_written_gets_an_answer(self, person, words):
        person.reaches_the_menu()
        assert person.texts_us(words)

    def test_ten_thousand_characters_reach_the_caseworker_whole(self, person, caseworker):
        person.calls_a_person()
        person.texts_us("y" * 10_000)
        assert caseworker.hears() == ["y" * 10_000]

    def test_a_picture_is_answered_and_the_question_asked_again(self, person):
        person.reaches_the_menu()
        assert person.texts_us("", kind="picture") == ["picture.unseen", "menu.ask"]
        assert person.texts_us("   ") == ["picture.unseen", "menu.ask"]

    def test_an_edited_message_is_answered(self, person):
        person.reaches_the_menu()
        assert person.texts_us("new words", kind="edited") == ["edited.unseen", "menu.ask"]


class TestButtons:
    def test_a_button_pressed_twice_answers_one_question(self, person):
        person.reaches_the_menu()
        assert person.texts_us("", picked="situation@menu.")[-1] == "question.danger_now"
        no = "no@situation.danger_now"
        assert person.texts_us("", picked=no) == ["question.under_18"]
        assert person.texts_us("", picked=no) == []
        assert person.texts_us("", picked="no@situation.under_18") == ["question.forced"]

    def test_an_old_button_pressed_later_has_the_question_asked_again(self, person):
        person.reaches_the_menu()
        person.texts_us("2")
        person.texts_us("no")
        person.now += timedelta(minutes=1)
        asked = person.texts_us("", picked="no@situation.danger_now")
        assert asked == ["not_understood", "question.under_18"]

    def test_a_button_carries_where_it_was_offered(self, person, sessions, vault):
        person.texts_us("hello")
        with sessions.begin() as session:
            (row,) = outbox.claim(session, vault, SIMULATOR, 5, person.now)
        assert row.body.options[0][0] == "en@language."


class TestSafety:
    def test_after_a_long_silence_it_is_asked_again(self, person, caseworker):
        person.calls_a_person()
        person.now += timedelta(hours=3)
        assert person.texts_us("hello?") == ["safe.ask"]
        assert caseworker.hears() == ["hello?"]

    def test_while_the_safe_word_is_up_nobody_may_write(self, person, sessions, vault, line_id):
        person.calls_a_person()
        assert person.says_word("safe_word") == ["cover.text"]
        assert person.texts_us("what is this number") == ["cover.text"]
        with sessions.begin() as session:
            case = session.scalars(select(Case)).one()
            worker = hire(session, line_id)
            cases.take(session, vault, case.id, worker, person.now)
            with pytest.raises(cases.CaseRefused, match=r"refused\.covered"):
                cases.reply(session, vault, case.id, worker, "hello", person.now)
        person.hears()
        assert person.says_word("start") == ["safe.ask"]
        with sessions.begin() as session, pytest.raises(cases.CaseRefused):
            cases.reply(session, vault, case.id, worker, "hello", person.now)
        assert person.says_word("yes") == ["person.waiting"]
        with sessions.begin() as session:
            cases.reply(session, vault, case.id, worker, "hello", person.now)
        assert "hello" in person.hears()


class TestAlarms:
    def test_words_of_alarm_make_an_open_case_urgent_and_leave_a_note(
        self, person, sessions, caseworker
    ):
        person.calls_a_person()
        assert person.texts_us("he is going to kill me") == ["help.emergency"]
        with sessions() as session:
            case = session.scalars(select(Case)).one()
        assert case.urgency == 1
        assert caseworker.notes() == ["note.alarm_danger"]

    def test_a_childs_words_bring_the_child_team(self, person, sessions):
        person.reaches_the_menu()
        assert person.texts_us("i am 15 years old") == ["child.honest.may", "person.called"]
        with sessions() as session:
            case = session.scalars(select(Case)).one()
        assert (case.urgency, case.team) == (2, "child")

    def test_a_childs_words_move_an_open_case_to_the_child_team(self, person, sessions, caseworker):
        person.calls_a_person()
        with sessions() as session:
            assert session.scalars(select(Case)).one().team == "general"
        person.texts_us("i am 15 years old")
        with sessions() as session:
            case = session.scalars(select(Case)).one()
        assert (case.urgency, case.team) == (2, "child")
        assert caseworker.notes() == ["note.alarm_child"]

    def test_a_case_never_becomes_less_urgent(self, person, sessions):
        person.calls_a_person()
        person.texts_us("he is going to kill me")
        person.texts_us("i am 15 years old")
        with sessions() as session:
            case = session.scalars(select(Case)).one()
        assert (case.urgency, case.team) == (1, "child")

    def test_an_alarm_repeated_is_noted_once_and_its_words_each_time(self, person, caseworker):
        person.calls_a_person()
        assert person.texts_us("he is going to kill me") == ["help.emergency"]
        assert person.texts_us("please, he is going to kill me") == []
        assert caseworker.notes() == ["note.alarm_danger"]
        assert len(caseworker.hears()) == 2

    def test_under_cover_one_of_ours_learns_and_the_phone_reads_the_weather(
        self, person, sessions, caseworker
    ):
        person.reaches_the_menu()
        person.says_word("safe_word")
        weather = person.hears()[-1]
        assert person.texts_us("he is going to kill me") == ["cover.text"]
        assert person.hears() == [weather]
        with sessions() as session:
            case = session.scalars(select(Case)).one()
        assert (case.urgency, case.covered) == (1, True)
        assert set(caseworker.notes()) == {"note.safe_word_raised", "note.alarm_danger"}

    def test_who_is_watched_is_written_to_by_nobody(self, person, sessions, vault, line_id):
        person.calls_a_person()
        person.hears()
        assert person.texts_us("he is reading my phone") == ["safe.not_now"]
        person.hears()
        with sessions.begin() as session:
            worker = hire(session, line_id)
            case = session.scalars(select(Case)).one()
            cases.take(session, vault, case.id, worker, person.now)
        with sessions.begin() as session, pytest.raises(cases.CaseRefused, match="covered"):
            cases.reply(session, vault, case.id, worker, "are you there", person.now)
        assert person.hears() == []
        assert person.texts_us("he is gone") == ["safe.ask"]
        assert person.texts_us("1") == ["person.waiting"]
        with sessions.begin() as session:
            cases.reply(session, vault, case.id, worker, "are you there", person.now)
        assert "are you there" in person.hears()

    def test_words_of_alarm_without_a_case_open_one(self, person, sessions):
        assert person.texts_us("he is going to kill me") == ["help.emergency", "person.called"]
        with sessions() as session:
            case = session.scalars(select(Case)).one()
        assert (case.urgency, case.covered) == (1, False)

    def test_what_only_the_ear_hears_is_an_alarm_too(self, conversation, sessions, now):
        def hears_danger(_text):
            return {"danger": 0.99}

        person = Person(replace(conversation, ear=hears_danger), sessions, now)
        person.calls_a_person()
        assert person.texts_us("the door and the window and the key") == ["help.emergency"]
        with sessions() as session:
            assert session.scalars(select(Case)).one().urgency == 1

    def test_the_first_words_lead_to_their_path_once_it_is_safe(self, conversation, sessions, now):
        def hears_an_offer(_text):
            return {"path.offer": 0.99}

        person = Person(replace(conversation, ear=hears_an_offer), sessions, now)
        assert person.texts_us("a man offers me work abroad") == ["language.choose"]
        assert person.texts_us("1") == ["safe.ask"]
        assert person.texts_us("1") == ["offer.intro", "question.offer_started"]
        assert counted(sessions, "paths_offer") == 1

    def test_an_offer_gone_through_is_counted_and_weighed_by_nobody(self, person, sessions):
        person.reaches_the_menu()
        person.texts_us("3")
        for _ in range(7):
            assert counted(sessions, "offers_checked") == 0
            person.texts_us("no")
        assert person.texts_us("no")[-1] == "offer.advice"
        assert counted(sessions, "offers_checked") == 1
        assert counted(sessions, "screenings") == count(sessions, Case) == 0

    def test_later_is_a_pause_and_the_same_question_comes_again_once_it_is_safe(self, person):
        person.reaches_the_menu()
        person.texts_us("2")
        assert person.texts_us("no") == ["question.under_18"]
        assert person.says_word("later") == ["pause.done"]
        person.now += timedelta(days=1)
        assert person.texts_us("I am back") == ["safe.ask"]
        assert person.texts_us("1") == ["question.under_18"]
        assert person.texts_us("no") == ["question.forced"]

    def test_another_language_is_offered_and_never_switched_to_unasked(self, person):
        person.reaches_the_menu()
        handled = person.sends("no entiendo nada de lo que dice este mensaje")
        assert [say.id for say in handled.turn.messages] == ["language.choose"]
        assert handled.turn.messages[0].options[0].id == "es"
        assert handled.turn.state.language == "en"


class TestCases:
    def test_a_person_is_told_who_took_over_and_that_it_was_closed(
        self, person, sessions, vault, line_id
    ):
        person.calls_a_person()
        person.hears()
        with sessions.begin() as session:
            worker = hire(session, line_id)
            case = session.scalars(select(Case)).one()
            cases.take(session, vault, case.id, worker, person.now)
        assert "Sam" in person.hears()[0]
        with sessions.begin() as session:
            cases.close(session, vault, case.id, worker, person.now)
        assert person.hears()
        assert person.texts_us("thank you") == ["safe.ask"]

    def test_nobody_takes_a_case_twice(self, person, sessions, vault, line_id):
        person.calls_a_person()
        with sessions.begin() as session:
            worker = hire(session, line_id)
            other = hire(session, line_id, "other")
            case = session.scalars(select(Case)).one()
            cases.take(session, vault, case.id, worker, person.now)
            with pytest.raises(cases.CaseRefused, match="taken_already"):
                cases.take(session, vault, case.id, other, person.now)
            with pytest.raises(cases.CaseRefused, match="not_yours"):
                cases.reply(session, vault, case.id, other, "hi", person.now)

    def test_the_most_urgent_is_on_top(self, conversation, sessions, now, line_id):
        calm = Person(conversation, sessions, now, "tel:+12025550102")
        calm.calls_a_person()
        urgent = Person(conversation, sessions, now, "tel:+12025550103")
        urgent.reaches_the_menu()
        urgent.texts_us("1")
        with sessions() as session:
            assert [case.urgency for case in casefile.listed(session, line_id)] == [1, 3]

    def test_a_case_remembers_the_contact_only_while_it_is_open(
        self, person, sessions, vault, line_id
    ):
        person.calls_a_person()
        person.says_word("delete")
        person.texts_us("1")
        person.reaches_the_menu()
        with sessions() as session:
            known = session.scalars(select(Contact)).one()
            assert hearing.open_case_of(session, known.id) is None


def hire(session, line_id, login="sam"):
    staff.add(
        session, line_id=line_id, login=login, display_name="Sam", role="caseworker", language="en"
    )
    return next(person for person in staff.listed(session, line_id) if person.login == login)


def test_counters_grow_in_the_same_transaction_or_not_at_all(conversation, sessions, now):
    inbound = Inbound(SIMULATOR, ADDRESS, "hello", "x1", now)
    with pytest.raises(RuntimeError), sessions.begin() as session:
        conversation.receive(session, inbound, now)
        raise RuntimeError
    assert count(sessions, Counter) == count(sessions, Contact) == count(sessions, Outbox) == 0


class TestRinging:
    """Who reads a case is rung for after the commit: one that rings by itself waits for all that do."""

    @pytest.mark.parametrize(
        "said", ["they took my passport", "he is going to kill me", "STOP", "DELETE"]
    )
    def test_what_a_contact_does_names_whom_to_ring_for_and_rings_nobody(
        self, person, sessions, database_url, line_id, said
    ):
        person.calls_a_person()
        if said == "DELETE":
            person.sends(said)
            said = "1"
        with sessions() as session:
            case_id = session.scalar(select(Case.id))
        dsn = database.dsn(sessions.kw["bind"])
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(f"LISTEN {bell.NAME}")
            handled = person.sends(said)
            assert list(connection.notifies(timeout=0.2)) == []
        wanted = set() if said == "STOP" else {f"desk:{line_id}", f"case:{case_id}"}
        assert set(handled.rings) - {f"outbox:{SIMULATOR}"} == wanted

    def test_a_case_that_opens_names_the_desk(self, person, sessions, line_id):
        person.reaches_the_menu()
        assert f"desk:{line_id}" in person.sends("0").rings

    def test_what_one_of_ours_does_rings_when_it_is_committed(
        self, person, sessions, vault, line_id
    ):
        person.calls_a_person()
        dsn = database.dsn(sessions.kw["bind"])
        with sessions.begin() as session:
            worker, case_id = hire(session, line_id), session.scalar(select(Case.id))
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(f"LISTEN {bell.NAME}")
            for act in (
                lambda session: cases.take(session, vault, case_id, worker, person.now),
                lambda session: cases.reply(session, vault, case_id, worker, "hi", person.now),
                lambda session: cases.give_back(session, vault, case_id, worker, person.now),
            ):
                with sessions.begin() as session:
                    act(session)
                heard = {notice.payload for notice in connection.notifies(timeout=0.3)}
                assert {f"desk:{line_id}", f"case:{case_id}"} <= heard
