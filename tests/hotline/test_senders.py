"""Several senders of one channel: one queue, nobody twice, replies first, and who is not well rests."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select, text, update

from hotline import bell, leases, outbox, sending
from hotline.body import Body
from hotline.channels import SIMULATOR, SenderBroken, Unavailable, Uncertain
from hotline.delivery import Deliverer
from hotline.models import Outbox, SenderHealth
from hotline.outbox import CAMPAIGN, REPLY, Outcome
from ops import database
from sms.sender import TwilioSender
from tests.fakes.twilio import ACCOUNT, TOKEN, FakeTwilio
from tests.hotline.people import RememberingSender

LONG = "This message is longer than one segment. " * 9  # 369 characters: three segments


def clock():
    return datetime.now(UTC)


@pytest.fixture
def put(sessions, vault, line_id):
    """Queue replies or messages of a campaign; gives their ids."""

    def queue(number, *, campaign=True, words="Call us. STOP to end.", channel=SIMULATOR, first=0):
        now = clock()
        with sessions.begin() as session:
            rows = [
                Outbox(
                    line_id=line_id,
                    channel=channel,
                    language="en",
                    campaign_id=7 if campaign else None,
                    variant="A" if campaign else None,
                    recipient_hash=b"%d" % (first + n) if campaign else None,
                    priority=CAMPAIGN if campaign else REPLY,
                    state="queued",
                    due_at=now,
                    expires_at=now + timedelta(hours=1),
                    changed_at=now,
                    address_sealed=vault.seal(f"tel:+1202{5550000 + first + n}", "address"),
                    body_sealed=vault.seal(Body(words).to_json(), "body"),
                )
                for n in range(number)
            ]
            session.add_all(rows)
            session.flush()
            bell.ring(session, f"outbox:{channel}")
            return [row.id for row in rows]

    return queue


def states(sessions):
    with sessions() as session:
        rows = session.execute(select(Outbox.state, func.count()).group_by(Outbox.state))
        return {state: n for state, n in rows}  # noqa: C416 - rows are not pairs to dict()


def sender(name, **more):
    return RememberingSender(name=name, **more)


class Line:
    """Deliverers at work, each for a sender, until they are told to stop."""

    def __init__(self, sessions, vault):
        self.sessions, self.vault = sessions, vault
        self.stop = asyncio.Event()
        self.deliverers, self.running = [], []

    def delivers(self, *senders, **hooks):
        dsn = database.dsn(self.sessions.kw["bind"])
        for each in senders:
            deliverer = Deliverer(each, self.sessions, self.vault, clock, lambda *_: None, **hooks)
            self.deliverers.append(deliverer)
            self.running.append(asyncio.create_task(deliverer.run(dsn, self.stop)))

    async def until(self, holds, seconds=20.0):
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "it took too long"
            await asyncio.sleep(0.02)

    async def until_all_is(self, state, seconds=20.0):
        await self.until(lambda: set(states(self.sessions)) == {state}, seconds)

    async def ends(self):
        self.stop.set()
        await asyncio.wait_for(asyncio.gather(*self.running), 10)


@pytest.fixture
def at_work(sessions, vault):
    """Play a story of coroutines with deliverers: `at_work(story)`."""

    def play(story):
        async def main():
            line = Line(sessions, vault)
            try:
                await story(line)
            finally:
                await line.ends()

        asyncio.run(main())

    return play


def test_two_senders_share_one_queue_and_nobody_gets_it_twice(put, sessions, at_work):
    put(300)
    first, second = sender("one", delay=0.01), sender("two", delay=0.01)

    async def story(line):
        line.delivers(first, second)
        await line.until_all_is("accepted")

    at_work(story)
    heard = Counter(message.address for message in (*first.taken, *second.taken))
    assert len(heard) == 300
    assert set(heard.values()) == {1}
    assert first.taken
    assert second.taken


def test_the_same_sender_on_two_machines_works_on_one_at_a_time(put, sessions, at_work):
    put(40)
    here, there = sender("one", delay=0.01), sender("one", delay=0.01)

    async def story(line):
        line.delivers(here, there)
        await line.until_all_is("accepted")

    at_work(story)
    assert sorted([len(here.taken), len(there.taken)]) == [0, 40]


def test_replies_and_campaigns_leave_by_their_own_senders(put, sessions, at_work):
    put(20)
    put(20, campaign=False, words="We are here.", first=500)
    helpline = sender("helpline", carries=("replies",))
    campaigns = sender("campaigns", carries=("campaigns",))

    async def story(line):
        line.delivers(helpline, campaigns)
        await line.until_all_is("accepted")

    at_work(story)
    assert {message.text for message in helpline.taken} == {"We are here."}
    assert {message.text for message in campaigns.taken} == {"Call us. STOP to end."}


def test_a_faster_sender_takes_more(put, sessions, at_work):
    put(120)
    fast, slow = sender("fast", rate=60.0), sender("slow", rate=15.0)

    async def story(line):
        line.delivers(fast, slow)
        await line.until_all_is("accepted")

    at_work(story)
    assert 2.5 < len(fast.taken) / len(slow.taken) < 6


def test_a_sender_keeps_its_pace_in_segments(put, sessions, at_work):
    put(20, words=LONG)
    paced = sender("paced", rate=20.0)

    async def story(line):
        begun = time.monotonic()
        line.delivers(paced)
        await line.until_all_is("accepted")
        took = time.monotonic() - begun
        # Sixty segments, less what may go at once.
        assert 2.0 < took < 5.0

    at_work(story)


def test_a_reply_overtakes_a_campaign_that_waits_for_its_pace(put, sessions, at_work):
    put(200, words=LONG)
    both = sender("both", rate=3.0)

    async def story(line):
        line.delivers(both)
        await line.until(lambda: both.taken)
        put(1, campaign=False, first=900, words="We are here.")
        begun = time.monotonic()
        await line.until(lambda: both.taken[-1].text == "We are here.")
        assert time.monotonic() - begun < 2
        assert states(sessions)["queued"] > 150

    at_work(story)


def test_a_reply_is_fast_during_a_blast_of_a_provider_that_is_slow(put, sessions, at_work):
    put(1500)
    both = sender("both", in_flight=20, delay=0.2)
    waits = []

    async def story(line):
        line.delivers(both)
        await line.until(lambda: len(both.taken) > 20)
        for n in range(10):
            words = f"reply {n}"
            put(1, campaign=False, first=5000 + n, words=words)
            begun = time.monotonic()
            await line.until(lambda words=words: any(m.text == words for m in both.taken[-60:]))
            waits.append(time.monotonic() - begun)
        assert states(sessions)["queued"] > 0
        with sessions.begin() as session:
            session.execute(update(Outbox).where(Outbox.state == "queued").values(state="held"))

    at_work(story)
    assert max(waits) < 2


def test_a_provider_that_queues_is_given_replies_at_once(put, sessions, at_work):
    put(12, campaign=False)
    patient = sender("twilio", rate=1.0, carries=("replies",))

    async def story(line):
        line.delivers(patient)
        await line.until_all_is("accepted", seconds=4)

    at_work(story)


def test_a_provider_that_refuses_what_comes_too_fast_is_not_given_it(put, sessions, at_work):
    put(12, campaign=False)
    strict = sender("telegram", rate=5.0, queues=False)

    async def story(line):
        begun = time.monotonic()
        line.delivers(strict)
        await line.until_all_is("accepted")
        assert time.monotonic() - begun > 1.5

    at_work(story)


class TestHooks:
    def test_who_is_spared_is_settled_when_claimed_and_not_sent(self, put, sessions, at_work):
        ids = put(30)
        put(5, campaign=False, first=500)
        one = sender("one")
        later = clock() + timedelta(hours=3)
        seen = []

        def spare(_session, claimed, _now):
            seen.extend(claimed)
            never = [Outcome(row, "suppressed") for row in claimed if row.id % 3 == 0]
            wait = [
                Outcome(row, "queued", due_at=later, untried=True)
                for row in claimed
                if row.id % 3 == 1
            ]
            return [*never, *wait]

        async def story(line):
            line.delivers(one, spare=spare)
            await line.until(lambda: set(states(sessions)) == {"accepted", "suppressed", "queued"})

        at_work(story)
        assert {row.id for row in seen} == set(ids)
        kept = [n for n in ids if n % 3 == 2]
        assert len(one.taken) == len(kept) + 5
        with sessions() as session:
            waiting = session.execute(
                select(Outbox.due_at, Outbox.attempts).where(Outbox.state == "queued")
            ).all()
        assert {(row.due_at, row.attempts) for row in waiting} == {(later, 0)}

    def test_a_closed_gate_holds_campaigns_and_no_reply(self, put, sessions, at_work):
        put(30)
        put(5, campaign=False, first=500, words="We are here.")
        one = sender("one")
        share, asked = [0.0], []

        def gate(_session, now):
            asked.append(now)
            return share[0]

        async def story(line):
            line.delivers(one, gate=gate)
            await line.until(lambda: len(one.taken) == 5)
            await asyncio.sleep(1.5)
            assert {message.text for message in one.taken} == {"We are here."}
            share[0] = 1.0
            await line.until_all_is("accepted")
            apart = [b - a for a, b in pairwise(asked)]
            assert all(each >= timedelta(seconds=0.95) for each in apart)

        at_work(story)

    @pytest.mark.parametrize("rate", [None, 40.0])
    def test_a_gate_half_open_halves_the_speed(self, put, sessions, at_work, rate):
        put(400)

        async def speed(line, name, share):
            one = sender(name, rate=rate, in_flight=4, delay=0.05)
            stop, line.stop = line.stop, asyncio.Event()
            before = len(line.running)
            line.delivers(one, gate=lambda *_: share)
            await line.until(lambda: len(one.taken) > 8)
            begun, taken = time.monotonic(), len(one.taken)
            await asyncio.sleep(1.5)
            fast = (len(one.taken) - taken) / (time.monotonic() - begun)
            line.stop.set()
            await asyncio.gather(*line.running[before:])
            line.stop = stop
            return fast

        async def story(line):
            whole = await speed(line, "one", 1.0)
            half = await speed(line, "two", 0.5)
            assert 0.3 < half / whole < 0.75

        at_work(story)

    @pytest.mark.parametrize("hook", ["gate", "spare"])
    def test_a_hook_that_breaks_holds_campaigns_and_no_reply(self, put, sessions, at_work, hook):
        put(10)
        put(5, campaign=False, first=500, words="We are here.")
        one = sender("one")

        def breaks(*_):
            raise RuntimeError("a bug")

        async def story(line):
            line.delivers(one, **{hook: breaks})
            await line.until(lambda: len(one.taken) == 5)
            put(5, campaign=False, first=600, words="We are here.")
            await line.until(lambda: len(one.taken) == 10)

        at_work(story)
        assert {message.text for message in one.taken} == {"We are here."}
        assert states(sessions) == {"accepted": 10, "queued": 10}


class TestHealth:
    @pytest.mark.parametrize(
        "failure", [SenderBroken("twilio 20003"), Unavailable("twilio 21611", after=30)]
    )
    def test_who_is_not_well_rests_and_the_others_go_on(self, put, sessions, at_work, failure):
        put(60)
        ill = sender("ill", fails=[failure] * 1000)
        well = sender("well", delay=0.005)

        async def story(line):
            line.delivers(ill)
            await line.until(lambda: len(ill.fails) < 1000)
            line.delivers(well)
            await line.until_all_is("accepted", seconds=60)

        with sessions.begin() as session:
            # So that the wait that Twilio asks for does not make the test long.
            session.execute(update(Outbox).values(expires_at=clock() + timedelta(hours=2)))
        if failure.after:
            failure.after = 3
        at_work(story)
        assert ill.taken == []
        assert len(well.taken) == 60
        # It was tried as often as it takes to know, not with every message.
        assert len(ill.fails) >= 1000 - 4 * ill.in_flight
        with sessions() as session:
            attempts = session.scalars(select(Outbox.attempts)).all()
            told = {row.name: row for row in session.scalars(select(SenderHealth))}
        assert set(attempts) == {1}
        assert told["ill"].reason == failure.reason
        assert told["ill"].rests_until is not None
        assert (told["well"].failures, told["well"].rests_until) == (0, None)

    def test_after_a_rest_one_message_is_tried_and_then_all(self, put, sessions, vault, at_work):
        put(30)
        one = sender("one", fails=[SenderBroken("twilio 20003")] * 4)

        async def story(line):
            line.delivers(one)
            await line.until(lambda: len(one.fails) < 4)
            await asyncio.sleep(0.3)
            (deliverer,) = line.deliverers
            # All that were under way have failed; nothing more is tried while it rests.
            left = len(one.fails)
            deliverer._health._until = time.monotonic()
            await line.until(lambda: len(one.fails) < left or one.taken)
            one.fails.clear()
            deliverer._health._until = time.monotonic()
            await line.until_all_is("accepted")

        at_work(story)
        assert len(one.taken) == 30

    def test_time_outs_in_a_row_are_a_reason_too(self, put, sessions, at_work):
        put(40)
        silent = sender("silent", fails=[Uncertain("twilio took too long")] * 1000, tells=False)

        async def story(line):
            line.delivers(silent)
            await line.until(lambda: states(sessions).get("unknown", 0) >= 5)
            await asyncio.sleep(1)

        at_work(story)
        # The rest waits for somebody who is well.
        assert states(sessions)["queued"] > 20


class TestDoubts:
    def test_two_deliverers_in_doubt_about_the_same_words_take_a_message_each(
        self, put, sessions, vault, at_work
    ):
        ids = put(6, words="same")
        with sessions.begin() as session:
            address = vault.seal("tel:+12025550101", "address")
            session.execute(update(Outbox).values(address_sealed=address))
            claimed = outbox.claim(session, vault, SIMULATOR, 6, clock())
            ago = clock() - timedelta(seconds=21)
            session.execute(update(Outbox).values(changed_at=ago, lease_until=ago + outbox.LEASE))
        provider = sender("one")
        for row in claimed[:4]:  # sent, and then we died
            asyncio.run(provider.send(sending.outgoing("r", row, clock())))
        other = sender("two", taken=provider.taken)

        async def story(line):
            line.delivers(provider, other)
            await line.until_all_is("accepted", seconds=30)

        at_work(story)
        assert len(provider.taken) == len(ids)
        with sessions() as session:
            hashes = session.scalars(select(Outbox.provider_hash)).all()
        assert len(set(hashes)) == len(ids)

    def test_who_lost_the_lease_gives_nothing_back(self, put, sessions, vault):
        put(3)
        now = clock()
        with sessions.begin() as session:
            stale = outbox.claim(session, vault, SIMULATOR, 3, now)
        later = now + outbox.LEASE + timedelta(seconds=1)
        with sessions.begin() as session:
            taken_over = outbox.in_doubt(session, vault, SIMULATOR, 3, later)
        told = [
            Outcome(stale[0], "queued", due_at=later),
            Outcome(stale[1], "unknown"),
            Outcome(stale[2], "accepted", "p1", 1),
        ]
        with sessions.begin() as session:
            # What the provider took, it took; whether to try again is for who has the row now.
            assert leases.standing(session, told) == [told[2]]
            again = [Outcome(row, "queued", due_at=later) for row in taken_over]
            assert leases.standing(session, again) == again


def test_two_machines_worth_of_senders_text_nobody_twice_over_http(put, sessions, vault, at_work):
    """Real HTTP, answers that get lost, and rows that a killed worker left behind."""
    put(400, channel="sms")
    with sessions.begin() as session:
        left = outbox.claim(session, vault, "sms", 40, clock())
    numbers = ["+15005550006", "+15005550007"]
    with FakeTwilio(latency=0.01) as twilio:

        def made(number):
            return TwilioSender(ACCOUNT, TOKEN, number, twilio.url, in_flight=20)

        async def story(line):
            dying, *machines = made("+15005550008"), *map(made, numbers), *map(made, numbers)
            # Half of what it had in hand was sent before it died.
            for row in left[:20]:
                await dying.send(sending.outgoing("r", row, clock()))
            with sessions.begin() as session:
                session.execute(update(Outbox).values(lease_until=clock()))
            for _ in range(10):
                twilio.drop_next()
                twilio.lose_next()
                twilio.fail_next(429, 20429)
            line.delivers(*machines)
            await line.until_all_is("accepted", seconds=60)
            for each in (dying, *machines):
                await each.close()

        at_work(story)
    heard = Counter(message.to for message in twilio.messages)
    assert len(heard) == 400
    assert set(heard.values()) == {1}
    assert {message.from_ for message in twilio.messages} == {*numbers, "+15005550008"}


def test_no_number_is_in_the_name_of_a_sender_or_its_lock(sessions):
    made = TwilioSender(ACCOUNT, TOKEN, "+15005550006", "http://127.0.0.1:9", label="sms helpline")
    assert "5005550006" not in f"{made.name} {made.label}"
    assert made.name != TwilioSender(ACCOUNT, TOKEN, "+15005550007", "http://127.0.0.1:9").name


def test_claiming_looks_only_at_what_is_due(put, sessions, vault):
    put(200)
    with sessions.begin() as session:
        session.execute(update(Outbox).values(due_at=clock() + timedelta(hours=8)))
        session.execute(text("ANALYZE outbox"))
        session.execute(text("SET enable_seqscan = off"))
        plan = "\n".join(
            session.scalars(
                text(
                    "EXPLAIN SELECT id FROM outbox WHERE channel = 'simulator' AND priority = 1"
                    " AND state = 'queued' AND due_at <= now() ORDER BY due_at, id LIMIT 10"
                )
            )
        )
    assert "ix_outbox_due" in plan
    assert "due_at <=" in plan.split("Index Cond:")[1]
    assert "Sort" not in plan
