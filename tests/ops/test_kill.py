"""kill -9 of the worker in the middle of sending: nothing is lost, nothing is doubled."""

import os
import random
import time
from collections import Counter

import pytest
from sqlalchemy import func, select

from hotline import outbox
from hotline.body import Body
from hotline.models import Outbox
from ops.wiring import clock
from tests.fakes.twilio import ACCOUNT, NUMBER, TOKEN, FakeTwilio
from tests.ops.workers import Worker

MESSAGES = 300
KILLS = 3
ENOUGH_SECONDS = 90


@pytest.fixture
def queued(sessions, vault, line_id):
    now = clock()
    with sessions.begin() as session:
        for number in range(MESSAGES):
            outbox.queue(
                session,
                vault,
                Body(f"message {number}"),
                line_id=line_id,
                channel="sms",
                language="en",
                address_sealed=vault.seal(f"tel:+1202555{number + 1000}", "address"),
                contact_id=number,
                now=now,
            )
    return MESSAGES


@pytest.mark.timeout(180)
def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    sessions, database_url, key_ring, queued, tmp_path
):
    with FakeTwilio(latency=0.05) as twilio:
        environment = os.environ | {
            "WAYPOST_DATABASE_URL": database_url,
            "WAYPOST_KEYS": key_ring.to_text(),
            "WAYPOST_HOME": str(tmp_path),
            "WAYPOST_TWILIO_ACCOUNT_SID": ACCOUNT,
            "WAYPOST_TWILIO_AUTH_TOKEN": TOKEN,
            "WAYPOST_TWILIO_FROM": NUMBER,
            "WAYPOST_TWILIO_URL": twilio.url,
        }
        worker = Worker(environment)
        chance = random.Random(4)
        for share in range(1, KILLS + 1):
            wait_until(lambda share=share: len(twilio.messages) > share * MESSAGES / (KILLS + 2))
            time.sleep(chance.random() / 20)
            worker.kill()
            worker.start()
        wait_until(lambda: left(sessions) == 0)
        said = worker.end()
        received = Counter(message.to for message in twilio.messages)
    assert len(received) == queued
    assert set(received.values()) == {1}
    assert states(sessions) == {"accepted": queued}
    # The worker's log names nobody and repeats nothing.
    assert "1202555" not in said
    assert "message 1" not in said


def wait_until(holds):
    end = time.monotonic() + ENOUGH_SECONDS
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def left(sessions):
    waiting = Outbox.state.in_(("queued", "sending", "unknown"))
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(Outbox).where(waiting))


def states(sessions):
    with sessions() as session:
        rows = session.execute(select(Outbox.state, func.count()).group_by(Outbox.state))
        return {state: n for state, n in rows}  # noqa: C416 - rows are not pairs to dict()
