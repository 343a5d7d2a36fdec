"""How well the language of a text is known: the likeliest guess, and the answers that count as sure.

Measured on the held-out phrases that have letters. A wrong guess puts the wrong language on top of an offer;
a sure answer that is wrong makes the line ask for a language that nobody speaks.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import mean

from triage.evaluation.held_out import HeldOut, apart
from triage.evaluation.metrics import Share, share
from triage.plain import is_unspaced, words

# How likely a text is of each language that is known.
Likely = Callable[[str], Mapping[str, float]]
LIMITS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
# Texts by their number of words, in scripts without spaces by a third of their letters.
LENGTHS: Mapping[str, range] = {
    "1 or 2 words": range(3),
    "3 to 5": range(3, 6),
    "6 and more": range(6, 10_000),
}
LETTERS_OF_A_WORD = 3


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text was taken for: the likeliest of the languages, and whether that is sure."""

    language: str
    text: str
    guess: str
    likelihood: float
    sure: bool

    @property
    def right(self) -> bool:
        return self.guess == self.language


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language. `latin` and `other` are the guesses by letters; `told` are sure ones, `true` those of them
    that are right. `mistaken` are sure and wrong, by what they were taken for.
    """

    language: str
    guessed: Share
    other: Share
    latin: Share
    told: Share
    true: Share
    mistaken: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Detection:
    """`limits` gives for each likelihood how many of a language's texts would be sure, and how many of these
    right; `lengths` the share of right guesses. Both are means of the languages.
    """

    tongues: tuple[Tongue, ...]
    limits: Mapping[float, tuple[float, float]]
    lengths: Mapping[str, Share]

    @property
    def guessed(self) -> float:
        return mean(one.guessed.value for one in self.tongues)

    @property
    def told(self) -> float:
        return mean(one.told.value for one in self.tongues)

    @property
    def true(self) -> Share:
        return Share(
            sum(one.true.hits for one in self.tongues), sum(one.true.of for one in self.tongues)
        )


def detection(
    likely: Likely,
    sure: float,
    fewest_words: int,
    sets: Iterable[HeldOut],
    taught: Mapping[str, Sequence[str]],
) -> Detection:
    """Measure `likely` on `sets`, a line that offers exactly their languages; without what was `taught`."""
    kept = [apart(held, taught.get(held.language, ())) for held in sets]
    offered = [held.language for held in kept]

    def guess(language: str, text: str) -> Guess:
        found = likely(text)
        best = max(offered, key=lambda code: found.get(code, 0.0))
        likelihood = found.get(best, 0.0)
        told = likelihood >= sure and len(words(text)) >= fewest_words
        return Guess(language, text, best, likelihood, told)

    guesses = {
        held.language: [guess(held.language, text) for text in _with_letters(held)]
        for held in sorted(kept, key=lambda held: held.language)
    }
    return Detection(
        tuple(_tongue(language, found) for language, found in guesses.items()),
        {limit: _limited(guesses.values(), limit, fewest_words) for limit in LIMITS},
        {
            name: share(each.right for each in chain(*guesses.values()) if _length(each) in lengths)
            for name, lengths in LENGTHS.items()
        },
    )


def _with_letters(held: HeldOut) -> Iterable[str]:
    return dict.fromkeys(text for text in held.texts() if any(map(str.isalpha, text)))


def _tongue(language: str, guesses: Sequence[Guess]) -> Tongue:
    told = [each for each in guesses if each.sure]
    return Tongue(
        language,
        share(each.right for each in guesses),
        share(each.right for each in guesses if not _in_latin(each)),
        share(each.right for each in guesses if _in_latin(each)),
        Share(len(told), len(guesses)),
        share(each.right for each in told),
        Counter(each.guess for each in told if not each.right),
    )


def _limited(
    found: Collection[Sequence[Guess]], limit: float, fewest_words: int
) -> tuple[float, float]:
    told = [
        [e for e in guesses if e.likelihood >= limit and len(words(e.text)) >= fewest_words]
        for guesses in found
    ]
    covered = mean(len(t) / len(guesses) for t, guesses in zip(told, found, strict=True))
    right = [share(each.right for each in t).value for t in told if t]
    return covered, mean(right) if right else 0.0


def _in_latin(each: Guess) -> bool:
    """Whether most of a text is in Latin letters."""
    letters = [letter for letter in each.text if letter.isalpha()]
    latin = sum(letter < "\u0370" or "\u1e00" <= letter <= "\u1eff" for letter in letters)
    return 2 * latin > len(letters)


def _length(each: Guess) -> int:
    found = words(each.text)
    unspaced = bool(found) and is_unspaced(found[0])
    return len(found) // LETTERS_OF_A_WORD if unspaced else len(found)
