"""Twilio on loopback: takes messages, lists them, calls back. It remembers everything.

By hand: `python -m tests.fakes.twilio --port 9101`, and WAYPOST_TWILIO_URL=http://127.0.0.1:9101.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, parse_qsl, urlencode

from aiohttp import web

from tests.fakes import standalone
from tests.fakes.loopback import Loopback, vanish

ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "twilio-token", "+15005550006"
API = "/2010-04-01"
MASK = "XXXX"
REFUSALS = {
    "ContentRetention": (400, 30029, "The ContentRetention parameter is invalid"),
    "AddressRetention": (400, 30030, "The AddressRetention parameter is invalid"),
}


@dataclass(slots=True)
class Message:
    """A message that Twilio took."""

    sid: str
    to: str
    from_: str
    body: str
    params: dict[str, str]
    at: datetime
    segments: str = "1"
    # False while it waits in Twilio's queue: not redacted yet, and without a date of sending.
    left: bool = True

    @property
    def callback(self) -> str:
        return self.params.get("StatusCallback", "")


@dataclass(slots=True)
class Refusal:
    status: int
    code: int
    message: str
    headers: dict[str, str] = field(default_factory=dict)


class FakeTwilio(Loopback):
    """`receipts` are the statuses called back for each message, in order and signed.

    `held`: messages stay in Twilio's queue. `latency`: seconds before each answer.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        account: str = ACCOUNT,
        token: str = TOKEN,
        latency: float = 0,
        receipts: Iterable[str] = (),
        refuse_retention: bool = False,
        held: bool = False,
        status: str = "active",
    ) -> None:
        super().__init__(port)
        self.account, self.token, self.latency, self.status = account, token, latency, status
        self.receipts = tuple(receipts)
        self.refuse_retention = refuse_retention
        self.held = held
        self.messages: list[Message] = []
        self.refused = 0
        self.listings = 0
        self._failures: deque[Refusal | str] = deque()
        self._authorization = "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()
        self._messages_path = f"{API}/Accounts/{account}/Messages.json"
        self._account_path = f"{API}/Accounts/{account}.json"

    # ---- what a test says

    def fail_next(self, status: int, code: int = 0, *, retry_after: int | None = None) -> None:
        """The next message, or the next question, is refused."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self._failures.append(Refusal(status, code, "", headers))

    def drop_next(self) -> None:
        """The next message is taken, and the connection breaks before the answer."""
        self._failures.append("drop")

    def lose_next(self) -> None:
        """The connection breaks before the next message is taken."""
        self._failures.append("lose")

    def garble_next(self) -> None:
        """The next message is taken, and the answer is not JSON."""
        self._failures.append("garble")

    def to(self, number: str) -> list[str]:
        """The texts a phone got, in order."""
        return [message.body for message in self.messages if message.to == number]

    # ---- what Twilio answers

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        data = await request.read()
        if self.latency:
            await asyncio.sleep(self.latency)
        if request.headers.get("Authorization") != self._authorization:
            return _refuse(Refusal(401, 20003, "Authenticate"))
        if request.method == "POST" and request.path == self._messages_path:
            return self._create(request, dict(parse_qsl(data.decode())))
        if self._failures:
            failure = self._failures.popleft()
            return _refuse(failure) if isinstance(failure, Refusal) else vanish(request)
        if request.path == self._messages_path:
            self.listings += 1
            return _json(self._list(parse_qs(request.query_string)))
        if request.path == self._account_path:
            return _json({"sid": self.account, "status": self.status, "friendly_name": "Fake"})
        return _refuse(Refusal(404, 20404, "The requested resource was not found"))

    def _create(self, request: web.BaseRequest, form: dict[str, str]) -> web.StreamResponse:
        failure = self._failures.popleft() if self._failures else None
        if failure == "lose":
            return vanish(request)
        if isinstance(failure, Refusal) or self.refuse_retention:
            refusal = failure if isinstance(failure, Refusal) else self._retention_refusal(form)
            if refusal is not None:
                self.refused += 1
                # Twilio's own words repeat the number, which must not travel on.
                refusal.message = refusal.message or f"The number {form['To']} cannot be reached"
                return _refuse(refusal)
        message = self._take(form)
        if failure == "drop":
            return vanish(request)
        if failure == "garble":
            return web.Response(status=201, text=f"<html>{message.body}</html>")
        return web.Response(
            status=201,
            content_type="application/json",
            text=f'{{"sid":"{message.sid}","status":"queued","num_segments":"{message.segments}"}}',
        )

    def _take(self, form: dict[str, str]) -> Message:
        sender = form.get("From") or NUMBER
        segments = "0" if "MessagingServiceSid" in form else "1"
        message = Message(
            sid=f"SM{secrets.token_hex(16)}",
            to=form["To"],
            from_=sender,
            body=form["Body"],
            params=form,
            at=datetime.now(UTC),
            segments=segments,
            left=not self.held,
        )
        self.messages.append(message)
        if message.callback:
            for status in self.receipts:
                self.report(message, status)
        return message

    def report(self, message: Message, status: str, error: int = 0) -> None:
        """Call the message's status callback; from inside the server's loop."""
        form = {
            "MessageSid": message.sid,
            "MessageStatus": status,
            "AccountSid": self.account,
            "From": message.from_,
            "To": message.to,
        }
        if error:
            form["ErrorCode"] = str(error)
        self.call_us(
            message.callback, data=form, headers=signed(message.callback, form, self.token)
        )

    def _retention_refusal(self, form: Mapping[str, str]) -> Refusal | None:
        named = next((name for name in REFUSALS if name in form), None)
        return Refusal(*REFUSALS[named]) if named else None

    def _list(self, query: dict[str, list[str]]) -> dict[str, object]:
        # A snapshot: other requests may append while this one is being written.
        shown = [_shown(message) for message in reversed(self.messages[:])]
        wanted = query.get("To", [""])[0]
        since = query.get("DateSent>", [""])[0][:10]
        until = query.get("DateSent<", [""])[0][:10]
        found = [
            row
            for row, day in shown
            if (not wanted or row["to"] == wanted)
            # A message that has not left has no date to be found by.
            and (not since or since <= day)
            and (not until or "" < day <= until)
        ]
        size, page = int(query.get("PageSize", ["50"])[0]), int(query.get("Page", ["0"])[0])
        base = {name: values[0] for name, values in query.items() if name != "Page"}
        following = urlencode(base | {"Page": str(page + 1)})
        return {
            "messages": found[page * size : (page + 1) * size],
            "page": page,
            "page_size": size,
            "next_page_uri": (
                f"{self._messages_path}?{following}" if len(found) > (page + 1) * size else None
            ),
        }


def signed(url: str, form: Mapping[str, str], token: str = TOKEN) -> dict[str, str]:
    """The headers of Twilio's webhook calls: https://www.twilio.com/docs/usage/security"""
    text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return {"X-Twilio-Signature": base64.b64encode(digest).decode()}


def text_form(from_: str, body: str, **more: str) -> dict[str, str]:
    """The form of a text that comes in."""
    return {
        "MessageSid": f"SM{secrets.token_hex(16)}",
        "AccountSid": ACCOUNT,
        "From": from_,
        "To": NUMBER,
        "Body": body,
        "NumMedia": "0",
    } | more


def _shown(message: Message) -> tuple[dict[str, str | None], str]:
    """A message as the list shows it, redacted once it has left, with the day it was sent."""
    masked = message.left and message.params.get("AddressRetention") == "obfuscate"
    emptied = message.left and message.params.get("ContentRetention") == "discard"
    stamp = format_datetime(message.at)
    row = {
        "sid": message.sid,
        "to": message.to[: -len(MASK)] + MASK if masked else message.to,
        "from": message.from_,
        "body": "" if emptied else message.body,
        "direction": "outbound-api",
        "status": "sent" if message.left else "queued",
        "num_segments": message.segments,
        "date_created": stamp,
        "date_sent": stamp if message.left else None,
    }
    return row, message.at.date().isoformat() if message.left else ""


def _refuse(refusal: Refusal) -> web.Response:
    body = {"code": refusal.code, "message": refusal.message, "status": refusal.status}
    if not refusal.code:
        del body["code"]
    return _json(body, refusal.status, refusal.headers)


def _json(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    text = json.dumps(body)
    return web.Response(status=status, text=text, content_type="application/json", headers=headers)


def main() -> None:
    parser = standalone.parser("A Twilio that takes everything and sends nothing.", 9101)
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--latency", type=float, default=0)
    parser.add_argument("--receipts", nargs="*", default=["sent", "delivered"])
    parser.add_argument("--refuse-retention", action="store_true")
    fake = FakeTwilio(**vars(parser.parse_args()))
    standalone.run(
        fake,
        lambda: {
            "messages": len(fake.messages),
            "refused": fake.refused,
            "listings": fake.listings,
        },
    )


if __name__ == "__main__":
    main()
