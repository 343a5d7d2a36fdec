"""Telegram on loopback: takes a bot's messages, gives it updates, calls its webhook. It remembers.

By hand: `python -m tests.fakes.telegram --port 9102`, and WAYPOST_TELEGRAM_URL=http://127.0.0.1:9102.
"""

import asyncio
import json
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from tests.fakes import standalone
from tests.fakes.loopback import Loopback, vanish

TOKEN = "123456:telegram-token"
BOT = {"id": 123456, "is_bot": True, "first_name": "Waypost", "username": "waypost_bot"}
# The parameters that come as JSON.
STRUCTURED = {"reply_markup", "link_preview_options", "allowed_updates"}
PHRASES = {
    400: "Bad Request: chat not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: can't use getUpdates method while webhook is active",
    429: "Too Many Requests: retry after {after}",
}


@dataclass(slots=True)
class Message:
    """A message that Telegram took. `buttons` are (label, data) pairs, from the top down."""

    id: int
    chat: int
    text: str
    params: dict[str, Any]
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def shown(self) -> str:
        return "\n".join([self.text, *(label for label, _ in self.buttons)])


class FakeTelegram(Loopback):
    """Updates are made by `says`, `presses` and `push`; a set webhook is called with them."""

    def __init__(self, *, port: int = 0, token: str = TOKEN) -> None:
        super().__init__(port)
        self.token = token
        self.messages: list[Message] = []
        self.acknowledged: list[str] = []
        self.webhook: dict[str, Any] = {}
        self.updates: list[dict[str, Any]] = []
        self.polls = 0
        self._failures: dict[str, deque[tuple[int, int] | str]] = {}
        self._numbers = count(700_000_001)
        self._arrived = asyncio.Event()

    # ---- what a test says

    def fail_next(self, status: int, *, after: int = 0, method: str = "sendmessage") -> None:
        """The next call of `method` is refused; `after` is the wait in seconds of a 429."""
        self._failures.setdefault(method, deque()).append((status, after))

    def drop_next(self, method: str = "sendmessage") -> None:
        """The next call is done, and the connection breaks before the answer."""
        self._failures.setdefault(method, deque()).append("drop")

    def to(self, chat: int) -> list[str]:
        """What a chat shows, in order, with each button on a line."""
        return [message.shown for message in self.messages if message.chat == chat]

    def says(self, chat: int, text: str, /, language: str = "en", **more: Any) -> None:
        self.push(message=message(chat, text, language, **more))

    def presses(self, chat: int, data: str, language: str = "en") -> None:
        shown = message(chat, "", language) | {"from": BOT}
        query = {"id": f"query-{data}", "from": person(chat, language), "chat_instance": "1"}
        self.push(callback_query=query | {"data": data, "message": shown})

    def push(self, **update: Any) -> None:
        """Give the bot an update of any kind, numbered like Telegram's."""
        self.soon(self._push, {"update_id": next(self._numbers)} | update)

    def _push(self, update: dict[str, Any]) -> None:
        if self.webhook.get("url"):
            headers = {
                "Content-Type": "application/json",
                "X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", ""),
            }
            self.call_us(self.webhook["url"], data=json.dumps(update), headers=headers)
            return
        self.updates.append(update)
        self._arrived.set()

    # ---- what Telegram answers

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        given = parse_qsl((await request.read()).decode(), keep_blank_values=True)
        params = {name: json.loads(v) if name in STRUCTURED else v for name, v in given}
        prefix = f"/bot{self.token}/"
        if not request.path.startswith(prefix):
            return _refuse(401)
        method = request.path.removeprefix(prefix).lower()
        failures = self._failures.get(method)
        failure = failures.popleft() if failures else None
        if isinstance(failure, tuple):
            return _refuse(*failure)
        known = getattr(self, f"_{method}", None)
        if known is None:
            return _refuse(404)
        result = await known(params)
        return vanish(request) if failure == "drop" else result

    async def _getme(self, _params: dict[str, Any]) -> web.Response:
        return _ok(BOT)

    async def _sendmessage(self, params: dict[str, Any]) -> web.Response:
        keyboard = params.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = [(b["text"], b["callback_data"]) for row in keyboard for b in row]
        text = str(params["text"])
        sent = Message(len(self.messages) + 1, int(params["chat_id"]), text, params, buttons)
        self.messages.append(sent)
        chat = {"id": sent.chat, "type": "private"}
        shown = {"message_id": sent.id, "date": int(time.time()), "chat": chat, "text": text}
        return _ok(shown | {"from": BOT})

    async def _getupdates(self, params: dict[str, Any]) -> web.Response:
        if self.webhook.get("url"):
            return _refuse(409)
        self.polls += 1
        offset = int(params.get("offset", 0))
        self.updates = [update for update in self.updates if update["update_id"] >= offset]
        if not self.updates:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), int(params.get("timeout", 0)))
            except TimeoutError:
                return _ok([])
        return _ok(self.updates[:100])

    async def _setwebhook(self, params: dict[str, Any]) -> web.Response:
        self.webhook = params
        return _ok(True)

    async def _deletewebhook(self, _params: dict[str, Any]) -> web.Response:
        self.webhook = {}
        return _ok(True)

    async def _answercallbackquery(self, params: dict[str, Any]) -> web.Response:
        self.acknowledged.append(str(params["callback_query_id"]))
        return _ok(True)


def person(number: int, language: str = "en") -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "Person", "language_code": language}


def message(chat: int, text: str, /, language: str = "en", **more: Any) -> dict[str, Any]:
    """A message in a private chat, as an update holds it."""
    made = {
        "message_id": 1,
        "date": 1_772_442_600,
        "chat": {"id": chat, "type": "private", "first_name": "Person"},
        "from": person(chat, language),
    }
    return made | ({"text": text} if text else {}) | more


def _ok(result: object) -> web.Response:
    return _json({"ok": True, "result": result}, 200)


def _refuse(status: int, after: int = 0) -> web.Response:
    description = PHRASES.get(status, "Internal Server Error").format(after=after)
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if after:
        body["parameters"] = {"retry_after": after}
    return _json(body, status)


def _json(body: object, status: int) -> web.Response:
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")


def main() -> None:
    parser = standalone.parser("A Telegram that takes everything and sends nothing.", 9102)
    parser.add_argument("--token", default=TOKEN)
    fake = FakeTelegram(**vars(parser.parse_args()))
    standalone.run(
        fake,
        lambda: {
            "messages": len(fake.messages),
            "updates waiting": len(fake.updates),
            "buttons acknowledged": len(fake.acknowledged),
        },
    )


if __name__ == "__main__":
    main()
