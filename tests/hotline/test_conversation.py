from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

import triage
from hotline import outbox
from hotline.channels import SIMULATOR, Inbound
from hotline.conversation import Conversation
from hotline.models import Contact, Outbox

ADDRESS = "tel:+12025550101"


class Person:
    """Somebody with a phone: texts the line and hears what is queued for them."""

    def __init__(self, conversation, sessions, now, address=ADDRESS):
        self.conversation, self.sessions, self.now, self.address = conversation, sessions, now, address
        self.texts = 0

    def texts_us(self, text, **more):
        self.texts += 1
        self.now += timedelta(seconds=5)
        inbound = Inbound(SIMULATOR, self.address, text, f"id-{self.texts}", self.now, **more)
        with self.sessions.begin() as session:
            return self.conversation.receive(session, inbound, self.now)

    def hears(self):
        with self.sessions.begin() as session:
            claimed = outbox.claim(session, self.conversation.vault, SIMULATOR, 50, self.now)
            outcomes = [outbox.Outcome(c, "accepted", provider_id=f"p{c.id}", segments=1) for c in claimed]
            outbox.settle(session, self.conversation.vault, outcomes, self.now)
        return [c.body.text for c in claimed]


@pytest.fixture
def conversation(vault, line_id):
    return Conversation(vault, triage.load_flow(), line_id, ("en", "fr", "es", "ar"))


@pytest.fixture
def person(conversation, sessions, now):
    return Person(conversation, sessions, now)


def ids(handled):
    return [say.id for say in handled.turn.messages]


def test_a_first_text_is_offered_a_language_then_asked_whether_it_is_safe(person):
    assert ids(person.texts_us("hello")) == ["language.choose"]
    assert ids(person.texts_us("1")) == ["safe.ask"]
    assert ids(person.texts_us("yes")) == ["menu.ask"]


def test_a_webhook_delivered_twice_is_answered_once(person, conversation, sessions, now):
    inbound = Inbound(SIMULATOR, ADDRESS, "hello", "SM1", now)
    for _ in range(2):
        with sessions.begin() as session:
            handled = conversation.receive(session, inbound, now)
    assert handled.turn is None
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Outbox)) == 1
