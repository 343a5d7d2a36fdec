"""Outbound messages a second, from queued row to settled row, against a provider that answers at once."""

import asyncio
import logging
import statistics
import time
from datetime import UTC, datetime

from sqlalchemy import func, select
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from bench import setting
from hotline import outbox
from hotline.body import Body
from hotline.delivery import Deliverer
from hotline.keyring import KeyRing
from hotline.models import Outbox
from hotline.vault import Vault
from ops import database
from sms.sender import TwilioSender

ROUNDS = 3
OURS, NAIVE = 5000, 500
IN_FLIGHT = 100
SID = "AC" + "0" * 32
WORDS = "Is it safe to write now?\n1 Yes\n2 No"
QUIET = logging.getLogger("bench.quiet")
QUIET.disabled = True


def clock():
    return datetime.now(UTC)


def naive(base):
    client = Client(SID, "token")
    client.api.base_url = base
    begun = time.perf_counter()
    for n in range(NAIVE):
        client.messages.create(to=f"+1202555{n:04d}", from_=setting.SENDER, body=WORDS)
    return NAIVE / (time.perf_counter() - begun)


async def bare(base):
    http = AsyncTwilioHttpClient(logger=QUIET)
    client = Client(SID, "token", http_client=http)
    client.api.base_url = base
    slots = asyncio.Semaphore(IN_FLIGHT)

    async def one(n):
        async with slots:
            await client.messages.create_async(
                to=f"+1202555{n:04d}", from_=setting.SENDER, body=WORDS
            )

    begun = time.perf_counter()
    await asyncio.gather(*(one(n) for n in range(OURS)))
    rate = OURS / (time.perf_counter() - begun)
    await http.close()
    return rate


def queue(sessions, vault, contact_base):
    with sessions.begin() as session:
        for n in range(OURS):
            address = vault.seal(f"tel:+1202555{n:04d}", "address")
            outbox.queue(
                session, vault, Body(WORDS), line_id=1, channel="sms", language="en",
                address_sealed=address, contact_id=contact_base + n, now=clock(),
            )  # fmt: skip


async def ours(base, sessions, vault, dsn):
    sender = TwilioSender(SID, "token", setting.SENDER, base, in_flight=IN_FLIGHT)
    stop = asyncio.Event()
    deliverer = Deliverer(sender, sessions, vault, clock, lambda *_: None)
    begun = clock()
    running = asyncio.create_task(deliverer.run(dsn, stop))
    while ended(sessions, begun) is None:
        # Rarely: looking takes time from what is measured.
        await asyncio.sleep(0.25)
    stop.set()
    await running
    await sender.close()
    return OURS / (ended(sessions, begun) - begun).total_seconds()


def ended(sessions, begun):
    """When the last of this round's rows was settled, or None while some are not."""
    settled = func.count().filter(Outbox.state == "accepted")
    with sessions() as session:
        n, last = session.execute(
            select(settled, func.max(Outbox.changed_at)).where(Outbox.changed_at >= begun)
        ).one()
    return last if n == OURS else None


def run():
    vault = Vault(KeyRing.new())
    rates = {"ours": [], "bare": [], "naive": []}
    with setting.home() as (_, _url, engine), setting.stub() as base:
        sessions, dsn = database.make_sessions(engine), database.dsn(engine)
        asyncio.run(bare(base))
        for number in range(ROUNDS):
            queue(sessions, vault, number * OURS)
            rates["ours"].append(asyncio.run(ours(base, sessions, vault, dsn)))
            rates["bare"].append(asyncio.run(bare(base)))
            rates["naive"].append(naive(base))
    mine, async_loop, loop = (statistics.median(rates[name]) for name in ("ours", "bare", "naive"))
    yield "Outbound, per second", mine, "naive loop messages.create", loop, mine / loop, 2.0
    yield "Outbound, per second", mine, "bare async Twilio loop", async_loop, mine / async_loop, 0.7
