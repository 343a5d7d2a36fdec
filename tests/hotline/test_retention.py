from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import func, select

import campaigns.models  # noqa: F401 - its tables count too
from hotline import cases, retention, signin, staff
from hotline.channels import SIMULATOR, Inbound
from hotline.models import (
    Base,
    Case,
    CaseKey,
    CaseMessage,
    Contact,
    InboundSeen,
    Outbox,
    StaffSession,
)


def rows(sessions, table):
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table))


def purge(sessions, now):
    with sessions.begin() as session:
        return retention.purge(session, now)


def test_every_table_has_a_lifetime_and_no_other_has():
    assert {table.name for table in Base.metadata.sorted_tables} == retention.KEEP.keys()


def test_addresses_and_words_are_bytes_and_never_text():
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name in ("address", "phone", "body", "summary", "state_text"):
                raise AssertionError(f"{table.name}.{column.name} could hold what must be sealed")


def test_an_idle_dialogue_is_forgotten_and_an_idle_contact_later(person, sessions):
    person.reaches_the_menu()
    purge(sessions, person.now + timedelta(hours=25))
    with sessions() as session:
        contact = session.scalars(select(Contact)).one()
        assert contact.state_sealed is None
        assert contact.language == "en"
    purge(sessions, person.now + timedelta(days=31))
    assert rows(sessions, Contact) == rows(sessions, InboundSeen) == rows(sessions, Outbox) == 0


def test_an_open_case_keeps_its_contact(person, sessions):
    person.calls_a_person()
    purge(sessions, person.now + timedelta(days=40))
    assert rows(sessions, Contact) == rows(sessions, Case) == 1


def test_who_comes_back_is_asked_whether_it_is_safe(person, sessions):
    person.reaches_the_menu()
    person.now += timedelta(days=2)
    purge(sessions, person.now)
    assert person.texts_us("hello again") == ["safe.ask"]


def test_who_writes_at_the_moment_of_the_purge_is_kept(person, sessions, conversation):
    person.reaches_the_menu()
    late = person.now + timedelta(days=31)
    with ThreadPoolExecutor(1) as elsewhere:
        with sessions.begin() as session:
            inbound = Inbound(SIMULATOR, person.address, "hello again", "late", late)
            conversation.receive(session, inbound, late)
            purging = elsewhere.submit(purge, sessions, late)
            # It waits for the contact's row, or it has passed it by: either way it must not go.
            with suppress(TimeoutError):
                purging.result(timeout=0.5)
        purging.result(timeout=20)
    assert rows(sessions, Contact) == 1


def test_a_sign_in_that_nobody_uses_any_more_leaves_its_row(sessions, line_id, vault, now):
    with sessions.begin() as session:
        password = staff.add(
            session,
            line_id=line_id,
            login="sam",
            display_name="Sam",
            role="caseworker",
            language="en",
        )
        signin.sign_in(session, vault, "sam", password, now)
    purge(sessions, now + timedelta(minutes=29))
    assert rows(sessions, StaffSession) == 1
    purge(sessions, now + timedelta(minutes=31))
    assert rows(sessions, StaffSession) == 0


def test_a_closed_case_is_destroyed_with_its_key_after_thirty_days(
    person, sessions, caseworker, now
):
    person.calls_a_person()
    person.texts_us("my secret")
    with sessions.begin() as session:
        case_id = session.scalar(select(Case.id))
        cases.take(session, caseworker.vault, case_id, caseworker.member, person.now)
        cases.close(session, caseworker.vault, case_id, caseworker.member, person.now)
    purge(sessions, person.now + timedelta(days=29))
    assert caseworker.hears() == ["my secret"]
    purge(sessions, person.now + timedelta(days=31))
    assert rows(sessions, Case) == rows(sessions, CaseKey) == rows(sessions, CaseMessage) == 0
