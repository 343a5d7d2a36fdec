"""`waypost keys drill`: proves that supervisors together can bring a team's key back."""

from typing import Final

import click
from sqlalchemy.orm import Session

from hotline import drill as proof
from hotline import escrow
from hotline.drill import DoesNotOpen
from hotline.escrow import EscrowView
from ops.wiring import open_wiring

TRIES: Final = 3


@click.command()
@click.option("--team", help="Only this team's key.")
def drill(team: str | None) -> None:
    """Put a team's key together from supervisors' shares, compare it, and forget it again.

    The supervisors type their login and passphrase here, one after the other. Do it on a machine you
    trust: nothing is kept of what they type but the date on which it worked.
    """
    with open_wiring() as wired:
        with wired.sessions() as session:
            found = escrow.listed(session, wired.line_id)
        wanted = [each for each in found if team in (None, each.team)]
        if not wanted:
            raise click.ClickException(
                "there is no escrow: a member of the team makes one on the page /desk/keys. "
                "Until then a forgotten passphrase can be the end of what was sealed"
            )
        for each in wanted:
            with wired.sessions.begin() as session:
                _prove(session, wired.line_id, each)
                proof.passed(session, each.id, wired.clock())
            click.echo(f"{each.team}: the key came out of the shares again. The drill is passed.")


def _prove(session: Session, line_id: int, found: EscrowView) -> None:
    names = ", ".join(holder.name for holder in found.holders) or "nobody"
    click.echo(f"{found.team}: any {found.needed} of {names} have the key together.")
    if not found.works:
        raise click.ClickException(
            f"{found.team}: too few shares are left ({len(found.holders)} of {found.made_for}, "
            f"{found.needed} are needed): make the escrow anew on the page /desk/keys"
        )
    shares: dict[int, dict[str, bytes]] = {}
    while len(shares) < found.needed:
        login = click.prompt("Login of a supervisor who is here").strip().lower()
        try:
            staff_id, share = _share(session, line_id, found, login)
        except DoesNotOpen as why:
            click.echo(f"  {why}", err=True)
            continue
        shares[staff_id] = share
    try:
        key = proof.combine(shares, found.needed)
    except DoesNotOpen as why:
        raise click.ClickException(f"{found.team}: {why}") from None
    if not proof.is_key_of(key, proof.team_public_key(session, found.team_key_id)):
        raise click.ClickException(
            f"{found.team}: the shares give another key: make the escrow anew on the page /desk/keys"
        )


def _share(
    session: Session, line_id: int, found: EscrowView, login: str
) -> tuple[int, dict[str, bytes]]:
    staff_id, wrapped = proof.wrapped_key(session, line_id, login)
    sealed = proof.share_of(session, found.id, staff_id)
    if sealed is None:
        raise DoesNotOpen(f"{login} holds no share of this key")
    for _ in range(TRIES):
        try:
            private = proof.unwrap(wrapped, click.prompt("  Passphrase", hide_input=True))
            return staff_id, proof.open_share(sealed, private)
        except DoesNotOpen as why:
            click.echo(f"  {why}", err=True)
    raise click.ClickException(f"{login}: {TRIES} times not the right passphrase; nothing changed")
