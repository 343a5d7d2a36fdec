"""`waypost keys`: the key ring outside the database."""

from pathlib import Path

import click

from hotline.keyring import KeyRing
from hotline.vault import Vault
from ops import settings, wiring
from ops.commands.drill import drill


@click.group()
def keys() -> None:
    """Look after the keys."""


@keys.command()
@click.argument("path", type=click.Path(path_type=Path))
def new(path: Path) -> None:
    """Write a new key ring to PATH, readable by its owner only. Never replaces one."""
    try:
        KeyRing.new().save(path)
    except FileExistsError:
        raise click.ClickException(f"{path} exists: a key ring is never replaced") from None
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from None
    click.echo(f"New key ring at {path}. Set WAYPOST_KEYS={path} and keep a copy apart.")


@keys.command()
def check() -> None:
    """Print the ring's fingerprint and try that it seals and opens."""
    ring = wiring.read_keys(settings.read())
    vault = Vault(ring)
    if vault.open(vault.seal("try", "state"), "state") != "try":
        raise click.ClickException("the key ring does not open what it seals")
    click.echo(f"Key ring {ring.fingerprint()}: works.")


keys.add_command(drill)
