"""The form of assistance, as the server keeps it: bytes, a version, and who saved when."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from hotline import assistance, boxes, cases, forgetting, retention, staff
from hotline.assistance import Superseded, is_of_a_size_class
from hotline.cases import CaseRefused
from hotline.models import AssistanceForm, Audit, Case

SIZE = assistance.SMALLEST


def sealed(text, public_key, size=SIZE):
    """As a browser seals it."""
    return boxes.seal_key(text.encode().ljust(size, b"\0"), public_key)


@pytest.fixture
def case_id(person, caseworker, sessions, vault, now):
    """The number of a case that the caseworker has taken."""
    person.calls_a_person()
    with sessions.begin() as session:
        number = session.scalar(select(Case.id))
        cases.take(session, vault, number, caseworker.member, now)
    return number


@pytest.fixture
def hire(sessions, line_id):
    def hired(login, role):
        with sessions.begin() as session:
            staff.add(
                session,
                line_id=line_id,
                login=login,
                display_name=login.title(),
                role=role,
                language="en",
            )
            return next(p for p in staff.listed(session, line_id) if p.login == login)

    return hired


@pytest.fixture
def saves(sessions, case_id, now):
    """`saves(who, version, text)` gives the new version."""

    def save(filler, version, text="", at=now, box=None):
        with sessions.begin() as session:
            public_key = session.get_one(Case, case_id).public_key
            box = box or sealed(text, public_key)
            return assistance.save(session, case_id, filler, version, box, at)

    return save


def kept(sessions, case_id):
    with sessions() as session:
        return assistance.kept(session, case_id)


def test_it_is_kept_with_its_version_and_who_saved_it_when(
    saves, caseworker, sessions, case_id, now
):
    assert kept(sessions, case_id).version == 0
    assert saves(caseworker.member, 0) == 1
    assert saves(caseworker.member, 1, at=now + timedelta(days=2)) == 2
    found = kept(sessions, case_id)
    assert (found.version, found.saved_by) == (2, "Sam")
    assert found.saved_at == now + timedelta(days=2)
    assert "sealed" not in repr(found)


def test_who_saves_an_older_version_overwrites_nothing(saves, caseworker, hire, sessions, case_id):
    ana = hire("ana", "supervisor")
    saves(caseworker.member, 0, "first")
    before = kept(sessions, case_id)
    for version in (0, 2):
        with pytest.raises(Superseded):
            saves(ana, version, "second")
    assert kept(sessions, case_id) == before


@pytest.mark.parametrize("version", [0, 1])
def test_of_two_at_the_same_moment_one_is_kept_and_the_other_told(
    saves, caseworker, hire, sessions, case_id, version
):
    ana = hire("ana", "supervisor")
    if version:
        saves(caseworker.member, 0)
    together = Barrier(2)

    def tries(filler):
        together.wait()
        try:
            return saves(filler, version)
        except Superseded:
            return "told"

    with ThreadPoolExecutor(2) as two:
        done = sorted(map(str, two.map(tries, (caseworker.member, ana))))
    assert done == [str(version + 1), "told"]
    assert kept(sessions, case_id).version == version + 1


def test_who_has_not_taken_the_case_fills_in_nothing_but_supervisors_do(saves, hire):
    for role in ("caseworker", "child_specialist", "partner"):
        with pytest.raises(CaseRefused, match="not_yours"):
            saves(hire(f"some-{role[:5]}", role), 0)
    assert saves(hire("ana", "supervisor"), 0) == 1


def test_a_closed_case_and_a_forgotten_person_take_no_more_answers(
    saves, caseworker, sessions, vault, case_id, now
):
    with sessions.begin() as session:
        session.execute(update(Case).values(forgotten_at=now))
    with pytest.raises(CaseRefused, match="form_forgotten"):
        saves(caseworker.member, 0)
    with sessions.begin() as session:
        session.execute(update(Case).values(forgotten_at=None))
        cases.close(session, vault, case_id, caseworker.member, now)
    with pytest.raises(CaseRefused, match=r"refused\.closed"):
        saves(caseworker.member, 0)


@pytest.mark.parametrize(
    "length", [0, 1, SIZE, SIZE + 47, SIZE + 49, 3 * SIZE + 48, 64 * SIZE + 48]
)
def test_a_form_whose_length_would_tell_something_is_refused(saves, caseworker, length):
    with pytest.raises(CaseRefused, match="form_size"):
        saves(caseworker.member, 0, box=bytes(length) or b"-")


@pytest.mark.parametrize("times", [1, 2, 4, 8, 16, 32])
def test_a_form_of_a_size_class_is_taken(times):
    assert is_of_a_size_class(bytes(times * SIZE + boxes.OVERHEAD_BYTES))


def test_it_goes_when_the_person_is_forgotten(saves, caseworker, sessions, case_id, person, now):
    saves(caseworker.member, 0, "papers kept")
    person.says_word("delete")
    person.texts_us("1")
    assert kept(sessions, case_id).version == 1
    with sessions.begin() as session:
        forgetting.acknowledge(session, case_id, now)
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(AssistanceForm)) == 0


def test_it_goes_with_its_case_thirty_days_after_that_was_closed(
    saves, caseworker, sessions, vault, case_id, now
):
    saves(caseworker.member, 0)
    with sessions.begin() as session:
        cases.close(session, vault, case_id, caseworker.member, now)
    with sessions.begin() as session:
        retention.purge(session, now + timedelta(days=31))
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(AssistanceForm)) == 0


def test_it_is_on_the_record_once_a_person_and_day(saves, caseworker, hire, sessions, case_id, now):
    ana = hire("ana", "supervisor")
    saves(caseworker.member, 0)
    saves(caseworker.member, 1, at=now + timedelta(hours=3))
    saves(ana, 2, at=now + timedelta(hours=4))
    saves(caseworker.member, 3, at=now + timedelta(days=1))
    with sessions() as session:
        noted = session.execute(
            select(Audit.staff_id, Audit.at, Audit.case_id, Audit.about)
            .where(Audit.act == "case.form_saved")
            .order_by(Audit.id)
        ).all()
    assert [tuple(row) for row in noted] == [
        (caseworker.member.id, now, case_id, {}),
        (ana.id, now + timedelta(hours=4), case_id, {}),
        (caseworker.member.id, now + timedelta(days=1), case_id, {}),
    ]
