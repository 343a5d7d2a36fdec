"""What sealing costs an inbound turn and an outbound message: with it and without it, in turns."""

import asyncio
import itertools
import statistics

from twilio.request_validator import RequestValidator

from bench import inbound, outbound, plain, setting
from hotline.keyring import KeyRing
from hotline.vault import Vault
from ops import database

ROUNDS = 5
# A tenth and a half more time is 1 / 1.15 of the messages a second.
LEAST = 1 / 1.15
RELAYED = 12
# The ear hears each of their sentences for words of alarm: 18 ms of a core.
CASE_TURNS = 480


def relayed(n):
    """Signed webhooks of people who ask for a person and then tell them something, again and again."""
    sign = RequestValidator(setting.TOKEN).compute_signature
    url = f"{setting.PUBLIC}/webhooks/twilio/sms"
    words = ("hello", "1", "1", "0", *["they took my passport and I cannot leave"] * RELAYED)
    people = [f"+1203{next(inbound.NUMBERS):07d}" for _ in range(n // len(words))]
    for said, person in itertools.product(words, people):
        form = {
            "MessageSid": f"SM{next(inbound.NUMBERS):032x}",
            "From": person,
            "To": setting.SENDER,
            "Body": said,
            "NumMedia": "0",
        }
        yield form, {"X-Twilio-Signature": sign(url, form)}


def inbound_rates(posts, turns):
    """Messages a second with and without sealing, each server on a database of its own."""
    with (
        setting.home() as (folder, url, _),
        setting.home() as (other, other_url, _),
        setting.serving("ops.serving:app", folder, url) as sealed,
        setting.serving("bench.plain:app", other, other_url) as bare,
    ):
        for port in (sealed, bare):
            asyncio.run(inbound.drive(port, list(posts(300))))
        rates = {sealed: [], bare: []}
        for number in range(ROUNDS):
            # Who goes first changes: neither has the warmer machine.
            for port in (sealed, bare)[:: -1 if number % 2 else 1]:
                rates[port].append(asyncio.run(inbound.drive(port, list(posts(turns))))[0])
        return statistics.median(rates[sealed]), statistics.median(rates[bare])


def outbound_rates():
    rates = {Vault: [], plain.OpenVault: []}
    with setting.home() as (_, _url, engine), setting.stub() as base:
        sessions, dsn = database.make_sessions(engine), database.dsn(engine)
        asyncio.run(outbound.bare(base))
        ring, done = KeyRing.new(), itertools.count()
        for number in range(ROUNDS):
            for kind in list(rates)[:: -1 if number % 2 else 1]:
                vault = kind(ring)
                outbound.queue(sessions, vault, next(done) * outbound.OURS)
                rates[kind].append(asyncio.run(outbound.ours(base, sessions, vault, dsn)))
    return statistics.median(rates[Vault]), statistics.median(rates[plain.OpenVault])


def run():
    for what, (mine, bare) in (
        ("Sealed inbound turn, per second", inbound_rates(inbound.posts, inbound.TURNS)),
        ("Sealed text into a case, per second", inbound_rates(relayed, CASE_TURNS)),
        ("Sealed outbound, per second", outbound_rates()),
    ):
        yield what, mine, "the same without sealing", bare, mine / bare, LEAST
