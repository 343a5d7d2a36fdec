"""Twilio's signatures and its answer language, through its official library. No types come with it."""
# pyright: reportMissingTypeStubs=false

from collections.abc import Mapping
from typing import Any, cast

from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import VoiceResponse


def is_signed(auth_token: str, url: str, form: Mapping[str, str], signature: str) -> bool:
    """Whether Twilio made this request to `url`. What cannot be checked is not signed.

    Without a token anybody could sign, so then nothing counts as signed.
    """
    if not (auth_token and signature):
        return False
    try:
        return bool(cast("Any", RequestValidator(auth_token)).validate(url, form, signature))
    except ValueError:
        # An address that is none, or characters that no request can carry.
        return False


def spoken(text: str, voice: Mapping[str, str]) -> str:
    """TwiML that says one sentence and hangs up."""
    response = cast("Any", VoiceResponse())
    response.say(text, **voice)
    response.hangup()
    return str(response)
