from datetime import timedelta

from sqlalchemy import func, select

import campaigns.models  # noqa: F401 - its tables count too
from hotline import retention
from hotline.models import Base, Case, Contact, InboundSeen, Outbox


def rows(sessions, table):
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table))


def purge(sessions, now):
    with sessions.begin() as session:
        return retention.purge(session, now)


def test_every_table_with_a_sealed_column_has_a_lifetime():
    sealed = {
        table.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_sealed")
    }
    assert sealed <= retention.KEEP.keys()


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
