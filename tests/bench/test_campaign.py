"""What stands in for Twilio and for a million people in `make bench-campaign` and in the kill test."""

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import phonenumbers
import pytest
from twilio.request_validator import RequestValidator

from bench import setting
from bench.campaign import people, stub
from hotline.channels import Outgoing
from sms.sender import TwilioSender

SID = "AC" + "0" * 32


@pytest.fixture
def provider():
    with stub.running(latency=0.0, lag=0.0) as running:
        yield running


class Heard(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["Content-Length"])
        form = dict(parse_qsl(self.rfile.read(length).decode()))
        self.server.heard.append((self.path, form, self.headers["X-Twilio-Signature"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def ear():
    """Where receipts go."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Heard)
    server.heard = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def use(provider, work, status_url=""):
    async def run():
        sender = TwilioSender(SID, setting.TOKEN, setting.SENDER, provider.url, status_url)
        try:
            return await work(sender)
        finally:
            await sender.close()

    return asyncio.run(run())


def to(n, text="hello"):
    return Outgoing(f"{n}.ref", f"tel:{people.number(n)}", text)


def test_people_have_numbers_that_an_import_takes_and_no_two_the_same():
    numbers = [people.number(n) for n in range(20_000)]
    assert len(set(numbers)) == len(numbers)
    for n in range(0, len(numbers), 97):
        assert phonenumbers.is_valid_number(phonenumbers.parse(numbers[n]))
        assert people.who(numbers[n].encode()) == n
    assert people.who(b"+447700900123") == -1


def test_the_last_of_ten_million_people_is_found_by_number():
    n = people.MOST - 1
    assert people.who(people.number(n).encode()) == n


def test_a_file_of_people_is_theirs_in_order(tmp_path):
    file = tmp_path / "people.csv"
    people.write(file, 50)
    header, *rows = file.read_text().splitlines()
    assert header.startswith("phone,language,region")
    assert [row.split(",")[0] for row in rows] == [people.number(n) for n in range(50)]
    assert {row.split(",")[1] for row in rows} == set(people.LANGUAGES)


def test_the_stub_counts_how_often_each_was_texted(provider):
    async def work(sender):
        for n in (1, 2, 2, 3):
            await sender.send(to(n))

    use(provider, work)
    seen = provider.facts()
    assert (seen["taken"], seen["people"], seen["twice"]) == (4, 3, 1)
    provider.forgets()
    assert provider.facts()["taken"] == 0


def test_what_the_stub_took_is_found_by_number_and_nothing_else_is(provider):
    since = datetime.now(UTC) - timedelta(seconds=5)

    async def work(sender):
        sent = await sender.send(to(5))
        return sent, await sender.look_up(to(5), since), await sender.look_up(to(6), since)

    sent, found, nothing = use(provider, work)
    assert [one.provider_id for one in found] == [sent.provider_id]
    assert found[0].certain
    assert nothing == []


def test_a_masked_message_is_found_and_not_for_certain(provider):
    since = datetime.now(UTC) - timedelta(seconds=5)

    async def work(sender):
        sent = await sender.send(to(7))
        return sent, await sender.look_up(to(7), since)

    sent, found = use(provider, work, "http://127.0.0.1:9/status")
    assert [(one.provider_id, one.certain) for one in found] == [(sent.provider_id, False)]


def test_receipts_are_signed_as_twilio_signs_them_and_come_at_the_rate_that_was_set(provider, ear):
    url = f"http://127.0.0.1:{ear.server_port}/status"

    async def work(sender):
        return [(await sender.send(to(n))).provider_id for n in range(20)]

    sids = use(provider, work, url)
    time.sleep(0.1)
    assert not ear.heard
    provider.calls_back(50)
    begun = time.monotonic()
    while provider.facts()["receipts"] < 20 and time.monotonic() < begun + 20:
        time.sleep(0.02)
    assert time.monotonic() - begun > 0.2
    assert [
        form["MessageSid"] for _, form, _ in sorted(ear.heard, key=lambda h: h[1]["MessageSid"])
    ] == sids
    for path, form, signature in ear.heard:
        asked = f"http://127.0.0.1:{ear.server_port}{path}"
        assert RequestValidator(setting.TOKEN).validate(asked, form, signature)
        assert path.startswith("/status?m=")


def test_a_receipt_that_is_refused_does_not_come_again(provider):
    async def work(sender):
        await sender.send(to(1))

    # Nobody listens at this port.
    use(provider, work, f"http://127.0.0.1:{setting.free_port()}/status")
    provider.calls_back(100)
    until = time.monotonic() + 10
    while not provider.facts()["receipts_refused"] and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.1)
    seen = provider.facts()
    assert (seen["receipts"], seen["receipts_refused"], seen["receipts_waiting"]) == (0, 1, 0)
