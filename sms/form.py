"""A message as the form that Twilio takes.

What every message of a campaign says is written once: to write a text in another script as a form costs as
much as half of the request that carries it. A reply is never remembered.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import quote_plus, urlencode

from hotline.body import numbered
from hotline.channels import Outgoing, SendFailed
from locales import count_segments

# More texts than a campaign has, several at a time.
REMEMBERED: Final = 128


@dataclass(frozen=True, slots=True)
class Words:
    """A text as a form has it, and how many segments it is."""

    quoted: str = field(repr=False)
    segments: int


def words(message: Outgoing) -> Words:
    """What a phone shows of a message. Raises SendFailed: half a surrogate pair is in no alphabet."""
    text = numbered(message.text, message.options)
    # Only a campaign's message is ever too late, and its text is everybody's.
    return _words(text) if message.valid_for is None else _shared(text)


@lru_cache(maxsize=REMEMBERED)
def sender(number: str, status_url: str, *, discard: bool, mask: bool) -> tuple[str, str]:
    """What is the same for every message of a sender, and the beginning of where its receipt goes."""
    fields = {
        "MessagingServiceSid" if number.startswith("MG") else "From": number,
        # A shortened link can be counted for each person who opens it.
        "ShortenUrls": "false",
    }
    if discard:
        fields["ContentRetention"] = "discard"
    if mask:
        fields["AddressRetention"] = "obfuscate"
    return urlencode(fields), urlencode(
        {"StatusCallback": f"{status_url}?m="}
    ) if status_url else ""


def _words(text: str) -> Words:
    try:
        return Words(quote_plus(text), count_segments(text).segments)
    except UnicodeEncodeError:
        failure = SendFailed("cannot be written", retry=False)
    # Raised out here: what failed holds the text.
    raise failure


_shared: Final = lru_cache(maxsize=REMEMBERED)(_words)
