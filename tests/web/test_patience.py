"""A database that is away for a moment loses nothing that a provider tells us once."""

import pytest
from sqlalchemy.exc import OperationalError

from web import patience


class Away:
    """Work that the database refuses so many times."""

    def __init__(self, times):
        self.times, self.tried = times, 0

    def __call__(self):
        self.tried += 1
        if self.tried <= self.times:
            raise OperationalError("-", {}, Exception("away"))
        return "done"


def test_what_comes_while_the_database_is_away_is_done_when_it_is_back():
    work = Away(2)
    assert patience.through(work) == "done"
    assert work.tried == 3


def test_a_database_that_stays_away_is_said_to_be_away():
    work = Away(100)
    with pytest.raises(OperationalError):
        patience.through(work, longest=0.1)
    assert work.tried > 1


def test_a_fault_of_ours_is_not_tried_again():
    tried = []

    def wrong():
        tried.append(1)
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        patience.through(wrong)
    assert len(tried) == 1
