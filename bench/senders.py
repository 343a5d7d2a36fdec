"""What a second sender adds: segments a second of two paced senders against one, from one queue."""

import asyncio
import statistics
import time
from datetime import timedelta

from sqlalchemy import func, select, text

from bench import setting
from bench.outbound import SID, clock
from hotline.body import Body
from hotline.delivery import Deliverer
from hotline.keyring import KeyRing
from hotline.models import Outbox
from hotline.vault import Vault
from ops import database
from sms.sender import TwilioSender

RATE, SECONDS, ROUNDS = 40.0, 6.0, 3
WORDS = "A job abroad? Ask who holds your passport. Text us, free. STOP ends."
NUMBERS = ("+15005550006", "+15005550007")
QUEUE = text(
    "INSERT INTO outbox (line_id, channel, language, campaign_id, recipient_hash, variant, priority,"
    " state, due_at, expires_at, changed_at, address_sealed, body_sealed)"
    " SELECT 1, 'sms', 'en', 1, int8send(n), 'A', 1, 'queued', :now, :later, :now, :address, :body"
    " FROM generate_series(1, CAST(:number AS bigint)) AS n"
)


def queue(sessions, vault):
    """More than two senders can send in the time."""
    now = clock()
    with sessions.begin() as session:
        session.execute(text("TRUNCATE outbox"))
        session.execute(
            QUEUE,
            {
                "now": now,
                "later": now + timedelta(days=1),
                "address": vault.seal("tel:+12025550101", "address"),
                "body": vault.seal(Body(WORDS).to_json(), "body"),
                "number": int(RATE * SECONDS * 4),
            },
        )


async def segments_a_second(base, sessions, vault, dsn, numbers):
    stop = asyncio.Event()
    senders = [TwilioSender(SID, "token", number, base, rate=RATE) for number in numbers]
    deliverers = [Deliverer(each, sessions, vault, clock, lambda *_: None) for each in senders]
    running = [asyncio.create_task(each.run(dsn, stop)) for each in deliverers]
    while not sent(sessions):
        await asyncio.sleep(0.05)
    begun, before = time.perf_counter(), sent(sessions)
    await asyncio.sleep(SECONDS)
    rate = (sent(sessions) - before) / (time.perf_counter() - begun)
    stop.set()
    await asyncio.gather(*running)
    for each in senders:
        await each.close()
    return rate


def sent(sessions):
    with sessions() as session:
        return session.scalar(select(func.coalesce(func.sum(Outbox.segments), 0)))


def run():
    vault, rates = Vault(KeyRing.new()), {1: [], 2: []}
    with setting.home() as (_, _url, engine), setting.stub() as base:
        sessions, dsn = database.make_sessions(engine), database.dsn(engine)
        for _ in range(ROUNDS):
            for many, found in rates.items():
                queue(sessions, vault)
                work = segments_a_second(base, sessions, vault, dsn, NUMBERS[:many])
                found.append(asyncio.run(work))
    both, one = statistics.median(rates[2]), statistics.median(rates[1])
    yield f"Two senders of {RATE:.0f} segments a second", both, "one of them", one, both / one, 1.9
