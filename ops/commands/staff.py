"""`waypost staff`: the people who answer, plan and supervise."""

import click

from hotline import staff as people
from ops.wiring import open_wiring


@click.group()
def staff() -> None:
    """Look after the people who answer."""


@staff.command("add")
@click.argument("login")
@click.option("--name", required=True, help="What contacts read: a first name or an alias.")
@click.option("--role", type=click.Choice(sorted(people.PERMISSIONS)), required=True)
@click.option("--language", default="en", show_default=True)
def add(login: str, name: str, role: str, language: str) -> None:
    """Add somebody; prints a one-time password, once."""
    with open_wiring() as wired, wired.sessions.begin() as session:
        if any(known.login == login for known in people.listed(session, wired.line_id)):
            raise click.ClickException(f"{login} is taken: choose another login")
        password = people.add(
            session,
            line_id=wired.line_id,
            login=login,
            display_name=name,
            role=role,
            language=language,
        )
    click.echo(f"One-time password of {login}: {password}")


@staff.command("reset")
@click.argument("login")
def reset(login: str) -> None:
    """Give somebody a new one-time password and end their sessions."""
    with open_wiring() as wired, wired.sessions.begin() as session:
        password = people.reset_password(session, login)
    click.echo(f"One-time password of {login}: {password}")


@staff.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """Lock somebody out now."""
    with open_wiring() as wired, wired.sessions.begin() as session:
        people.disable(session, login)
    click.echo(f"{login} cannot sign in any more.")


@staff.command("list")
def list_() -> None:
    """Who is there."""
    with open_wiring() as wired, wired.sessions() as session:
        for person in people.listed(session, wired.line_id):
            state = "" if person.active else "  disabled"
            click.echo(f"{person.login:<16} {person.role:<17} {person.display_name}{state}")
