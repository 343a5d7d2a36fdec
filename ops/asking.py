"""Asking somebody at a terminal before something is done that others will feel."""

import click


def typed_yes(question: str) -> None:
    """Go on when they type yes. Anything else, or nobody there to ask, ends the command."""
    try:
        said = click.prompt(f"{question} Type yes", default="", show_default=False)
    except click.Abort:
        click.echo()
        said = ""
    if str(said).strip().casefold() != "yes":
        raise click.ClickException("nothing was changed: that needs a typed yes, or --yes")
