"""Reading back what left Twilio under masked numbers, against a Twilio on loopback."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sms.client import Listed, NoAnswer, TwilioClient
from sms.redacted import Redacted
from tests.fakes.twilio import ACCOUNT, TOKEN, FakeTwilio
from tests.sms.test_sender import others

PAGES, MOST = 3, 3_000


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as fake:
        yield fake


def read(twilio: FakeTwilio, *asked: tuple[str, datetime]) -> list[list[Listed] | BaseException]:
    async def run() -> list[list[Listed] | BaseException]:
        client = TwilioClient(ACCOUNT, TOKEN, twilio.url, 10)
        redacted = Redacted(client, MOST)
        try:
            return await asyncio.gather(
                *(redacted.of(*each) for each in asked), return_exceptions=True
            )
        finally:
            await client.close()

    return asyncio.run(run())


def test_it_is_read_back_as_far_as_the_oldest_who_asks_and_no_further(twilio: FakeTwilio) -> None:
    now = datetime.now(UTC)
    long_ago, lately = others(MOST), others(1_500)
    for message in long_ago:
        message.at = now - timedelta(minutes=10)
    twilio.messages += [*long_ago, *lately]
    masked = lately[0].to[:-4] + "XXXX"
    found = read(twilio, (masked, now), (masked, now - timedelta(minutes=1)))
    assert [[each.to for each in of] for of in found if isinstance(of, list)]
    assert all(isinstance(of, list) and len(of) <= len(lately) for of in found)
    # Two pages: the second begins what is too old.
    assert twilio.listings == 2


def test_a_list_too_long_to_read_answers_nobody(twilio: FakeTwilio) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    twilio.messages += others(MOST)
    found = read(twilio, *[("+4179100XXXX", since)] * 3)
    assert [type(each) for each in found] == [NoAnswer] * 3
    # It was read once for all three.
    assert twilio.listings == PAGES


def test_who_asks_later_has_it_read_again(twilio: FakeTwilio) -> None:
    since = datetime.now(UTC)

    async def run() -> list[int]:
        client = TwilioClient(ACCOUNT, TOKEN, twilio.url, 10)
        redacted = Redacted(client)
        counts = []
        for _ in range(2):
            twilio.messages += others(1)
            masked = twilio.messages[0].to[:-4] + "XXXX"
            counts.append(len(await redacted.of(masked, since - timedelta(seconds=5))))
        await client.close()
        return counts

    assert asyncio.run(run()) == [1, 2]
