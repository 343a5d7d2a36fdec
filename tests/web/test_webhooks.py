"""What comes in from providers: answered or a quiet 4xx, and nothing lost."""

import json

import pytest
from sqlalchemy import func, select

from hotline import outbox
from hotline.models import Contact, InboundSeen, Outbox
from tests.fakes.telegram import message
from tests.fakes.twilio import signed, text_form
from tests.web.conftest import PUBLIC, SECRET
from web.app import make_app

SMS, STATUS, VOICE, TELEGRAM = (
    "/webhooks/twilio/sms",
    "/webhooks/twilio/status",
    "/webhooks/twilio/voice",
    "/webhooks/telegram",
)
PERSON, CHAT = "+41790004711", 4711000123


class Carrier:
    """Calls our webhooks as the providers do."""

    def __init__(self, deps):
        self.deps = deps
        self.client = make_app(deps).test_client()

    def twilio(self, path, form, **headers):
        headers = signed(PUBLIC + path, form) | headers
        return self.client.post(path, data=form, headers=headers)

    def telegram(self, update, secret=SECRET):
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        return self.client.post(
            TELEGRAM,
            data=body,
            content_type="application/json",
            headers={"X-Telegram-Bot-Api-Secret-Token": secret},
        )

    def number_of(self, model):
        with self.deps.sessions() as session:
            return session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def carrier(real):
    return Carrier(real)


def update(number=1, **parts):
    return {"update_id": number} | parts


def test_a_text_is_answered_once_however_often_it_is_delivered(carrier):
    form = text_form(PERSON, "hello")
    for _ in range(3):
        answer = carrier.twilio(SMS, form)
        assert (answer.status_code, answer.data) == (204, b"")
    assert carrier.number_of(Outbox) == 1
    assert carrier.number_of(InboundSeen) == 1


def test_a_webhook_sets_no_cookie(carrier):
    answer = carrier.twilio(SMS, text_form(PERSON, "hello"))
    assert "Set-Cookie" not in answer.headers


def test_the_signature_covers_the_query_too(carrier):
    path = SMS + "?line=a%20b&x=%2F"
    assert carrier.twilio(path, text_form(PERSON, "hello")).status_code == 204


@pytest.mark.parametrize("path", [SMS, STATUS, VOICE])
def test_a_forged_webhook_is_refused_in_silence(carrier, path):
    form = text_form(PERSON, "hello", MessageStatus="delivered")
    for headers in ({}, {"X-Twilio-Signature": "bm90IGl0"}):
        answer = carrier.client.post(path, data=form, headers=headers)
        assert (answer.status_code, answer.data) == (403, b"")
    assert carrier.number_of(Contact) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"From": "someone"},
        {"From": ""},
        {"MessageSid": ""},
        {"MessageSid": "../x"},
        {"From": "viber:1"},
    ],
)
def test_a_malformed_text_is_refused_in_silence(carrier, wrong):
    answer = carrier.twilio(SMS, text_form(PERSON, "hello") | wrong)
    assert (answer.status_code, answer.data) == (400, b"")
    assert carrier.number_of(Contact) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "😀👩‍👩‍👧‍👦🏴",
        "a\x00b\x00",
        "\u202eمرحبا\u200f\u2066",
        "x" * 10_000,
        "١",
        "%s {x} <b>",
        "\ufffd",
    ],
    ids=["empty", "blank", "emoji", "nul", "rtl", "10000", "digit", "markup", "replacement"],
)
def test_whatever_is_written_is_answered(carrier, text):
    assert carrier.twilio(SMS, text_form(PERSON, text)).status_code == 204
    assert carrier.number_of(Outbox) == 1
    assert carrier.number_of(Contact) == 1


def test_a_picture_is_answered(carrier):
    form = text_form(PERSON, "", NumMedia="1", MediaUrl0="https://api.twilio.com/x")
    assert carrier.twilio(SMS, form).status_code == 204
    assert carrier.number_of(Outbox) == 1


def test_an_oversized_body_is_refused_in_silence(carrier):
    answer = carrier.twilio(SMS, text_form(PERSON, "x" * 70_000))
    assert (answer.status_code, answer.data) == (413, b"")
    assert carrier.telegram(b"x" * 70_000).status_code == 413
    assert carrier.number_of(Contact) == 0


def test_an_unknown_channel_is_not_there(carrier):
    for path in ("/webhooks/viber", "/webhooks/twilio/fax", "/webhooks"):
        answer = carrier.client.post(path, data={"Body": "hello"})
        assert answer.status_code == 404
        assert b"hello" not in answer.data
    assert carrier.client.get(SMS).status_code == 405


def test_without_a_provider_its_webhooks_are_not_there(app):
    for path in (SMS, STATUS, VOICE, TELEGRAM):
        assert app.test_client().post(path, data={}).status_code == 404


def test_a_receipt_moves_its_message_forward(carrier, real, clock):
    carrier.twilio(SMS, text_form(PERSON, "hello"))
    with real.sessions.begin() as session:
        (claimed,) = outbox.claim(session, real.vault, "sms", 5, clock())
        outbox.settle(session, real.vault, [outbox.Outcome(claimed, "accepted", "SM1", 1)], clock())
    path = f"{STATUS}?m={real.vault.reference(claimed.id)}"
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    for _ in range(2):
        assert carrier.twilio(path, form).status_code == 204
    with real.sessions() as session:
        assert session.scalar(select(Outbox.receipt)) == "delivered"


@pytest.mark.parametrize("reference", ["", "1.00", "999999.abcdef", "9" * 80, "x", "1.é"])
def test_a_receipt_for_nothing_of_ours_does_no_harm(carrier, real, reference):
    carrier.twilio(SMS, text_form(PERSON, "hello"))
    path = f"{STATUS}?m={reference}".encode("ascii", "ignore").decode()
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}
    assert carrier.twilio(path, form).status_code == 204
    with real.sessions() as session:
        assert session.scalar(select(Outbox.receipt)) is None


def test_a_receipt_on_its_way_changes_nothing(carrier):
    assert carrier.twilio(STATUS, {"MessageSid": "SM1", "MessageStatus": "sent"}).status_code == 204


def test_somebody_who_calls_is_told_to_write(carrier):
    answer = carrier.twilio(VOICE, {"From": "+33639980101", "CallSid": "CA1"})
    assert answer.mimetype == "text/xml"
    assert "message" in answer.text
    assert "voice.text_us" not in answer.text


def test_a_telegram_message_is_answered_once(carrier):
    for _ in range(2):
        assert carrier.telegram(update(message=message(CHAT, "hello"))).status_code == 204
    assert carrier.number_of(Outbox) == 1


def test_a_forged_update_is_refused_in_silence(carrier):
    for secret in ("", "wrong", "é"):
        assert carrier.telegram(update(message=message(CHAT, "hello")), secret).status_code == 403
    assert carrier.number_of(Contact) == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"update_id": "x"}', b"\xff\xfe", b"[" * 5000]
)
def test_what_is_no_update_is_refused_in_silence(carrier, body):
    answer = carrier.telegram(body)
    assert (answer.status_code, answer.data) == (400, b"")


@pytest.mark.parametrize("text", ["a\x00b", "x" * 10_000, "😀", "\u202eمرحبا", "\ud83d"])
def test_whatever_is_written_on_telegram_is_answered(carrier, text):
    assert carrier.telegram(update(message=message(CHAT, text))).status_code in (204, 400)


def test_an_edited_message_is_answered(carrier):
    carrier.telegram(update(1, message=message(CHAT, "hello")))
    assert (
        carrier.telegram(update(2, edited_message=message(CHAT, "hallo", edit_date=1))).status_code
        == 204
    )
    assert carrier.number_of(Outbox) == 2


def test_a_group_chat_is_left_alone(carrier):
    group = message(CHAT, "hello")
    group["chat"] = {"id": -100123, "type": "supergroup", "title": "Group"}
    assert carrier.telegram(update(message=group)).status_code == 204
    assert carrier.number_of(Outbox) == 0
    assert carrier.number_of(Contact) == 0
