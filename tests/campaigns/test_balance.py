"""The balance sheet adds up at any moment, whatever happens in whatever order."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.plan import PlanRefused
from campaigns.quiet import DAYTIME
from hotline.outbox import ENDED
from tests.campaigns.desk import ANY_TIME, Desk, number

PEOPLE = 12
STEPS = st.one_of(
    st.tuples(st.just("advance"), st.integers(1, 5)),
    st.tuples(st.just("claim"), st.integers(1, 6)),
    st.tuples(st.just("settle"), st.sampled_from(["accepted", "failed", "unknown", "queued"])),
    st.tuples(st.just("receipt"), st.sampled_from(["delivered", "undelivered"])),
    st.tuples(st.just("doubt"), st.sampled_from(["accepted", "failed", "unknown", "queued"])),
    st.tuples(st.just("stop"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("erase"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("steer"), st.sampled_from(["pause", "resume", "cancel"])),
    st.tuples(st.just("wait"), st.sampled_from([1, 60, 600, 60 * 26])),
)


def play(desk: Desk, campaign: int, steps: list) -> list[str]:
    """Do the steps; gives who was handed to the carrier, in order."""
    held, settled, handed, before = [], [], [], {}
    for step, what in steps:
        match step:
            case "advance":
                desk.advances(campaign, batch=what, most=2)
            case "claim":
                claimed = desk.claims(what)
                stopped = {f"tel:{number(n)}" for n in desk.stopped}
                assert not stopped & {row.address for row in claimed}
                held += claimed
            case "settle" if held:
                row = held.pop(0)
                desk.settles([row], what)
                settled.append(row)
                handed += [row.address] if what == "accepted" else []
            case "receipt" if settled:
                desk.hears_receipts([settled[0]], what)
            case "doubt":
                # Whoever held these is too late: what they say of them now is said twice.
                doubted = desk.asks_about_doubts()
                settled += doubted
                desk.settles(doubted, what)
                handed += [row.address for row in doubted if what == "accepted"]
            case "stop":
                desk.says_stop(what)
            case "erase":
                desk.erases(what)
            case "steer":
                try:
                    desk.steers(what, campaign)
                except PlanRefused:
                    continue
            case "wait":
                desk.now += timedelta(minutes=what)
        balance = desk.balance(campaign)
        assert balance.adds_up, (step, what, balance)
        assert balance == desk.audits(campaign), (step, what)
        assert balance.planned <= PEOPLE
        after = desk.states(campaign)
        assert not went_back(before, after), (step, what)
        before = after
    return handed


def went_back(before: dict, after: dict) -> list:
    """Rows that had ended, or had a receipt, and say something else now; gone rows were cleared."""
    return [
        (before[row], now)
        for row, now in after.items()
        if row in before
        and (
            (before[row][0] in ENDED and now[0] != before[row][0])
            or before[row][1] not in (None, now[1])
        )
    ]


@given(st.lists(STEPS, max_size=40), st.booleans())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_balance_adds_up_and_nobody_is_sent_it_twice(desk, steps, by_day):
    desk.starts_over()
    desk.has_subscribers(PEOPLE, ("en", "fr"))
    campaign = desk.schedules(desk.drafts(DAYTIME if by_day else ANY_TIME, en="Hello", fr="Salut"))
    handed = play(desk, campaign, steps)
    assert len(set(handed)) == len(handed)
    desk.now += timedelta(days=10)
    desk.advances(campaign)
    assert desk.balance(campaign).adds_up
