"""Words of alarm: what must raise one, what must not, how phrases match, and what outranks what."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.triage.walk import LANGUAGES
from triage import phrasebook as books
from triage.alarms import hear
from triage.ear import CALM, Hunch, alarms_in, is_sentence, judge, listen, thresholds
from triage.lexicon import lexicon
from triage.phrasebook import ALARMS, pattern, phrase_for, phrasebook
from triage.words import check_words

PHRASES = Path(__file__).parent / "phrases"
# What the phrases alone have to hear of the development phrases, and how often they may be wrong. The ear
# behind them is measured in the evaluation.
LEAST_RECALL, MOST_FALSE = 0.65, 0.11

everywhere = pytest.mark.parametrize("language", LANGUAGES)
developed = pytest.mark.parametrize(
    "language", sorted(path.stem for path in PHRASES.glob("*.toml"))
)


def development(language):
    return tomllib.loads((PHRASES / f"{language}.toml").read_text(encoding="utf-8"))


@developed
@pytest.mark.parametrize("alarm", ["danger", "suicide"])
def test_most_development_phrases_raise_their_alarm_without_an_ear(language, alarm):
    texts = development(language)["must"][alarm]
    heard = [bool({"danger", "suicide"} & set(hear(text, (language, "en")))) for text in texts]
    assert sum(heard) / len(heard) >= LEAST_RECALL


@developed
def test_few_calm_development_phrases_raise_any(language):
    texts = development(language)["must_not"]["any"]
    false = [text for text in texts if hear(text, (language, "en"))]
    assert len(false) / len(texts) <= MOST_FALSE, false


# How people say hello and thank you, and what is said at once after it: in any of our languages, and in Latin letters.
GREETINGS = """
hello | hi | good morning | hey there | hola | buenas | soy de venezuela | me llamo ana | bonjour | bonsoir | slt | merci
salam | salam alaykom | as salamu alaykum | marhaba | sabah el kheir | السلام عليكم | مرحبا | شكرا | shukran
selam | selam new | selam nachu | tena yistilign | ሰላም | ጤና ይስጥልኝ | amesegnalehu | здравейте | zdraveite | добър ден
привіт | dobryi den | дякую | здравствуйте | privet | спасибо | assalomu alaykum | salom | rahmat | салом алейкум | салам
salamatsyzby | саламатсызбы | سلام | salam khubi | تشکر | kumusta po | magandang gabi po | salamat po | namaste | नमस्ते
धन्यवाद | dhanyabad | ram ram | bonjou | bonswa | sak pase | mèsi | halo | selamat pagi | apa kabar | terima kasih
សួស្តី | sousdey | អរគុណ | arkun | ສະບາຍດີ | sabaidee | ຂອບໃຈ | khob chai | bună ziua | buna seara | multumesc
iska warran | waan ku salaamayaa | mahadsanid | pershendetje | miredita | tung | faleminderit | habari yako | hujambo
shikamoo | asante | สวัสดี | sawasdee | ขอบคุณ | khop khun | xin chào | chao anh | alo ad oi | cảm ơn | ok | 👍
"""


@pytest.mark.parametrize(
    "text", [each.strip() for each in GREETINGS.replace("\n", "|").split("|") if each.strip()]
)
def test_a_greeting_raises_nothing_whatever_languages_are_listened_for(text):
    assert hear(text, LANGUAGES) == ()


def test_the_ear_is_not_asked_about_a_greeting():
    assert listen(lambda _text: {"danger": 1.0}, "As-salamu alaykum!") == Hunch()
    assert listen(lambda _text: {"danger": 1.0}, "as salamu alaykum help") != Hunch()


@everywhere
def test_what_is_said_to_be_calm_raises_nothing_by_its_phrases(language):
    said = tomllib.loads(CALM.read_text(encoding="utf-8"))
    assert len(said[language]) > 40
    assert [text for text in said[language] if hear(text, (language, "en"))] == []


@everywhere
@pytest.mark.parametrize("alarm", ALARMS)
def test_the_first_phrase_of_every_alarm_raises_it(language, alarm):
    assert alarm in hear(phrase_for(alarm, language), (language,))


@pytest.mark.parametrize(
    ("text", "language", "raised"),
    [
        ("he is going to kill me", "en", {"danger"}),
        ("HE IS GOING TO KILL ME!!!", "en", {"danger"}),
        ("i am not in danger", "en", set()),
        ("i want to die", "en", {"suicide"}),
        ("i am 15 and he beats me", "en", {"danger", "child"}),
        ("my daughter is 15", "en", set()),
        ("i am 34", "en", set()),
        ("i am twenty five years old", "en", set()),
        ("nina miaka kumi na sita", "sw", {"child"}),
        ("อายุ15ปี", "th", {"child"}),
        ("i am １５ years old", "en", {"child"}),
        ("he reads my messages", "en", {"watched"}),
        ("yes i am alone, he comes back at six", "en", set()),
        ("oui je suis seule, il rentre à 18h", "fr", set()),
        ("je ne suis pas toute seule, il rentre", "fr", {"watched"}),
        ("sí estoy sola, ya viene a las 6", "es", {"danger"}),
        ("can i talk to a real person please", "en", {"human"}),
        ("j'ai 14 ans", "fr", {"child"}),
        ("ma fille a 14 ans", "fr", set()),
        ("il va me tuer", "fr", {"danger"}),
        ("me quiero morir", "es", {"suicide"}),
        ("tengo 16 años", "es", {"child"}),
        ("عمري ١٥ سنة", "ar", {"child"}),
        ("بدي اموت", "ar", {"suicide"}),
        ("", "en", set()),
        ("🙂", "en", set()),
    ],
)
def test_what_is_heard_in_a_text(text, language, raised):
    assert set(hear(text, (language, "en"))) == raised


def test_the_gravest_alarm_comes_first():
    assert hear("i am 15 and he is going to kill me", ("en",)) == ("danger", "child")


@pytest.mark.parametrize("age", [5, 9, 15, 17])
@pytest.mark.parametrize("frame", ["i am {}", "im {}", "i am {} years old", "my age is {}"])
def test_the_age_of_a_child_is_heard_in_its_frames(age, frame):
    assert "child" in hear(frame.format(age), ("en",))


@pytest.mark.parametrize("text", ["i am 18", "i am 4", "i am 45", "it costs 15 euros", "15"])
def test_other_numbers_are_no_childs_age(text):
    assert "child" not in hear(text, ("en",))


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A small phrasebook of its own."""

    def of(**tables):
        lines = ['language = "xx"']
        for alarm, lists in tables.items():
            lines.append(f"[{alarm}]")
            lines += [f"{key} = {said!r}" for key, said in lists.items()]
        (tmp_path / "xx.toml").write_text("\n".join(lines), encoding="utf-8")
        monkeypatch.setattr(books, "PHRASES", tmp_path)
        phrasebook.cache_clear()

    yield of
    phrasebook.cache_clear()


@pytest.mark.parametrize(
    ("phrase", "text", "matches"),
    [
        ("help us", "please help us now", True),
        ("help us", "help them", False),
        ("help us", "help all of us", False),
        ("lock .. door", "they lock the big red door", True),
        ("lock .. door", "they lock a b c d door", False),
        ("lock .. door", "lock door", True),
        ("beat* me", "he beats me", True),
        ("beat* me", "he was beaten", False),
        ("*ing", "running", True),
        ("*tak*", "mistaken", True),
        ("*tak*", "token", False),
        ("window", "windov", True),
        ("window", "vindow", False),
        ("window", "widow", True),
        ("door", "dooor", False),
        ("am #", "i am 12", True),
        ("am #", "i am twelve", False),
        ("am #", "i am 21", False),
    ],
)
def test_how_a_phrase_matches(book, phrase, text, matches):
    book(danger={"phrases": [phrase]})
    assert ("danger" in hear(text, ("xx",))) == matches


def test_unless_takes_back_only_what_it_overlaps(book):
    book(danger={"phrases": ["in danger", "kill me"], "unless": ["not in danger"]})
    assert hear("i am not in danger", ("xx",)) == ()
    assert hear("i am not in danger but he will kill me", ("xx",)) == ("danger",)
    assert hear("not in danger she is in danger", ("xx",)) == ("danger",)


def test_never_with_takes_back_its_alarm_wherever_it_stands_and_no_other(book):
    book(
        watched={"phrases": ["he comes"], "never_with": ["i am alone"]},
        danger={"phrases": ["he comes"]},
    )
    assert hear("he comes in an hour and i am alone", ("xx",)) == ("danger",)
    assert hear("he comes and i am not alone", ("xx",)) == ("danger", "watched")


def test_unless_of_one_alarm_takes_back_no_other(book):
    book(danger={"phrases": ["kill"], "unless": ["kill time"]}, suicide={"phrases": ["kill time"]})
    assert hear("kill time", ("xx",)) == ("suicide",)


def test_one_language_takes_back_what_another_raised(tmp_path, monkeypatch):
    (tmp_path / "xx.toml").write_text('[danger]\nphrases = ["sos"]', encoding="utf-8")
    (tmp_path / "yy.toml").write_text('[danger]\nunless = ["vos sos"]', encoding="utf-8")
    monkeypatch.setattr(books, "PHRASES", tmp_path)
    phrasebook.cache_clear()
    try:
        assert hear("vos sos abogada", ("yy", "xx")) == ()
        assert hear("sos ayuda", ("yy", "xx")) == ("danger",)
    finally:
        phrasebook.cache_clear()


def test_scripts_without_spaces_are_heard_by_their_letters(book):
    book(danger={"phrases": ["ช่วยด้วย"]})
    assert hear("ตอนนี้ช่วยด้วยค่ะ", ("xx",)) == ("danger",)
    assert hear("สวัสดีค่ะ", ("xx",)) == ()


def test_a_language_without_phrases_raises_nothing():
    assert hear("he is going to kill me", ("zz",)) == ()


def test_a_pattern_is_compared_as_texts_are():
    assert pattern("Don't  .. BEAT* #") == ("dont", "..", "beat*", "#")


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_any_text_can_be_heard(text, language):
    found = hear(text, (language, "en"))
    assert list(found) == sorted(found, key=ALARMS.index)


@settings(deadline=None)
@given(st.sampled_from(ALARMS), st.sampled_from(LANGUAGES), st.text(max_size=30))
def test_an_alarm_is_heard_whatever_stands_before_it_on_a_line_of_its_own(alarm, language, noise):
    calm = "".join(c for c in noise if not c.isalnum())
    assert alarm in hear(f"{calm}\n{phrase_for(alarm, language)}", (language,))


@everywhere
def test_no_answer_of_one_word_raises_an_alarm(language):
    for word, meaning in lexicon(language).answers.items():
        if " " not in word:
            assert hear(word, (language, "en")) == (), (word, meaning)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('language = "xx"\n[danger]\nphrases = ["a .. b"]\n', ""),
        ('[danger]\nphrase = ["a"]\n', 'xx.toml:2: unknown key "phrase"'),
        ('[danger]\nphrases = "a"\n', 'xx.toml:2: "phrases" is a list of phrases'),
        ('[danger]\nphrases = ["..."]\n', 'xx.toml:2: "phrases" is a list of phrases'),
        ('[danger]\nphrases = [".. a"]\n', 'xx.toml:2: "phrases" is a list of phrases'),
        ('[danger]\nphrases = ["*"]\n', 'xx.toml:2: "phrases" is a list of phrases'),
        ("[hunger]\nphrases = []\n", 'xx.toml:1: unknown key "hunger"'),
        ("[danger\n", "xx.toml:1: not TOML"),
    ],
)
def test_what_is_wrong_with_phrases_is_reported_with_its_line(tmp_path, body, problem):
    (tmp_path / "xx.toml").write_text(body, encoding="utf-8")
    found = check_words(tmp_path / "none", tmp_path)
    assert any(line.startswith(problem) for line in found) if problem else found == []


class TestTheEar:
    SURE, ASK = thresholds()["danger"].sure, thresholds()["danger"].ask

    def test_what_is_likely_enough_is_believed(self):
        assert judge({"danger": self.SURE, "human": 0.1}) == Hunch(alarm="danger")

    def test_what_is_less_likely_is_asked_about(self):
        assert judge({"danger": (self.SURE + self.ASK) / 2}).doubt == "danger"
        assert judge({"danger": self.ASK / 2}) == Hunch()

    def test_danger_and_suicide_add_up_since_they_lead_to_the_same_help(self):
        half = self.SURE / 2
        assert judge({"danger": half + 0.01, "suicide": half}).alarm == "danger"
        assert judge({"danger": half, "suicide": half + 0.01}).alarm == "suicide"

    def test_a_path_and_a_topic_are_the_likeliest_if_likely_enough(self):
        sure = thresholds()["path"].sure
        heard = judge({"path.offer": sure, "path.situation": 0.1, "topic.fees": 0.99})
        assert (heard.path, heard.topic) == ("offer", "fees")
        assert judge({"path.offer": sure - 0.01}).path == ""

    def test_one_or_two_words_are_for_the_lexicons(self):
        def shouting(_text):
            return {"danger": 1.0}

        assert listen(shouting, "yes") == Hunch()
        assert listen(shouting, "he is here") == Hunch(alarm="danger")
        assert listen(None, "he is here") == Hunch()
        assert is_sentence("ช่วยฉันด้วยพวกเขาขังฉัน")

    def test_either_one_may_raise_an_alarm(self):
        def hears_a_child(_text):
            return {"child": 1.0}

        raised, _ = alarms_in("he is going to kill me", ("en",), hears_a_child)
        assert raised == ("danger", "child")
        assert alarms_in("the weather is fine", ("en",), hears_a_child)[0] == ("child",)

    def test_an_ear_that_hears_nothing_raises_nothing(self):
        assert judge({}) == Hunch()

    def test_who_is_alone_is_not_watched_by_ear_either(self):
        def hears_somebody(text):
            del text
            return {"watched": 0.99}

        assert alarms_in("i am alone, he comes home at six", ("en",), hears_somebody)[0] == ()
        assert alarms_in("i am with him, he comes at six", ("en",), hears_somebody)[0] == (
            "watched",
        )


def test_a_list_of_calm_messages_that_cannot_be_read_is_told(tmp_path):
    broken = tmp_path / "calm.toml"
    broken.write_text('en = ["hello", ""]\nfr = "salut"\n', encoding="utf-8")
    found = check_words(tmp_path / "none", tmp_path / "none", broken)
    assert found == [
        "calm.toml:1: \"en\": '' is no word that can be typed",
        'calm.toml:2: "fr" needs a list of words',
    ]
