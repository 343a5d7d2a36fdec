"""Since when a contact waits for an answer: from their oldest words that nobody has answered.

While the safe word is up nobody may write, so that time does not count.
"""

from datetime import datetime

from hotline.models import Case


def hears(case: Case, now: datetime) -> None:
    """The contact wrote; if they wait already, they have waited since earlier words."""
    if case.waits_since is None:
        case.waits_since = now


def answered(case: Case) -> None:
    """Somebody answered, or there is nothing to answer: whoever was called for it need not come."""
    case.waits_since, case.stage = None, 0


def hush(case: Case, now: datetime) -> None:
    """The safe word is up."""
    case.hushed_at = case.hushed_at or now


def go_on(case: Case, now: datetime) -> None:
    """The safe word is lifted: they have waited as long as before it went up."""
    if case.waits_since is not None and case.hushed_at is not None:
        stood_still = now - max(case.hushed_at, case.waits_since)
        case.waits_since = case.waits_since + stood_still
    case.hushed_at = None
