"""A backup of yesterday brings back neither who was forgotten today nor what was sent since."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, update

import triage
from campaigns.models import Subscriber
from hotline import erasures
from hotline.conversation import Conversation
from hotline.models import Case, CaseKey, Contact, Erasure, Heartbeat, Outbox
from ops.wiring import clock
from tests.hotline.people import Person
from tests.ops.commandline import environment, waypost

JOY, AMAL = "tel:+12025550101", "tel:+12025550102"


@pytest.fixture
def line(database_url, key_ring, tmp_path):
    """The command line of this line."""
    given = environment(
        WAYPOST_HOME=tmp_path,
        WAYPOST_DATABASE_URL=database_url,
        WAYPOST_KEYS=key_ring.to_text(),
    )
    return partial(waypost, given)


@pytest.fixture
def somebody(vault, sessions, line_id):
    def at(address, now=None):
        conversation = Conversation(vault, triage.load_flow(), line_id, ("en",))
        return Person(conversation, sessions, now or clock() - timedelta(hours=30), address)

    return at


def erases(person):
    person.says_word("delete")
    assert person.texts_us("1") == ["erase.done"]


def rows(sessions, table):
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table))


def subscribes(sessions, vault, line_id, address, consented):
    with sessions.begin() as session:
        session.add(
            Subscriber(
                line_id=line_id,
                address_hash=vault.address_hash(address),
                address_sealed=vault.seal(address, "address"),
                language="en",
                time_zone="",
                consent_source="fair",
                consent_date=consented,
            )
        )


def test_who_was_forgotten_today_is_forgotten_in_yesterdays_backup(
    line, somebody, sessions, vault, line_id, tmp_path
):
    joy, amal = somebody(JOY), somebody(AMAL)
    joy.calls_a_person()
    joy.texts_us("my secret")
    amal.calls_a_person()
    for address in (JOY, AMAL):
        subscribes(sessions, vault, line_id, address, joy.now.date())
    line("db", "dump", str(tmp_path / "yesterday"))
    assert (tmp_path / "yesterday").stat().st_mode & 0o777 == 0o600
    joy.now = clock()
    erases(joy)
    assert (rows(sessions, Contact), rows(sessions, Case)) == (1, 2)
    assert "Forgotten again: 1" in line("db", "restore", str(tmp_path / "yesterday"), "--yes")
    with sessions() as session:
        left = session.scalars(select(Contact.address_hash)).all()
        forgotten = session.scalars(select(Case).where(Case.forgotten_at.is_not(None))).one()
        assert session.scalar(select(Subscriber.id).limit(1)) is not None
    assert left == [vault.address_hash(AMAL)]
    assert forgotten.contact_id is None


def test_the_log_beside_the_database_is_enough_when_the_database_is_lost(
    line, somebody, sessions, vault, tmp_path
):
    joy = somebody(JOY)
    joy.reaches_the_menu()
    line("db", "dump", str(tmp_path / "yesterday"))
    joy.now = clock()
    erases(joy)
    with sessions.begin() as session:
        assert erasures.copy(session, tmp_path / "erasures", joy.now - timedelta(days=35)) == 1
        session.execute(Erasure.__table__.delete())
    written = (tmp_path / "erasures").read_text()
    assert vault.address_hash(JOY).hex() not in written
    line("db", "restore", str(tmp_path / "yesterday"), "--yes")
    assert rows(sessions, Contact) == 0
    assert rows(sessions, Erasure) == 1


def test_who_wrote_again_after_being_forgotten_stays(line, somebody, sessions, tmp_path):
    joy = somebody(JOY)
    joy.reaches_the_menu()
    erases(joy)
    joy.now += timedelta(hours=2)
    joy.reaches_the_menu()
    line("db", "dump", str(tmp_path / "backup"))
    assert "Forgotten again: 0" in line("db", "restore", str(tmp_path / "backup"), "--yes")
    assert rows(sessions, Contact) == 1


def test_what_waited_when_the_backup_was_made_is_not_sent_a_day_later(
    line, somebody, sessions, tmp_path
):
    joy = somebody(JOY)
    joy.reaches_the_menu()
    with sessions.begin() as session:
        waiting = session.scalar(
            select(func.count()).select_from(Outbox).where(Outbox.state == "queued")
        )
        session.execute(
            update(Outbox)
            .where(Outbox.id == select(func.min(Outbox.id)).scalar_subquery())
            .values(campaign_id=1, contact_id=None)
        )
    line("db", "dump", str(tmp_path / "backup"))
    said = line("db", "restore", str(tmp_path / "backup"), "--yes")
    assert f"not sent any more: {waiting - 1}" in said
    assert "asked for: 1" in said
    with sessions() as session:
        states = set(session.scalars(select(Outbox.state)))
    assert states <= {"expired", "unknown"}


def test_a_forgotten_case_of_the_backup_is_destroyed_for_good(line, somebody, sessions, tmp_path):
    joy = somebody(JOY)
    joy.calls_a_person()
    line("db", "dump", str(tmp_path / "old"))
    joy.now = clock() - timedelta(hours=25)
    erases(joy)
    line("db", "restore", str(tmp_path / "old"), "--yes")
    assert rows(sessions, CaseKey) == 0


@pytest.mark.parametrize("damage", [b"", b"not a backup", b"PGDMP\x01\x0e"])
def test_what_is_no_backup_is_refused_and_nothing_is_lost(
    line, somebody, sessions, tmp_path, damage
):
    somebody(JOY).reaches_the_menu()
    (tmp_path / "bad").write_bytes(damage)
    assert "nothing was changed" in line("db", "restore", str(tmp_path / "bad"), "--yes", code=1)
    assert rows(sessions, Contact) == 1


def test_it_is_refused_while_the_line_runs_and_a_backup_is_never_replaced(line, sessions, tmp_path):
    line("db", "dump", str(tmp_path / "backup"))
    assert "never replaced" in line("db", "dump", str(tmp_path / "backup"), code=1)
    with sessions.begin() as session:
        session.add(Heartbeat(name="worker", at=clock()))
    said = line("db", "restore", str(tmp_path / "backup"), "--yes", code=1)
    assert "stop it everywhere first" in said


def test_lines_of_the_log_that_are_none_are_passed_over(sessions, tmp_path, now):
    path = tmp_path / "erasures"
    path.write_bytes(f"{now.isoformat()} 1 00ff\n\xff\xfe nonsense\n1 2\n".encode("latin-1"))
    assert list(erasures.read(path)) == [(1, b"\x00\xff", now)]
    with sessions() as session:
        assert erasures.copy(session, path, now) == 1
        assert erasures.copy(session, path, now + timedelta(seconds=1)) == 0
