import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from hotline import leases, outbox, receipts, sending
from hotline.body import Body
from hotline.channels import (
    SIMULATOR,
    OptedOut,
    Receipt,
    SenderBroken,
    SendFailed,
    Uncertain,
)
from hotline.delivery import Deliverer
from hotline.models import Counter, OptOut, Outbox
from ops import database
from tests.hotline.people import RememberingSender


@pytest.fixture
def queue(sessions, vault, line_id, now):
    def put(words, contact=1, address="tel:+12025550101", at=None):
        with sessions.begin() as session:
            return outbox.queue(
                session,
                vault,
                Body(words),
                line_id=line_id,
                channel=SIMULATOR,
                language="en",
                address_sealed=vault.seal(address, "address"),
                contact_id=contact,
                now=at or now,
            )

    return put


def state_of(sessions, row):
    with sessions() as session:
        return session.get(Outbox, row).state


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


def deliver(sender, sessions, vault, clock, *, until, seconds=10.0):
    """Run a deliverer until `until()` holds."""
    stopped = []

    async def main():
        stop = asyncio.Event()
        told = lambda *said: stopped.append(said)  # noqa: E731
        deliverer = Deliverer(sender, sessions, vault, clock, told)
        dsn = database.dsn(sessions.kw["bind"])
        running = asyncio.create_task(deliverer.run(dsn, stop))
        for _ in range(int(seconds / 0.02)):
            await asyncio.sleep(0.02)
            if until():
                break
        stop.set()
        await asyncio.wait_for(running, 5)

    asyncio.run(main())
    return stopped


def test_what_is_queued_is_sent_and_neither_words_nor_address_stay(sessions, vault, queue, now):
    sender = RememberingSender()
    row = queue("hello")
    deliver(
        sender, sessions, vault, Clock(now), until=lambda: state_of(sessions, row) == "accepted"
    )
    assert [(m.address, m.text) for m in sender.taken] == [("tel:+12025550101", "hello")]
    with sessions() as session:
        kept = session.get(Outbox, row)
        assert kept.address_sealed is None
        assert kept.body_sealed is None
        assert session.scalar(select(Counter.n).where(Counter.event == "replies_accepted")) == 1


def test_one_person_hears_in_the_order_it_was_queued(sessions, vault, queue, now):
    sender = RememberingSender(delay=0.01)
    rows = [queue(f"m{n}", contact=n % 2) for n in range(20)]
    deliver(
        sender,
        sessions,
        vault,
        Clock(now),
        until=lambda: all(state_of(sessions, row) == "accepted" for row in rows),
    )
    said = [int(m.text[1:]) for m in sender.taken]
    assert sorted(said) == list(range(20))
    for person in (0, 1):
        assert [n for n in said if n % 2 == person] == sorted(n for n in said if n % 2 == person)


def test_what_may_have_been_taken_is_asked_about_and_never_sent_again_blindly(
    sessions, vault, queue, now
):
    sender = RememberingSender()
    row = queue("hello")
    with sessions.begin() as session:
        (claimed,) = outbox.claim(session, vault, SIMULATOR, 10, now)
    asyncio.run(sender.send(sending.outgoing("r", claimed, now)))  # sent, and then we died
    clock = Clock(now + outbox.LEASE + timedelta(seconds=1))
    deliver(sender, sessions, vault, clock, until=lambda: state_of(sessions, row) == "accepted")
    assert len(sender.taken) == 1


def test_what_the_provider_never_saw_is_sent_after_all(sessions, vault, queue, now):
    sender = RememberingSender()
    row = queue("hello")
    with sessions.begin() as session:
        outbox.claim(session, vault, SIMULATOR, 10, now)
    clock = Clock(now + outbox.LEASE + timedelta(seconds=1))
    deliver(sender, sessions, vault, clock, until=lambda: state_of(sessions, row) == "accepted")
    assert len(sender.taken) == 1


def test_two_same_texts_in_doubt_are_each_settled_by_a_message_of_their_own(
    sessions, vault, queue, now
):
    sender = RememberingSender()
    rows = [queue("same"), queue("same")]
    with sessions.begin() as session:
        claimed = outbox.claim(session, vault, SIMULATOR, 10, now)
    asyncio.run(sender.send(sending.outgoing("r", claimed[0], now)))
    clock = Clock(now + outbox.LEASE + timedelta(seconds=1))
    deliver(
        sender,
        sessions,
        vault,
        clock,
        until=lambda: all(state_of(sessions, row) == "accepted" for row in rows),
    )
    assert len(sender.taken) == 2


def test_a_provider_that_cannot_be_asked_leaves_it_unknown(sessions, vault, queue, now):
    sender = RememberingSender(tells=False, fails=[Uncertain("timeout")])
    row = queue("hello")
    deliver(sender, sessions, vault, Clock(now), until=lambda: state_of(sessions, row) == "unknown")
    assert state_of(sessions, row) == "unknown"
    assert sender.taken == []


def test_a_receipt_settles_a_doubt(sessions, vault, queue, now):
    sender = RememberingSender(tells=False, fails=[Uncertain("timeout")])
    row = queue("hello")
    deliver(sender, sessions, vault, Clock(now), until=lambda: state_of(sessions, row) == "unknown")
    with sessions.begin() as session:
        receipt = Receipt("delivered", reference=vault.reference(row))
        assert receipts.record(session, vault, [receipt, receipt], now) == 1
        assert receipts.record(session, vault, [receipt], now) == 0
    assert state_of(sessions, row) == "accepted"


def test_a_message_that_a_receipt_named_while_it_was_sent_stays_known(sessions, vault, queue, now):
    row = queue("hello")
    with sessions.begin() as session:
        outbox.claim(session, vault, SIMULATOR, 1, now)
    receipt = Receipt("delivered", reference=vault.reference(row), provider_id="SM1")
    with sessions.begin() as session:
        receipts.record(session, vault, [receipt], now)
    # Whoever sent it has died: it is in doubt, and its receipt settles that.
    later = now + outbox.LEASE
    with sessions.begin() as session:
        (doubted,) = outbox.in_doubt(session, vault, SIMULATOR, 1, later)
        settled = sending.resolve(doubted, (), set(), later)
        outbox.settle(session, vault, [settled], later)
    assert state_of(sessions, row) == "accepted"
    with sessions() as session:
        # So that it settles nobody else's doubt.
        assert receipts.already_known(session, vault, ["SM1"]) == {"SM1"}


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (SendFailed("bad number", retry=False), "failed"),
        (SendFailed("busy", retry=True), "queued"),
        (SenderBroken("credentials"), "queued"),
        (OptedOut("stopped there"), "failed"),
        (Uncertain("timeout"), "unknown"),
        (ValueError("a vendor's surprise"), "unknown"),
    ],
)
def test_each_kind_of_failure_has_its_own_outcome(sessions, vault, queue, now, failure, state):
    sender = RememberingSender(tells=False, fails=[failure])
    row = queue("hello")

    def settled():
        with sessions() as session:
            return session.get(Outbox, row).state not in ("sending", "queued") or (
                session.get(Outbox, row).error is not None
            )

    stopped = deliver(sender, sessions, vault, Clock(now), until=settled)
    assert state_of(sessions, row) == state
    with sessions() as session:
        assert bool(session.scalars(select(OptOut)).all()) == isinstance(failure, OptedOut)
    assert bool(stopped) == isinstance(failure, OptedOut)


def test_a_busy_provider_is_tried_again_later(sessions, vault, queue, now):
    sender = RememberingSender(fails=[SendFailed("busy", retry=True, after=30)])
    row = queue("hello")
    clock = Clock(now)

    def later():
        with sessions() as session:
            kept = session.get(Outbox, row)
        if kept.error and kept.state == "queued":
            assert kept.due_at >= now + timedelta(seconds=30)
            clock.now = kept.due_at
        return kept.state == "accepted"

    deliver(sender, sessions, vault, clock, until=later)
    assert len(sender.taken) == 1


def test_what_came_too_late_is_not_sent(sessions, vault, queue, now):
    sender = RememberingSender()
    row = queue("hello", at=now - outbox.REPLY_LIVES - timedelta(minutes=1))
    deliver(sender, sessions, vault, Clock(now), until=lambda: state_of(sessions, row) == "expired")
    assert sender.taken == []


def test_only_one_of_two_deliverers_works_at_a_time(sessions, vault, queue, now):
    first, second = RememberingSender(delay=0.02), RememberingSender(delay=0.02)
    rows = [queue(f"m{n}", contact=n) for n in range(30)]

    async def main():
        stop = asyncio.Event()
        dsn = database.dsn(sessions.kw["bind"])
        running = [
            asyncio.create_task(
                Deliverer(s, sessions, vault, Clock(now), lambda *_: None).run(dsn, stop)
            )
            for s in (first, second)
        ]
        while not all(state_of(sessions, row) == "accepted" for row in rows):
            await asyncio.sleep(0.05)
        stop.set()
        await asyncio.gather(*running)

    asyncio.run(asyncio.wait_for(main(), 20))
    assert sorted([len(first.taken), len(second.taken)]) == [0, 30]


def test_states_move_only_along_the_table(sessions, vault, queue, now):
    row = queue("hello")
    with sessions.begin() as session:
        (claimed,) = outbox.claim(session, vault, SIMULATOR, 10, now)
        assert (
            outbox.settle(session, vault, [outbox.Outcome(claimed, "accepted", "p1", 1)], now) == 1
        )
        assert outbox.settle(session, vault, [outbox.Outcome(claimed, "failed")], now) == 0
    assert state_of(sessions, row) == "accepted"
    reachable = {to for targets in outbox.TRANSITIONS.values() for to in targets}
    assert reachable <= set(outbox.TRANSITIONS)


def test_no_sealed_value_is_readable_in_the_database(sessions, vault, queue, now):
    queue("very secret words", address="tel:+12025559999")
    with sessions() as session:
        rows = session.execute(text("SELECT t::text FROM outbox t")).scalars().all()
    assert "secret" not in rows[0]
    assert "12025559999" not in rows[0]
    assert b"secret".hex() not in rows[0]


class TestTooLate:
    """What the carrier has not delivered when night falls, it must drop."""

    def claimed(self, sessions, vault, queue, now, **more):
        row = queue("hello")
        with sessions.begin() as session:
            session.execute(update(Outbox).where(Outbox.id == row).values(**more))
            (claimed,) = outbox.claim(session, vault, SIMULATOR, 1, now)
        return claimed

    @pytest.mark.parametrize(
        ("closes", "expires", "valid"), [(90, 600, 90), (None, 600, 600), (900, 600, 600)]
    )
    def test_a_campaign_message_is_valid_until_the_day_or_the_campaign_ends(
        self, sessions, vault, queue, now, closes, expires, valid
    ):
        claimed = self.claimed(
            sessions,
            vault,
            queue,
            now,
            campaign_id=1,
            recipient_hash=b"x",
            priority=outbox.CAMPAIGN,
            expires_at=now + timedelta(minutes=expires),
            closes_at=now + timedelta(minutes=closes) if closes else None,
        )
        assert sending.outgoing("r", claimed, now).valid_for == valid * 60
        # A minute later it is a minute less.
        later = now + timedelta(minutes=1)
        assert sending.outgoing("r", claimed, later).valid_for == (valid - 1) * 60

    def test_a_reply_is_never_too_late_for_the_carrier(self, sessions, vault, queue, now):
        claimed = self.claimed(sessions, vault, queue, now, changed_at=now)
        assert sending.outgoing("r", claimed, now).valid_for is None

    def test_what_closes_before_it_is_claimed_is_not_claimed(self, sessions, vault, queue, now):
        row = queue("hello")
        with sessions.begin() as session:
            closes = now - timedelta(seconds=1)
            session.execute(update(Outbox).values(campaign_id=1, priority=1, closes_at=closes))
            assert outbox.claim(session, vault, SIMULATOR, 1, now) == []
        assert state_of(sessions, row) == "queued"


def test_receipts_in_any_order_and_settles_of_the_same_rows_never_wait_in_a_circle(
    sessions, vault, queue, now
):
    rows = [queue(f"m{n}", contact=n) for n in range(120)]
    with sessions.begin() as session:
        claimed = outbox.claim(session, vault, SIMULATOR, 200, now)

    def settle(part):
        outcomes = [outbox.Outcome(row, "accepted", f"p{row.id}", 1) for row in part]
        with sessions.begin() as session:
            outbox.settle(session, vault, leases.standing(session, outcomes), now)

    def hear(part):
        told = [Receipt("delivered", reference=vault.reference(row.id)) for row in part]
        with sessions.begin() as session:
            receipts.record(session, vault, [*told, *told[:5]], now)

    chance = random.Random(7)
    work = []
    for n in range(24):
        part = chance.sample(claimed, 80)
        work.append((settle if n % 2 else hear, part))
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(what, part) for what, part in work]:
            done.result(30)
    settle(claimed)
    hear(claimed)
    with sessions() as session:
        ended = session.execute(select(Outbox.state, Outbox.receipt).distinct()).all()
        accepted = session.scalars(
            select(Counter.n).where(Counter.event == "replies_accepted")
        ).all()
    assert [tuple(each) for each in ended] == [("accepted", "delivered")]
    # Whichever came first, each was counted once.
    assert sum(accepted) == len(rows)


def test_what_was_sent_when_the_work_ends_is_written_down_before(sessions, vault, queue, now):
    sender = RememberingSender(delay=0.05)
    rows = [queue(f"m{n}", contact=n) for n in range(8)]
    deliver(sender, sessions, vault, Clock(now), until=lambda: len(sender.taken) >= 4)
    ended = [state_of(sessions, row) for row in rows]
    assert ended.count("accepted") == len(sender.taken)
    assert "sending" not in ended
