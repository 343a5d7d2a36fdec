"""`waypost staff`: the people who answer, plan and supervise."""

import click

from hotline import staff as people
from hotline import teamkeys
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
        left = next(p for p in people.listed(session, wired.line_id) if p.login == login)
        known = teamkeys.shut_out(session, left.id)
    click.echo(f"{login} cannot sign in any more.")
    for team in known:
        click.echo(f"They knew the key of team {team}: renew it on the page /desk/keys.")


@staff.command("team")
@click.argument("name")
@click.option("--label", required=True, help="What colleagues read, such as: Shelter North.")
def team(name: str, label: str) -> None:
    """Add a partner's team, to which cases can be passed on once it has a key."""
    with open_wiring() as wired, wired.sessions.begin() as session:
        teamkeys.add_team(session, wired.line_id, name, label)
    click.echo(f"Team {name} is there. Its first member makes its key on the page /desk/keys.")


@staff.command("list")
def list_() -> None:
    """Who is there."""
    with open_wiring() as wired, wired.sessions() as session:
        for person in people.listed(session, wired.line_id):
            state = "" if person.active else "  disabled"
            click.echo(f"{person.login:<16} {person.role:<17} {person.display_name}{state}")
