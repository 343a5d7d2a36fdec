"""What a campaign's text may leave open: a fixed list, and the same for everybody who reads a language.

Nothing of a person is ever filled in. Braces have no other use in a text.
"""

import re
from collections.abc import Mapping
from typing import Final

from campaigns.planning.states import PlanRefused

# {line}: the line's name. {number}: where to reach the helpline on the campaign's channel. {stop}: the
# word that ends campaigns, in the language of the text.
NAMES: Final = ("line", "number", "stop")
PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
BRACE: Final = re.compile(r"[{}]")
# What a refusal repeats of a text.
LONGEST_SHOWN: Final = 40


def used(words: str) -> frozenset[str]:
    """The placeholders of a text. Raises PlanRefused, naming the first that is none."""
    names = PLACEHOLDER.findall(words)
    for name in names:
        if name not in NAMES:
            raise PlanRefused("plan.placeholder_unknown", name=f"{{{name[:LONGEST_SHOWN]}}}")
    if brace := BRACE.search(PLACEHOLDER.sub("", words)):
        raise PlanRefused("plan.placeholder_broken", brace=brace[0])
    return frozenset(names)


def known(words: str) -> frozenset[str]:
    """The same, whatever else there is: for words that were kept before there were placeholders."""
    return frozenset(PLACEHOLDER.findall(words)) & frozenset(NAMES)


def fill(words: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; those without a value stay. Raises PlanRefused."""
    used(words)
    return PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[0], words)
