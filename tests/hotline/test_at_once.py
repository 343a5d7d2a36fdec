"""A contact writes while somebody of ours answers or closes: neither waits for the other for ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import text

from hotline import cases, queue
from hotline.models import Case
from tests.hotline.people import Person


@pytest.fixture
def taken(person, caseworker, sessions, vault, now):
    """The number of a case that the caseworker has."""
    person.calls_a_person()
    with sessions.begin() as session:
        found = queue.take_next(session, vault, caseworker.member, now).next
        return found.id


def waits_for_a_lock(sessions):
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _ in range(500):
        with sessions() as session:
            if session.scalar(waiting):
                return True
        Event().wait(0.01)
    return False


def test_who_answers_while_the_contact_is_writing_is_not_held_up(
    person, caseworker, sessions, vault, now, taken
):
    with ThreadPoolExecutor(1) as pool:
        with sessions.begin() as session:
            cases.locked(session, taken)
            text_of_theirs = pool.submit(person.texts_us, "are you there?")
            assert waits_for_a_lock(sessions)
            # Two changes of one row in a transaction: the second looks at the contact's.
            cases.reply(session, vault, taken, caseworker.member, "I am here", now)
            later = now + timedelta(seconds=1)
            cases.reply(session, vault, taken, caseworker.member, "You are not alone", later)
        text_of_theirs.result(20)
    assert caseworker.hears(taken)[-1] == "are you there?"


@pytest.mark.parametrize("n", range(8))
def test_a_case_is_closed_while_its_contact_is_writing(
    conversation, caseworker, sessions, vault, now, n
):
    people = [Person(conversation, sessions, now, f"tel:+1202555{n}1{k:02d}") for k in range(6)]
    for each in people:
        each.calls_a_person()
    with sessions.begin() as session:
        given = [queue.take_next(session, vault, caseworker.member, now) for _ in people]
    numbers = [each.next.id for each in given]
    start = Barrier(2 * len(people))

    def writes(who):
        start.wait()
        who.sends("wait, one more thing")

    def closes(number):
        start.wait()
        with sessions.begin() as session:
            cases.close(session, vault, number, caseworker.member, now)

    with ThreadPoolExecutor(2 * len(people)) as pool:
        acts = [pool.submit(writes, each) for each in people]
        acts += [pool.submit(closes, number) for number in numbers]
        for act in acts:
            act.result(20)
    with sessions() as session:
        assert {session.get_one(Case, number).state for number in numbers} == {"closed"}
