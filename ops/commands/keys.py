"""`waypost keys`: the key ring outside the database, its rotation, and the end of old keys."""

import contextlib
import fcntl
import os
import re
import sys
from collections.abc import Generator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, cast

import click

from hotline.keyring import KINDS, KeyRing, Kind
from hotline.vault import Vault
from ops import reseal as resealing
from ops import retiring, sealed, settings, wiring
from ops.commands.drill import drill
from ops.keywatch import LOOK_SECONDS
from ops.wiring import Wiring

# A hash key has to be in every process before one uses it: nobody who looks under the old hash only
# would find whom another has moved. A ciphertext names its key, and who lacks that one looks again.
LEAST_LEAD: Final = timedelta(seconds=5 * LOOK_SECONDS)
WEEK_MINUTES: Final = 7 * 24 * 60
NAME: Final = re.compile(r"(service|hash)-([1-9][0-9]{0,2})")
OLD = "service-1 or hash-1"


@click.group()
def keys() -> None:
    """Look after the keys."""


keys.add_command(drill)


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
    vault = Vault(ring, wiring.clock())
    if vault.open(vault.seal("try", "state"), "state") != "try":
        raise click.ClickException("the key ring does not open what it seals")
    click.echo(f"Key ring {ring.fingerprint()}: works.")


@keys.command()
@click.argument("kind", type=click.Choice(["service", "hash"]))
@click.option(
    "--in",
    "minutes",
    type=click.FloatRange(0, WEEK_MINUTES),
    default=10,
    show_default=True,
    metavar="MINUTES",
    help="Until the new key is used: enough for every machine to have it.",
)
def rotate(kind: str, minutes: float) -> None:
    """Add a key to the ring, to be used soon. The line goes on meanwhile."""
    given, which = settings.read(), cast("Kind", kind)
    lead = timedelta(minutes=minutes)
    if which == "hash" and lead < LEAST_LEAD:
        raise click.ClickException(
            f"every process has to know a hash key {LEAST_LEAD.seconds} seconds before it is used: "
            "give it more (--in 1)"
        )
    path = wiring.ring_path(given)
    with _changing(path):
        ring, now = wiring.read_keys(given), wiring.clock()
        begins = ring.pending(which, now)
        if begins is not None:
            raise click.ClickException(
                f"a new {kind} key is waiting already, until {_told(begins)}"
            )
        before, newer = ring.in_use(which, now), ring.with_new(which, now + lead)
        if path is not None:
            _replace(newer, path)
    name, old = f"{kind}-{max(newer.numbered(which))}", f"{kind}-{before}"
    when = _told(now + lead)
    if path is None:
        click.echo(f"Add this line to WAYPOST_KEYS and restart every process before {when}:\n")
        click.echo(newer.to_text().splitlines()[-1])
    else:
        click.echo(
            f"{name} is used from {when} on; every process on this machine reads it by itself. "
            f"Copy {path} to every other machine before then, and to where you keep it apart."
        )
    click.echo(
        f"\nThen `waypost keys reseal`, which also runs by itself each hour. When `waypost keys list` "
        f"shows nothing that needs {old}: `waypost keys retire {old}`."
    )


@keys.command("list")
def list_() -> None:
    """The keys of the ring, and how much still needs each of them."""
    given = settings.read()
    with wiring.open_wiring(given) as wired, wired.sessions() as session:
        needed = sealed.needed(session)
    ring = wiring.read_keys(given)
    for name, state in ring.told(wiring.clock()):
        click.echo(f"{name:<12} {state:<26} {_needs(needed.pop(name, {}))}")
    for name, tables in sorted(needed.items()):
        click.echo(f"{name:<12} {'not in the ring':<26} {_needs(tables)}")


@keys.command()
def reseal() -> None:
    """Seal anew, with the keys in use, what older keys sealed. May be interrupted and repeated."""
    with wiring.open_wiring() as wired:
        before = _left(wired)
        bar = click.progressbar(length=before, label="Sealing anew", file=sys.stderr)
        with bar as rows:
            done = resealing.reseal(wired.sessions, wired.vault, lambda _, n: rows.update(n))
        left = _left(wired)
    click.echo(
        f"{done.sealed_anew:,} values sealed anew, {done.moved:,} people found by their new hash."
    )
    if done.shut:
        raise click.ClickException(
            f"{done.shut:,} values do not open with any key of this ring: is it this line's?"
        )
    if left:
        click.echo(f"{left:,} were busy: run it again, or leave them to the next hour.")


@keys.command()
@click.argument("name", metavar="KEY")
@click.option("--forget-opt-outs", is_flag=True, help="Of people that no other key finds.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def retire(name: str, *, forget_opt_outs: bool, yes: bool) -> None:
    """Take an old KEY (such as service-1) out of the ring: what it sealed is never read again."""
    matched = NAME.fullmatch(name)
    if matched is None:
        raise click.BadParameter(f"name an old key, such as {OLD}", param_hint="KEY")
    kind, number, given = cast("Kind", matched[1]), int(matched[2]), settings.read()
    path = wiring.ring_path(given)
    with wiring.open_wiring(given) as wired, _changing(path):
        ring = wiring.read_keys(given)
        retiring.refuse_young(ring, kind, number, wiring.clock())
        if kind == "hash":
            # Whoever is in a list or wrote to us takes their opt-out along; the others cannot.
            resealing.rehash_all(wired.sessions, wired.vault)
        with wired.sessions() as session:
            stopped = retiring.refuse_needed(session, name, forget_opt_outs=forget_opt_outs)
            session.rollback()
            if not yes:
                click.confirm(retiring.warning(name, kind, stopped), abort=True)
            retiring.wait_for_older(session)
            retiring.refuse_needed(session, name, forget_opt_outs=forget_opt_outs)
        if path is not None:
            _replace(ring.without(kind, number), path)
    if path is None:
        click.echo(
            f"Nothing needs {name}: take its line out of WAYPOST_KEYS, restart every process."
        )
    else:
        click.echo(f"{name} is gone from {path}, and within seconds from every process here.")
    click.echo(
        "Take it out of every copy of the ring too: as long as one holds it, what it sealed and "
        "lingers in backups, dead rows and the write-ahead log can be read."
    )


def _left(wired: Wiring) -> int:
    """How many values wait to be brought to the keys in use. Opt-outs of unknown people do not."""
    now = wiring.clock()
    ring = wiring.read_keys(wired.settings)
    with wired.sessions() as session:
        needed = sealed.needed(session)
    old = {
        f"{kind}-{number}"
        for kind in KINDS
        for number in ring.numbered(kind)
        if number < ring.in_use(kind, now)
    }
    return sum(
        n for name in old for table, n in needed.get(name, {}).items() if table != "opt_outs"
    )


def _needs(tables: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {table}" for table, n in sorted(tables.items())) or "nothing needs it"


def _told(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"


def _replace(ring: KeyRing, path: Path) -> None:
    try:
        ring.replace(path)
    except OSError as error:
        raise click.ClickException(
            f"{path} cannot be written: {error.strerror}; run this as its owner"
        ) from None


@contextlib.contextmanager
def _changing(path: Path | None) -> Generator[None, None, None]:
    """Only one command at a time reads, changes and writes a ring."""
    folder = path and path.resolve().parent
    if folder is None or not folder.is_dir():
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
