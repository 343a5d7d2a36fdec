"""What is destroyed is gone from the disk too: the files of the database and its write-ahead log."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

import triage
from hotline import cases, retention
from hotline.conversation import Conversation
from hotline.models import Case, CaseKey
from ops import database
from tests.hotline.people import Caseworker, Person


@pytest.fixture
def person(vault, sessions, line_id, now):
    return Person(Conversation(vault, triage.load_flow(), line_id, ("en",)), sessions, now)


@pytest.fixture
def engine(database_url):
    made = database.make_engine(database_url)
    yield made
    made.dispose()


def on_disk(postgres, wanted):
    """The files of the database's folder that hold these bytes."""
    return [
        str(path.relative_to(postgres.data))
        for path in postgres.data.rglob("*")
        if path.is_file() and wanted in path.read_bytes()
    ]


def test_a_destroyed_case_key_is_nowhere_on_the_disk(
    postgres, engine, person, sessions, vault, line_id, now
):
    caseworker = Caseworker(sessions, vault, line_id, now)
    person.calls_a_person()
    with sessions.begin() as session:
        case_id = session.scalar(select(Case.id))
        keys = session.scalars(select(CaseKey.key_sealed)).all()
        cases.take(session, vault, case_id, caseworker.member, person.now)
        cases.close(session, vault, case_id, caseworker.member, person.now)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
    assert len(keys) == 2
    assert all(on_disk(postgres, key) for key in keys)
    with sessions.begin() as session:
        gone = retention.purge(session, now + timedelta(days=31))
    assert gone["cases"] == 1
    assert database.shred(engine)
    assert [on_disk(postgres, key) for key in keys] == [[], []]


def test_a_table_that_is_busy_is_shredded_the_next_time(engine, sessions):
    with sessions.begin() as session:
        session.execute(text("LOCK TABLE case_keys IN ACCESS SHARE MODE"))
        assert not database.shred(engine)
    assert database.shred(engine)
