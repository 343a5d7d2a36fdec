"""What each member wants to be told, by which means, and when they are left in peace.

A browser that shows the desk is somebody at work: quiet hours and duty are about the means that reach
people elsewhere.

RulesRefused   what was chosen cannot be; `reason` is a message id of the staff catalog
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from zoneinfo import available_timezones

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from hotline.hours import Hours, Rule
from hotline.models import NoticeRules
from hotline.notices import KINDS, MEANS, Kind, Means

# What may break through quiet hours and reach who is not on duty, for who wants that.
BREAKING: Final[frozenset[Kind]] = frozenset({"case.urgent", "case.escalated", "alarm"})
# Has nothing to do with who answers now.
WITHOUT_DUTY: Final[frozenset[Kind]] = frozenset({"directory.stale"})
BY_DEFAULT: Final[Mapping[Kind, tuple[Means, ...]]] = dict.fromkeys(KINDS, ("browser",))


class RulesRefused(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rules:
    """`quiet` is from and until, as minutes of the day on the wall of `time_zone`."""

    chosen: Mapping[Kind, tuple[Means, ...]] = field(default_factory=lambda: BY_DEFAULT)
    quiet: tuple[int, int] | None = None
    time_zone: str = "UTC"
    on_duty_only: bool = True
    breaks_through: bool = True

    def by(self, what: Kind) -> tuple[Means, ...]:
        return self.chosen.get(what, ())

    def breaks(self, what: Kind) -> bool:
        return self.breaks_through and what in BREAKING

    def asks_for_duty(self, what: Kind) -> bool:
        """Whether it is told only to who is on duty or on call."""
        return self.on_duty_only and what not in WITHOUT_DUTY and not self.breaks(what)

    def quiet_until(self, what: Kind, now: datetime) -> datetime | None:
        """When their quiet hours end, which keep it back; None when nothing does."""
        if self.quiet is None or self.breaks(what):
            return None
        begins, ends = self.quiet
        awake = Hours((Rule(tuple(range(7)), ((ends, begins),)),))
        return awake.next_open(now, self.time_zone)


def of(session: Session, staff_id: int, time_zone: str = "UTC") -> Rules:
    """What a member chose; who chose nothing is told in the browser. `time_zone` is the line's."""
    row = session.get(NoticeRules, staff_id)
    if row is None:
        return Rules(time_zone=time_zone)
    quiet = None
    if row.quiet_from is not None and row.quiet_until is not None:
        quiet = (row.quiet_from, row.quiet_until)
    chosen: dict[Kind, tuple[Means, ...]] = {
        what: tuple(means for means in MEANS if means in row.chosen.get(what, ())) for what in KINDS
    }
    return Rules(chosen, quiet, row.time_zone, row.on_duty_only, row.breaks_through)


def start_with(session: Session, staff_id: int, by: Means) -> None:
    """A new means begins with what cannot wait, unless they chose something for it before."""
    before = of(session, staff_id)
    if any(by in before.by(kind) for kind in KINDS):
        return
    chosen = {
        kind: (*before.by(kind), by) if kind in BREAKING else before.by(kind) for kind in KINDS
    }
    keep(session, staff_id, replace(before, chosen=chosen))


def keep(session: Session, staff_id: int, rules: Rules) -> None:
    """Write down what a member chose. Raises RulesRefused."""
    if rules.time_zone not in available_timezones():
        raise RulesRefused("notices.refused.zone")
    begins, ends = rules.quiet or (None, None)
    if begins is not None and begins == ends:
        raise RulesRefused("notices.refused.quiet")
    told = {
        "chosen": {what: list(rules.by(what)) for what in KINDS},
        "quiet_from": begins,
        "quiet_until": ends,
        "time_zone": rules.time_zone,
        "on_duty_only": rules.on_duty_only,
        "breaks_through": rules.breaks_through,
    }
    session.execute(
        upsert(NoticeRules)
        .values(staff_id=staff_id, **told)
        .on_conflict_do_update(index_elements=["staff_id"], set_=told)
    )
