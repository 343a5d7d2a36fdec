"""What is destroyed is gone from the disk too: the files of the database and its write-ahead log."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

import triage
from hotline import cases, forgetting, retention
from hotline.conversation import Conversation
from hotline.models import Case, CaseKey
from ops import database, settings, tasks, wiring
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


def test_a_key_destroyed_by_an_acknowledgement_leaves_the_disk_with_the_next_purge(
    postgres, engine, person, sessions, key_ring, database_url, line_id, tmp_path
):
    person.calls_a_person()
    with sessions() as session:
        case_id = session.scalar(select(Case.id))
        keys = session.scalars(select(CaseKey.key_sealed)).all()
    person.says_word("delete")
    person.texts_us("1")
    with sessions.begin() as session:
        forgetting.acknowledge(session, case_id, person.now)
    given = settings.read(
        {
            "WAYPOST_HOME": str(tmp_path),
            "WAYPOST_DATABASE_URL": database_url,
            "WAYPOST_KEYS": key_ring.to_text(),
        }
    )
    tasks.purge_now(wiring.wire(given, engine))
    assert [on_disk(postgres, key) for key in keys] == [[], []]


def test_a_table_that_is_busy_is_shredded_the_next_time(engine, sessions):
    with sessions.begin() as session:
        session.execute(text("LOCK TABLE case_keys IN ACCESS SHARE MODE"))
        assert not database.shred(engine)
    assert database.shred(engine)
