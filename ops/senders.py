"""Who sends at Twilio: which sender carries what, and how fast it may go."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hotline.channels import EVERYTHING, SMS, Load
from sms.rates import usual_rate


@dataclass(frozen=True, slots=True)
class TwilioFrom:
    """`sender` is a number, a messaging service (`MG…`), a short code or a name; `rate` None: no limit."""

    sender: str = field(repr=False)
    rate: float | None
    label: str = SMS
    carries: Sequence[Load] = EVERYTHING


def arranged(helpline: str, campaigns: str) -> list[TwilioFrom]:
    """Every sender of the line. `campaigns` may name several, separated by commas.

    Each is `SENDER` or `SENDER=RATE`, in segments a second. Raises ValueError, with what to set.
    """
    sender, rate = _read(helpline)
    if not campaigns:
        return [TwilioFrom(sender, rate)]
    named = [_read(each) for each in campaigns.split(",")]
    names = [name for name, _ in named]
    if sender in names:
        raise ValueError(
            "names the helpline's own sender: give campaigns another, or leave this setting out"
        )
    if len(set(names)) < len(names):
        raise ValueError("names a sender twice")
    several = len(named) > 1
    return [
        TwilioFrom(sender, rate, f"{SMS} helpline", ("replies",)),
        *(
            TwilioFrom(name, pace, f"{SMS} campaigns{f' {n}' if several else ''}", ("campaigns",))
            for n, (name, pace) in enumerate(named, 1)
        ),
    ]


def _read(text: str) -> tuple[str, float | None]:
    sender, separator, told = (part.strip() for part in text.partition("="))
    try:
        usual = usual_rate(sender)
        rate = float(told) if separator else usual
    except ValueError:
        raise ValueError(
            "set a number, an MG… service, a short code or a name, or one with =RATE"
        ) from None
    if rate is not None and not 0 < rate < float("inf"):
        raise ValueError("a rate is segments a second, more than 0")
    return sender, rate
