"""`waypost locales`: the catalogs."""

from collections.abc import Sequence

import click

from campaigns.signup.optin import ASK, SIGN_UP_MESSAGES
from campaigns.signup.posters import POSTER_MESSAGES
from hotline import handoff
from hotline.cases import CASE_MESSAGES
from hotline.outofhours import HOURS_MESSAGES
from hotline.referral import SERVICE_MESSAGES
from hotline.replies import STARTERS
from locales import languages
from locales.check import check as problems_of
from triage import load_flow
from triage.flow import YES_NO
from triage.policy import POLICY_MESSAGES
from triage.turn import ENGINE_MESSAGES
from triage.words import check_words

# What the pages say outside a conversation: to somebody who calls the number.
SPOKEN_ALOUD = ("voice.text_us",)


def spoken() -> set[str]:
    """Every message that a contact may be told, by its id."""
    return {
        *load_flow().message_ids(),
        *ENGINE_MESSAGES,
        *CASE_MESSAGES,
        *HOURS_MESSAGES,
        *handoff.HANDOFF_MESSAGES,
        *SERVICE_MESSAGES,
        *SPOKEN_ALOUD,
        *STARTERS,
        *POLICY_MESSAGES,
        *SIGN_UP_MESSAGES,
        *POSTER_MESSAGES,
    }


def under() -> dict[str, Sequence[str]]:
    """What stands under a message in the same text: it counts in its length.

    Names of other languages may follow; those of this installation are measured by a test.
    """
    yes_no = [option.label for option in YES_NO]
    return {**load_flow().options_under(), ASK: yes_no, handoff.ASK: yes_no}


@click.group()
def locales() -> None:
    """Check the catalogs."""


@locales.command()
def check() -> None:
    """Every message in every language, placeholders, script, length; a line for each problem."""
    problems = [*problems_of(spoken(), under=under()), *check_words()]
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"{len(problems)} problems in the catalogs")
    click.echo(f"Catalogs of {', '.join(languages())}: nothing wrong.")
