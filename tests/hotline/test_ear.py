"""The ear hears what a sentence is about, and nothing of it stays."""

import gc
import logging
import threading
import types

import numpy as np
import pytest

from hotline import ear
from hotline.ear import LONGEST, MOST_PARTS, EarUnusable, Layer, LazyEar, NanoEar, load
from hotline.grams import SIZE
from triage.ear import TWINS, judge, listen


@pytest.fixture(scope="module")
def heard():
    return load()


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        ("they locked us in the container and we have no air", "danger"),
        ("il m'a enfermée et il me frappe tous les jours", "danger"),
        ("me tienen encerrada y me van a vender mañana", "danger"),
        ("قفلوا علينا الباب ويضربونا كل يوم", "danger"),
        ("они забрали мой паспорт и бьют меня", "danger"),
        ("i do not want to live any more", "suicide"),
        ("ya no quiero vivir", "suicide"),
    ],
)
def test_danger_is_heard_in_many_languages(heard, text, alarm):
    # Either of the two leads to the same help; which one is not for the ear alone to say.
    assert judge(heard(text)).alarm in (alarm, TWINS[alarm])


@pytest.mark.parametrize(
    "text",
    [
        "good morning, how are you today",
        "how much does the visa cost please",
        "merci beaucoup pour votre aide",
        "el contrato dice ocho horas",
        "ما هي الأوراق المطلوبة للسفر",
    ],
)
def test_calm_sentences_raise_nothing(heard, text):
    found = judge(heard(text))
    assert (found.alarm, found.doubt) == (None, None)


def test_every_class_is_a_likelihood(heard):
    found = heard("a man offers me work in another country")
    assert {"danger", "suicide", "child", "watched", "human", "path.offer", "topic.fees"} <= set(
        found
    )
    assert all(0 <= likely <= 1 for likely in found.values())
    assert "none" not in found


@pytest.mark.parametrize(
    "text", ["", " ", "\x00 \x00", "he beats\x00 me", "a" * 10_000, "🙂" * 900, "help me " * 1250]
)
def test_any_text_can_be_heard(heard, text):
    assert heard(text)


class Remembering:
    """A model in memory: remembers what it is asked to embed."""

    def __init__(self):
        self.asked = []

    def query(self, text):
        self.asked.append(text)
        return np.zeros(384, dtype=np.float32)


@pytest.fixture
def model():
    return Remembering()


@pytest.fixture
def listening(model):
    silent = Layer(
        ("danger", "none"),
        np.zeros((385, 2), dtype=np.float32),
        np.zeros((SIZE, 2), dtype=np.int8),
        np.ones(2, dtype=np.float32),
    )
    return NanoEar(model, [silent])


def test_a_long_text_is_cut_between_words_and_heard_part_by_part(model, listening):
    words = [f"word{n}" for n in range(100)]
    assert listening(" ".join(words)) == {"danger": 0.5}
    assert 1 < len(model.asked) <= MOST_PARTS
    assert max(map(len, model.asked)) <= LONGEST
    assert " ".join(model.asked).split() == words


def test_of_the_longest_text_only_so_much_is_heard(model, listening):
    listening("x" * 10_000)
    assert [len(part) for part in model.asked] == [LONGEST] * MOST_PARTS


def test_no_model_is_handed_a_nul_or_an_empty_part(model, listening):
    listening("he\x00 beats\x00me")
    listening("a " * LONGEST)
    assert model.asked[0] == "he beats me"
    assert all(part.strip() == part != "" for part in model.asked)


def test_what_matters_is_heard_in_the_second_part_of_a_long_text(heard):
    long = "I came here by bus with my cousin and we found a room near the market. " * 5
    found = judge(heard(long + "Now they have locked me in and they beat me every night."))
    assert found.alarm == "danger"


def test_two_who_write_at_once_are_both_heard(heard):
    texts = ["they beat me every day", "thank you very much friend"] * 3
    alone = [heard(text) for text in texts]
    together = {}

    def hear(place, text):
        together[place] = heard(text)

    threads = [threading.Thread(target=hear, args=pair) for pair in enumerate(texts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[n] for n in range(len(texts))] == alone


def test_what_was_learned_from_other_examples_is_refused(monkeypatch):
    monkeypatch.setattr(ear, "made_from", lambda: "others")
    with pytest.raises(EarUnusable, match="run `waypost triage ear`"):
        load()


def test_what_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "ear.npz").write_bytes(b"not weights")
    with pytest.raises(EarUnusable, match="cannot be read"):
        load(tmp_path / "ear.npz")


def test_an_ear_that_cannot_be_loaded_stays_deaf_and_says_so_once(monkeypatch, caplog):
    monkeypatch.setattr(ear, "made_from", lambda: "others")
    lazy = LazyEar()
    with caplog.at_level(logging.ERROR):
        assert lazy("they beat me every day") == {}
        assert lazy("a secret of mine") == {}
    assert len(caplog.records) == 1
    assert "secret" not in caplog.text


def test_nothing_of_a_text_stays_in_the_ear(heard):
    heard("my very secret words are here")
    heard("secret " * 500)
    held = list(reached_from(heard))
    assert len(held) > 10
    assert not [thing for thing in held if isinstance(thing, str) and "secret" in thing]


def reached_from(thing):
    """Every object that `thing` holds, however deep; not the code it is made of."""
    code = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)
    seen, left = set(), [thing]
    while left:
        found = left.pop()
        if id(found) in seen or isinstance(found, code):
            continue
        seen.add(id(found))
        yield found
        left += gc.get_referents(found)


@pytest.mark.parametrize("written", [b"", b"PK\x03\x04 cut off"])
def test_a_damaged_file_is_refused(tmp_path, written):
    (tmp_path / "ear.npz").write_bytes(written)
    with pytest.raises(EarUnusable, match="cannot be read"):
        load(tmp_path / "ear.npz")


def test_a_model_that_fails_leaves_the_line_with_its_words(monkeypatch, caplog):
    def failing():
        def hear(_text):
            raise RuntimeError("my secret words")

        return hear

    monkeypatch.setattr(ear, "load", failing)
    assert LazyEar()("my secret words are here") == {}
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        "good morning sir",
        "can i ask something please",
        "thank you very much",
        "soy de venezuela",
        "as salamu alaykum",
        "السلام عليكم ورحمة الله",
        "assalomu alaykum",
        "салом алейкум",
        "tena yistilign",
        "amesegnalehu betam",
        "selam indet nesh",
        "magandang gabi po",
        "waan ku salaamayaa",
    ],
)
def test_a_greeting_is_no_alarm(heard, text):
    assert listen(heard, text).alarm is None
