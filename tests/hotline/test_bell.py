"""Who listens hears what rings, and hears of everything after the ears were deaf for a while."""

import pytest
from sqlalchemy import text

from hotline import bell
from ops import database

PATIENCE = 10


@pytest.fixture
def ears(database_url):
    engine = database.make_engine(database_url)
    yield bell.Ears(database.dsn(engine))
    engine.dispose()


@pytest.fixture
def ring(sessions):
    def rung(topic):
        with sessions.begin() as session:
            bell.ring(session, topic)

    return rung


def test_only_who_listens_for_a_topic_hears_it(ears, ring):
    one, both = ears.listen(["case:1"]), ears.listen(["case:1", "case:2"])
    ring("case:2")
    ring("case:1")
    assert one.wait(PATIENCE) == {"case:1"}
    heard = both.wait(PATIENCE)
    if len(heard) == 1:
        heard |= both.wait(PATIENCE)
    assert heard == {"case:1", "case:2"}
    assert not one.wait(0)


def test_who_was_let_go_hears_nothing_and_nothing_of_them_is_kept(ears, ring):
    gone, there = ears.listen(["case:1"]), ears.listen(["case:2"])
    ears.leave(gone)
    ears.leave(gone)
    ring("case:1")
    ring("case:2")
    assert there.wait(PATIENCE) == {"case:2"}
    assert not gone.wait(0)
    ears.leave(there)
    assert not ears._listeners


def test_after_the_connection_broke_everybody_is_told_to_look(ears, sessions):
    listener = ears.listen(["case:1", "desk:1"])
    with sessions.begin() as session:
        killed = session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
            )
        )
        assert killed.scalars().all() == [True]
    assert listener.wait(PATIENCE) == {"case:1", "desk:1"}
