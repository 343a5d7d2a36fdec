"""Inbound turns a second: ours against a bare view on the same server, in turns."""

import asyncio
import itertools
import statistics
import time

import aiohttp
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from bench import setting

TURNS = 1700
ROUNDS = 3
AT_ONCE = 32
# A whole talk, and a long one: hello, language, safe, "my work or situation", a no to each of twelve
# questions, and the last one, what is needed most, skipped. Where to go on is what is said at the end.
TALK = ("hello", "1", "1", "2", *"222222222222", "8")
NUMBERS = itertools.count(1)


def posts(n):
    """Signed webhooks of new people, all of them in the same place of their talk."""
    sign = RequestValidator(setting.TOKEN).compute_signature
    url = f"{setting.PUBLIC}/webhooks/twilio/sms"
    people = [f"+1202{next(NUMBERS):07d}" for _ in range(n // len(TALK))]
    made = []
    for words, person in itertools.product(TALK, people):
        form = {
            "MessageSid": f"SM{next(NUMBERS):032x}",
            "From": person,
            "To": setting.SENDER,
            "Body": words,
            "NumMedia": "0",
        }
        made.append((form, {"X-Twilio-Signature": sign(url, form)}))
    return made


async def drive(port, work):
    url = f"http://127.0.0.1:{port}/webhooks/twilio/sms"
    left = iter(work)
    waits = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as client:

        async def go():
            for form, headers in left:
                begun = time.perf_counter()
                async with client.post(url, data=form, headers=headers) as answer:
                    assert answer.status in (200, 204), answer.status
                waits.append(time.perf_counter() - begun)

        begun = time.perf_counter()
        await asyncio.gather(*(go() for _ in range(AT_ONCE)))
        return len(work) / (time.perf_counter() - begun), sorted(waits)[int(len(waits) * 0.99)]


def run():
    with setting.home() as (folder, url, engine):
        with engine.begin() as connection:
            connection.execute(
                text("CREATE TABLE bench_senders (sender text PRIMARY KEY, n bigint)")
            )
        with (
            setting.serving("ops.serving:app", folder, url) as ours,
            setting.serving("bench.bare:app", folder, url) as bare,
        ):
            for port in (ours, bare):
                asyncio.run(drive(port, posts(300)))
            rates = {ours: [], bare: []}
            late = {ours: [], bare: []}
            for _ in range(ROUNDS):
                for port in (ours, bare):
                    rate, p99 = asyncio.run(drive(port, posts(TURNS)))
                    rates[port].append(rate)
                    late[port].append(p99)
    mine, theirs = (statistics.median(rates[port]) for port in (ours, bare))
    yield (
        "Inbound turn, per second",
        mine,
        "bare Flask view + one transaction",
        theirs,
        mine / theirs,
        0.5,
    )
    mine, theirs = (statistics.median(late[port]) * 1000 for port in (ours, bare))
    yield "Inbound turn, p99 ms", mine, "the same", theirs, mine / theirs, None
