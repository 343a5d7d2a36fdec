"""People of the story. Whatever they say is made up, unmistakable, and remembered to be looked for.

Numbers are kept free for films and novels by the regulators of the United States, the United Kingdom,
France, Germany and Sweden. Words are made of syllables by lot, the same ones in each run.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from phonenumbers import is_valid_number, parse

from tests.canary.writings import Canary

# First and second letters of syllables. No word of any language comes of five of them by chance.
SYLLABLES = {
    "latin": ("bdfghjklmnprstvwz", "aeiou"),
    "accented": ("bdfglmnprstvçñ", "aéèîóüï"),
    "arabic": ("بتثجحخدذرزسشصضطظعغ", "اوي"),
    "cyrillic": ("бвгджзклмнпрстфх", "аеиоуы"),
    "ethiopic": ("ሀለሐመረሰሸቀበተኀነአከወዘ", "ሁሉሑሙሩሱሹቁቡቱኁኑኡኩዉዙ"),
    "devanagari": ("कखगघचछजझटठडढणतथदधन", "ािीुूेैोौ"),
    "thai": ("กขคงจชซดตทนบปผพมยร", "าเแโไ"),
}
SYLLABLES_A_WORD = 6
AREAS = (202, 213, 305, 312, 415, 503, 617, 713)
SENTENCES = {
    "latin": "The train to {} stops at {} at seven",
    "accented": "Le train de {} passe par {} à sept heures",
    "arabic": "كان {} عند {} طوال الشتاء",
    "cyrillic": "Рядом с {} стоит {} уже давно",
    "ethiopic": "ከ {} ጋር {} ነበር",
    "devanagari": "{} के पास {} रहता था",
    "thai": "{} อยู่กับ {} นานแล้ว",
}


@dataclass(slots=True)
class Canaries:
    """Makes what is said, and remembers all of it with who said it where."""

    all: list[Canary] = field(default_factory=list)
    _phones: Iterator[str] = field(init=False)
    _chats: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self._phones, self._chats = _phones(), _chats()

    def word(self, where: str, script: str = "latin") -> str:
        return self._words(where, script, 1)[0]

    def name(self, where: str, script: str = "latin") -> str:
        return " ".join(word.capitalize() for word in self._words(where, script, 2))

    def sentence(self, where: str, script: str = "latin") -> str:
        return SENTENCES[script].format(*self._words(where, script, 2))

    def phone(self, where: str) -> str:
        """A number, as +12135550123."""
        return self.number(where, next(self._phones))

    def real_phone(self, where: str) -> str:
        """A number that is valid in every other way, too."""
        possible = (each for each in self._phones if is_valid_number(parse(each)))
        return self.number(where, next(possible))

    def chat(self, where: str) -> int:
        """The id of a Telegram chat."""
        return int(self.number(where, str(next(self._chats))))

    def number(self, where: str, number: str) -> str:
        self.all.append(Canary(where, number=number))
        return number

    def digits(self, where: str, written: str) -> str:
        """Digits that are no number to call, such as where on earth somebody is."""
        self.all.append(Canary(where, words=(written,)))
        return written

    def _words(self, where: str, script: str, wanted: int) -> tuple[str, ...]:
        lot = random.Random(f"{where}, {script}, {len(self.all)}")
        first, second = SYLLABLES[script]
        words = tuple(
            "".join(lot.choice(first) + lot.choice(second) for _ in range(SYLLABLES_A_WORD))
            for _ in range(wanted)
        )
        self.all.append(Canary(where, words=words))
        return words


def written_by_hand(number: str) -> dict[str, str]:
    """A number as people write it: how, and what it looks like."""
    digits = number.removeprefix("+")
    pairs = " ".join(digits[n : n + 2] for n in range(0, len(digits), 2))
    return {
        "with spaces": f"+{pairs}",
        "with dashes": f"+{pairs.replace(' ', '-')}",
        "with dots": f"00{pairs.replace(' ', '.')}",
        "with slashes": pairs.replace(" ", "/"),
        "with long dashes": f"+{pairs.replace(' ', '–')}",
        "with underscores": pairs.replace(" ", "_"),
        "with brackets": f"+({digits[:2]}) {digits[2:5]} {digits[5:]}",
        "with narrow spaces": f"+{pairs}".replace(" ", "\u202f"),
        "with zero-width spaces": f"+{pairs}".replace(" ", "\u200b"),
        "in Arabic digits": digits.translate(_from("٠")),
        "in Persian digits": pairs.translate(_from("۰")),
        "in Devanagari digits": digits.translate(_from("०")),
        "in fullwidth digits": digits.translate(_from("０")),
    }


def _phones() -> Iterator[str]:
    for n in count():
        yield f"+1{AREAS[n % len(AREAS)]}55501{(37 * n) % 80 + 20}"
        yield f"+467017406{10 + n}"
        yield f"+447700900{(67 * n + 111) % 1000:03}"
        yield f"+3363998{(1237 * n + 4242) % 10_000:04}"
        yield f"+4917139200{(31 * n + 17) % 100:02}"


def _chats() -> Iterator[int]:
    # Larger than any id that Telegram has given out.
    lot = random.Random("chats")
    while True:
        yield lot.randrange(310_000_000_000, 999_000_000_000)


def _from(zero: str) -> dict[int, int]:
    return {ord("0") + n: ord(zero) + n for n in range(10)}
