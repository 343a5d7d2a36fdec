"""`waypost staff second-factor` and `idle-lock`: what protects the accounts and screens of a line."""

import click
from sqlalchemy import select

from hotline import screenlock, secondfactor
from hotline import staff as accounts
from hotline.models import Staff
from ops.wiring import open_wiring


@click.group("second-factor")
def second_factor() -> None:
    """Whether everybody needs one; taking a lost one away."""


@second_factor.command("required")
def required() -> None:
    """Everybody needs one: who has none is led to set one up, and opens nothing else."""
    _require(on=True)
    click.echo("Everybody needs a second factor from now on.")


@second_factor.command("optional")
def optional() -> None:
    """Nobody needs one. Who has one is asked for it all the same."""
    _require(on=False)
    click.echo("Nobody needs a second factor from now on. Those that are set stay.")


@second_factor.command("remove")
@click.argument("login")
def remove(login: str) -> None:
    """Take away what somebody lost, and end their sessions. Be sure who asks."""
    with open_wiring() as wired, wired.sessions.begin() as session:
        own = Staff.line_id == wired.line_id, Staff.login == accounts.plain(login)
        staff_id = session.scalar(select(Staff.id).where(*own))
        if staff_id is None:
            raise click.ClickException("there is no such login; `waypost staff list` shows them")
        secondfactor.remove(session, staff_id, None, wired.clock())
    click.echo(f"{login} signs in with the password alone.")


@click.command("idle-lock")
@click.argument("minutes", type=click.IntRange(screenlock.SHORTEST_IDLE, screenlock.LONGEST_IDLE))
def idle_lock(minutes: int) -> None:
    """After how many MINUTES of nothing the screens of the desk lock."""
    with open_wiring() as wired, wired.sessions.begin() as session:
        screenlock.set_idle(session, wired.line_id, minutes, wired.clock())
    click.echo(f"Screens of the desk lock after {minutes} min of nothing.")


def _require(*, on: bool) -> None:
    with open_wiring() as wired, wired.sessions.begin() as session:
        secondfactor.require(session, wired.line_id, on, wired.clock())
