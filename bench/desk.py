"""Fifty caseworkers, two hundred open cases, and contacts who text: how fast pages are, and how soon
what a contact wrote is on the screen of who has to see it.

From the answer of the webhook, which comes after its commit, to the browser having the new list or message.
"""

import asyncio
import contextlib
import itertools
import random
import secrets
import statistics
import time
from datetime import UTC, datetime

import aiohttp
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from bench import setting
from bench.nightshift import Caseworker, Watch
from hotline import lines, signin, staff
from hotline.channels import Inbound
from hotline.conversation import Conversation
from hotline.keyring import KeyRing
from hotline.models import Case, Contact, Staff, StaffSession
from hotline.vault import Vault
from locales import languages
from ops import database
from triage import load_flow

CASEWORKERS, CASES = 50, 200
SECONDS = 40
TEXTS_A_SECOND, NEW_CASES_EVERY_SECONDS = 1.5, 4
PAGE_MS, SCREEN_MS = 300, 1000
# Those who wait asked for a person; who comes meanwhile needs help now, and is seen on top of every list.
CALLING, IN_DANGER = ("hello", "1", "1", "0"), ("hello", "1", "1", "1")
NUMBERS = itertools.count(1)


def furnish(engine, ring):
    """People who wait and people who answer; gives the cookies of these, and phones by case."""
    sessions, vault, now = database.make_sessions(engine), Vault(ring), datetime.now(UTC)
    with sessions.begin() as session:
        line = lines.first(session)
        talk = Conversation(vault, load_flow(), line.id, tuple(languages("contact")))
        phones = [phone() for _ in range(CASES)]
        for number in phones:
            for text in CALLING:
                talk.receive(session, inbound(number, text, now), now)
        cookies = [hire(session, line.id, n, now) for n in range(CASEWORKERS)]
        found = session.execute(select(Case.id).join(Contact).order_by(Case.id))
        return cookies, dict(zip(found.scalars(), phones, strict=True))


def phone():
    return f"+1202{next(NUMBERS):07d}"


def inbound(number, text, now):
    return Inbound("sms", f"tel:{number}", text, secrets.token_hex(16), now)


def hire(session, line_id, n, now):
    """Somebody of the staff who is signed in; the hash of a password would cost more than the test."""
    token = f"bench-{n}-{secrets.token_hex(16)}"
    staff.add(
        session, line_id=line_id, login=f"sam{n}", display_name="Sam", role="caseworker", language="en"
    )  # fmt: skip
    row = session.scalar(select(Staff).where(Staff.login == f"sam{n}"))
    row.one_time = False
    session.add(
        StaffSession(token_hash=signin.hashed(token), staff_id=row.id, started_at=now, seen_at=now)
    )
    return f"__Host-waypost={token}"


@contextlib.contextmanager
def web(folder, url):
    port = setting.free_port()
    environment = setting.environment(folder, url, WAYPOST_PORT=str(port))
    with setting.web(environment, port) as address:
        yield address


class Contacts:
    """Who texts the line, through the provider's webhook."""

    def __init__(self, client, base, phones, watch):
        self.client, self.base, self.phones, self.watch = client, base, phones, watch
        self.sign = RequestValidator(setting.TOKEN).compute_signature

    async def text(self, number, words):
        url = f"{setting.PUBLIC}/webhooks/twilio/sms"
        form = {
            "MessageSid": f"SM{secrets.token_hex(16)}",
            "From": number,
            "To": setting.SENDER,
            "Body": words,
            "NumMedia": "0",
        }
        headers = {"X-Twilio-Signature": self.sign(url, form)}
        async with self.client.post(
            f"{self.base}/webhooks/twilio/sms", data=form, headers=headers
        ) as answer:
            assert answer.status in (200, 204), answer.status

    async def write(self, workers, until):
        """Into cases that somebody has open."""
        while time.monotonic() < until:
            case = random.choice(list(random.choice(workers).cases)[:2])
            await self.text(self.phones[case], "They locked the door again and I am alone.")
            self.watch.said[case] = time.perf_counter()
            await asyncio.sleep(random.expovariate(TEXTS_A_SECOND))

    async def call(self, until):
        """New people who ask for a person."""
        case = max(self.phones)
        while time.monotonic() < until:
            number = phone()
            for words in IN_DANGER[:-1]:
                await self.text(number, words)
            case += 1
            # Who looks sooner than the webhook's answer is here has waited no time at all.
            self.watch.born[case] = time.perf_counter()
            self.phones[case] = number
            await self.text(number, IN_DANGER[-1])
            self.watch.born[case] = time.perf_counter()
            await asyncio.sleep(NEW_CASES_EVERY_SECONDS)


async def night(base, cookies, phones):
    watch = Watch()
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
    ) as client:
        workers = [Caseworker(client, base, cookie, watch) for cookie in cookies]
        for worker in workers:
            await worker.starts()
        await asyncio.sleep(2)
        watch.pages.clear()
        watch.seen.clear()
        until = time.monotonic() + SECONDS
        contacts = Contacts(client, base, phones, watch)
        await asyncio.gather(
            contacts.write(workers, until),
            contacts.call(until),
            *(worker.works(until) for worker in workers),
        )
        await asyncio.sleep(2)
        assert not watch.said, f"{len(watch.said)} texts were seen by nobody"
        for worker in workers:
            worker.leaves()
    return watch


def p95(times):
    return statistics.quantiles(times, n=20)[-1] * 1000


def run():
    with setting.home() as (folder, url, engine):
        cookies, phones = furnish(engine, KeyRing.parse((folder / "keys" / "ring").read_text()))
        with web(folder, url) as base:
            watch = asyncio.run(night(base, cookies, phones))
    page, screen = p95(watch.pages), p95(watch.seen)
    what = f"Desk page, {CASEWORKERS} at work, {CASES} cases, p95 ms"
    yield what, page, "limit", PAGE_MS, page / PAGE_MS, None
    what = "Desk, from a text to the screen, p95 ms"
    yield what, screen, "limit", SCREEN_MS, screen / SCREEN_MS, None
