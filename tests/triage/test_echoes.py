"""Answers that echo the question: what they mean, where they stand, and when they are asked about."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locales import languages
from triage import echoes, load_flow
from triage.reading import LIKELY, NOTHING, PLAIN, SURE, Reading
from triage.understand import answer
from triage.utterance import hear
from triage.words import check_echoes

LISTED = """
language = "en"
[papers_kept]
yes = ["they keep", "took it", "in his office", "otobral* u *", "with ivan"]
no = ["never took it", "ivan gave", "with me", "did not take"]
[unpaid]
yes = ["nothing", "no pay", "pay* * little", "do not pay"]
no = ["pays well", "pay me well enough"]
"""


@pytest.fixture(autouse=True)
def listed(tmp_path, monkeypatch):
    (tmp_path / "en.toml").write_text(LISTED, encoding="utf-8")
    (tmp_path / "th.toml").write_text(
        '[papers_kept]\nyes = ["เก็บ"]\nno = ["ไม่ได้เก็บ"]\n', encoding="utf-8"
    )
    monkeypatch.setattr(echoes, "ECHOES", tmp_path)
    echoes.echoes.cache_clear()
    yield
    echoes.echoes.cache_clear()


def taken(text, question="papers_kept", language="en"):
    return echoes.weighed(answer(text, language), text, question, language)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("my boss took it last year", "yes"),
        ("IN HIS OFFICE!", "yes"),
        ("oni otobrali u nas", "yes"),
        # Of two that share a word a negated one counts, or the longer one, open letters included.
        ("he never took it", "no"),
        ("otobrali u menja", "yes"),
        ("nobody never took it", "no"),
        # A negation beside it may turn it round.
        ("it is not so that they keep mine", ""),
        # Both ways.
        ("they keep one, I have one with me", ""),
        ("otobrali", ""),
        ("he mistook it", ""),
        # A phrase ends where the text stops; a negation there turns nothing round beyond.
        ("it went with, me there", ""),
        ("that is not him, my boss took it", "yes"),
        # Of two that are alike none counts.
        ("with ivan gave", ""),
    ],
)
def test_an_echo_means_what_it_does_wherever_it_stands(text, meant):
    assert taken(text).meaning == meant
    assert answer(text, "en") == NOTHING


def test_an_echo_is_an_answer_to_its_question_only():
    assert taken("my boss took it last year", "watched") == NOTHING
    assert taken("nothing", "unpaid") == Reading("yes", PLAIN)
    assert taken("nothing") == Reading("no", SURE)


def test_what_is_negated_counts_more_than_what_is_longer():
    assert taken("they do not pay me well enough", "unpaid").meaning == "yes"
    assert taken("they pay me well enough", "unpaid").meaning == "no"


def test_a_whole_answer_that_is_listed_counts_more_than_its_words_elsewhere():
    assert answer("no pay", "en").meaning != "yes"
    assert taken("no pay", "unpaid").meaning == "yes"


def test_an_echo_that_takes_in_the_first_words_is_what_they_begin():
    assert taken("no pay for six months they say", "unpaid").meaning == "yes"


def test_a_no_that_goes_on_with_a_yes_is_asked_about():
    assert answer("no, they keep it", "en").meaning == "no"
    assert taken("no, they keep it") == Reading(both=("yes", "no"))
    assert taken("no, it is with me").meaning == "no"


def test_what_is_listed_whole_or_said_twice_in_few_words_is_plain():
    assert taken("took it") == taken("yes they keep it") == Reading("yes", PLAIN)
    assert taken("they keep it") == Reading("yes", PLAIN)
    assert taken("they keep it since we came") == Reading("yes", LIKELY)
    assert taken("yes they keep it and nobody of us has ever seen one of them again") == Reading(
        "yes", LIKELY
    )


def test_what_is_sure_or_unsure_stays_so():
    assert taken("no") == Reading("no", SURE)
    assert taken("i dont know if they keep it").meaning == "dont_know"


def test_letters_are_enough_where_there_are_no_spaces():
    assert taken("นายจ้างเก็บพาสปอร์ต", language="th").meaning == "yes"
    assert taken("เขาไม่ได้เก็บพาสปอร์ต", language="th").meaning == "no"


def test_english_is_understood_beside_every_language():
    assert taken("they keep passport", language="th").meaning == "yes"


def test_an_echo_silences_no_alarm():
    heard = hear("he took it and he is going to kill me", "en", "yesno", question="papers_kept")
    assert (heard.meaning, heard.alarm) == ("yes", "danger")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ('[weather]\nyes = ["it rains"]', 'xx.toml:2: "weather" is no question'),
        ('[unpaid]\nmaybe = ["a little"]', 'xx.toml:3: unknown key "maybe"'),
        ('[unpaid]\nyes = "nothing"', 'xx.toml:3: "yes" is a list of phrases'),
        ('[unpaid]\nyes = ["a*"]', 'xx.toml:3: "yes" is a list of phrases'),
        ('[unpaid]\nyes = ["*"]', 'xx.toml:3: "yes" is a list of phrases'),
        ('[unpaid]\nyes = ["ไม่*"]', 'xx.toml:3: "yes" is a list of phrases'),
        ('[unpaid]\nyes = ["No pay"]\nno = ["no pay!"]', 'xx.toml:4: "no pay!" is yes and no'),
        ("[unpaid", "xx.toml:2: not TOML"),
    ],
)
def test_a_broken_list_is_reported_with_its_line(tmp_path, written, problem):
    (tmp_path / "en.toml").unlink()
    (tmp_path / "th.toml").unlink()
    (tmp_path / "xx.toml").write_text(f'language = "xx"\n{written}\n', encoding="utf-8")
    found = check_echoes({"unpaid"}, tmp_path)
    assert len(found) == 1
    assert found[0].startswith(problem)


SAID = [
    "no",
    "not",
    "they",
    "took",
    "it",
    "pay",
    "me",
    "nothing",
    ",",
    "ไม่",
    "เก็บ",
    "لا",
    "አይ",
    "never",
]
SHIPPED = Path(echoes.__file__).parent / "echoes"
ASKED = {question.id for question in load_flow().questions()}


@pytest.fixture
def shipped(monkeypatch):
    monkeypatch.setattr(echoes, "ECHOES", SHIPPED)
    echoes.echoes.cache_clear()


def test_shipped_echoes_are_whole():
    assert check_echoes(ASKED, SHIPPED) == []


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.text(max_size=400) | st.lists(st.sampled_from(SAID), max_size=12).map(" ".join),
    language=st.sampled_from(["en", "th", "ar", "am"]),
    question=st.sampled_from(["unpaid", "papers_kept", "watched"]),
)
def test_whatever_is_written_an_echo_guesses_at_the_most(shipped, text, language, question):
    before = answer(text, language)
    found = echoes.weighed(before, text, question, language)
    assert found == before or found.confidence < SURE
    assert found.meaning in {before.meaning, "yes", "no", ""}
    assert not (found.meaning and found.both)


@pytest.mark.parametrize("language", languages("contact"))
def test_every_question_has_its_echoes_in_every_language(shipped, language):
    listed = echoes.echoes(language)
    # What somebody needs is chosen, and ages are numbers.
    assert listed.keys() == (ASKED - {"need", "under_18"}) | {"language"}
    for question in listed.keys() - {"language"}:
        meanings = [line.partition(" ")[0] for line in listed[question].splitlines()]
        assert min(meanings.count("yes"), meanings.count("no")) >= 5, question


@pytest.mark.parametrize("language", languages("contact"))
def test_a_listed_echo_means_what_it_says_and_is_never_sure(shipped, language):
    listed = [
        (question, *line.split(" ", 1))
        for question, lines in echoes.echoes(language).items()
        for line in lines.splitlines()
        if "*" not in line
    ]
    assert len(listed) > 500
    for question, meaning, phrase in listed[::5]:
        found = echoes.weighed(NOTHING, phrase, question, language)
        assert found == Reading(meaning, PLAIN), (question, phrase)
