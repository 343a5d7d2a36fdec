"""Sends texts through Twilio. A send is tried once; whether to try again is the caller's decision.

What Twilio may forget about a message, we ask it to forget.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, quote_plus

from hotline.body import numbered
from hotline.channels import (
    EVERYTHING,
    SMS,
    Load,
    Outgoing,
    SenderBroken,
    SendFailed,
    Sent,
    Unavailable,
    Uncertain,
)
from locales import count_segments
from sms import form
from sms.client import Listed, NoAnswer, NotReached, Refused, TwilioClient
from sms.errors import judge
from sms.form import Words
from sms.redacted import Redacted

# https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
SHORTEST_VALIDITY, LONGEST_VALIDITY = 1, 36_000
# Both attempts of a send whose privacy options are refused, within the lease of its row.
SEND_SECONDS = 11.0
# A look-up may read several pages; it must end before its row's lease does, 20 seconds.
ASK_SECONDS = 15.0
CLOCK_MARGIN = timedelta(seconds=2)
# Redaction masks the last four digits of a number once the message has left Twilio:
# https://www.twilio.com/docs/messaging/guides/privacy-message-redaction
MASK = "XXXX"
MOST_TO_ONE = 100


class TwilioSender:
    """One Twilio number, or one messaging service (`MG…`). `patience` stretches its time limits.

    `safest` turns False when the account refuses to forget contents and numbers.
    """

    channel = SMS
    # What comes faster than the carriers take it waits at Twilio, for up to 10 hours:
    # https://www.twilio.com/docs/messaging/guides/scaling-queueing-latency
    queues = True

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        base_url: str,
        status_url: str = "",
        in_flight: int = 100,
        rate: float | None = None,
        patience: float = 1.0,
        label: str = SMS,
        carries: Sequence[Load] = EVERYTHING,
    ) -> None:
        self._client = TwilioClient(account_sid, auth_token, base_url, in_flight)
        self._redacted = Redacted(self._client)
        self._sender = sender
        self.name, self.label, self.carries = sender_name(sender), label, carries
        self._status_url = status_url
        self.in_flight = in_flight
        self.rate = rate
        self._patience = patience
        self.safest = True

    def weigh(self, text: str, options: Sequence[tuple[str, str]]) -> int:
        return count_segments(numbered(text, options)).segments

    async def send(self, message: Outgoing) -> Sent:
        try:
            async with asyncio.timeout(SEND_SECONDS * self._patience):
                return await self._send(message)
        except TimeoutError:
            pass
        raise Uncertain("twilio took too long")

    async def look_up(
        self, message: Outgoing, since: datetime, until: datetime | None = None
    ) -> Sequence[Sent]:
        """What Twilio took for this number in that time, the certain matches first."""
        number, body = _number(message), numbered(message.text, message.options)
        since -= CLOCK_MARGIN
        try:
            async with asyncio.timeout(ASK_SECONDS * self._patience):
                # Not by date: what still waits in Twilio's queue has not been sent on any.
                found = await self._client.listed(MOST_TO_ONE, to=number)
                # An account that refuses to mask numbers has none masked.
                masked = number[: -len(MASK)] + MASK
                likely = await self._redacted.of(masked, since) if self._masks else []
        except (Refused, NotReached, NoAnswer, TimeoutError) as error:
            failure = _asking(error)
        else:
            whole = [sent for sent in found if sent.to == number]
            window = (since, (until or datetime.max.replace(tzinfo=UTC)))
            certain = [_sent(sent, body) for sent in whole if _matches(sent, body, window)]
            # Several people share a masked number: such a match proves nothing by itself.
            perhaps = [_sent(sent, body) for sent in likely if _matches(sent, body, window)]
            return [*certain, *(replace(sent, certain=False) for sent in perhaps)]
        raise failure

    async def check(self) -> str:
        """The account's status, "active". Raises SenderBroken for any other."""
        try:
            async with asyncio.timeout(SEND_SECONDS * self._patience):
                status = await self._client.account_status()
        except (Refused, NotReached, NoAnswer, TimeoutError) as error:
            failure = _asking(error)
        else:
            if status == "active":
                return status
            failure = SenderBroken(f"the twilio account is {status}")
        raise failure

    async def close(self) -> None:
        await self._client.close()

    async def _send(self, message: Outgoing) -> Sent:
        try:
            return await self._create(message)
        except Refused as refused:
            failure = refused
        # Refused means not sent, so it may be sent again: less private beats not at all.
        if failure.retention:
            self.safest = False
            try:
                return await self._create(message)
            except Refused as refused:
                failure = refused
        raise judge(failure.status, failure.code, failure.after)

    async def _create(self, message: Outgoing) -> Sent:
        words = form.words(message)
        try:
            sid, segments = await self._client.create(self._form(message, words))
        except NotReached as error:
            failure: SendFailed = Unavailable(str(error))
        except NoAnswer as error:
            failure = Uncertain(str(error))
        else:
            # A messaging service counts later, when it has chosen the number to send from.
            return Sent(sid, segments or words.segments)
        raise failure

    def _form(self, message: Outgoing, words: Words) -> bytes:
        options, callback = form.sender(
            self._sender, self._status_url, discard=self.safest, mask=self._masks
        )
        fields = [f"To={quote_plus(_number(message))}", options]
        if message.valid_for is not None:
            seconds = max(SHORTEST_VALIDITY, min(message.valid_for, LONGEST_VALIDITY))
            fields.append(f"ValidityPeriod={seconds}")
        if callback:
            # A value in an address that is itself a value.
            fields.append(callback + quote_plus(quote(message.reference, safe="")))
        return "&".join([*fields, f"Body={words.quoted}"]).encode()

    @property
    def _masks(self) -> bool:
        """Numbers are masked where receipts come back and name our messages; where none come, the
        list of what Twilio took, by number, is the only word on what became of a send in doubt.
        """
        return self.safest and bool(self._status_url)


def sender_name(sender: str) -> str:
    """The name of a Twilio sender across all machines, which is not its number."""
    return f"{SMS} {hashlib.blake2b(sender.encode(), digest_size=8).hexdigest()}"


def _number(message: Outgoing) -> str:
    scheme, _, number = message.address.partition(":")
    if scheme != "tel":
        raise SendFailed("not a phone number", retry=False)
    return number


def _matches(sent: Listed, body: str, window: tuple[datetime, datetime]) -> bool:
    if not sent.outbound or sent.created is None:
        return False
    return window[0] <= sent.created <= window[1] and sent.body in ("", body)


def _sent(sent: Listed, body: str) -> Sent:
    return Sent(sent.sid, sent.segments or count_segments(body).segments)


def _asking(error: Refused | NotReached | NoAnswer | TimeoutError) -> SendFailed:
    """Asking changes nothing, so it can always be done again: no doubt comes of it."""
    if isinstance(error, Refused):
        judged = judge(error.status, error.code, error.after)
        if isinstance(judged, SenderBroken):
            return judged
        return SendFailed(judged.reason, retry=True, after=judged.after)
    return SendFailed(str(error) or "twilio took too long", retry=True)
