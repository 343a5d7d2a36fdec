"""`waypost db` and `waypost purge`: the database and what is to leave it."""

import click

from hotline import lines, retention, staff
from hotline.keyring import KeyRing
from locales import languages
from ops import database, settings, wiring

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


@click.command()
def purge() -> None:
    """Delete what has outlived its purpose, now instead of within the hour."""
    with wiring.open_wiring() as wired, wired.sessions.begin() as session:
        gone = retention.purge(session, wired.clock())
    for table, number in gone.items():
        click.echo(f"{number:>8} {table}")
