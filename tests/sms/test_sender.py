"""Sending through Twilio, against a Twilio on loopback."""

import asyncio
import logging
import socket
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from hotline.channels import (
    OptedOut,
    Outgoing,
    SenderBroken,
    SendFailed,
    Sent,
    Unavailable,
    Uncertain,
)
from sms.sender import TwilioSender
from tests.fakes.contract import Carrier, SenderContract
from tests.fakes.twilio import ACCOUNT, NUMBER, TOKEN, FakeTwilio, Message

T = TypeVar("T")
PERSON = "+41790004711"
MESSAGE = Outgoing("r1", f"tel:{PERSON}", "Hello")


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as fake:
        yield fake


RECEIPTS = "http://127.0.0.1:9/webhooks/twilio/status"


def make(twilio: FakeTwilio, **more: object) -> TwilioSender:
    given = {"account_sid": ACCOUNT, "auth_token": TOKEN, "sender": NUMBER, "base_url": twilio.url}
    return TwilioSender(**given | more)  # type: ignore[arg-type]


def use(sender: TwilioSender, work: Callable[[TwilioSender], Awaitable[T]]) -> T:
    async def run() -> T:
        try:
            return await work(sender)
        finally:
            await sender.close()

    return asyncio.run(run())


def send(sender: TwilioSender, message: Outgoing = MESSAGE) -> Sent:
    return use(sender, lambda it: it.send(message))


def others(number: int) -> list[Message]:
    """Messages to somebody else that Twilio took and forgot."""
    forgotten = {"AddressRetention": "obfuscate", "ContentRetention": "discard"}
    return [
        Message(f"SMother{n}", "+33612345678", NUMBER, "Hello", forgotten, datetime.now(UTC))
        for n in range(number)
    ]


class TestContract(SenderContract):
    @pytest.fixture
    def carrier(self, twilio: FakeTwilio) -> Carrier:
        return Carrier(lambda: make(twilio), f"tel:{PERSON}", lambda: twilio.to(PERSON))


class TestOptions:
    def test_twilio_is_asked_to_forget_words_and_number(self, twilio: FakeTwilio) -> None:
        send(make(twilio, status_url=RECEIPTS))
        params = twilio.messages[0].params
        assert params["ContentRetention"] == "discard"
        assert params["AddressRetention"] == "obfuscate"
        assert params["ShortenUrls"] == "false"
        assert params["From"] == NUMBER

    def test_an_account_that_cannot_forget_still_sends_each_message_once(
        self, twilio: FakeTwilio
    ) -> None:
        twilio.refuse_retention = True
        sender = make(twilio)

        async def work(sender: TwilioSender) -> None:
            await sender.send(MESSAGE)
            await sender.send(MESSAGE)

        assert sender.safest
        use(sender, work)
        assert not sender.safest
        assert twilio.to(PERSON) == ["Hello", "Hello"]
        # Only the first had to be refused.
        assert twilio.refused == 1

    def test_a_messaging_service_sends_in_the_place_of_a_number(self, twilio: FakeTwilio) -> None:
        service = "MG" + "0" * 32
        sent = send(make(twilio, sender=service), Outgoing("r", f"tel:{PERSON}", "å" * 161))
        assert twilio.messages[0].params["MessagingServiceSid"] == service
        assert "From" not in twilio.messages[0].params
        # The service does not know yet how many segments it will be, but we do.
        assert sent.segments == 2

    def test_a_receipt_is_asked_for_by_reference(self, twilio: FakeTwilio) -> None:
        sender = make(twilio, status_url="https://line.example/webhooks/twilio/status")
        send(sender, Outgoing("a/b+c=", f"tel:{PERSON}", "Hello"))
        asked = twilio.messages[0].params["StatusCallback"]
        assert asked == "https://line.example/webhooks/twilio/status?m=a%2Fb%2Bc%3D"

    def test_no_receipt_is_asked_for_without_a_public_address(self, twilio: FakeTwilio) -> None:
        send(make(twilio))
        assert "StatusCallback" not in twilio.messages[0].params

    @pytest.mark.parametrize(
        ("asked", "given"), [(None, None), (-5, "1"), (0, "1"), (3600, "3600"), (10**6, "36000")]
    )
    def test_a_message_is_valid_as_long_as_twilio_allows(
        self, twilio: FakeTwilio, asked: int | None, given: str | None
    ) -> None:
        send(make(twilio), Outgoing("r", f"tel:{PERSON}", "Hello", valid_for=asked))
        assert twilio.messages[0].params.get("ValidityPeriod") == given

    def test_only_phone_numbers_are_written_to(self, twilio: FakeTwilio) -> None:
        with pytest.raises(SendFailed) as failed:
            send(make(twilio), Outgoing("r", "telegram:1", "Hello"))
        assert not failed.value.retry
        assert twilio.messages == []


class TestFailures:
    @pytest.mark.parametrize(
        ("status", "code", "kind", "retry"),
        [
            (400, 21610, OptedOut, False),
            (400, 21211, SendFailed, False),
            (400, 21614, SendFailed, False),
            (400, 21408, SendFailed, False),
            (400, 99999, SendFailed, False),
            (400, 0, SendFailed, False),
            (429, 21611, Unavailable, True),
            (429, 14107, SendFailed, True),
            (429, 20429, Unavailable, True),
            (429, 0, Unavailable, True),
            (401, 20003, SenderBroken, True),
            (403, 0, SenderBroken, True),
            (404, 0, SenderBroken, True),
            (400, 21659, SenderBroken, True),
            (301, 0, SenderBroken, True),
            (500, 20500, Uncertain, False),
            (502, 0, Uncertain, False),
            (503, 0, Uncertain, False),
        ],
    )
    def test_a_refusal_is_a_decision(
        self, twilio: FakeTwilio, status: int, code: int, kind: type[SendFailed], retry: bool
    ) -> None:
        twilio.fail_next(status, code)
        with pytest.raises(SendFailed) as failed:
            send(make(twilio))
        assert type(failed.value) is kind
        assert failed.value.retry is retry
        assert failed.value.reason == f"twilio {code or status}"
        assert twilio.messages == []

    @pytest.mark.parametrize(
        ("header", "after"), [(None, 0), (7, 7), (10**9, 3600)], ids=["none", "some", "absurd"]
    )
    def test_the_wait_that_twilio_asks_for_is_kept(
        self, twilio: FakeTwilio, header: int | None, after: float
    ) -> None:
        twilio.fail_next(429, 20429, retry_after=header)
        with pytest.raises(SendFailed) as failed:
            send(make(twilio))
        assert failed.value.after == after

    def test_wrong_credentials_break_the_sender(self, twilio: FakeTwilio) -> None:
        with pytest.raises(SenderBroken):
            send(make(twilio, auth_token="wrong"))

    def test_a_connection_that_was_never_made_can_be_tried_again(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        sender = TwilioSender(ACCOUNT, TOKEN, NUMBER, f"http://127.0.0.1:{port}")
        with pytest.raises(SendFailed) as failed:
            send(sender)
        assert type(failed.value) is Unavailable
        assert failed.value.retry

    @pytest.mark.parametrize("mishap", ["drop_next", "lose_next", "garble_next"])
    def test_an_answer_that_never_came_leaves_it_uncertain(
        self, twilio: FakeTwilio, mishap: str
    ) -> None:
        getattr(twilio, mishap)()
        with pytest.raises(Uncertain):
            send(make(twilio))
        # Tried once: never again blindly.
        assert len(twilio.messages) == (0 if mishap == "lose_next" else 1)

    def test_an_answer_that_comes_too_late_leaves_it_uncertain(self, twilio: FakeTwilio) -> None:
        twilio.latency = 5
        began = time.monotonic()
        with pytest.raises(Uncertain):
            send(make(twilio, patience=0.02))
        assert time.monotonic() - began < 2

    def test_a_text_that_cannot_be_written_is_refused_and_not_told(
        self, twilio: FakeTwilio
    ) -> None:
        with pytest.raises(SendFailed) as failed:
            send(make(twilio), Outgoing("r", f"tel:{PERSON}", "half \ud83d a pair"))
        assert type(failed.value) is SendFailed
        assert not failed.value.retry
        assert failed.value.__context__ is None


class TestLookingUp:
    def look_up(self, twilio: FakeTwilio, since: datetime, **more: object) -> list[str]:
        found = use(make(twilio, **more), lambda it: it.look_up(MESSAGE, since))
        return [sent.provider_id for sent in found]

    def send_uncertainly(self, twilio: FakeTwilio) -> datetime:
        since = datetime.now(UTC)
        with pytest.raises(Uncertain):
            send(make(twilio))
        return since

    def test_what_twilio_took_is_found_although_it_forgot_the_number(
        self, twilio: FakeTwilio
    ) -> None:
        twilio.drop_next()
        since = self.send_uncertainly(twilio)
        assert self.look_up(twilio, since) == [twilio.messages[0].sid]

    def test_what_still_waits_in_twilios_queue_is_found(self, twilio: FakeTwilio) -> None:
        twilio.held = True
        twilio.drop_next()
        since = self.send_uncertainly(twilio)
        assert self.look_up(twilio, since) == [twilio.messages[0].sid]

    def test_what_was_lost_on_the_way_is_not_found(self, twilio: FakeTwilio) -> None:
        twilio.lose_next()
        since = self.send_uncertainly(twilio)
        assert self.look_up(twilio, since) == []

    def test_other_words_and_other_people_are_not_taken_for_it(self, twilio: FakeTwilio) -> None:
        twilio.refuse_retention = True
        since = datetime.now(UTC)
        sender = make(twilio)
        send(sender, Outgoing("r", f"tel:{PERSON}", "Something else"))
        send(sender, Outgoing("r", "tel:+41790001234", "Hello"))
        assert self.look_up(twilio, since) == []

    def test_a_forgotten_number_elsewhere_is_not_taken_for_it(self, twilio: FakeTwilio) -> None:
        since = datetime.now(UTC)
        send(make(twilio), Outgoing("r", "tel:+33612345678", "Hello"))
        assert self.look_up(twilio, since) == []

    def test_a_small_difference_of_clocks_does_no_harm(self, twilio: FakeTwilio) -> None:
        send(make(twilio))
        assert self.look_up(twilio, datetime.now(UTC) + timedelta(seconds=1))
        assert not self.look_up(twilio, datetime.now(UTC) + timedelta(seconds=30))

    def test_without_receipts_numbers_stay_whole_since_the_list_is_the_only_word(
        self, twilio: FakeTwilio
    ) -> None:
        send(make(twilio))
        assert "AddressRetention" not in twilio.messages[0].params
        assert twilio.messages[0].params["ContentRetention"] == "discard"

    def test_a_masked_number_proves_nothing_by_itself(self, twilio: FakeTwilio) -> None:
        since = datetime.now(UTC)
        send(make(twilio, status_url=RECEIPTS))
        found = use(make(twilio, status_url=RECEIPTS), lambda it: it.look_up(MESSAGE, since))
        assert [sent.certain for sent in found] == [False]

    def test_all_pages_are_read(self, twilio: FakeTwilio) -> None:
        since = datetime.now(UTC)
        first = send(make(twilio, status_url=RECEIPTS))
        twilio.messages += others(2_500)
        assert self.look_up(twilio, since, status_url=RECEIPTS) == [first.provider_id]
        # One list for the number, three pages of what left since then.
        assert twilio.listings == 4

    def test_those_who_are_in_doubt_at_once_are_looked_for_together(
        self, twilio: FakeTwilio
    ) -> None:
        since = datetime.now(UTC)
        numbers = [f"+4179{n:03d}4711" for n in range(20)]
        doubts = [Outgoing("r", f"tel:{number}", "Hello") for number in numbers]

        async def ask(sender: TwilioSender) -> list[list[str]]:
            for doubt in doubts[:10]:
                await sender.send(doubt)
            found = await asyncio.gather(*(sender.look_up(doubt, since) for doubt in doubts))
            return [[sent.provider_id for sent in each] for each in found]

        found = use(make(twilio, status_url=RECEIPTS), ask)
        assert found == [[message.sid] for message in twilio.messages] + [[]] * 10
        # One list for each number; who comes while what left is being read shares the next reading.
        assert twilio.listings < len(doubts) + 6

    def test_a_question_without_an_answer_ends_and_can_be_asked_again(
        self, twilio: FakeTwilio
    ) -> None:
        twilio.latency = 5
        with pytest.raises(SendFailed) as failed:
            self.look_up(twilio, datetime.now(UTC), patience=0.02)
        assert type(failed.value) is SendFailed
        assert failed.value.retry

    @pytest.mark.parametrize("status", [400, 429, 500, 503])
    def test_a_question_that_fails_can_be_asked_again(
        self, twilio: FakeTwilio, status: int
    ) -> None:
        twilio.fail_next(status)
        with pytest.raises(SendFailed) as failed:
            self.look_up(twilio, datetime.now(UTC))
        assert type(failed.value) is SendFailed
        assert failed.value.retry


class TestChecking:
    def test_an_active_account_is_fine(self, twilio: FakeTwilio) -> None:
        assert use(make(twilio), lambda it: it.check()) == "active"

    def test_a_suspended_account_is_broken(self, twilio: FakeTwilio) -> None:
        twilio.status = "suspended"
        with pytest.raises(SenderBroken, match="suspended"):
            use(make(twilio), lambda it: it.check())

    def test_wrong_credentials_are_broken(self, twilio: FakeTwilio) -> None:
        with pytest.raises(SenderBroken):
            use(make(twilio, auth_token="wrong"), lambda it: it.check())

    def test_an_unreachable_twilio_can_be_asked_again(self, twilio: FakeTwilio) -> None:
        twilio.stop()
        with pytest.raises(SendFailed) as failed:
            use(make(twilio), lambda it: it.check())
        assert failed.value.retry
        assert not isinstance(failed.value, SenderBroken)


@pytest.mark.parametrize(
    "mishap",
    [
        lambda twilio: twilio.fail_next(400, 21211),
        lambda twilio: twilio.fail_next(500),
        lambda twilio: twilio.drop_next(),
        lambda twilio: twilio.garble_next(),
        lambda twilio: twilio.stop(),
    ],
    ids=["refused", "broken", "dropped", "garbled", "away"],
)
def test_no_failure_tells_whom_or_what(
    twilio: FakeTwilio, mishap: Callable[[FakeTwilio], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mishap(twilio)
    message = Outgoing("r1", f"tel:{PERSON}", "unmistakable words")
    with pytest.raises(SendFailed) as failed:
        send(make(twilio), message)
    told = "".join(traceback.format_exception(failed.value, chain=True)) + caplog.text
    # Nor does anything hang on it that a crash reporter would find.
    seen: BaseException | None = failed.value
    assert seen.__context__ is None
    assert seen.__cause__ is None
    assert PERSON not in told
    assert "unmistakable" not in told


def test_the_regions_of_the_environment_are_not_ours(
    twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    send(make(twilio))
    assert twilio.to(PERSON) == ["Hello"]
