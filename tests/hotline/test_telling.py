"""What carriers do, and what becomes of a notice: nothing lost that need not be, and nothing twice."""

from datetime import timedelta
from itertools import pairwise

import pytest

from hotline.channels import OptedOut, SenderBroken, SendFailed, Unavailable, Uncertain
from hotline.notices import addresses, ledger
from tests.hotline.noticing import RememberingCarrier

WAITING = "A case is waiting."


class TestTrouble:
    def test_a_server_that_is_away_loses_nothing_and_uses_up_no_attempt(self, desk):
        noor = desk.hires("noor")
        desk.opens()
        desk.carrier.away = [Unavailable("away")] * 2
        desk.looks(), desk.looks()
        assert desk.row(noor, "case.waiting").attempts == 0
        desk.looks()
        assert desk.told(noor) == [WAITING]

    def test_refused_for_now_is_tried_again_later_each_time_and_then_given_up(self, desk):
        noor = desk.hires("noor", on_duty_only=False)
        desk.opens()
        tries = []
        while (row := desk.row(noor, "case.waiting")) is None or row.state == "queued":
            desk.carrier.fails = [SendFailed("refuses the address (450)", retry=True)]
            before = desk.carrier.opened
            desk.looks()
            if desk.carrier.opened > before:
                tries.append(desk.now)
            desk.passes(seconds=5)
        waits = [(b - a).total_seconds() for a, b in pairwise(tries)]
        assert waits == sorted(waits)
        assert (waits[0], max(waits)) == (5, 300)
        assert timedelta(minutes=55) < tries[-1] - tries[0] < timedelta(minutes=70)
        assert desk.row(noor, "case.waiting").trouble == "refuses the address (450)"
        assert desk.told() == []

    def test_refused_for_good_is_not_tried_again(self, desk):
        noor = desk.hires("noor")
        desk.opens()
        desk.carrier.fails = [SendFailed("refuses the address (550)", retry=False)]
        desk.looks(), desk.passes(minutes=5), desk.looks()
        row = desk.row(noor, "case.waiting")
        assert (desk.carrier.opened, row.state, row.trouble) == (
            1, "idle", "refuses the address (550)",
        )  # fmt: skip

    def test_what_may_have_been_taken_is_never_sent_again(self, desk):
        noor = desk.hires("noor")
        desk.opens()
        desk.carrier.fails = [Uncertain("no clear answer")]
        for _ in range(3):
            desk.looks()
            desk.passes(minutes=2)
        assert (desk.carrier.opened, desk.row(noor, "case.waiting").trouble) == (1, "in doubt")

    def test_a_worker_that_died_while_it_sent_leaves_a_doubt_and_no_second_notice(self, desk):
        noor = desk.hires("noor")
        desk.opens()

        class Dies(RememberingCarrier):
            async def _take(self, message):
                await super()._take(message)
                raise SystemExit

        first, desk.carrier = Dies(), RememberingCarrier()
        with pytest.raises(SystemExit):
            desk.looks(desk.new_teller(first))
        second = desk.new_teller()
        for _ in range(4):
            desk.looks(second)
            desk.passes(seconds=30)
        assert (first.told(), desk.told()) == ([WAITING], [])
        assert desk.row(noor, "case.waiting").trouble == "in doubt"
        # What happens afterwards is told.
        desk.opens(2)
        desk.passes(minutes=10)
        desk.looks(second)
        assert desk.told(noor) == ["2 cases are waiting."]

    def test_who_comes_back_late_settles_nothing_that_is_somebody_elses(self, desk):
        noor = desk.hires("noor")
        desk.opens()
        with desk.sessions.begin() as session:
            ledger.queue(session, noor.id, "case.waiting", "email", desk.now)
        late = desk.teller._claim()
        desk.passes(minutes=2)
        desk.acts(ledger.lapse, "email", desk.now)
        desk.acts(ledger.give_back, late, desk.now)
        assert desk.row(noor, "case.waiting").state == "idle"

    def test_a_chat_that_blocked_the_bot_is_written_to_no_more(self, desk):
        noor = desk.hires("noor")
        desk.opens()
        desk.carrier.fails = [OptedOut("telegram 403")]
        desk.looks()
        with desk.sessions() as session:
            assert addresses.held(session, desk.vault, noor.id) == {}

    def test_a_broken_sender_rests_and_keeps_what_waits(self, desk):
        noor = desk.hires("noor")
        desk.opens()
        desk.carrier.fails = [SenderBroken("refuses our sign-in (535)")]
        desk.looks(), desk.looks()
        row = desk.row(noor, "case.waiting")
        assert (desk.carrier.opened, row.state, row.attempts) == (1, "queued", 0)

    def test_two_workers_tell_once(self, desk):
        noor = desk.hires("noor")
        desk.opens()
        other = desk.new_teller()

        class Watched(RememberingCarrier):
            async def _take(self, message):
                await super()._take(message)
                assert other._claim() is None

        desk.carrier = Watched()
        desk.teller = desk.new_teller()
        desk.looks()
        assert desk.told(noor) == [WAITING]
