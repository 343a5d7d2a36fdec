"""What Telegram's webhook tells us. Nothing is believed that does not carry our secret.

Errors never repeat what came in, and pictures are never fetched.
"""

import hmac
import json
from datetime import datetime
from typing import Any

from bot import updates
from hotline.channels import Forged, Inbound, Malformed

__all__ = ["Forged", "Malformed", "TelegramDoor"]


class TelegramDoor:
    """`secret` is what the webhook was set with; Telegram repeats it in a header of each call."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def inbound(self, body: bytes, secret_header: str, now: datetime) -> Inbound | None:
        """A message or a pressed button; None for what is quietly ignored. Raises Forged, Malformed."""
        self._believe(secret_header)
        return updates.parse(updates.read(_json(body)), now)

    def answer(self, body: bytes) -> str:
        """What to answer a believed webhook with: JSON that ends a pressed button's waiting, or "".

        Telegram takes one call in the answer itself, so the webhook makes no call of its own:
        https://core.telegram.org/bots/api#making-requests-when-getting-updates
        """
        query = updates.read(_json(body)).callback_query
        if query is None:
            return ""
        return json.dumps({"method": "answerCallbackQuery", "callback_query_id": query.id})

    def _believe(self, secret_header: str) -> None:
        # Without a secret anybody could know it, so then nothing is believed.
        given = secret_header.encode(errors="replace")
        if not (self._secret and hmac.compare_digest(given, self._secret)):
            raise Forged("without Telegram's secret")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    raise Malformed("not JSON")
