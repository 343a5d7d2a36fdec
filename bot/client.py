"""The bot as this package uses it, and what the library's errors mean for a message."""

from datetime import timedelta
from typing import Final

from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot import silence
from hotline.channels import OptedOut, SenderBroken, SendFailed, Unavailable, Uncertain

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 5.0
# Told by name, so that httpx stays the library's own affair: raised before a request is sent.
# https://www.python-httpx.org/exceptions/
NEVER_SENT: Final = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"})


def make_bot(token: str, base_url: str, connections: int) -> tuple[Bot, HTTPXRequest]:
    """A bot, and its connections to be shut down. No call is made."""
    silence()
    request = HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        write_timeout=ANSWER_SECONDS,
        pool_timeout=CONNECT_SECONDS,
        # What the environment says about proxies is for ops to read and to pass down.
        httpx_kwargs={"trust_env": False},
    )
    address = f"{base_url.rstrip('/')}/bot"
    return Bot(token, base_url=address, request=request, get_updates_request=request), request


def judge(error: TelegramError) -> SendFailed:
    """The failure that the library's error stands for. Its words are ours: theirs may repeat ours."""
    match error:
        case Forbidden():
            # Blocked us, never started us, or gone: in each case they are not to be written to.
            return OptedOut("telegram 403")
        case RetryAfter():
            return Unavailable("telegram 429", after=_seconds(error))
        case InvalidToken():
            return SenderBroken("telegram refuses the token")
        case BadRequest() | ChatMigrated():
            return SendFailed("telegram 400", retry=False)
        case _ if never_sent(error):
            return Unavailable("telegram not reached")
        case _:
            return Uncertain(f"telegram gave no clear answer ({type(error).__name__})")


def never_sent(error: TelegramError) -> bool:
    return type(error.__cause__).__name__ in NEVER_SENT


def _seconds(error: RetryAfter) -> float:
    wait: int | timedelta = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
