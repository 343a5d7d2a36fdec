"""How fast Twilio's senders are, by kind, where nobody says otherwise: segments a second."""

import re
from typing import Final

# https://help.twilio.com/articles/115002943027 and .../4411046744987, .../360057082693, read 2026-11.
# The first that fits; None is no limit of ours, since Twilio spreads over the senders of a service.
USUAL: Final[tuple[tuple[re.Pattern[str], float | None], ...]] = (
    (re.compile(r"MG[0-9a-fA-F]+"), None),
    (re.compile(r"\+1(800|833|844|855|866|877|888)[0-9]{7}"), 3.0),
    (re.compile(r"\+1[0-9]*"), 1.0),
    (re.compile(r"\+[0-9]+"), 10.0),
    (re.compile(r"[0-9]{3,8}"), 30.0),
    (re.compile(r"[A-Za-z0-9 ]{1,11}"), 10.0),
)


def usual_rate(sender: str) -> float | None:
    """The rate of a number, messaging service, short code or name. Raises ValueError for none of these."""
    for shape, rate in USUAL:
        if shape.fullmatch(sender):
            return rate
    raise ValueError("not a sender")
