"""What a text was taken for, and how surely."""

from dataclasses import dataclass

# Plain: hardly anything but what is listed as an answer to the question ("no they don't pay").
SURE, PLAIN, LIKELY = 1.0, 0.9, 0.8


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text means: a name, or nothing. `both` are two answers given at once."""

    meaning: str = ""
    confidence: float = 0.0
    both: tuple[str, ...] = ()


NOTHING = Reading()
PLAIN_NO = Reading("no", PLAIN)
