"""The list is read once for everybody who asks after one ring; and requests take turns."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from hotline.models import Case
from web.atonce import AtOnce
from web.board import Board


@pytest.fixture
def board(deps):
    return Board(deps.sessions, deps.ears, deps.line_id)


def test_fifty_who_ask_at_once_are_answered_from_one_look(board, clock, a_case):
    a_case()
    board.look(clock(), fresh=True)
    with ThreadPoolExecutor(50) as pool:
        looks = list(pool.map(lambda _: board.look(clock()).number, range(50)))
    assert len(set(looks)) <= 2


def test_who_asks_for_it_as_it_is_now_is_not_given_an_older_look(board, clock, a_case):
    assert board.look(clock(), fresh=True).rows == ()
    case_id = a_case()
    assert [row.case.id for row in board.look(clock(), fresh=True).rows] == [case_id]


def test_a_row_that_did_not_change_keeps_the_number_of_the_look_it_came_with(
    board, clock, a_case, sessions
):
    first, second = a_case("tel:+12025550101"), a_case("tel:+12025550102")
    since = board.look(clock(), fresh=True).number
    with sessions.begin() as session:
        session.execute(update(Case).where(Case.id == second).values(covered=True))
    rows = {row.case.id: row.since for row in board.look(clock(), fresh=True).rows}
    assert rows == {first: since, second: since + 1}


def test_so_many_requests_are_worked_on_at_once_and_the_others_take_turns():
    inside, most, lock = [], [], threading.Lock()
    release = threading.Event()

    def app(environ, start):
        with lock:
            inside.append(environ["PATH_INFO"])
            most.append(len(inside))
        release.wait(5)
        with lock:
            inside.remove(environ["PATH_INFO"])
        return []

    gate = AtOnce(app, 3, besides=["/free"])
    with ThreadPoolExecutor(10) as pool:
        waiting = [pool.submit(gate, {"PATH_INFO": f"/{n}"}, None) for n in range(8)]
        free = pool.submit(gate, {"PATH_INFO": "/free"}, None)
        for _ in range(500):
            if "/free" in inside and len(inside) == 4:
                break
            threading.Event().wait(0.01)
        assert len(inside) == 4
        release.set()
        for each in (*waiting, free):
            each.result(5)
    assert max(most) == 4


def test_a_request_that_breaks_gives_its_turn_to_the_next():
    def app(environ, start):
        raise ValueError(environ["PATH_INFO"])

    gate = AtOnce(app, 1)
    for path in ("/a", "/b"):
        with pytest.raises(ValueError, match=path):
            gate({"PATH_INFO": path}, None)
