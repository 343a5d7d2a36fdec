"""What Twilio tells us: texts, receipts and calls. Nothing is believed that Twilio did not sign.

Errors never repeat what came in, and pictures are never fetched.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal
from urllib.parse import parse_qs, urlsplit

from hotline.channels import SMS, Forged, Inbound, Malformed, Receipt
from sms.webhook import is_signed, spoken

__all__ = ["EMPTY_TWIML", "Forged", "Malformed", "TwilioDoor"]

EMPTY_TWIML: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

# Final statuses only; a message that is read was delivered.
# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
OUTCOMES: Final[dict[str, Literal["delivered", "undelivered"]]] = {
    "delivered": "delivered",
    "read": "delivered",
    "failed": "undelivered",
    "undelivered": "undelivered",
    "canceled": "undelivered",
}
# https://www.twilio.com/docs/voice/twiml/say/text-speech: Arabic has no basic voice.
VOICES: Final[dict[str, Mapping[str, str]]] = {
    "ar": {"language": "arb", "voice": "Polly.Zeina"},
    "en": {"language": "en-US"},
    "es": {"language": "es-ES"},
    "fr": {"language": "fr-FR"},
}
E164: Final = re.compile(r"\+[1-9][0-9]{5,14}")
SID: Final = re.compile(r"[A-Za-z0-9]{1,64}")
ERROR_CODE: Final = re.compile(r"[0-9]{1,6}")


class TwilioDoor:
    """`path_and_query` is what was asked for, undecoded; `public_url` is how Twilio knows us."""

    def __init__(self, auth_token: str, public_url: str) -> None:
        self._auth_token = auth_token
        self._public_url = public_url.rstrip("/")

    def inbound(
        self, path_and_query: str, form: Mapping[str, str], signature: str, now: datetime
    ) -> Inbound:
        """A text that came in. Raises Forged or Malformed."""
        self._believe(path_and_query, form, signature)
        text = form.get("Body", "")
        pictures = form.get("NumMedia", "0") not in ("", "0")
        return Inbound(
            channel=SMS,
            address=f"tel:{_field(form, 'From', E164)}",
            text=text,
            provider_id=_field(form, "MessageSid", SID),
            at=now,
            kind="picture" if pictures and not text.strip() else "text",
        )

    def receipt(
        self, path_and_query: str, form: Mapping[str, str], signature: str
    ) -> Receipt | None:
        """What became of a message, or None while it is still on its way."""
        self._believe(path_and_query, form, signature)
        sid = _field(form, "MessageSid", SID)
        outcome = OUTCOMES.get(form.get("MessageStatus", ""))
        if outcome is None:
            return None
        error = form.get("ErrorCode", "")
        reference = parse_qs(urlsplit(path_and_query).query).get("m", [""])[0]
        return Receipt(
            outcome=outcome,
            reference=reference,
            provider_id=sid,
            error=f"twilio {error}" if ERROR_CODE.fullmatch(error) else "",
        )

    def voice(
        self,
        path_and_query: str,
        form: Mapping[str, str],
        signature: str,
        _now: datetime,
        say: str,
        language: str,
    ) -> str:
        """TwiML for somebody who calls the line's number: `say`, in `language`, and no more."""
        self._believe(path_and_query, form, signature)
        return spoken(say, VOICES.get(language, {"language": language}))

    def _believe(self, path_and_query: str, form: Mapping[str, str], signature: str) -> None:
        rooted = path_and_query.startswith("/")
        url = self._public_url + path_and_query
        if not (rooted and is_signed(self._auth_token, url, form, signature)):
            raise Forged("not signed by Twilio")


def _field(form: Mapping[str, str], name: str, shape: re.Pattern[str]) -> str:
    value = form.get(name, "")
    if not shape.fullmatch(value):
        raise Malformed(f"{name} is missing or not what we can read")
    return value
