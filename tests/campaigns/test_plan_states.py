"""States are one table: whatever is done in whatever order, a campaign goes along it or stays where it is."""

from datetime import timedelta
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign
from campaigns.planning import plan, series, steering
from campaigns.planning.audience import Rule
from campaigns.planning.plan import STATES, TRANSITIONS, PlanRefused
from campaigns.planning.states import State
from campaigns.sending import dispatch
from hotline.channels import SIMULATOR
from tests.campaigns.desk import ANY_TIME, Desk

OPERATIONS = {
    "rename": lambda s, c, desk: plan.rename(s, c, "Another name"),
    "text": lambda s, c, desk: plan.set_text(s, c, "en", f"Call us by {desk.now:%H:%M}"),
    "same text": lambda s, c, desk: plan.set_text(s, c, "en", plan.texts(s, c).get("en", "")),
    "confirm": lambda s, c, desk: plan.sign_off(s, c, "en", desk.officer),
    "split": lambda s, c, desk: plan.set_split(s, c, 0),
    "fallback": lambda s, c, desk: plan.set_fallback(s, c, "en"),
    "audience": lambda s, c, desk: plan.set_audience(s, c, Rule(languages=("en",))),
    "window": lambda s, c, desk: plan.set_window(
        s, c, None, desk.now + timedelta(hours=5), ANY_TIME
    ),
    "once": lambda s, c, desk: series.set_repeat(s, c, "", None),
    "submit": lambda s, c, desk: plan.submit(s, c, desk.officer, desk.now),
    "approve": lambda s, c, desk: plan.approve(
        s, c, desk.supervisor, s.get_one(Campaign, c).content_hash or b"", desk.now
    ),
    "schedule": lambda s, c, desk: plan.schedule(s, c, SIMULATOR, desk.now),
    "redraft": lambda s, c, desk: plan.redraft(s, c),
    "pause": lambda s, c, desk: steering.pause(s, c, desk.now),
    "resume": lambda s, c, desk: steering.resume(s, c, desk.now),
    "cancel": lambda s, c, desk: steering.cancel(s, c, desk.now),
    "advance": lambda s, c, desk: dispatch.advance(s, desk.vault, c, desk.now, 100),
    "end series": lambda s, c, desk: series.end(s, c, desk.now),
}
# The way of a campaign that is sent, so that runs get far; what is in between is drawn.
WAY = ("text", "confirm", "window", "submit", "approve", "schedule", "advance", "pause", "resume")


def reachable(state):
    """What one operation may make of a state: the table, and a step of the desk is one row of it."""
    return {state} | TRANSITIONS[state]


def play(desk: Desk, campaign: int, names) -> list[tuple[str, str, str]]:
    done = []
    for name in names:
        desk.now += timedelta(minutes=7)
        before = desk.row(campaign).state
        try:
            with desk.sessions.begin() as session:
                OPERATIONS[name](session, campaign, desk)
        except PlanRefused:
            assert desk.row(campaign).state == before, name
            continue
        after = desk.row(campaign).state
        assert after in reachable(before), (name, before, after)
        done.append((name, before, after))
    return done


def test_the_table_has_every_state_and_only_states():
    assert set(TRANSITIONS) == set(STATES) == set(get_args(State))
    assert all(after <= set(STATES) for after in TRANSITIONS.values())
    assert {state for state, after in TRANSITIONS.items() if not after} == {"done", "cancelled"}


def test_the_way_of_a_campaign_that_is_sent_leads_through_its_states(desk):
    desk.has_subscribers(3)
    campaign = desk.drafts()
    done = play(desk, campaign, WAY)
    assert [after for _, before, after in done if before != after] == [
        "submitted",
        "approved",
        "scheduled",
        "running",
        "paused",
        "running",
    ]


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(sorted(OPERATIONS))), max_size=12))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_operation_follows_the_table_or_is_refused(desk, drawn):
    desk.starts_over()
    desk.has_subscribers(3)
    campaign = desk.drafts()
    names = list(WAY)
    for at, name in drawn:
        names.insert(min(at, len(names)), name)
    play(desk, campaign, names)


def test_every_operation_in_every_state_follows_the_table_or_is_refused(desk):
    """The same without luck: each state is reached, and each thing is done to it."""
    ways = {
        "draft": (),
        "submitted": WAY[:4],
        "approved": WAY[:5],
        "scheduled": WAY[:6],
        "running": WAY[:7],
        "paused": WAY[:8],
        "cancelled": (*WAY[:7], "cancel"),
    }
    for state, way in ways.items():
        desk.starts_over()
        desk.has_subscribers(2)
        campaign = desk.drafts()
        play(desk, campaign, way)
        assert desk.row(campaign).state == state
        for name, act in OPERATIONS.items():
            with desk.sessions() as session:
                try:
                    act(session, campaign, desk)
                except PlanRefused:
                    continue
                session.flush()
                after = session.get_one(Campaign, campaign).state
                assert after in reachable(state), (name, state, after)
                # Undone when the session closes: the next is done to the same state.
