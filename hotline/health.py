"""How a sender fares. What fails again and again rests, longer each time, and then tries one message.

Others take over meanwhile: rows wait for whoever is well, and no sender has rows of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotline.channels import SenderBroken, SendFailed, Unavailable, Uncertain
from hotline.models import SenderHealth

LONGEST_REST: Final = 300.0


class Named(Protocol):
    """Whatever sends, as people are told of it."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...


@dataclass(slots=True)
class Health:
    """Times are those of a monotonic clock. `reason` is ours or a provider's code, never its words."""

    failures: int = 0
    reason: str = ""
    _rests: int = 0
    _until: float = 0.0

    def note(self, failed: SendFailed | None, now: float) -> None:
        """What came of one send that was tried."""
        patience = _patience(failed)
        if patience is None or failed is None:
            self._worked(now)
            return
        often, first = patience
        self.failures += 1
        self.reason = failed.reason
        # What was under way when the rest began says nothing new.
        if now >= self._until and (self._rests or self.failures >= often):
            self._until = now + max(failed.after, min(first * 2**self._rests, LONGEST_REST))
            self._rests += 1

    def rest(self, now: float) -> float:
        """Seconds it has to rest yet."""
        return max(0.0, self._until - now)

    def trying(self) -> bool:
        """It has rested and nothing has worked since: one message at a time."""
        return self._rests > 0

    def _worked(self, now: float) -> None:
        self.failures = 0
        if now >= self._until:
            self._rests, self.reason = 0, ""


def _patience(failed: SendFailed | None) -> tuple[int, float] | None:
    """How often in a row before it rests, and how many seconds at first. None: the sender is well."""
    match failed:
        case SenderBroken():
            # Every further message would only be refused too.
            return 1, 30.0
        case Unavailable():
            return 3, 5.0
        case Uncertain():
            return 5, 5.0
        case _:
            # Taken, or refused for whom it was to: the provider answers.
            return None


def tell(
    session: Session, sender: Named, health: Health, rests_until: datetime | None, now: datetime
) -> None:
    """Write down how a sender fares, for `waypost doctor` and whoever watches."""
    told = {
        "label": sender.label,
        "failures": health.failures,
        "reason": health.reason,
        "rests_until": rests_until,
        "at": now,
    }
    session.execute(
        insert(SenderHealth)
        .values(name=sender.name, **told)
        .on_conflict_do_update(index_elements=["name"], set_=told)
    )
