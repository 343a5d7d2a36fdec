"""What a provider tells us waits while the database is away for a moment, because it is told only once.

Twilio listens for 15 seconds and does not come again after an error of ours: a restart of the database
must lose neither somebody's text nor the receipt that settles a doubt.
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.exc import OperationalError

T = TypeVar("T")

# Twice this is less than Twilio's patience: what is written with others is then tried alone.
LONGEST_SECONDS: Final = 6.0
REST_SECONDS: Final = 0.2


def through(work: Callable[[], T], longest: float = LONGEST_SECONDS) -> T:
    """Do `work`, which may be done again. Raises OperationalError when the database stays away."""
    until = time.monotonic() + longest
    while True:
        try:
            return work()
        except OperationalError:
            if time.monotonic() > until:
                raise
        time.sleep(REST_SECONDS)
