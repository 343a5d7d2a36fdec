"""`waypost db` and `waypost purge`: the database and what is to leave it."""

from pathlib import Path

import click

from campaigns import purging
from hotline import erasures, lines, retention, staff
from hotline.keyring import KeyRing
from hotline.vault import Vault
from locales import languages
from ops import backup, database, settings, wiring

DEMONSTRATION_STAFF = (
    ("caseworker", "Sam", "caseworker"),
    ("officer", "Noor", "campaign_officer"),
    ("supervisor", "Ana", "supervisor"),
)


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to where the code is."""
    with wiring.open_database(settings.read()) as engine:
        database.upgrade(engine)
    click.echo("The database is up to date.")


@db.command()
def prepare() -> None:
    """Keys, tables, and on a fresh database the demonstration line with its people."""
    given = settings.read()
    if not given.keys and not wiring.key_file(given).exists():
        KeyRing.new().save(wiring.key_file(given))
        click.echo(f"Made the keys: {wiring.key_file(given)} (keep a copy apart from the database)")
    vault_ring = wiring.read_keys(given)
    del vault_ring
    with wiring.open_database(given) as engine:
        if not database.is_current(engine):
            database.upgrade(engine)
        with database.make_sessions(engine).begin() as session:
            if lines.first(session) is not None:
                return
            line = lines.make_demonstration(session, languages("contact"))
            passwords = [
                (
                    login,
                    role,
                    staff.add(
                        session,
                        line_id=line.id,
                        login=login,
                        display_name=name,
                        role=role,
                        language="en",
                    ),
                )
                for login, name, role in DEMONSTRATION_STAFF
            ]
    click.echo(
        "\nOne-time passwords, shown once. Each asks for an own password at the first sign-in:"
    )
    for login, role, password in passwords:
        click.echo(f"  {login:<11} {password}   ({role.replace('_', ' ')})")


@db.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def dump(path: Path) -> None:
    """Write a backup of the database to PATH. Keep it encrypted, apart from the keys, and not long."""
    given = settings.read()
    with wiring.open_database(given) as engine:
        backup.dump(engine, path)
    size = path.stat().st_size / 2**20
    click.echo(
        f"{path}: {size:.1f} MB. It holds who is forgotten from now on: delete it within "
        f"{retention.BACKUPS_KEPT.days} days, and restore it with `waypost db restore` only."
    )


@db.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(path: Path, *, yes: bool) -> None:
    """Put the backup in PATH in place of the database, and forget again who was forgotten since."""
    given = settings.read()
    ring = wiring.read_keys(given)
    vault = Vault(ring, wiring.clock())
    with wiring.open_database(given) as engine:
        with database.make_sessions(engine)() as session:
            backup.refuse_running(session, wiring.clock())
            log = backup.known_erasures(session, backup.log_file(given))
        if not yes:
            click.confirm("What is in the database now is lost. Go on?", abort=True)
        backup.load(engine, path)
        database.upgrade(engine)
        wired = wiring.wire(given, engine)
        with wired.sessions.begin() as session:
            erasures.keep(session, log)
        with wired.sessions() as session:
            backup.refuse_without_keys(session, ring)
        with wired.sessions.begin() as session:
            done = backup.replay(session, vault, log, wired.erased, wired.clock())
        with wired.sessions.begin() as session:
            purging.purge(session, wired.clock())
        database.shred(engine)
    click.echo(
        f"Restored. Forgotten again: {done.forgotten}. Answers that waited, not sent any more: "
        f"{done.expired}. Campaign messages whose fate the provider is asked for: {done.in_doubt}."
    )


@click.command()
def purge() -> None:
    """Delete what has outlived its purpose, now instead of within the hour."""
    with wiring.open_wiring() as wired:
        with wired.sessions.begin() as session:
            gone = purging.purge(session, wired.clock())
        database.shred(wired.engine)
    for table, number in gone.items():
        click.echo(f"{number:>8} {table}")
