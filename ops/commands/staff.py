"""`waypost staff`: the people who answer, plan and supervise."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import click
from sqlalchemy.orm import Session

from hotline import audit, people, rights, teamkeys
from hotline import staff as accounts
from hotline.models import Staff
from hotline.people import PeopleRefused, Standing
from locales import translator
from ops.commands.secondfactor import idle_lock, second_factor
from ops.wiring import Wiring, open_wiring

# What may be said of somebody besides name, role and language.
STANDING: Final = (
    click.option("--team", "teams", multiple=True, help="A team; again for more. None: every one."),
    click.option("--speaks", multiple=True, help="A language they answer in. None: every one."),
    click.option("--for-children/--not-for-children", default=None, help="Trained for children."),
    click.option("--most-cases", type=int, help="Cases at a time."),
    click.option("--most-urgent", type=int, help="Urgent cases at a time."),
)


def _with_standing(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(STANDING):
        command = option(command)
    return command


@click.group()
def staff() -> None:
    """Look after the people who answer."""


staff.add_command(second_factor)
staff.add_command(idle_lock)


@staff.command("add")
@click.argument("login")
@click.option("--name", required=True, help="What contacts read: a first name or an alias.")
@click.option("--role", type=click.Choice(sorted(rights.ROLES)), required=True)
@click.option("--language", default="en", show_default=True, help="Of their pages.")
@_with_standing
def add(login: str, name: str, role: str, language: str, **more: Any) -> None:
    """Add somebody; prints a one-time password, once."""
    with _work() as (wired, session):
        if any(known.login == login for known in accounts.listed(session, wired.line_id)):
            raise click.ClickException(f"{login} is taken: choose another login")
        asked = Standing(name, role, language, **_said(more))
        password = people.add(session, wired.line_id, login, asked, wired.clock())
    click.echo(f"One-time password of {login}: {password}")


@staff.command("change")
@click.argument("login")
@click.option("--name", "display_name", help="What contacts read: a first name or an alias.")
@click.option("--role", type=click.Choice(sorted(rights.ROLES)))
@click.option("--language", help="Of their pages.")
@_with_standing
@click.option("--every-team", is_flag=True, help="Every team of the line again.")
@click.option("--every-language", is_flag=True, help="Every language again.")
def change(login: str, *, every_team: bool, every_language: bool, **more: Any) -> None:
    """Change what somebody is; what is not named stays as it is."""
    said = _said(more)
    if every_team:
        said["teams"] = ()
    if every_language:
        said["speaks"] = ()
    with _work() as (wired, session):
        staff_id = _number(session, wired, login)
        asked = replace(people.standing(session.get_one(Staff, staff_id)), **said)
        renew = people.change(session, None, wired.line_id, staff_id, asked, wired.clock())
    click.echo(f"{login} is changed.")
    _tell_to_renew(renew)


@staff.command("reset")
@click.argument("login")
def reset(login: str) -> None:
    """Give somebody a new one-time password and end their sessions."""
    with _work() as (wired, session):
        staff_id = _number(session, wired, login)
        password = people.reset(session, None, wired.line_id, staff_id, wired.clock())
    click.echo(f"One-time password of {login}: {password}")


@staff.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """Lock somebody out now."""
    with _work() as (wired, session):
        staff_id = _number(session, wired, login)
        renew = people.disable(session, None, wired.line_id, staff_id, wired.clock())
    click.echo(f"{login} cannot sign in any more.")
    _tell_to_renew(renew)


@staff.command("team")
@click.argument("name")
@click.option("--label", required=True, help="What colleagues read, such as: Shelter North.")
def team(name: str, label: str) -> None:
    """Add a partner's team, to which cases can be passed on once it has a key."""
    with _work() as (wired, session):
        teamkeys.add_team(session, wired.line_id, name, label)
        audit.note(session, wired.line_id, None, "staff.team_added", wired.clock(), team=name)
    click.echo(f"Team {name} is there. Its first member makes its key on the page /desk/keys.")


@staff.command("list")
def list_() -> None:
    """Who is there."""
    with open_wiring() as wired, wired.sessions() as session:
        for person in accounts.listed(session, wired.line_id):
            more = [*person.teams, *person.speaks, *(["children"] if person.for_children else [])]
            more += [] if person.active else ["disabled"]
            line = f"{person.login:<16} {person.role:<17} {person.display_name}"
            click.echo("  ".join([line, *more]))


@contextmanager
def _work() -> Generator[tuple[Wiring, Session]]:
    """One transaction; what is refused is said in one line."""
    with open_wiring() as wired:
        try:
            with wired.sessions.begin() as session:
                yield wired, session
        except PeopleRefused as why:
            raise click.ClickException(translator("en", "staff").text(why.reason)) from None


def _number(session: Session, wired: Wiring, login: str) -> int:
    plain = accounts.plain(login)
    for person in accounts.listed(session, wired.line_id):
        if person.login == plain:
            return person.id
    raise click.ClickException("there is no such login; `waypost staff list` shows them")


def _said(more: dict[str, Any]) -> dict[str, Any]:
    """What was named at all."""
    return {name: value for name, value in more.items() if value not in (None, ())}


def _tell_to_renew(teams: list[str]) -> None:
    for team_name in teams:
        click.echo(f"They knew the key of team {team_name}: renew it on the page /desk/keys.")
