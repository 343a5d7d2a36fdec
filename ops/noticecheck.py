"""Whether staff can be told outside of the desk, for `waypost doctor`: what is set, and how it fares."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from hotline.channels import SendFailed
from hotline.models import Notice, NoticeAddress, SenderHealth, Staff
from ops.mail import MailCarrier
from ops.settings import Settings
from ops.tellers import carriers
from ops.wiring import Wiring, clock

LATELY: Final = timedelta(hours=1)
NOT_SET: Final = {
    "email": "set WAYPOST_SMTP_URL and WAYPOST_MAIL_FROM",
    "telegram": "set WAYPOST_TELEGRAM_TOKEN",
}


def findings(wired: Wiring) -> Iterator[tuple[str, str]]:
    """How each means fares, and whom it leaves out that is not there."""
    there = {carrier.by: carrier for carrier in carriers(wired.settings)}
    now = wired.clock()
    with wired.sessions() as session:
        health = {row.name: row for row in session.scalars(select(SenderHealth))}
        untold = {
            row.by: row.n
            for row in session.execute(
                select(Notice.by, func.count().label("n"))
                .where(Notice.trouble != "", Notice.told_at > now - LATELY)
                .group_by(Notice.by)
            )
        }
        waiting = set(
            session.scalars(
                select(NoticeAddress.by)
                .join(Staff, Staff.id == NoticeAddress.staff_id)
                .where(NoticeAddress.confirmed_at.is_not(None), Staff.active)
            )
        )
    for by, carrier in there.items():
        row = health.get(carrier.name)
        if row is not None and row.rests_until is not None and row.rests_until > now:
            yield carrier.label, f"rests after {row.failures} failures: {row.reason}"
        elif n := untold.get(by, 0):
            yield carrier.label, f"{n} notices of the last hour were refused or are in doubt"
        else:
            yield carrier.label, ""
    for by in sorted(waiting - there.keys()):
        yield (
            f"staff {by}",
            f"members wait for notices there, and nothing sends them: {NOT_SET[by]}",
        )


def asked(given: Settings) -> Iterator[tuple[str, str]]:
    """Whether the mail server takes us. Of Telegram the bot is asked anyway."""
    if given.mail_server is None:
        return
    try:
        asyncio.run(MailCarrier(given.mail_server, given.mail_from, clock).check())
    except SendFailed as failed:
        yield "mail server", f"{failed.reason}: check WAYPOST_SMTP_URL"
    else:
        yield "mail server", ""


def warnings(given: Settings) -> Iterator[tuple[str, str]]:
    """Nobody is woken by a page that is not open."""
    if not given.simulated and not carriers(given):
        yield "notices", f"staff are told in open pages only: {NOT_SET['email']}"
