"""Twilio and Telegram as they are on a bad day: what they refuse with repeats whom and what it was about.

Troubles are of one person: the next message to them meets it, and nobody else's does.
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from aiohttp import web

from tests.fakes.loopback import vanish
from tests.fakes.telegram import FakeTelegram
from tests.fakes.twilio import FakeTwilio

Form = dict[str, str]
Trouble = Callable[[web.BaseRequest, Form], Awaitable[web.StreamResponse]]


class Troubled:
    """Remembers who is in trouble."""

    def __init__(self) -> None:
        self.troubles: defaultdict[str, deque[Trouble]] = defaultdict(deque)

    def troubles_for(self, recipient: object, *troubles: Trouble) -> None:
        self.troubles[str(recipient)].extend(troubles)

    async def trouble(self, request: web.BaseRequest, name: str) -> web.StreamResponse | None:
        """What the recipient of a message meets, by the name of the field they stand in."""
        form = dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
        waiting = self.troubles.get(form.get(name, ""))
        return await waiting.popleft()(request, form) if waiting else None


class Twilio(Troubled, FakeTwilio):
    """`asked` are the troubles of its list of messages: whoever asks next meets the first."""

    def __init__(self, **more: object) -> None:
        Troubled.__init__(self)
        FakeTwilio.__init__(self, **more)
        self.asked: deque[Trouble] = deque()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "GET" and "To" in request.query and self.asked:
            form = {"To": request.query["To"], "Body": self.messages[-1].body}
            return await self.asked.popleft()(request, form)
        trouble = await self.trouble(request, "To") if request.method == "POST" else None
        return await super().answer(request) if trouble is None else trouble


class Telegram(Troubled, FakeTelegram):
    """`garbage` is what it gives to who asks for updates, once each."""

    def __init__(self, **more: object) -> None:
        Troubled.__init__(self)
        FakeTelegram.__init__(self, **more)
        self.garbage: deque[bytes] = deque()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.lower().endswith("/getupdates") and self.garbage:
            return web.Response(body=self.garbage.popleft(), content_type="application/json")
        trouble = await self.trouble(request, "chat_id")
        return await super().answer(request) if trouble is None else trouble


# ---- what can go wrong


def refused(status: int, code: int | None = None, **more: object) -> Trouble:
    """An error in JSON, in Twilio's and in Telegram's words at once. Both repeat what they got."""

    async def trouble(_request: web.BaseRequest, form: Form) -> web.Response:
        told = _repeated(form)
        body = {"code": code, "message": told, "status": status, "more_info": told, "detail": told}
        body |= {"ok": False, "error_code": status, "description": f"Bad Request: {told}"} | more
        headers = {"Retry-After": "1", "X-Told": told.encode("unicode_escape").decode()}
        if code is None:
            body["code"] = int(form.get("To", form.get("chat_id", "")).removeprefix("+"))
        return web.json_response(body, status=status, headers=headers)

    return trouble


def html(status: int) -> Trouble:
    """A proxy's page in the place of an answer."""

    async def trouble(_request: web.BaseRequest, form: Form) -> web.Response:
        page = f"<html><title>{_repeated(form)}</title></html>"
        return web.Response(status=status, text=page, content_type="text/html")

    return trouble


def moved(status: int = 301) -> Trouble:
    async def trouble(request: web.BaseRequest, form: Form) -> web.Response:
        told = _repeated(form).encode("unicode_escape").decode()
        return web.Response(status=status, headers={"Location": f"http://127.0.0.1:1/{told}"})

    return trouble


def nonsense() -> Trouble:
    """What is no HTTP at all, with everything in its first line."""

    async def trouble(request: web.BaseRequest, form: Form) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(f"SORRY {_repeated(form)}\r\n\r\n".encode())
        request.transport.close()
        raise asyncio.CancelledError

    return trouble


def cut_short() -> Trouble:
    """Half of an answer."""

    async def trouble(request: web.BaseRequest, form: Form) -> web.StreamResponse:
        assert request.transport is not None
        told = json.dumps({"message": _repeated(form)}).encode()
        head = b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n" % (2 * len(told))
        request.transport.write(head + told)
        request.transport.close()
        raise asyncio.CancelledError

    return trouble


def not_text() -> Trouble:
    """JSON of an encoding that it does not name."""

    async def trouble(_request: web.BaseRequest, form: Form) -> web.Response:
        told = json.dumps({"message": _repeated(form)}, ensure_ascii=False)
        return web.Response(
            status=400,
            body=b"\xff\xfe" + told.encode("utf-16-le"),
            headers={"Content-Type": "application/json; charset=utf-8"},
        )

    return trouble


def lost() -> Trouble:
    """The connection breaks."""

    async def trouble(request: web.BaseRequest, _form: Form) -> web.StreamResponse:
        return vanish(request)

    return trouble


def silent(seconds: float) -> Trouble:
    """No answer for so long that nobody waits for it."""

    async def trouble(request: web.BaseRequest, _form: Form) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return vanish(request)

    return trouble


def _repeated(form: Form) -> str:
    whom = form.get("To", form.get("chat_id", ""))
    return f"{whom} cannot be sent {form.get('Body', form.get('text', ''))}"
