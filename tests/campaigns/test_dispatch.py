"""A running campaign: everybody once, at their time of day, until it is paused, stopped or done."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from campaigns import subscribers
from campaigns.models import Subscriber
from campaigns.planning.plan import PlanRefused
from campaigns.quiet import DAYTIME
from campaigns.sending import dispatch, ledger
from hotline.channels import SIMULATOR
from hotline.models import Contact, Counter, Outbox, OutboxBody
from tests.campaigns.desk import number
from tests.hotline.people import case

HOUR = timedelta(hours=1)


@pytest.fixture
def running(desk):
    desk.has_subscribers(10, ("en", "fr"))
    campaign = desk.schedules(desk.drafts(en="Hello", fr="Bonjour"))
    desk.advances(campaign, batch=3)
    return campaign


def test_everybody_gets_the_text_of_their_language_once(desk, running):
    desk.delivers()
    desk.advances(running)
    assert desk.delivers() == []
    assert len({address for address, _ in desk.sent}) == len(desk.sent) == 10
    assert sorted(words for _, words in desk.sent) == ["Bonjour"] * 5 + ["Hello"] * 5


def test_somebody_whose_language_has_no_text_gets_nothing(desk):
    desk.has_subscribers(10, ("en", "ar"))
    campaign = desk.schedules(desk.drafts(en="Hello"))
    desk.advances(campaign)
    assert desk.delivers() == ["Hello"] * 5
    assert desk.balance(campaign).planned == 5


def test_a_batch_made_again_after_a_crash_queues_nobody_twice(desk):
    desk.has_subscribers(10)
    campaign = desk.schedules(desk.drafts())
    desk.advances(campaign, batch=4)
    with desk.sessions.begin() as session:
        session.execute(text("UPDATE campaigns SET expanded_to = 0, expanded = false"))
    desk.advances(campaign, batch=4)
    balance = desk.balance(campaign)
    assert (balance.planned, balance.pending) == (10, 10)
    assert len(desk.delivers()) == 10


def test_a_transaction_that_dies_leaves_the_checkpoint_where_the_rows_are(desk):
    desk.has_subscribers(6)
    campaign = desk.schedules(desk.drafts())
    desk.advances(campaign, most=1)
    with pytest.raises(ZeroDivisionError), desk.sessions.begin() as session:
        dispatch.advance(session, desk.vault, campaign, desk.now, 4)
        _ = 1 / 0
    assert desk.balance(campaign).planned == 0
    desk.advances(campaign, batch=4)
    assert len(desk.delivers()) == 6


def test_who_said_stop_is_in_the_balance_but_gets_nothing(desk):
    desk.has_subscribers(3)
    desk.says_stop(1)
    campaign = desk.schedules(desk.drafts())
    desk.advances(campaign)
    desk.delivers()
    balance = desk.balance(campaign)
    assert (balance.planned, balance.suppressed, balance.accepted) == (3, 1, 2)
    assert "tel:" + number(1) not in {address for address, _ in desk.sent}


def test_who_is_talking_with_one_of_ours_is_not_disturbed(desk):
    desk.has_subscribers(2)
    with desk.sessions.begin() as session:
        contact = Contact(
            line_id=desk.line_id,
            channel=SIMULATOR,
            address_hash=desk.vault.address_hash("tel:" + number(0)),
            address_sealed=b"-",
            language="en",
            heard_at=desk.now,
        )
        session.add(contact)
        session.flush()
        session.add(case(desk.line_id, contact.id, desk.now, "taken"))
    campaign = desk.schedules(desk.drafts())
    desk.advances(campaign)
    desk.delivers()
    assert [address for address, _ in desk.sent] == ["tel:" + number(1)]


def test_stop_withdraws_what_waits_and_is_counted(desk, running):
    desk.says_stop(0)
    balance = desk.balance(running)
    assert (balance.suppressed, balance.pending, balance.opted_out) == (1, 9, 1)
    assert len(desk.delivers()) == 9
    assert "tel:" + number(0) not in {address for address, _ in desk.sent}
    with desk.sessions() as session:
        left = session.scalars(select(Outbox.address_sealed).where(Outbox.state == "suppressed"))
        assert left.all() == [None]


def test_stop_after_the_message_is_an_opt_out_of_the_campaign(desk, running):
    desk.delivers()
    desk.says_stop(0)
    balance = desk.balance(running)
    assert (balance.accepted, balance.suppressed, balance.opted_out) == (10, 0, 1)


def test_pausing_stops_what_waits_and_resuming_goes_on_where_it_was(desk, running):
    desk.settles(desk.claims(4))
    desk.steers("pause", running)
    assert desk.claims() == []
    desk.advances(running)
    assert desk.claims() == []
    assert desk.balance(running).pending == 6
    desk.steers("resume", running)
    assert len(desk.delivers()) == 6


def test_what_comes_back_from_a_failed_send_while_paused_is_held_too(desk, running):
    claimed = desk.claims(2)
    desk.steers("pause", running)
    desk.settles(claimed, "queued")
    desk.advances(running)
    assert desk.claims() == []
    desk.steers("resume", running)
    assert len(desk.delivers()) == 10


def test_who_says_stop_while_it_is_paused_gets_nothing_after(desk, running):
    desk.steers("pause", running)
    desk.says_stop(3)
    desk.steers("resume", running)
    assert len(desk.delivers()) == 9


def test_a_campaign_paused_before_everybody_was_queued_queues_the_rest_after(desk):
    desk.has_subscribers(10)
    campaign = desk.schedules(desk.drafts())
    desk.advances(campaign, batch=3, most=2)
    desk.steers("pause", campaign)
    desk.advances(campaign, batch=3)
    assert desk.balance(campaign).planned == 3
    desk.steers("resume", campaign)
    desk.advances(campaign, batch=3)
    assert len(desk.delivers()) == 10


def test_cancelling_stops_everything_that_has_not_left(desk, running):
    desk.settles(desk.claims(4))
    desk.steers("cancel", running)
    assert desk.claims() == []
    balance = desk.balance(running)
    assert (balance.accepted, balance.suppressed, balance.pending) == (4, 6, 0)
    with pytest.raises(PlanRefused):
        desk.steers("resume", running)


def test_a_campaign_cancelled_before_it_began_sends_nothing(desk):
    desk.has_subscribers(3)
    campaign = desk.schedules(desk.drafts())
    desk.steers("cancel", campaign)
    desk.advances(campaign)
    assert desk.delivers() == []
    assert desk.balance(campaign).planned == 0
    with desk.sessions() as session:
        assert dispatch.due(session, desk.now) == []


def test_what_was_not_sent_by_the_end_expires(desk, running):
    desk.settles(desk.claims(4))
    desk.now += timedelta(days=3)
    desk.advances(running)
    balance = desk.balance(running)
    assert (balance.state, balance.accepted, balance.expired) == ("done", 4, 6)


def test_a_worker_that_was_away_past_the_end_sends_nothing_and_says_so(desk):
    desk.has_subscribers(5)
    campaign = desk.schedules(desk.drafts())
    desk.now += timedelta(days=3)
    desk.advances(campaign)
    balance = desk.balance(campaign)
    assert (balance.state, balance.planned, balance.expired) == ("done", 5, 5)
    assert desk.delivers() == []


def test_nobody_is_texted_at_night_where_they_are(desk):
    zones = ["Asia/Tokyo", "Africa/Lagos", "America/Lima", "Asia/Kathmandu"]
    rows = [f"{number(n)},en,fair,{zone}\n" for n, zone in enumerate(zones)]
    desk.imports("phone,language,consent_source,time_zone\n" + "".join(rows))
    by_address = {"tel:" + number(n): zone for n, zone in enumerate(zones)}
    campaign = desk.schedules(desk.drafts(DAYTIME, days=3))
    sent_at = {}
    for _ in range(60):
        desk.advances(campaign)
        for row in desk.claims():
            sent_at[by_address[row.address]] = desk.now
            desk.settles([row])
        desk.now += timedelta(minutes=30)
    # It began at 09:30 UTC: afternoon in Tokyo, before dawn in Lima.
    assert sent_at == {
        "Asia/Tokyo": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "Africa/Lagos": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "Asia/Kathmandu": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "America/Lima": datetime(2026, 3, 2, 13, 0, tzinfo=UTC),
    }


def test_what_a_slow_carrier_did_not_take_before_night_waits_for_the_morning(desk):
    desk.has_subscribers(4)  # in Zurich, where it is 10:30
    campaign = desk.schedules(desk.drafts(DAYTIME, days=4))
    desk.advances(campaign)
    desk.settles(desk.claims(1))
    desk.now = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)  # 21:00 there
    assert desk.claims() == []
    desk.advances(campaign)
    desk.now = datetime(2026, 3, 3, 6, 59, tzinfo=UTC)
    assert desk.claims() == []
    desk.now = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    claimed = desk.claims()
    assert len(claimed) == 3
    assert {row.closes_at for row in claimed} == {datetime(2026, 3, 3, 19, 59, tzinfo=UTC)}


def test_a_done_campaign_forgets_who_was_in_it_and_keeps_its_sums(desk, running):
    claimed = desk.claims()
    desk.settles(claimed)
    desk.advances(running)
    assert desk.row(running).state == "done"
    desk.hears_receipts(claimed[:7])
    desk.hears_receipts(claimed[7:], "undelivered")
    before = desk.balance(running)
    desk.advances(running)
    row = desk.row(running)
    assert (row.cleared, row.ledger_key_sealed) == (True, None)
    assert desk.balance(running) == before
    assert (before.delivered, before.undelivered, before.segments) == (7, 3, 10)
    with desk.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Outbox)) == 0
        assert session.scalar(select(func.count()).select_from(OutboxBody)) == 0
        assert dispatch.due(session, desk.now) == []


def test_receipts_that_never_come_are_not_waited_for_for_ever(desk, running):
    desk.delivers()
    desk.advances(running)
    assert desk.row(running).ledger_key_sealed is not None
    desk.now += dispatch.RECEIPTS_WAIT
    desk.advances(running)
    assert desk.row(running).cleared
    assert desk.balance(running).accepted == 10


def test_a_message_in_doubt_keeps_the_campaign_open_until_its_end(desk, running):
    desk.settles(desk.claims(1), "unknown")
    desk.delivers()
    desk.advances(running)
    assert desk.balance(running).unknown == 1
    assert desk.row(running).state == "running"
    desk.now += timedelta(days=3)
    desk.advances(running)
    assert desk.balance(running).unknown == 1
    assert desk.row(running).state == "done"


def test_the_ledger_names_nobody_without_its_key(desk, running):
    with desk.sessions() as session:
        known = set(session.scalars(select(Subscriber.address_hash)))
        named = set(session.scalars(select(Outbox.recipient_hash)))
    assert len(named) == 10
    assert not known & named


def test_who_is_erased_is_in_no_list_and_gets_nothing_and_the_sums_still_add_up(desk, running):
    address = "tel:" + number(4)
    with desk.sessions.begin() as session:
        ledger.erase(session, desk.line_id, address, desk.now, desk.vault)
    assert desk.balance(running).adds_up
    assert len(desk.delivers()) == 9
    with desk.sessions() as session:
        assert subscribers.audience(session, desk.line_id) == {"en": 4, "fr": 5}
        there = select(Subscriber).where(
            Subscriber.address_hash == desk.vault.address_hash(address)
        )
        assert session.scalar(there) is None


def test_what_happened_is_counted_in_the_same_breath(desk, running):
    desk.says_stop(0)
    claimed = desk.claims()
    desk.settles(claimed)
    desk.hears_receipts(claimed)
    with desk.sessions() as session:
        rows = session.execute(select(Counter.event, func.sum(Counter.n)).group_by(Counter.event))
        sums = {event: int(n) for event, n in rows}
    assert sums == {
        "campaign_planned": 10,
        "campaign_suppressed": 1,
        "campaign_accepted": 9,
        "campaign_delivered": 9,
        "segments": 9,
    }
