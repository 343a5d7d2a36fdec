"""In which language a text is surely written. A guess is only ever offered, never acted on unasked.

Two that know different things have to agree: runs of letters, learned from the ear's example sentences by
`waypost triage ear`, which know misspelt and romanised texts; and CLD2, which has read the web. Together
with numpy, which is there anyway, they take 10 MB.
"""

import hashlib
import logging
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from hotline.grams import LENGTH, LENGTHS, SIZE, grams
from triage.ear import sentences
from triage.plain import words

try:
    # No wheels for Linux on ARM: there the letters alone decide.
    import pycld2  # pyright: ignore[reportMissingTypeStubs]
except ImportError:
    pycld2 = None

LOG = logging.getLogger(__name__)
HERE: Final = Path(__file__).parent
WEIGHTS, LIMITS = HERE / "languages.npz", HERE / "languages.toml"
LONGEST: Final = 240
# What CLD2 calls our languages: it tells some apart that we do not.
OURS: Final[Mapping[str, str]] = {"tl": "fil", "ms": "id"}

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Limits:
    """See languages.toml."""

    sure: float
    likely: float
    fewest_words: int
    unfound: float
    unsure: float


@dataclass(frozen=True, slots=True)
class Letters:
    """Softmax regression on runs of letters: `weights` is (SIZE, languages) in steps of `grain`, one each."""

    languages: tuple[str, ...]
    weights: NDArray[np.int8]
    grain: Numbers
    bias: Numbers

    def likely(self, text: str) -> Numbers:
        places, values = grams(text)
        scores = values @ self.weights[places] * self.grain + self.bias
        raised = np.exp(scores - scores.max())
        return cast("Numbers", raised / raised.sum())


@dataclass(frozen=True, slots=True)
class Written:
    """The language that is certain, and the one that is likely enough to be offered first, or nothing."""

    sure: str = ""
    likely: str = ""


NOTHING: Final = Written()


def written_in(text: str, languages: Collection[str]) -> Written:
    """What `text` is written in, of `languages`."""
    if len(languages) < 2 or len(words(text)) < limits().fewest_words:  # noqa: PLR2004 - a choice of one is none
        return NOTHING
    found = likely(text)
    best = max(found, key=lambda language: found[language], default="")
    if best not in languages or found[best] < limits().likely:
        return NOTHING
    return Written(best if found[best] >= limits().sure else "", best)


def likely(text: str) -> Mapping[str, float]:
    """How likely a text is of each known language, from 0 to 1; nothing if what was learned is lost."""
    letters = _letters()
    if letters is None:
        return {}
    text = text[:LONGEST]
    together = letters.likely(text)
    if pycld2 is not None:
        together = together * (_read_by_cld2(text, letters.languages) + limits().unfound)
        together /= together.sum()
    return dict(zip(letters.languages, map(float, together), strict=True))


def _read_by_cld2(text: str, languages: Sequence[str]) -> Numbers:
    """The share of the text that CLD2 finds in each language."""
    shares = np.zeros(len(languages), dtype=np.float32)
    try:
        reliable, _, found = cast("Any", pycld2).detect(
            text.encode("utf-8", "replace"), isPlainText=True, bestEffort=True
        )
    except cast("Any", pycld2).error:
        # Control characters: they are no text.
        return shares
    for _, code, percent, _ in found:
        language = OURS.get(code, code)
        if language in languages:
            share = percent / 100 * (1 if reliable else limits().unsure)
            shares[languages.index(language)] += share
    return shares


@lru_cache
def limits() -> Limits:
    return Limits(**tomllib.loads(LIMITS.read_text(encoding="utf-8")))


@lru_cache
def _letters() -> Letters | None:
    """What was learned. A line without it still answers: scripts and numbers hint at the language too."""
    try:
        return load(WEIGHTS)
    except (OSError, EOFError, BadZipFile, KeyError, ValueError) as error:
        LOG.error("%s cannot be read: %s", WEIGHTS.name, type(error).__name__)  # noqa: TRY400 - no path
        return None


def made_from() -> str:
    """What the letters depend on: the examples, and how runs are made of them."""
    return hashlib.blake2b(
        repr((SIZE, LENGTHS, LENGTH, sorted(sentences().items()))).encode(), digest_size=16
    ).hexdigest()


def load(path: Path) -> Letters:
    """Raises OSError, EOFError, BadZipFile, KeyError or ValueError for a file that is none of ours."""
    with np.load(path, allow_pickle=False) as kept:
        weights = kept["weights"]
        languages = tuple(map(str, kept["languages"]))
        if weights.shape != (SIZE, len(languages)):
            raise ValueError("made for another number of runs")
        return Letters(languages, weights, kept["grain"], kept["bias"])
