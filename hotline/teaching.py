"""Teaches the ear its layers from the example sentences. Needs scikit-learn, which `make setup` installs."""

# scikit-learn and scipy come without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

from hotline.ear import (
    INVERSE_REGULARISATION,
    LAYERS,
    SCALE,
    UNSPELT,
    WEIGHTS,
    Numbers,
    load_model,
    made_from,
)
from hotline.grams import SIZE, grams
from triage.alarms import ALARMS
from triage.ear import NONE, PATH, TOPIC, examples

# So many iterations at the most; as a rule it converges before.
ROUNDS = 1000
# Of one byte each: 255 steps from the least to the most.
STEPS = 127


def teaching(path: Path = WEIGHTS) -> Iterator[int]:
    """Learn the layers anew and keep them in `path`; yields once an example, of about 50 a second."""
    model = load_model()
    said: list[str] = []
    named: list[str] = []
    vectors: list[Numbers] = []
    for name, sentences in examples().items():
        for sentence in sentences:
            said.append(sentence)
            named.append(name)
            vectors.append(cast("Numbers", model.query(sentence)))
            yield 1
    meaning = csr_matrix(np.stack(vectors) * SCALE)
    spelling = _spelling(said)
    unspelt = csr_matrix(spelling.shape, dtype=np.float32)
    features = vstack([hstack([meaning, spelling]), hstack([meaning, unspelt])]).tocsr()
    weights = np.repeat([1.0, UNSPELT], len(said))
    kept: dict[str, Any] = {"made_from": np.array(made_from())}
    for layer in LAYERS:
        labels = [name if _layer_of(name) == layer else NONE for name in named]
        kept |= {
            f"{layer}_{key}": what for key, what in _learned(features, labels, weights).items()
        }
    np.savez_compressed(path, **kept)


def _spelling(said: Sequence[str]) -> Any:
    """The spelling of each text, one a row."""
    rows: list[Any] = []
    places: list[Any] = []
    values: list[Any] = []
    for row, (where, how_much) in enumerate(map(grams, said)):
        rows.append(np.full(len(where), row))
        places.append(where)
        values.append(how_much)
    at = (np.concatenate(rows), np.concatenate(places))
    return csr_matrix((np.concatenate(values), at), shape=(len(said), SIZE), dtype=np.float32)


def _layer_of(name: str) -> str:
    if name in ALARMS:
        return "alarms"
    return "paths" if name.startswith(PATH) else "topics" if name.startswith(TOPIC) else ""


def _learned(
    features: Any, labels: Sequence[str], weights: NDArray[np.float64]
) -> Mapping[str, NDArray[Any]]:
    """A layer in which every class weighs the same, however many examples it has."""
    learner = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=ROUNDS, class_weight="balanced")
    learner.fit(features, [*labels, *labels], sample_weight=weights)
    learned: Any = learner.coef_.T
    meaning, spelling = learned[:-SIZE], learned[-SIZE:]
    grain = np.abs(spelling).max(axis=0) / STEPS
    return {
        "classes": np.array(learner.classes_),
        "meaning": np.vstack([meaning, cast("Any", learner.intercept_)]).astype(np.float32),
        "spelling": np.round(spelling / grain).astype(np.int8),
        "grain": grain.astype(np.float32),
    }
