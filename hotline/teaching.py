"""Teaches the ear its layers, and how languages are spelled, from the example sentences.

Needs scikit-learn, which `make setup` installs.
"""

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

from hotline import languages
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
from triage.ear import NONE, PATH, TOPIC, examples, sentences
from triage.phrasebook import ALARMS

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
    for name, told in examples().items():
        for sentence in told:
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


def teach_languages(path: Path = languages.WEIGHTS) -> None:
    """Learn how the languages of the examples are spelled, and keep it in `path`; takes a minute."""
    told = [(language, text) for language, said in sentences().items() for text in said]
    learner = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=ROUNDS, class_weight="balanced")
    learner.fit(_spelling([text for _, text in told]), [language for language, _ in told])
    weights, grain = _in_steps(cast("Any", learner.coef_).T)
    np.savez_compressed(
        path,
        made_from=np.array(languages.made_from()),
        languages=np.array(learner.classes_),
        weights=weights,
        grain=grain,
        bias=np.asarray(learner.intercept_, dtype=np.float32),
    )


def _in_steps(learned: Any) -> tuple[NDArray[np.int8], Numbers]:
    """What was learned in steps of one byte, and how much a step is, by class."""
    grain = np.abs(learned).max(axis=0) / STEPS
    return np.round(learned / grain).astype(np.int8), grain.astype(np.float32)


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
    steps, grain = _in_steps(spelling)
    return {
        "classes": np.array(learner.classes_),
        "meaning": np.vstack([meaning, cast("Any", learner.intercept_)]).astype(np.float32),
        "spelling": steps,
        "grain": grain,
    }
