"""The record of what staff did: it only grows, names no contact, and does not drown."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hotline import audit, retention
from hotline.models import Audit
from tests.hotline.office import Office

LONG_AGO = datetime(2020, 5, 1, tzinfo=UTC)


@pytest.fixture
def office(sessions, line_id, now):
    return Office(sessions, line_id, now)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit SET staff_id = NULL",
        "UPDATE audit SET at = '2000-01-01'",
        "UPDATE audit SET about = '{}' WHERE act = 'staff.joined'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE at < now() - interval '1 day'",
        "TRUNCATE audit",
        "TRUNCATE staff CASCADE",
    ],
)
def test_no_row_is_changed_and_none_goes_before_its_time(office, sessions, now, attack):
    # The database looks at its own clock, whatever anybody tells it.
    real = datetime.now(UTC)
    sam = office.hires("sam")
    with sessions.begin() as session:
        audit.note(session, office.line_id, sam.id, "case.taken", real - timedelta(days=728), 7)
    before = office.record()
    with pytest.raises(DBAPIError, match="only grows"), sessions.begin() as session:
        session.execute(text(attack))
    assert office.record() == before


def test_the_purge_takes_what_is_two_years_old_and_nothing_else(office, sessions):
    real = datetime.now(UTC)
    with sessions.begin() as session:
        for at in (LONG_AGO, real - timedelta(days=731), real - timedelta(days=729, hours=23)):
            audit.note(session, office.line_id, None, "case.opened", at, 7)
        assert retention.purge(session, real)["audit"] == 2
    assert len(office.record()) == 1


def test_reading_is_noted_once_an_hour_for_each_person_and_case(office, sessions, line_id, now):
    sam, noor = office.hires("sam"), office.hires("noor")
    with sessions.begin() as session:
        for minutes in (0, 1, 30, 59, 60, 61, 125):
            audit.note_read(session, line_id, sam.id, 7, now + timedelta(minutes=minutes))
        audit.note_read(session, line_id, sam.id, 8, now)
        audit.note_read(session, line_id, noor.id, 7, now)
        rows = audit.listed(session, line_id, act="case.read")
    assert sorted((row.staff_id, row.case_id, row.at) for row, _ in rows) == [
        (sam.id, 7, now),
        (sam.id, 7, now + timedelta(minutes=60)),
        (sam.id, 7, now + timedelta(minutes=125)),
        (sam.id, 8, now),
        (noor.id, 7, now),
    ]


@pytest.mark.parametrize(
    "about",
    [
        {"reason": "she said she is afraid"},
        {"kind": ""},
        {"kind": "x" * 65},
        {"number": 4},
        {"staff": "+12025550101"},
        {"role": "boss"},
        {"team": 7},
        {"urgency": "high"},
    ],
)
def test_what_is_on_no_list_is_not_written_down(sessions, line_id, now, about):
    with sessions.begin() as session, pytest.raises(audit.NotForTheRecord) as refused:
        audit.note(session, line_id, None, "case.closed", now, 7, **about)
    assert "afraid" not in str(refused.value)
    assert "+1202" not in str(refused.value)


def test_an_act_that_nobody_knows_is_not_written_down(sessions, line_id, now):
    with sessions.begin() as session, pytest.raises(audit.NotForTheRecord):
        audit.note(session, line_id, None, "contact.said", now)


def test_it_is_looked_through_by_case_person_act_and_time(office, sessions, line_id, now):
    sam = office.hires("sam")
    with sessions.begin() as session:
        audit.note(session, line_id, None, "case.opened", now, 7)
        audit.note(session, line_id, sam.id, "case.taken", now + timedelta(hours=1), 7)
        audit.note(session, line_id, sam.id, "case.taken", now + timedelta(hours=2), 8)

    def found(**asked):
        with sessions() as session:
            return [(row.act, row.case_id) for row, _ in audit.listed(session, line_id, **asked)]

    assert found(case_id=7) == [("case.taken", 7), ("case.opened", 7)]
    # What was done to an account is found with what its owner did.
    assert found(staff_id=sam.id) == [("case.taken", 8), ("case.taken", 7), ("staff.joined", None)]
    assert found(act="case.opened") == [("case.opened", 7)]
    assert found(since=now + timedelta(hours=2)) == [("case.taken", 8)]
    until = now + timedelta(hours=1)
    assert found(case_id=7, until=until) == [("case.opened", 7)]
    newest = found(most=1)
    assert newest == [("case.taken", 8)]
    with sessions() as session:
        (row, name), *_ = audit.listed(session, line_id, most=1)
        assert isinstance(row, Audit)
        assert name == "Sam"
        older = audit.listed(session, line_id, before=row.id, most=1)
        assert [row.case_id for row, _ in older] == [7]
