"""A text on a staff phone first: sent like an answer, counted nowhere, and to nobody who said stop."""

import pytest
from sqlalchemy import func, select, text

from campaigns import purging
from campaigns.models import TestSend
from campaigns.planning import plan, trial
from campaigns.planning.audience import Rule
from campaigns.planning.plan import PlanRefused
from hotline.channels import SIMULATOR
from hotline.models import Counter, Outbox
from tests.campaigns.desk import number

TestSend.__test__ = False


def tries(desk, campaign, numbers, language="en", variant="A"):
    with desk.sessions.begin() as session:
        return trial.send(
            session, desk.vault, campaign, language, variant, numbers, SIMULATOR, desk.now
        )


def why(desk, *args):
    with pytest.raises(PlanRefused) as refused:
        tries(desk, *args)
    return refused.value.reason


def waiting(desk):
    with desk.sessions() as session:
        return session.scalar(select(func.count()).select_from(Outbox))


def test_a_test_goes_out_filled_and_before_any_campaign(desk):
    desk.has_subscribers(2)
    desk.advances(desk.schedules(desk.drafts()))
    campaign = desk.drafts(en="{line}: hello {stop}")
    assert tries(desk, campaign, f"{number(7)}, +41 79 100 00 08;\n{number(7)}") == 2
    first = desk.claims(2)
    assert [row.body.text for row in first] == ["Waypost demonstration line: hello STOP"] * 2
    assert {row.address for row in first} == {f"tel:{number(7)}", f"tel:{number(8)}"}
    assert {(row.contact_id, row.campaign_id) for row in first} == {(None, None)}


def test_a_test_is_in_no_campaigns_numbers(desk):
    campaign = desk.drafts()
    tries(desk, campaign, number(7))
    desk.delivers()
    assert desk.balance(campaign).planned == 0
    with desk.sessions() as session:
        events = session.scalars(select(Counter.event).distinct()).all()
    assert not [event for event in events if event.startswith("campaign")]


def test_the_numbers_are_kept_nowhere_but_sealed_until_they_are_sent(desk):
    campaign = desk.drafts()
    tries(desk, campaign, number(7))
    desk.delivers()
    with desk.sessions() as session:
        row = session.scalars(select(Outbox)).one()
        assert (row.address_sealed, row.body_sealed) == (None, None)
        kept = session.execute(text("SELECT to_jsonb(t) FROM test_sends t")).scalars().all()
    assert [sorted(each) for each in kept] == [["at", "id", "line_id"]]


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ("", "trial.how_many"),
        (" ,;\n", "trial.how_many"),
        (",".join(map(number, range(4))), "trial.how_many"),
        ("079 123 45 67", "trial.no_number"),
        ("+4179", "trial.no_number"),
        ("hello", "trial.no_number"),
        (f"{number(1)}, hello", "trial.no_number"),
    ],
)
def test_what_is_no_list_of_numbers_is_refused_whole(desk, numbers, reason):
    assert why(desk, desk.drafts(), numbers) == reason
    assert waiting(desk) == 0


def test_who_said_stop_is_sent_no_test_and_neither_are_those_beside_them(desk):
    desk.says_stop(3)
    assert why(desk, desk.drafts(), f"{number(2)},{number(3)}") == "trial.said_stop"
    assert waiting(desk) == 0


def test_a_line_sends_ten_tests_an_hour_and_no_more(desk):
    campaign = desk.drafts()
    for n in range(3):
        tries(desk, campaign, ",".join(map(number, range(3 * n, 3 * n + 3))))
    assert why(desk, campaign, f"{number(20)},{number(21)}") == "trial.too_many"
    assert tries(desk, desk.drafts(), number(20)) == 1
    desk.now += trial.HOUR
    assert tries(desk, campaign, number(21)) == 1
    with desk.sessions.begin() as session:
        assert purging.purge(session, desk.now + trial.HOUR)["test_sends"] == 10


def test_only_a_text_that_is_there_and_may_still_be_changed_is_tried(desk):
    campaign = desk.drafts()
    assert why(desk, campaign, number(1), "fr") == "plan.no_text_to_confirm"
    assert why(desk, campaign, number(1), "en", "B") == "plan.no_text_to_confirm"
    desk.has_subscribers(1)
    running = desk.schedules(desk.drafts())
    desk.advances(running)
    assert why(desk, running, number(1)) == "plan.not_now"


def test_a_campaign_on_telegram_is_not_tried_at_a_number(desk):
    campaign = desk.drafts()
    with desk.sessions.begin() as session:
        plan.set_audience(session, campaign, Rule(channels=("telegram",)))
    assert why(desk, campaign, number(1)) == "trial.no_numbers_there"
