"""An error shows and logs where it happened and of which kind, never its own words."""

import logging
from dataclasses import replace

from hotline.conversation import Conversation
from tests.fakes.twilio import signed, text_form
from tests.web.conftest import PUBLIC
from web.app import make_app

CANARY = "canary sentence +41790004711"


class Broken(Conversation):
    def receive(self, session, inbound, now):
        raise RuntimeError(f"{inbound.text} {inbound.address}")


def test_a_crash_shows_and_logs_no_words_of_a_contact(real, caplog):
    line = real.conversation
    broken = Broken(line.vault, line.flow, line.line_id, line.languages)
    client = make_app(replace(real, conversation=broken)).test_client()
    form = text_form("+41790004711", CANARY)
    path = "/webhooks/twilio/sms"
    with caplog.at_level(logging.DEBUG):
        answer = client.post(path, data=form, headers=signed(PUBLIC + path, form))
    assert (answer.status_code, answer.data) == (500, b"")
    assert "RuntimeError at" in caplog.text
    assert "canary" not in caplog.text
    assert "4711" not in caplog.text
