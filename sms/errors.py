"""What Twilio's error codes mean for us: one table, and the decision each row leads to.

A reason holds the code and nothing of Twilio's own words, which repeat the number.
"""

from http import HTTPStatus
from typing import Final, Literal, assert_never

from hotline.channels import OptedOut, SenderBroken, SendFailed, Unavailable, Uncertain

Meaning = Literal["opted out", "unreachable", "refused", "later", "unavailable", "broken"]

# Source of every row: https://www.twilio.com/docs/api/errors/<code>, read 2026-11. Codes of 30001 and
# above come in receipts as a rule, those below from creating a message.
MEANINGS: Final[dict[int, Meaning]] = {
    14107: "later",  # messages between this pair of numbers come too fast
    20003: "broken",  # the account SID or token is wrong
    20005: "broken",  # the account is not active
    20404: "broken",  # there is no such account
    20429: "unavailable",  # too many requests; nothing was processed
    21211: "unreachable",  # "To" is not a phone number
    21212: "broken",  # "From" is not a phone number or sender
    21265: "unreachable",  # "To" is a short code
    21266: "unreachable",  # "To" is our own number
    21408: "unreachable",  # the account may not write to this country
    21603: "broken",  # "From" is missing
    21606: "unreachable",  # "From" cannot reach this destination
    21608: "unreachable",  # a trial account, and a number that was not verified
    21610: "opted out",  # the person said stop to this sender
    21611: "unavailable",  # the sender's queue is full
    21612: "unreachable",  # no route from this "From" to this "To"
    21614: "unreachable",  # not a mobile number
    21617: "refused",  # more than 1,600 characters
    21635: "unreachable",  # a landline
    21659: "broken",  # "From" is not a Twilio number
    21660: "broken",  # "From" belongs to another account
    21661: "broken",  # "From" cannot send texts
    21701: "broken",  # there is no such messaging service
    21703: "unreachable",  # the messaging service has no sender for this destination
    21704: "broken",  # the messaging service has no sender at all
    30001: "later",  # waited in the queue for too long
    30002: "broken",  # the account was suspended
    30003: "unreachable",  # the phone is off, or cannot be reached
    30004: "unreachable",  # the person or the carrier blocks us
    30005: "unreachable",  # the number is unknown, or no longer in use
    30006: "unreachable",  # a landline, or a carrier that cannot be reached
    30007: "refused",  # filtered as unwanted by Twilio or the carrier
    30008: "refused",  # the carrier gives no reason
    30036: "refused",  # the validity period was over
    63038: "unavailable",  # the account's daily limit is reached
}
# The account may not ask for its messages to be forgotten ("Message Privacy" is not enabled).
RETENTION_REFUSED: Final = frozenset({30029, 30030})
QUEUE_FULL: Final = 21611
# A full queue needs longer to empty than our first retries wait.
QUEUE_FULL_SECONDS: Final = 30.0
LONGEST_WAIT: Final = 3600.0


def judge(status: int, code: int = 0, after: float = 0) -> SendFailed:
    """The failure that an answer to creating a message stands for.

    `status` is the HTTP status, `code` Twilio's own (0: none), `after` the seconds it asked us to wait.
    """
    reason = f"twilio {code or status}"
    meaning = MEANINGS.get(code) or _by_status(status)
    match meaning:
        case "opted out":
            return OptedOut(reason)
        case "unreachable" | "refused":
            return SendFailed(reason, retry=False)
        case "later":
            return SendFailed(reason, retry=True, after=after)
        case "unavailable":
            least = after or (QUEUE_FULL_SECONDS if code == QUEUE_FULL else 0)
            return Unavailable(reason, after=least)
        case "broken":
            return SenderBroken(reason)
        case "uncertain":
            return Uncertain(reason)
        case _:
            assert_never(meaning)


def wait_asked(header: str | None) -> float:
    """The seconds a Retry-After header asks for; 0 when it says nothing we understand."""
    value = (header or "").strip()
    return min(float(value), LONGEST_WAIT) if value.isascii() and value.isdigit() else 0.0


def _by_status(status: int) -> Meaning | Literal["uncertain"]:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "unavailable"
    # A redirect, like a missing page, means that this is not Twilio's address.
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
        return "broken"
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return "broken"
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "uncertain"
    return "refused"
