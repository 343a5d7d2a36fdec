"""The `waypost` command. Exit 0 done, 1 refused with one clear line, 2 misuse.

Commands are loaded when they are called: `waypost run` starts fast and stays small.
"""

import importlib
import resource
import sys

import click

from ops import logs

# command: (module, attribute, one line of help)
COMMANDS = {
    "run": ("ops.run", "run", "Start everything on this machine and serve until stopped."),
    "web": ("ops.commands.serve", "web", "Serve the web pages and webhooks."),
    "worker": ("ops.commands.serve", "worker", "Deliver messages and run scheduled work."),
    "bot": ("ops.commands.bot", "bot", "Look after the Telegram bot."),
    "db": ("ops.commands.db", "db", "Look after the database."),
    "staff": ("ops.commands.staff", "staff", "Look after the people who answer."),
    "subscribers": ("ops.commands.subscribers", "subscribers", "Import and count subscribers."),
    "campaigns": ("ops.commands.campaigns", "campaigns", "Plan, see and steer campaigns."),
    "triage": ("ops.commands.triage", "triage", "Check, try and measure the triage."),
    "locales": (
        "ops.commands.locales",
        "locales",
        "Check and review the catalogs, offer languages.",
    ),
    "directory": (
        "ops.commands.directory",
        "directory",
        "Look after the services people are sent to.",
    ),
    "counts": ("ops.commands.counts", "counts", "Print the counts."),
    "keys": ("ops.commands.keys", "keys", "Look after the keys."),
    "rehearse": ("ops.commands.rehearse", "rehearse", "Play written dialogues through the engine."),
    "purge": ("ops.commands.db", "purge", "Delete what has outlived its purpose."),
    "doctor": ("ops.commands.doctor", "doctor", "Check everything and say what to do."),
}


class Lazy(click.Group):
    """Commands by name, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        return getattr(importlib.import_module(module), attribute)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.command(cls=Lazy)
def waypost() -> None:
    """Waypost: a helpline that people text and a campaign desk that texts people."""


def main() -> None:
    """Run the command line; what is refused is one line on stderr and exit 1."""
    logs.install()
    # A core dump would hold people's words; whatever we start inherits this, PostgreSQL too.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        waypost.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as refused:
        refused.show()
        sys.exit(refused.exit_code)
    except Exception as error:
        if type(error).__name__ in REFUSALS:
            click.echo(f"waypost: {error}", err=True)
            sys.exit(1)
        if type(error).__module__.startswith("sqlalchemy"):
            reason = getattr(error, "orig", None)
            click.echo(f"waypost: the database refused: {type(reason or error).__name__}", err=True)
            sys.exit(1)
        raise


# Known refusals, by name so that their modules load only when needed.
REFUSALS = {
    "SettingsWrong",
    "DatabaseUnusable",
    "KeysUnusable",
    "NotReady",
    "PolicyWrong",
    "EarUnusable",
    "FlowError",
    "FormWrong",
    "BackupRefused",
    "StaffRefused",
    "XlsFormRefused",
}
