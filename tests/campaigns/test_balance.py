"""The balance sheet adds up at any moment, whatever happens in whatever order, and no row goes back."""

from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from campaigns.planning.plan import PlanRefused
from campaigns.quiet import DAYTIME
from hotline.outbox import ENDED
from tests.campaigns.desk import ANY_TIME, Desk, number

PEOPLE = 12
SOMEBODY = st.integers(0, PEOPLE - 1)
BECAME = st.sampled_from(["accepted", "failed", "unknown", "queued"])
STEPS = st.one_of(
    st.tuples(st.just("advance"), st.integers(1, 5)),
    st.tuples(st.just("claim"), st.integers(1, 6)),
    st.tuples(st.just("settle"), BECAME),
    st.tuples(st.just("doubt"), BECAME),
    st.tuples(st.just("receipt"), st.sampled_from(["delivered", "undelivered"])),
    st.tuples(st.just("stop"), SOMEBODY),
    st.tuples(st.just("erase"), SOMEBODY),
    st.tuples(st.just("steer"), st.sampled_from(["pause", "resume", "cancel"])),
    st.tuples(st.just("wait"), st.sampled_from([1, 60, 600, 60 * 26])),
)


@dataclass
class Play:
    """Does one step after the other. `held` is claimed, `handed` whom the carrier took it for, in order."""

    desk: Desk
    campaign: int
    held: list = field(default_factory=list)
    settled: list = field(default_factory=list)
    handed: list = field(default_factory=list)
    rows: dict = field(default_factory=dict)

    def does(self, step, what):
        getattr(self, step)(what)
        balance = self.desk.balance(self.campaign)
        assert balance.adds_up, (step, what, balance)
        assert balance == self.desk.audits(self.campaign), (step, what)
        assert balance.planned <= PEOPLE
        before, self.rows = self.rows, self.desk.states(self.campaign)
        assert not went_back(before, self.rows), (step, what)

    def advance(self, batch):
        self.desk.advances(self.campaign, batch=batch, most=2)

    def claim(self, most):
        claimed = self.desk.claims(most)
        stopped = {f"tel:{number(n)}" for n in self.desk.stopped}
        assert not stopped & {row.address for row in claimed}
        self.held += claimed

    def settle(self, became):
        if self.held:
            self._became([self.held.pop(0)], became)

    def doubt(self, became):
        doubted = self.desk.asks_about_doubts()
        # Whoever held these has died: a send ends before its lease does.
        gone = {row.id for row in doubted}
        self.held = [row for row in self.held if row.id not in gone]
        self._became(doubted, became)

    def receipt(self, outcome):
        if self.settled:
            self.desk.hears_receipts(self.settled[:1], outcome)

    def stop(self, who):
        self.desk.says_stop(who)

    def erase(self, who):
        self.desk.erases(who)

    def steer(self, move):
        try:
            self.desk.steers(move, self.campaign)
        except PlanRefused:
            return

    def wait(self, minutes):
        self.desk.now += timedelta(minutes=minutes)

    def _became(self, rows, became):
        self.desk.settles(rows, became)
        self.settled += rows
        self.handed += [row.address for row in rows if became == "accepted"]


def went_back(before, after):
    """Rows that had ended, or had a receipt, and say something else now. Closed campaigns lose theirs."""
    return [
        (before[row], after[row])
        for row in before.keys() & after.keys()
        if (before[row][0] in ENDED and after[row][0] != before[row][0])
        or before[row][1] not in (None, after[row][1])
    ]


@given(st.lists(STEPS, max_size=40), st.booleans())
@example([("advance", 1), ("claim", 1), ("settle", "unknown"), ("receipt", "delivered")], False)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_balance_adds_up_and_nobody_is_sent_it_twice(desk, steps, by_day):
    desk.starts_over()
    desk.has_subscribers(PEOPLE, ("en", "fr"))
    campaign = desk.schedules(desk.drafts(DAYTIME if by_day else ANY_TIME, en="Hello", fr="Salut"))
    play = Play(desk, campaign)
    for step, what in steps:
        play.does(step, what)
    assert len(set(play.handed)) == len(play.handed)
    desk.now += timedelta(days=10)
    desk.advances(campaign)
    assert desk.balance(campaign).adds_up
