"""The few calls we make to Twilio, through its official client, and the only untyped surface.

Nothing of a request or an answer is logged, kept, or put into an error.
"""
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import base64
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any, cast

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from yarl import URL

from sms.errors import RETENTION_REFUSED, wait_asked

CONNECT_SECONDS = 5.0
PAGE = 1000
HIGHEST_CODE = 99_999
RETENTION_WORDS = ("ContentRetention", "AddressRetention")


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as Twilio lists it. Redaction empties `body` and masks the end of `to`."""

    sid: str = field(repr=False)
    to: str = field(repr=False)
    body: str = field(repr=False)
    outbound: bool
    segments: int
    created: datetime | None
    sent: datetime | None


class Refused(Exception):
    """Twilio answered, and not with yes. `retention`: it refuses our privacy options."""

    def __init__(self, status: int, code: int, after: float, *, retention: bool) -> None:
        super().__init__(f"twilio {code or status}")
        self.status = status
        self.code = code
        self.after = after
        self.retention = retention


class NotReached(Exception):
    """No connection was made, so nothing was asked."""


class NoAnswer(Exception):
    """The request may have gone out, and no answer came that could be read."""


class TwilioClient:
    """Twilio's client on a session that is made inside the running loop. Raises the three above."""

    def __init__(self, account_sid: str, auth_token: str, base_url: str, connections: int) -> None:
        self._http = QuietHttpClient(connections)
        # A mapping of our own: the client would look for its region in the process environment.
        environment = {"waypost": ""}
        client = Client(account_sid, auth_token, http_client=self._http, environment=environment)
        client.api.base_url = base_url.rstrip("/")
        self._account_sid = account_sid
        self._messages = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._client = cast("Any", client)

    async def create(self, form: bytes) -> tuple[str, int]:
        """Create a message. Returns its sid and segments (0: not known yet).

        `form` is the request's, with the API's own names. It goes through the client's request layer:
        its forty-field serialiser costs a fifth of a send.
        """
        status = 0
        try:
            response = await self._client.request_async("POST", self._messages, data=form)
            status = int(response.status_code)
            answer = cast("dict[str, Any]", json.loads(response.text))
            if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
                sid, segments = str(answer["sid"]), _whole(answer.get("num_segments"))
                if sid:
                    return sid, segments
                failure: Exception = NoAnswer("twilio gave no sid")
            else:
                failure = self._refused(status, answer.get("code"), str(answer.get("message", "")))
        except (NotReached, NoAnswer) as error:
            failure = error
        except ValueError:
            failure = (
                NoAnswer("twilio's answer was unreadable")
                if status < HTTPStatus.MULTIPLE_CHOICES
                else self._refused(status, 0, "")
            )
        except Exception as error:  # noqa: BLE001 - nothing of it may travel on
            failure = NoAnswer(f"twilio's answer was unreadable ({type(error).__name__})")
        # Raised out here, where no error of Twilio's hangs on it as its context.
        raise failure

    async def listed(
        self, most: int, *, to: str = "", sent_since: datetime | None = None
    ) -> list[Listed]:
        """Up to `most` messages, newest first; none that left before `sent_since`."""
        filters: dict[str, object] = {"limit": most, "page_size": min(most, PAGE)}
        if to:
            filters["to"] = to
        if sent_since is not None:
            filters["date_sent_after"] = sent_since
        found: list[Listed] = []
        try:
            async for message in await self._stream(filters):
                listed = _listed(message)
                # Twilio filters by the day, whatever the hour.
                if sent_since is not None and listed.sent is not None and listed.sent < sent_since:
                    break
                found.append(listed)
        except Exception as error:  # noqa: BLE001 - as above
            failure = self._sort(error)
        else:
            return found
        raise failure

    async def account_status(self) -> str:
        try:
            account = await self._client.api.accounts(self._account_sid).fetch_async()
            return str(account.status)
        except Exception as error:  # noqa: BLE001 - as above
            failure = self._sort(error)
        raise failure

    async def close(self) -> None:
        await self._http.close()

    async def _stream(self, filters: dict[str, object]) -> AsyncIterator[Any]:
        return await self._client.messages.stream_async(**filters)

    def _sort(self, error: Exception) -> Exception:
        match error:
            case NotReached() | NoAnswer():
                return error
            case TwilioRestException() | TwilioServiceException():
                return self._refusal(error)
            case TwilioException():
                # What paging raises has the answer as its second argument.
                answer = error.args[1] if len(error.args) > 1 else None
                status = int(getattr(answer, "status_code", 0)) or HTTPStatus.BAD_GATEWAY
                return Refused(status, 0, self._http.wait_asked, retention=False)
            case _:
                # An answer that is not what the client expects: unreadable, or of another shape.
                return NoAnswer(f"twilio's answer was unreadable ({type(error).__name__})")

    def _refusal(self, error: TwilioRestException | TwilioServiceException) -> Refused:
        told = error.msg if isinstance(error, TwilioRestException) else (error.detail or "")
        # Where Twilio gives no code of its own, its client repeats the HTTP status.
        code = 0 if error.code == error.status else error.code
        return self._refused(error.status, code, told)

    def _refused(self, status: int, given: object, told: str) -> Refused:
        # A code has five digits; what is longer may be a number, and codes are kept and logged.
        code = given if isinstance(given, int) and 0 < given <= HIGHEST_CODE else 0
        named = any(word in told for word in RETENTION_WORDS)
        retention = code in RETENTION_REFUSED or (status == HTTPStatus.BAD_REQUEST and named)
        after = self._http.wait_asked if status == HTTPStatus.TOO_MANY_REQUESTS else 0
        return Refused(status, code, after, retention=retention)


class QuietHttpClient(AsyncTwilioHttpClient):
    """Twilio's async HTTP client, minus its logging of requests and its memory of the last one.

    The original passes `timeout=None` on, which switches aiohttp's own limit off.
    """

    def __init__(self, connections: int) -> None:
        super().__init__(pool_connections=False, logger=_silent())
        self._connections = connections
        self._open: aiohttp.ClientSession | None = None
        # The last Retry-After: Twilio's exceptions do not carry headers.
        self.wait_asked = 0.0

    async def request(  # pyright: ignore[reportIncompatibleMethodOverride] - one name differs
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the vendor's signature
        allow_redirects: bool = False,
    ) -> Response:
        headers = dict(headers or {})
        if auth is not None:
            pair = base64.b64encode(":".join(auth).encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        try:
            async with self._session().request(
                method,
                _url(url),
                params=cast("dict[str, str] | None", params),
                # Encoded by us: aiohttp's form builder costs a quarter of a whole send.
                data=data,
                headers=headers,
                allow_redirects=allow_redirects,
            ) as response:
                text = await response.text()
                if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                    self.wait_asked = wait_asked(response.headers.get("Retry-After"))
                return Response(response.status, text, response.headers)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            failure: Exception = NotReached(f"twilio not reached ({type(error).__name__})")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            failure = NoAnswer(f"twilio did not answer ({type(error).__name__})")
        raise failure

    def _session(self) -> aiohttp.ClientSession:
        if self._open is None:
            self._open = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                # The whole send has one clock, the sender's; a timer for each part costs time too.
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._open

    async def close(self) -> None:
        if self._open is not None:
            await self._open.close()
            self._open = None


@lru_cache(maxsize=8)
def _url(url: str) -> URL:
    return URL(url)


def _silent() -> logging.Logger:
    # Not registered with logging, so that no configuration can turn it on.
    logger = logging.Logger("waypost.silent")  # noqa: LOG001 - that is the point
    logger.disabled = True
    return logger


def _listed(message: Any) -> Listed:
    return Listed(
        sid=str(message.sid or ""),
        to=str(message.to or ""),
        body=str(message.body or ""),
        outbound=str(message.direction or "").startswith("outbound"),
        segments=_whole(message.num_segments),
        created=message.date_created,
        sent=message.date_sent,
    )


def _whole(value: object) -> int:
    return int(value) if isinstance(value, str | int) and str(value).isdigit() else 0
