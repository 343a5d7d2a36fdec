"""`waypost subscribers codes`: make, list and close the codes that people sign up with."""

from collections.abc import Callable
from typing import TypeVar

import click
from sqlalchemy.orm import Session

from campaigns.signup import codes as signups
from campaigns.signup.codes import CodeRefused
from campaigns.signup.codewords import read
from hotline.counts import suppress
from locales import translator
from ops.wiring import Wiring, open_wiring

T = TypeVar("T")


@click.group()
def codes() -> None:
    """Make, list and close the codes that people sign up with."""


@codes.command("list")
def list_() -> None:
    """Every code, the open ones first, and how many were asked and agreed."""
    with open_wiring() as wired, wired.sessions() as session:
        found = signups.listed(session, wired.line_id)
        k = wired.suppress_below
    for each in found:
        state = "closed" if each.closed_at else "open"
        numbers = f"asked {_shown(each.asked, k)}  agreed {_shown(each.agreed, k)}"
        click.echo(f"{each.code:<20}  {state:<6}  {numbers}  {each.label}")


@codes.command()
@click.argument("code")
@click.option("--label", required=True, help="Where it is seen; for the staff only.")
@click.option("--tag", default="", help="The region of who signs up with it.")
def add(code: str, label: str, tag: str) -> None:
    """Make CODE: 3 to 20 letters and digits that mean nothing else to the line."""

    def made(wired: Wiring, session: Session) -> str:
        now = wired.clock()
        return signups.add(session, wired.line_id, code, label, tag, staff_id=None, now=now)

    click.echo(f"{_do(made)} is open: who texts it is asked whether to sign up.")


@codes.command()
@click.argument("code")
def close(code: str) -> None:
    """Close CODE: nobody is asked about it any more."""
    known = read(code)
    _do(lambda wired, session: signups.close(session, wired.line_id, known, wired.clock()))
    click.echo(f"{known} is closed.")


def _do(change: Callable[[Wiring, Session], T]) -> T:
    with open_wiring() as wired:
        try:
            with wired.sessions.begin() as session:
                return change(wired, session)
        except CodeRefused as refused:
            raise click.ClickException(translator("en", "staff").text(refused.reason)) from None


def _shown(n: int, k: int) -> str:
    known = n if k <= 1 else suppress(n, k)
    return f"under {k}" if known is None else str(known)
