"""What Twilio's webhooks may and may not make us believe."""

import logging
from collections.abc import Mapping
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest

from hotline.channels import Forged, Inbound, Malformed, Receipt
from sms.door import EMPTY_TWIML, TwilioDoor
from tests.fakes.twilio import TOKEN, signed, text_form

PUBLIC = "https://line.example"
SMS, STATUS, VOICE = "/webhooks/twilio/sms", "/webhooks/twilio/status", "/webhooks/twilio/voice"
PERSON = "+41790004711"


@pytest.fixture
def door() -> TwilioDoor:
    return TwilioDoor(TOKEN, PUBLIC)


def signature(path: str, form: Mapping[str, str], token: str = TOKEN) -> str:
    return signed(PUBLIC + path, form, token)["X-Twilio-Signature"]


def hear(door: TwilioDoor, form: Mapping[str, str], now: datetime) -> Inbound:
    return door.inbound(SMS, form, signature(SMS, form), now)


class TestTexts:
    def test_a_text_comes_in(self, door: TwilioDoor, now: datetime) -> None:
        form = text_form(PERSON, "Help me")
        assert hear(door, form, now) == Inbound(
            "sms", f"tel:{PERSON}", "Help me", form["MessageSid"], now
        )

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "😀👨‍👩‍👧",
            "\x00NUL\x00",
            "\u202eمرحبا\u200f",
            "x" * 200_000,
            "1",
            " \n\t",
            "a&b=c+d%20",
        ],
        ids=["empty", "emoji", "nul", "rtl", "huge", "digit", "blank", "form"],
    )
    def test_every_text_comes_in_as_it_was_written(
        self, door: TwilioDoor, now: datetime, text: str
    ) -> None:
        assert hear(door, text_form(PERSON, text), now).text == text

    def test_a_picture_without_words_is_a_picture(self, door: TwilioDoor, now: datetime) -> None:
        form = text_form(PERSON, " ", NumMedia="1", MediaUrl0="https://api.twilio.com/m")
        assert hear(door, form, now).kind == "picture"

    def test_a_picture_with_words_is_its_words(self, door: TwilioDoor, now: datetime) -> None:
        heard = hear(door, text_form(PERSON, "my papers", NumMedia="2"), now)
        assert (heard.kind, heard.text) == ("text", "my papers")

    def test_the_same_text_told_twice_is_told_by_the_same_id(
        self, door: TwilioDoor, now: datetime
    ) -> None:
        form = text_form(PERSON, "Help me")
        assert hear(door, form, now).provider_id == hear(door, form, now).provider_id

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("From", ""),
            ("From", "41790004711"),
            ("From", "+0790004711"),
            ("From", "+4179000471100000"),
            ("From", "+41790004711\n"),
            ("From", "+٤١٧٩٠٠٠٤٧١١"),
            ("From", "MyBank"),
            ("From", "72975"),
            ("From", f"whatsapp:{PERSON}"),
            ("MessageSid", ""),
            ("MessageSid", "SM" + "0" * 100),
            ("MessageSid", "SM'; DROP"),
        ],
    )
    def test_a_text_from_nowhere_is_refused_without_repeating_it(
        self, door: TwilioDoor, now: datetime, field: str, value: str
    ) -> None:
        with pytest.raises(Malformed) as refused:
            hear(door, text_form(PERSON, "Help me", **{field: value}), now)
        assert str(refused.value) == f"{field} is missing or not what we can read"

    @pytest.mark.parametrize("field", ["From", "MessageSid"])
    def test_a_missing_field_is_refused(self, door: TwilioDoor, now: datetime, field: str) -> None:
        form = text_form(PERSON, "Help me")
        del form[field]
        with pytest.raises(Malformed):
            hear(door, form, now)

    def test_a_text_without_body_or_media_fields_still_comes_in(
        self, door: TwilioDoor, now: datetime
    ) -> None:
        heard = hear(door, {"From": PERSON, "MessageSid": "SM1"}, now)
        assert (heard.text, heard.kind) == ("", "text")


class TestSignatures:
    @pytest.mark.parametrize("given", ["", "forged", "é", "A" * 28, "A" * 10_000])
    def test_a_forged_text_is_refused(self, door: TwilioDoor, now: datetime, given: str) -> None:
        with pytest.raises(Forged):
            door.inbound(SMS, text_form(PERSON, "Help me"), given, now)

    def test_another_token_is_forged(self, door: TwilioDoor, now: datetime) -> None:
        form = text_form(PERSON, "Help me")
        with pytest.raises(Forged):
            door.inbound(SMS, form, signature(SMS, form, "another"), now)

    def test_a_changed_field_is_forged(self, door: TwilioDoor, now: datetime) -> None:
        form = text_form(PERSON, "Help me")
        given = signature(SMS, form)
        with pytest.raises(Forged):
            door.inbound(SMS, form | {"From": "+33612345678"}, given, now)

    @pytest.mark.parametrize("path", [STATUS, f"{SMS}?m=1", "", "@evil.example/", "//[", ":99999/"])
    def test_another_address_is_forged(self, door: TwilioDoor, now: datetime, path: str) -> None:
        form = text_form(PERSON, "Help me")
        with pytest.raises(Forged):
            door.inbound(path, form, signature(SMS, form), now)

    def test_half_a_character_is_forged(self, door: TwilioDoor, now: datetime) -> None:
        with pytest.raises(Forged):
            door.inbound(SMS, text_form(PERSON, "\ud83d"), "forged", now)

    def test_without_a_token_nothing_is_believed(self, now: datetime) -> None:
        form = text_form(PERSON, "Help me")
        with pytest.raises(Forged):
            TwilioDoor("", PUBLIC).inbound(SMS, form, signature(SMS, form, ""), now)

    def test_a_slash_at_the_end_of_our_address_does_no_harm(self, now: datetime) -> None:
        assert hear(TwilioDoor(TOKEN, f"{PUBLIC}/"), text_form(PERSON, "Hi"), now).text == "Hi"

    def test_every_door_checks(self, door: TwilioDoor, now: datetime) -> None:
        form = text_form(PERSON, "Help me", MessageStatus="delivered")
        with pytest.raises(Forged):
            door.receipt(STATUS, form, signature(SMS, form))
        with pytest.raises(Forged):
            door.voice(VOICE, form, signature(SMS, form), now, "Hello", "en")


class TestReceipts:
    def receive(self, door: TwilioDoor, status: str, **more: str) -> Receipt | None:
        path = f"{STATUS}?m=ref%2B1"
        form = {"MessageSid": "SM1", "MessageStatus": status, "To": PERSON} | more
        return door.receipt(path, form, signature(path, form))

    @pytest.mark.parametrize("status", ["accepted", "queued", "sending", "sent", "", "new-one"])
    def test_a_message_on_its_way_is_no_news(self, door: TwilioDoor, status: str) -> None:
        assert self.receive(door, status) is None

    @pytest.mark.parametrize("status", ["delivered", "read"])
    def test_a_delivered_message_is_known_by_our_reference(
        self, door: TwilioDoor, status: str
    ) -> None:
        assert self.receive(door, status) == Receipt("delivered", "ref+1", "SM1")

    @pytest.mark.parametrize("status", ["failed", "undelivered", "canceled"])
    def test_an_undelivered_message_says_why(self, door: TwilioDoor, status: str) -> None:
        receipt = self.receive(door, status, ErrorCode="30003")
        assert receipt == Receipt("undelivered", "ref+1", "SM1", "twilio 30003")

    @pytest.mark.parametrize("code", ["", PERSON, "30003; Help me"])
    def test_a_reason_that_is_no_code_is_not_kept(self, door: TwilioDoor, code: str) -> None:
        receipt = self.receive(door, "failed", ErrorCode=code)
        assert receipt is not None
        assert receipt.error == ""

    def test_a_receipt_without_reference_is_known_by_twilios_id(self, door: TwilioDoor) -> None:
        form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
        receipt = door.receipt(STATUS, form, signature(STATUS, form))
        assert receipt == Receipt("delivered", "", "SM1")

    def test_a_receipt_for_nothing_is_refused(self, door: TwilioDoor) -> None:
        with pytest.raises(Malformed):
            self.receive(door, "delivered", MessageSid="")


class TestCalls:
    @pytest.mark.parametrize(
        ("language", "spoken"), [("en", "en-US"), ("ar", "arb"), ("fr", "fr-FR"), ("tl", "tl")]
    )
    def test_a_call_hears_one_sentence_and_ends(
        self, door: TwilioDoor, now: datetime, language: str, spoken: str
    ) -> None:
        form = {"CallSid": "CA1", "From": PERSON}
        answer = door.voice(VOICE, form, signature(VOICE, form), now, "Text <us> & wait", language)
        response = ET.fromstring(answer)
        assert [child.tag for child in response] == ["Say", "Hangup"]
        assert response[0].text == "Text <us> & wait"
        assert response[0].get("language") == spoken

    def test_the_empty_answer_is_an_answer(self) -> None:
        assert ET.fromstring(EMPTY_TWIML).tag == "Response"
        assert not list(ET.fromstring(EMPTY_TWIML))


def test_nothing_that_comes_in_is_logged_or_repeated(
    door: TwilioDoor, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    form = text_form(PERSON, "unmistakable words")
    told = [repr(hear(door, form, now))]
    for bad in (form, form | {"From": "unmistakable"}):
        with pytest.raises((Forged, Malformed)) as refused:
            door.inbound(SMS, bad, signature(SMS, bad) if bad is not form else "no", now)
        told.append(repr(refused.value))
    assert "unmistakable" not in "".join(told) + caplog.text
    assert PERSON not in "".join(told) + caplog.text
