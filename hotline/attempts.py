"""How often somebody may be wrong: five times in a quarter of an hour, one attempt at a time.

What is guessed at is known by a keyed hash, whether or not it exists, so that nothing tells which does.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline.models import LoginFailure

MOST: Final = 5
COUNT_FOR: Final = timedelta(minutes=15)


class SignInRefused(Exception):
    """Not let in. `reason` is a message id of the staff catalog.

    Catch it inside the transaction: a failure that is rolled back is a failure that does not count.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def begin(session: Session, key: bytes, now: datetime) -> None:
    """To be called before a guess is looked at. Raises SignInRefused."""
    # One attempt at a time: a hundred at once would all pass before any had failed.
    number = int.from_bytes(key[:8], signed=True)
    if not session.scalar(select(func.pg_try_advisory_xact_lock(number))):
        raise SignInRefused("signin.busy")
    wrong = (
        select(func.count())
        .select_from(LoginFailure)
        .where(LoginFailure.key_hash == key, LoginFailure.at > now - COUNT_FOR)
    )
    if (session.scalar(wrong) or 0) >= MOST:
        raise SignInRefused("signin.too_many")


def failed(session: Session, key: bytes, now: datetime) -> None:
    session.add(LoginFailure(key_hash=key, at=now))
    session.flush()


def forgive(session: Session, key: bytes) -> None:
    """It was right: what was mistyped before does not count."""
    session.execute(delete(LoginFailure).where(LoginFailure.key_hash == key))
