"""Teaching the ear: it learns from the meaning and from the spelling, and keeps what it was made from."""

import numpy as np
import pytest

from hotline import ear, languages, teaching
from triage.ear import examples

TAUGHT = {
    "danger": ("they beat me", "he hits us", "locked in here", "he has a knife"),
    "suicide": ("i want to die", "better without me"),
    "none": ("good morning", "thank you", "what is the price", "see you on monday"),
    "path.offer": ("a job in another country", "they offer me work"),
    "path.information": ("where is your office", "when are you open"),
    "topic.fees": ("who pays the fee", "is the fee allowed"),
    "topic.home": ("a ticket home", "how can i go back"),
}


class Meaningless:
    """A model to which every text sounds the same, so that only the spelling tells."""

    def query(self, _text):
        return np.full(384, 384**-0.5, dtype=np.float32)


@pytest.fixture
def taught(monkeypatch, tmp_path):
    for module in (ear, teaching):
        monkeypatch.setattr(module, "examples", lambda: TAUGHT)
        monkeypatch.setattr(module, "load_model", Meaningless)
    path = tmp_path / "ear.npz"
    steps = list(teaching.teaching(path))
    assert len(steps) == sum(map(len, TAUGHT.values()))
    return path


def test_what_was_taught_is_heard(taught):
    hears = ear.load(taught)
    for name, said in TAUGHT.items():
        for text in said:
            heard = hears(text)
            assert name == "none" or max(heard, key=heard.get) == name


def test_a_word_that_was_taught_is_heard_in_another_sentence(taught):
    hears = ear.load(taught)
    assert hears("my boss beat me")["danger"] > hears("thank you for the price")["danger"]


def test_an_ear_of_other_examples_is_refused(taught, monkeypatch):
    monkeypatch.setattr(ear, "examples", lambda: {**TAUGHT, "danger": ("help",)})
    with pytest.raises(ear.EarUnusable, match="waypost triage ear"):
        ear.load(taught)


def test_the_shipped_ear_was_taught_the_shipped_examples():
    hears = ear.load()
    assert hears("anything").keys() | {"none"} == examples().keys()


TONGUES = {
    "xa": ("kala nopo dulu", "dulu kala", "nopo nopo", "kala dulu nopo si"),
    "xb": ("wer getz vrok", "getz wer", "vrok vrok getz", "wer vrok"),
    "xc": ("мiй хай", "хай хай мый", "мый хай"),
}


def test_how_languages_are_spelled_is_learned_from_their_examples(monkeypatch, tmp_path):
    for module in (languages, teaching):
        monkeypatch.setattr(module, "sentences", lambda: TONGUES)
    path = tmp_path / "languages.npz"
    teaching.teach_languages(path)
    letters = languages.load(path)
    assert letters.languages == ("xa", "xb", "xc")
    for at, said in enumerate(TONGUES.values()):
        assert all(letters.likely(text).argmax() == at for text in said)
    assert letters.likely("nopo kalo").argmax() == 0
    with np.load(path) as kept:
        assert str(kept["made_from"]) == languages.made_from()
