"""What a text was taken for, and how surely."""

from dataclasses import dataclass

SURE, LIKELY = 1.0, 0.8


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text means: a name, or nothing. `both` are two answers given at once."""

    meaning: str = ""
    confidence: float = 0.0
    both: tuple[str, ...] = ()


NOTHING = Reading()
