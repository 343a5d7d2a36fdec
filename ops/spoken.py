"""Every message that the line says to contacts, out of all the rooms that say something."""

from collections.abc import Sequence

from campaigns.signup.optin import ASK, SIGN_UP_MESSAGES
from campaigns.signup.posters import POSTER_MESSAGES
from hotline import handoff
from hotline.cases import CASE_MESSAGES
from hotline.outofhours import HOURS_MESSAGES
from hotline.referral import SERVICE_MESSAGES
from hotline.replies import STARTERS
from locales import count_segments, languages, native_name
from triage import load_flow
from triage.flow import YES_NO
from triage.offering import NATIVE, pages
from triage.policy import POLICY_MESSAGES
from triage.turn import ENGINE_MESSAGES, LANGUAGE_MORE

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


def under(offered: Sequence[str] = ()) -> dict[str, Sequence[str]]:
    """What stands under a message in the same text: it counts in its length.

    `offered` are the languages a line may offer, all that have a catalog if nothing is said.
    """
    yes_no = [option.label for option in YES_NO]
    tongues = _largest_page(offered or languages("contact"))
    return {
        **load_flow().options_under(),
        ASK: yes_no,
        handoff.ASK: yes_no,
        "language.choose": tongues,
    }


def _largest_page(offered: Sequence[str]) -> list[str]:
    """Which languages stand on a page is not known beforehand: the ones with the longest names."""
    every = pages(offered)
    names = [f"{NATIVE}{code}" for code in sorted(offered, key=_weight, reverse=True)]
    return [*names[: max(map(len, every))], *([LANGUAGE_MORE] if len(every) > 1 else [])]


def _weight(language: str) -> tuple[bool, int]:
    size = count_segments(native_name(language))
    return size.encoding == "UCS-2", size.units
