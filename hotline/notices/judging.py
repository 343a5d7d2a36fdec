"""Right before a member is told: is it still true, is it for them, may they be told now, in what words?"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline import staff
from hotline.models import Line, Notice, Staff
from hotline.notices import Kind, Means, addresses, duty, ledger, rules, truth, words
from hotline.notices.words import Message
from hotline.staff import Member
from hotline.vault import Vault

# On a night on which the clocks change, the end of quiet hours may be told as past.
HELD_LEAST: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Judge:
    """Weighs the rows that are due by one means."""

    vault: Vault = field(repr=False)
    by: Means
    public_url: str

    def next(self, session: Session, now: datetime) -> tuple[Notice, Message] | None:
        """The next row to be told and its words; on the way, what is not to be told now is put aside."""
        while (row := ledger.next_due(session, self.by, now)) is not None:
            message = self._message(session, row, now)
            if message is not None:
                return row, message
            session.flush()
        return None

    def _message(self, session: Session, row: Notice, now: datetime) -> Message | None:
        somebody = session.scalar(select(Staff).where(Staff.id == row.staff_id, Staff.active))
        if somebody is None:
            ledger.drop(row)
            return None
        member = staff.member(somebody)
        match row.what:
            case "code":
                message = self._code(session, member)
            case "linked":
                to = addresses.usable(session, self.vault, member.id, self.by)
                message = words.linked(to, member.language) if to else None
            case _:
                return self._notice(session, member, row, now)
        if message is None:
            ledger.drop(row)
        return message

    def _code(self, session: Session, member: Member) -> Message | None:
        found = addresses.waiting_code(session, self.vault, member.id)
        return words.code(found[0], member.language, found[1]) if found else None

    def _notice(
        self, session: Session, member: Member, row: Notice, now: datetime
    ) -> Message | None:
        what = cast("Kind", row.what)
        chosen = rules.of(session, member.id, session.get_one(Line, member.line_id).time_zone)
        to = addresses.usable(session, self.vault, member.id, self.by)
        if to is None or self.by not in chosen.by(what):
            ledger.drop(row)
            return None
        if chosen.asks_for_duty(what) and not duty.is_at_work(session, member, now):
            ledger.drop(row)
            return None
        until = chosen.quiet_until(what, now)
        if until is not None:
            ledger.hold(row, max(until, now + HELD_LEAST))
            return None
        n = truth.about(session, member, what)
        if not n:
            ledger.drop(row)
            return None
        return words.notice(to, member.language, what, n, self.public_url)
