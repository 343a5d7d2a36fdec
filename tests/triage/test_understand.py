"""Short answers, digits and global words as people type them."""

import pytest

from locales import translator
from tests.triage.walk import FLOW, LANGUAGES
from triage.understand import answer, command, digit, plain, word_for
from triage.words import check_words


@pytest.mark.parametrize(
    "text",
    [
        "2",
        "2.",
        "(2)",
        " 2 ",
        "2)",
        "#2",
        "2️⃣",
        "②",
        "٢",
        "۲",
        "२",
        "২",
        "២",
        "၂",
        "໒",
        "๒",
        "\u200f2",
        "２",
    ],
)
def test_a_two_is_a_two_in_any_script_and_dress(text):
    assert digit(text) == 2


@pytest.mark.parametrize(
    "text", ["", "two", "2 3", "2.5", "½", "+12025550101", "2a", "Ⅱ", "🙂", "222"]
)
def test_what_is_no_single_number_is_none(text):
    assert digit(text) is None


@pytest.mark.parametrize(
    ("text", "language", "means"),
    [
        ("0", "en", "human"),
        ("٠", "ar", "human"),
        ("0️⃣", "fr", "human"),
        ("STOP!", "en", "stop"),
        ("  Stop. ", "ar", "stop"),
        ("𝐒𝐓𝐎𝐏", "en", "stop"),
        ("\u202eSTOP\u202c", "en", "stop"),
        ("Arrêter", "fr", "stop"),
        ("arreter", "fr", "stop"),
        ("ARRE\u0302T", "fr", "stop"),
        ("Quelqu’un", "fr", "human"),
        ("quelqu'un", "fr", "human"),
        ("Olvídeme", "es", "delete"),
        ("مُساعَدة", "ar", "help"),
        ("مساعده", "ar", "help"),
        ("إيقاف", "ar", "stop"),
        ("ايقاف", "ar", "stop"),
        ("تـــوقف", "ar", "stop"),
        ("أبدأ", "ar", "start"),
        ("SOL", "es", "safe_word"),
        ("شمس", "en", "safe_word"),
        ("SOLEIL ☀️", "fr", "safe_word"),
        ("o", "en", "human"),
        ("please stop", "en", None),
        ("stop " * 30, "en", None),
        ("", "en", None),
    ],
)
def test_global_words_are_understood_however_they_are_typed(text, language, means):
    assert command(text, language) == means


@pytest.mark.parametrize(
    ("text", "language", "means"),
    [
        ("Yes!", "en", "yes"),
        ("don't know", "en", "skip"),
        ("don’t know", "en", "skip"),
        ("dont know", "en", "skip"),
        ("d'accord", "fr", "yes"),
        ("d accord", "fr", "yes"),
        ("Sí", "es", "yes"),
        ("si", "es", "yes"),
        ("No sé", "es", "skip"),
        ("لأ", "ar", "no"),
        ("أيوه", "ar", "yes"),
        ("تخطى", "ar", "skip"),
        ("skip", "ar", "skip"),
        ("oui", "ar", None),
        ("perhaps", "en", None),
    ],
)
def test_yes_no_and_skip_are_understood_in_the_own_language_and_in_english(text, language, means):
    assert answer(text, language) == means


def test_the_shipped_lexicons_hold_no_word_of_two_meanings():
    assert check_words() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_option_is_named_like_another_global_word(language):
    texts = translator(language, "contact")
    labels = {label for ids in FLOW.options_under().values() for label in ids}
    clashes = {label: command(texts.text(label), language) for label in labels}
    del clashes["menu.person"]  # says what it does
    assert not any(clashes.values()), clashes


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printed_words_are_the_ones_that_work(language):
    texts = translator(language, "contact")
    help_words = [plain(word) for word in texts.text("help.words").replace("=", "\n").split("\n")]
    for name in ("stop", "start", "help", "language", "delete", "safe_word"):
        assert plain(word_for(name, language)) in help_words
    assert "0" in help_words
    safe = words_of(texts.text("safe.ask"))
    assert plain(word_for("safe_word", language)) in safe
    assert "0" in safe
    assert plain(word_for("start", language)) in words_of(texts.text("stop.done"))


def words_of(text):
    return {plain(word) for word in text.split()}


CLEAN = """language = "xx"
yes = ["ja"]
no = ["nee"]
skip = ["weiter"]
[commands]
stop = ["halt"]
start = ["los"]
human = ["mensch"]
help = ["hilfe"]
language = ["sprache"]
delete = ["weg"]
safe_word = ["sonne"]
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"xx"', '"yy"', 'xx.toml:1: "language" is not "xx"'),
        ('no = ["nee"]\n', "", 'xx.toml:1: "no" needs a list of words'),
        ('["nee"]', '["ja"]', 'xx.toml:3: "ja" is no, but xx.toml:2 has it as yes'),
        ('["los"]', '["HÁLT!"]', 'xx.toml:7: "halt" is start, but xx.toml:6 has it as stop'),
        ('["weg"]', '["weiter"]', 'xx.toml:11: "weiter" is delete, but xx.toml:4 has it as skip'),
        ('["weg"]', "[]", 'xx.toml:11: "delete" needs a list of words'),
        ('["weg"]', '["..."]', "xx.toml:11: \"delete\": '...' is no word that can be typed"),
        ('["weg"]', '["weg"]\ndelt = ["x"]', 'xx.toml:12: unknown key "delt"'),
        ('["weg"]', "[", "xx.toml:12: not TOML"),
    ],
)
def test_each_kind_of_mistake_in_a_lexicon_is_reported_with_its_line(tmp_path, old, new, problem):
    (tmp_path / "xx.toml").write_text(CLEAN.replace(old, new, 1), encoding="utf-8")
    assert any(found.startswith(problem) for found in check_words(tmp_path)), check_words(tmp_path)


def test_a_clean_lexicon_has_no_problem_and_a_command_may_not_be_a_yes_elsewhere(tmp_path):
    (tmp_path / "xx.toml").write_text(CLEAN, encoding="utf-8")
    assert check_words(tmp_path) == []
    other = CLEAN.replace('"xx"', '"yy"').replace('["ja"]', '["halt"]')
    (tmp_path / "yy.toml").write_text(other, encoding="utf-8")
    assert any("halt" in problem for problem in check_words(tmp_path))
