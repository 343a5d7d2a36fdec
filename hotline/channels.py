"""The seam between the core and whatever carries messages: what comes in, what goes out, what fails.

SendFailed            the provider answered, or was never reached
├── OptedOut          the person said stop at the provider
├── Uncertain         the provider may have taken it: ask, never send again blindly
├── Unavailable       this sender takes nothing for now: out of reach, too fast, its queue is full
└── SenderBroken      nothing can be sent here until somebody mends it (credentials, account)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, Protocol

# Names of channels: each is a queue of what has to be sent, for one or more senders.
SMS, TELEGRAM, SIMULATOR = "sms", "telegram", "simulator"

Load = Literal["replies", "campaigns"]
EVERYTHING: Final[tuple[Load, ...]] = ("replies", "campaigns")


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text that came in. Its repr shows neither address nor text.

    `address` is `tel:+41…` or `telegram:<chat id>`. `provider_id` is the provider's own id of the
    message and makes a repeated delivery recognisable. `picked` is the option id of a pressed button,
    `code` what a deep link carries.
    """

    channel: str
    address: str = field(repr=False)
    text: str = field(repr=False)
    provider_id: str = field(repr=False)
    at: datetime
    kind: Literal["text", "picture", "edited"] = "text"
    picked: str = ""
    language_hint: str = ""
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send. `options` are (option id, label) pairs; `reference` names it in receipts."""

    reference: str
    address: str = field(repr=False)
    text: str = field(repr=False)
    options: Sequence[tuple[str, str]] = field(default=(), repr=False)
    # Seconds after which the carrier should drop it rather than deliver it late.
    valid_for: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it."""

    provider_id: str = field(repr=False)
    segments: int = 1
    # False when the provider's list no longer tells for certain to whom it went.
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message, by `reference` (ours) or `provider_id` (theirs)."""

    outcome: Literal["delivered", "undelivered"]
    reference: str = ""
    provider_id: str = field(default="", repr=False)
    error: str = ""


class SendFailed(Exception):
    """Not sent. `retry` says whether trying later can help; `after` is the least wait in seconds."""

    def __init__(self, reason: str, *, retry: bool, after: float = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry
        self.after = after


class OptedOut(SendFailed):
    def __init__(self, reason: str) -> None:
        super().__init__(reason, retry=False)


class Uncertain(SendFailed):
    def __init__(self, reason: str) -> None:
        super().__init__(reason, retry=False)


class Unavailable(SendFailed):
    """Not this message's fault: nothing was processed, and no attempt of it is used up."""

    def __init__(self, reason: str, *, after: float = 0) -> None:
        super().__init__(reason, retry=True, after=after)


class SenderBroken(SendFailed):
    def __init__(self, reason: str) -> None:
        super().__init__(reason, retry=True)


class Sender(Protocol):
    """One Twilio sender, one Telegram bot, or the simulated carrier: the unit of pacing and of health.

    `name` is the sender's own across all machines, `label` what people are shown; neither holds a number.
    `in_flight` is how many sends may be under way at once; `rate` is segments a second, or None. A
    provider that `queues` keeps what comes too fast and sends it later: replies need not wait here.
    """

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def carries(self) -> Sequence[Load]: ...
    @property
    def in_flight(self) -> int: ...
    @property
    def rate(self) -> float | None: ...
    @property
    def queues(self) -> bool: ...

    def weigh(self, text: str, options: Sequence[tuple[str, str]]) -> int:
        """How many segments of its pace a message takes."""
        ...

    async def send(self, message: Outgoing) -> Sent:
        """Hand `message` to the provider. Raises SendFailed or one of its kinds."""
        ...

    async def look_up(
        self, message: Outgoing, since: datetime, until: datetime | None = None
    ) -> Sequence[Sent] | None:
        """What the provider took for this address in that time, or None when it cannot tell."""
        ...

    async def close(self) -> None: ...


class Forged(Exception):
    """A webhook that is not the provider's. Its words never repeat what came in."""


class Malformed(Exception):
    """A provider's webhook that we cannot read. Its words never repeat what came in."""
