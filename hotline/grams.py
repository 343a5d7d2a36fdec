"""The spelling of a text as a sparse vector: runs of letters and words, by hash.

A model of meaning knows little of dialects, chat alphabets and misspelt words; their letters tell.
"""

from collections import Counter
from itertools import pairwise
from math import log, sqrt
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from triage.plain import folded

# How many numbers the vector has; runs that fall on the same place share it.
SIZE = 1 << 15
# Runs of so many letters, spaces included; besides, words and pairs of words.
LENGTHS = (2, 3, 4, 5)
# The length of the vector, against an embedding's 10.
LENGTH = 6.0

Places, Values = NDArray[np.int32], NDArray[np.float32]


def grams(text: str) -> tuple[Places, Values]:
    """(places, values) of the vector; empty for a text without letters. Nothing of the text stays."""
    counted = Counter(crc32(run.encode()) % SIZE for run in _runs(folded(text)))
    places = np.fromiter(counted.keys(), np.int32, len(counted))
    values = np.fromiter((1 + log(n) for n in counted.values()), np.float32, len(counted))
    norm = sqrt(float(values @ values)) or 1.0
    return places, (values * (LENGTH / norm)).astype(np.float32)


def _runs(text: str) -> list[str]:
    if not text:
        return []
    wide, words = f" {text} ", text.split()
    runs = [wide[at : at + n] for n in LENGTHS for at in range(len(wide) - n + 1)]
    runs += [f"w:{word}" for word in words]
    return runs + [f"b:{one} {two}" for one, two in pairwise(words)]
