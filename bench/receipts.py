"""Receipts a second, from the signed webhook to the committed row: many in a transaction, and one in each."""

import asyncio
import itertools
import statistics
import time
from datetime import timedelta
from urllib.parse import quote

import aiohttp
from sqlalchemy import func, select, text
from twilio.request_validator import RequestValidator
from yarl import URL

from bench import setting
from bench.outbound import clock
from hotline.keyring import KeyRing
from hotline.models import Outbox
from hotline.vault import Vault
from ops import database

RECEIPTS, ROUNDS, AT_ONCE = 3000, 3, 48
PATH = "/webhooks/twilio/status"
ACCEPTED = text(
    "INSERT INTO outbox (line_id, channel, language, campaign_id, recipient_hash, variant, priority,"
    " state, attempts, segments, due_at, expires_at, changed_at, provider_hash)"
    " SELECT 1, 'sms', 'en', 1, int8send(n), 'A', 1, 'accepted', 1, 1, :now, :later, :now, int8send(n)"
    " FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n RETURNING id"
)
NUMBERS = itertools.count(1)


def posts(sessions, vault, n):
    """Signed receipts of messages that were just accepted."""
    sign = RequestValidator(setting.TOKEN).compute_signature
    first = next(NUMBERS) * 1_000_000
    with sessions.begin() as session:
        now = clock()
        ids = session.execute(
            ACCEPTED,
            {"now": now, "later": now + timedelta(days=1), "first": first, "last": first + n - 1},
        ).scalars()
        named = [(number, f"{PATH}?m={quote(vault.reference(number), safe='')}") for number in ids]
    made = []
    for number, path in named:
        form = {"MessageSid": f"SM{number:032x}", "MessageStatus": "delivered"}
        headers = {"X-Twilio-Signature": sign(f"{setting.PUBLIC}{path}", form)}
        made.append((path, form, headers))
    return made


async def drive(port, work):
    left, waits = iter(work), []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as client:

        async def go():
            for path, form, headers in left:
                begun = time.perf_counter()
                url = URL(f"http://127.0.0.1:{port}{path}", encoded=True)
                async with client.post(url, data=form, headers=headers) as answer:
                    assert answer.status == 204, answer.status
                waits.append(time.perf_counter() - begun)

        begun = time.perf_counter()
        await asyncio.gather(*(go() for _ in range(AT_ONCE)))
        return len(work) / (time.perf_counter() - begun), sorted(waits)[int(len(waits) * 0.99)]


def run():
    with setting.home() as (folder, url, engine):
        sessions = database.make_sessions(engine)
        vault = Vault(KeyRing.parse((folder / "keys" / "ring").read_text()))
        with (
            setting.serving("ops.serving:app", folder, url) as ours,
            setting.serving("bench.single:app", folder, url) as alone,
        ):
            rates, late = {ours: [], alone: []}, {ours: [], alone: []}
            for port in (ours, alone):
                asyncio.run(drive(port, posts(sessions, vault, 300)))
            for number in range(ROUNDS):
                for port in (ours, alone)[:: -1 if number % 2 else 1]:
                    rate, p99 = asyncio.run(drive(port, posts(sessions, vault, RECEIPTS)))
                    rates[port].append(rate)
                    late[port].append(p99)
        with sessions() as session:
            told = session.scalar(
                select(func.count()).select_from(Outbox).where(Outbox.receipt == "delivered")
            )
            assert told == 2 * (300 + ROUNDS * RECEIPTS), told
    mine, theirs = (statistics.median(rates[port]) for port in (ours, alone))
    yield "Receipts, per second", mine, "a transaction each", theirs, mine / theirs, 1.5
    mine, theirs = (statistics.median(late[port]) * 1000 for port in (ours, alone))
    yield "Receipts, p99 ms", mine, "the same", theirs, mine / theirs, None
