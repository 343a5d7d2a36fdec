"""When an old key may go: no process uses it, no row needs it, and none that needs it is on its way."""

import time
from datetime import datetime, timedelta
from typing import Final

import click
from sqlalchemy import text
from sqlalchemy.orm import Session

from hotline.keyring import KeyRing, Kind
from ops import sealed

# How far the clock of another machine may be behind (`waypost doctor`): it still uses the old key.
CLOCKS_DIFFER: Final = timedelta(minutes=1)
LOOK_SECONDS: Final = 0.1
PATIENCE_SECONDS: Final = 30.0

OLDER: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND xact_start < :then"
)


def refuse_young(ring: KeyRing, kind: Kind, number: int, now: datetime) -> None:
    """Refuse a key that a process may still use."""
    used = ring.in_use(kind, now)
    if number not in ring.numbered(kind):
        raise click.ClickException(f"there is no {kind}-{number} in the ring")
    if number == used:
        raise click.ClickException(
            f"{kind}-{number} is in use: add a new one first (`waypost keys rotate {kind}`)"
        )
    if number > used:
        raise click.ClickException(f"{kind}-{number} is not in use yet")
    if now - ring.began(kind, now) < CLOCKS_DIFFER:
        raise click.ClickException(
            f"{kind}-{used} has been in use for less than a minute, and a clock elsewhere may be "
            "behind: wait that long"
        )


def refuse_needed(session: Session, name: str, *, forget_opt_outs: bool) -> int:
    """Refuse while something needs the key. Gives how many opt-outs only it can recognise."""
    needed = sealed.needed(session).get(name, {})
    stopped = needed.pop("opt_outs", 0)
    rows = sum(needed.values())
    if rows:
        raise click.ClickException(f"{rows:,} rows still need {name}: run `waypost keys reseal`")
    if stopped and not forget_opt_outs:
        raise click.ClickException(
            f"{stopped:,} people said STOP whom only {name} can recognise: without it they would be "
            "texted if they were imported again. Keep it, or retire it with --forget-opt-outs"
        )
    return stopped


def warning(name: str, kind: Kind, stopped: int) -> str:
    """What is lost with the key, as a question."""
    lines = [f"Backups made while {name} was needed cannot be read with this ring any more."]
    if kind == "hash":
        lines = [f"Nobody can be recognised by {name} any more, in backups neither."]
    if stopped:
        lines.append(f"{stopped:,} opt-outs are lost with it.")
    return " ".join([*lines, "Go on?"])


def wait_for_older(session: Session) -> None:
    """Until every transaction that began before now has ended: it may still write a copy of what it
    read before that was sealed anew. Refuses when one takes too long.
    """
    then = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    session.rollback()
    for _ in range(int(PATIENCE_SECONDS / LOOK_SECONDS)):
        older = session.execute(OLDER, {"then": then}).scalar_one()
        session.rollback()
        if not older:
            return
        time.sleep(LOOK_SECONDS)
    raise click.ClickException(
        "a transaction has been open for long, a backup perhaps: try again when it has ended"
    )
