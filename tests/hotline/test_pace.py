"""How fast a sender may go, and when it rests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.channels import OptedOut, SenderBroken, SendFailed, Unavailable, Uncertain
from hotline.health import LONGEST_REST, Health
from hotline.pace import LEAST_BURST, Pace


@given(
    rate=st.floats(0.5, 200),
    weights=st.lists(st.integers(1, 10), min_size=1, max_size=40),
    usual=st.integers(1, 10),
)
def test_segments_leave_at_the_rate_whatever_messages_weigh(rate, weights, usual):
    pace, now, sent = Pace(rate), 0.0, 0
    left = weights * 20
    pace.take([usual], now)
    while left:
        room = pace.room(now)
        if room:
            going, left = left[:room], left[room:]
            pace.take(going, now)
            sent += sum(going)
        # What is at hand at the beginning, and a last claim that weighs more than was thought.
        assert sent <= rate * now + max(LEAST_BURST, rate / 2) * (1 + max(weights))
        now += max(pace.wait(now), 1e-6)
    heaviest = max(*weights, usual)
    assert now <= (sum(weights) * 20 + usual + heaviest) / rate + 5 / rate + 1.5


def test_without_a_rate_there_is_no_limit():
    pace = Pace(None)
    pace.take([1000], 0.0)
    assert pace.room(0.0) is None
    assert pace.wait(0.0) == 0


def test_a_long_message_is_waited_for_afterwards_and_never_cut():
    pace = Pace(1.0)
    assert pace.room(0.0) == 1
    pace.take([6], 0.0)
    assert pace.wait(0.0) == pytest.approx(6.0)
    assert pace.room(5.0) == 0
    assert pace.room(6.0) == 1


def test_a_slower_rate_holds_from_now_on():
    pace = Pace(10.0)
    pace.take([5], 0.0)
    pace.change(1.0, 0.0)
    slow = pace.wait(0.0)
    pace.change(10.0, 0.0)
    assert pace.wait(0.0) < slow
    pace.change(0.0, 0.0)
    assert pace.wait(0.0) == float("inf")


class TestHealth:
    def failing(self, failed, often, health=None, now=0.0):
        health = health or Health()
        for _ in range(often):
            health.note(failed, now)
        return health

    def test_a_broken_sender_rests_at_once(self):
        assert self.failing(SenderBroken("x"), 1).rest(0.0) == 30

    @pytest.mark.parametrize(("failed", "often"), [(Unavailable("x"), 3), (Uncertain("x"), 5)])
    def test_what_may_pass_rests_when_it_does_not(self, failed, often):
        assert self.failing(failed, often - 1).rest(0.0) == 0
        assert self.failing(failed, often).rest(0.0) == 5

    def test_a_success_between_is_a_new_beginning(self):
        health = self.failing(Unavailable("x"), 2)
        health.note(None, 0.0)
        assert self.failing(Unavailable("x"), 2, health).rest(0.0) == 0

    @pytest.mark.parametrize(
        "failed", [SendFailed("no such number", retry=False), OptedOut("stop")]
    )
    def test_what_is_refused_for_whom_it_was_to_is_not_the_senders_fault(self, failed):
        assert self.failing(failed, 50).rest(0.0) == 0

    def test_the_wait_that_the_provider_asks_for_is_kept(self):
        assert self.failing(Unavailable("full", after=90), 3).rest(0.0) == 90

    def test_rests_grow_until_one_message_works(self):
        health, now, rests = Health(), 0.0, []
        self.failing(Unavailable("x"), 3, health)
        for _ in range(8):
            rests.append(health.rest(now))
            now += health.rest(now)
            assert health.trying()
            health.note(Unavailable("x"), now)
        assert rests == [5, 10, 20, 40, 80, 160, LONGEST_REST, LONGEST_REST]
        now += health.rest(now)
        health.note(None, now)
        assert not health.trying()
        assert (health.failures, health.reason, health.rest(now)) == (0, "", 0)

    def test_what_was_under_way_when_it_broke_neither_ends_nor_lengthens_the_rest(self):
        health = self.failing(SenderBroken("x"), 1)
        self.failing(SenderBroken("x"), 20, health, now=1.0)
        health.note(None, 1.0)
        assert health.rest(1.0) == 29
        assert health.trying()
