"""Short answers, digits and global words as people type them."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales import translator
from tests.triage.walk import FLOW, LANGUAGES
from triage.ages import age
from triage.alarms import hear
from triage.lexicon import LEXICONS, commands, languages, lexicon, word_for
from triage.plain import folded, plain
from triage.reading import SURE
from triage.understand import answer, command, digit, nearly_command, pick
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
    "text", ["", "2 3", "2.5", "½", "+12025550101", "2a", "Ⅱ", "🙂", "222", "two men came at 2"]
)
def test_what_is_no_single_number_is_none(text):
    assert digit(text) is None


# The digits 1 to 9 of every script our languages are written in.
SCRIPTS = {
    "latin": "123456789",
    "arabic-indic": "١٢٣٤٥٦٧٨٩",
    "eastern arabic": "۱۲۳۴۵۶۷۸۹",
    "devanagari": "१२३४५६७८९",
    "bengali": "১২৩৪৫৬৭৮৯",
    "khmer": "១២៣៤៥៦៧៨៩",
    "lao": "໑໒໓໔໕໖໗໘໙",
    "thai": "๑๒๓๔๕๖๗๘๙",
    "burmese": "၁၂၃၄၅၆၇၈၉",
    "ethiopic": "፩፪፫፬፭፮፯፰፱",
    "full-width": "１２３４５６７８９",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_digit_of_every_script_is_read(script):
    assert [digit(character) for character in SCRIPTS[script]] == list(range(1, 10))
    assert [digit(f"{c}.") for c in SCRIPTS[script]] == list(range(1, 10))


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("two", "en", 2),
        ("Deux", "fr", 2),
        ("cuatro", "es", 4),
        ("tres", "es", 3),
        ("ثلاثة", "ar", 3),
        ("tlata", "ar", 3),
        ("three", "ar", 3),
        ("number 3", "en", 3),
        ("opción 2", "es", 2),
        ("le 4", "fr", 4),
        ("الخيار ٣", "ar", 3),
        ("option two", "en", 2),
    ],
)
def test_number_words_and_numbers_in_a_frame_are_read(text, language, number):
    assert digit(text, language) == number


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
        ("make them stop", "en", None),
        ("hasta luego", "en", None),
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
        ("yesss", "en", "yes"),
        ("👍🏾", "en", "yes"),
        ("❌", "fr", "no"),
        ("nooo", "en", "no"),
        ("skp", "en", ""),
        ("don't know", "en", "dont_know"),
        ("don’t know", "en", "dont_know"),
        ("dont know", "en", "dont_know"),
        ("d'accord", "fr", "yes"),
        ("d accord", "fr", "yes"),
        ("Sí", "es", "yes"),
        ("si", "es", "yes"),
        ("No sé", "es", "dont_know"),
        ("لأ", "ar", "no"),
        ("لاا", "ar", "no"),
        ("أيوه", "ar", "yes"),
        ("na3am", "ar", "yes"),
        ("تخطى", "ar", "skip"),
        ("skip", "ar", "skip"),
        ("definately", "en", "yes"),
        ("they came on monday", "en", ""),
    ],
)
def test_yes_no_and_skip_are_understood_in_the_own_language_and_in_english(text, language, means):
    assert answer(text, language).meaning == means


@pytest.mark.parametrize(
    ("text", "language", "means"),
    [
        ("yes they took it", "en", "yes"),
        ("no i have it with me", "en", "no"),
        ("no never", "en", "no"),
        ("not really", "en", "no"),
        ("they took it yes", "en", "yes"),
        ("i am not ok", "en", ""),
        ("i don't know what they did with it", "en", "dont_know"),
        ("oui ils l'ont pris", "fr", "yes"),
        ("non c'est moi qui l'ai", "fr", "no"),
        ("je ne suis pas d'accord", "fr", ""),
        ("sí, me lo quitaron", "es", "yes"),
        ("no, lo tengo yo", "es", "no"),
        # "No" is also "not": this says that nobody pays, which is no "no".
        ("no me pagan", "es", ""),
        ("no puedo salir", "es", ""),
        ("لا يدفعون لي", "ar", ""),
        ("لا، معي", "ar", "no"),
        ("نعم اخذوه", "ar", "yes"),
        # A dont_know ends a sentence; the same words in the middle of one may be something else.
        ("la verdad no sé", "es", "dont_know"),
        ("los tengo aquí, no se los di a nadie", "es", ""),
        ("not today", "en", "skip"),
        # An English word that opens a sentence of another language.
        ("ya me lo devolvieron", "es", ""),
        ("🤷", "en", "dont_know"),
    ],
)
def test_an_answer_in_a_sentence_is_read_and_what_can_be_read_both_ways_is_not(
    text, language, means
):
    assert answer(text, language).meaning == means


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("yes no", "en"),
        ("no yes", "en"),
        ("Yes, no", "en"),
        ("no they refuse, yes he has it", "en"),
        ("non il ne veut pas le rendre, oui c'est lui", "fr"),
    ],
)
def test_yes_and_no_at_once_are_both(text, language):
    assert set(answer(text, language).both) == {"yes", "no"}


@pytest.mark.parametrize(("text", "language"), [("yes but not sure", "en"), ("sí, no sé", "es")])
def test_a_yes_that_is_not_sure_is_asked_again(text, language):
    assert set(answer(text, language).both) == {"yes", "dont_know"}


@pytest.mark.parametrize(
    ("text", "means"),
    [("nobody", "no"), ("always", "yes"), ("nobody pays us", ""), ("always they shout", "")],
)
def test_what_answers_only_as_a_whole_message_leads_no_sentence(text, means):
    assert answer(text, "en").meaning == means


@pytest.mark.parametrize(
    ("text", "language", "means"),
    [
        ("16", "en", "child"),
        ("im 16", "en", "child"),
        ("١٦", "ar", "child"),
        ("sixteen", "en", "child"),
        ("i am under 18", "en", "child"),
        ("yes 15", "en", "child"),
        ("yes", "en", "child"),
        ("j'ai moins de 18 ans", "fr", "child"),
        ("34", "en", "adult"),
        ("18", "en", "adult"),
        ("no i am 40", "en", "adult"),
        ("over 18", "en", "adult"),
        ("no", "es", "adult"),
        ("tengo 22 años", "es", "adult"),
        ("i am not ok", "en", ""),
        ("i have 2 and she has 3", "en", ""),
        ("my children are 12 and 40", "en", ""),
        ("maybe", "en", "dont_know"),
        ("15ans", "fr", "child"),
        ("17yo", "en", "child"),
        ("-18", "es", "child"),
        ("+18", "es", "adult"),
        ("16-17", "en", "child"),
        ("turning 18 in may", "en", "child"),
        # Of a number that is only half known, nothing.
        ("fourty five", "en", ""),
        ("veinti5", "es", ""),
        ("2027", "en", ""),
    ],
)
def test_an_age_is_read_from_numbers_words_or_a_yes(text, language, means):
    assert age(text, language).meaning == means


MENU = FLOW.steps["menu"].options


def labels(language):
    texts = translator(language, "contact")
    return {option.id: texts.text(option.label) for option in MENU}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_option_is_picked_by_its_number_and_by_its_label(language):
    for number, option in enumerate(MENU, 1):
        label = labels(language)[option.id]
        for text in (str(number), f"{number}.", label, label.upper(), f"  {label}! "):
            assert pick(text, MENU, language, labels(language)).meaning == option.id


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("Someone els", "someone_else"),
        ("Informaton", "information"),
        ("I want information please", "information"),
        ("7", ""),
        ("the weather", ""),
    ],
)
def test_an_option_is_picked_by_a_label_with_a_typo_or_in_a_sentence(text, means):
    assert pick(text, MENU, "en", labels("en")).meaning == means


@pytest.mark.parametrize("text", ["1 and 3", "1,3", "1 3", "information someone else"])
def test_two_options_at_once_are_both(text):
    assert len(pick(text, MENU, "en", labels("en")).both) == 2


def test_a_no_to_what_is_needed_is_none_of_it():
    need = FLOW.questionnaires["situation"].questions["need"]
    assert pick("no", need.answers, "en").meaning == "skip"
    assert pick("yes", need.answers, "en").meaning == ""


@pytest.mark.parametrize(
    ("text", "language", "means"),
    [("langauge", "en", "language"), ("personne", "fr", "human"), ("dlete", "en", "delete"),
     ("xyz", "en", None), ("shop", "en", None)],
)  # fmt: skip
def test_a_word_that_misses_by_a_letter_is_nearly_a_command(text, language, means):
    assert nearly_command(text, language) == means


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_any_text_is_read_and_nothing_is_both_meant_and_asked(text, language):
    for reading in (
        answer(text, language),
        age(text, language),
        pick(text, MENU, language, labels(language)),
    ):
        assert not (reading.meaning and reading.both)
        assert bool(reading.meaning) == (reading.confidence > 0)


@settings(deadline=None)
@given(st.sampled_from(LANGUAGES), st.data())
def test_case_marks_and_dress_change_no_answer(language, data):
    word, means = data.draw(st.sampled_from(sorted(lexicon(language).answers.items())))
    for dressed in (word.upper(), f"  {word}!!", f"«{word}»", f"{word}\u200f"):
        assert answer(dressed, language).meaning == means


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
    for name in ("stop", "start", "help", "language", "delete", "safe_word", "later"):
        assert plain(word_for(name, language)) in help_words
    assert "0" in help_words
    for name, message in (("safe_word", "safe.ask"), ("start", "stop.done")):
        assert f" {folded(word_for(name, language))} " in f" {folded(texts.text(message))} "
    assert " 0 " in f" {folded(texts.text('safe.ask'))} "


# A lexicon is checked by itself.
NO_PHRASES = Path("no phrases")
CLEAN = """language = "xx"
yes = ["ja"]
no = ["nee"]
skip = ["weiter"]
dont_know = ["keine ahnung"]
[commands]
stop = ["halt"]
start = ["los"]
human = ["mensch"]
help = ["hilfe"]
language = ["sprache"]
delete = ["weg"]
safe_word = ["sonne"]
later = ["gleich"]
[numbers]
"1" = ["eins"]
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"xx"', '"yy"', 'xx.toml:1: "language" is not "xx"'),
        ('no = ["nee"]\n', "", 'xx.toml:1: "no" needs a list of words'),
        ('["nee"]', '["ja"]', 'xx.toml:3: "ja" is no, but xx.toml:2 has it as yes'),
        ('["los"]', '["HÁLT!"]', 'xx.toml:8: "halt" is start, but xx.toml:7 has it as stop'),
        ('["weg"]', '["weiter"]', 'xx.toml:12: "weiter" is delete, but xx.toml:4 has it as skip'),
        ('["weg"]', "[]", 'xx.toml:12: "delete" needs a list of words'),
        ('["weg"]', '["..."]', "xx.toml:12: \"delete\": '...' is no word that can be typed"),
        ('["weg"]', '["weg"]\ndelt = ["x"]', 'xx.toml:13: unknown key "delt"'),
        ('["weg"]', "[", "xx.toml:13: not TOML"),
        ('["eins"]', '["halt"]', 'xx.toml:7: "halt" is stop, but xx.toml:15 has it as 1'),
        ('"1" =', '"many" =', 'xx.toml:16: unknown key "many"'),
        ("[numbers]", '[alone]\nno = ["ja"]\n[numbers]', 'xx.toml:16: "ja" is no, but xx.toml:2'),
        ("[numbers]", '[alone]\nperhaps = ["ja"]\n[numbers]', 'xx.toml:16: unknown key "perhaps"'),
    ],
)
def test_each_kind_of_mistake_in_a_lexicon_is_reported_with_its_line(tmp_path, old, new, problem):
    (tmp_path / "xx.toml").write_text(CLEAN.replace(old, new, 1), encoding="utf-8")
    found = check_words(tmp_path, NO_PHRASES)
    assert any(line.startswith(problem) for line in found), found


def test_a_clean_lexicon_has_no_problem_and_a_command_may_not_be_a_yes_elsewhere(tmp_path):
    (tmp_path / "xx.toml").write_text(CLEAN, encoding="utf-8")
    assert check_words(tmp_path, NO_PHRASES) == []
    other = CLEAN.replace('"xx"', '"yy"').replace('["ja"]', '["halt"]')
    (tmp_path / "yy.toml").write_text(other, encoding="utf-8")
    assert any("halt" in problem for problem in check_words(tmp_path, NO_PHRASES))


@pytest.mark.parametrize("language", languages())
def test_words_that_work_anywhere_are_read_as_the_whole_file_says(language):
    data = tomllib.loads((LEXICONS / f"{language}.toml").read_text(encoding="utf-8"))
    said = {plain(word): name for name, words in data["commands"].items() for word in words}
    assert commands(language) == said


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hello yes madam", "yes"),
        ("good morning sir no sir", "no"),
        ("dear friend i dont know", "dont_know"),
        ("madam", ""),
        ("hello madam", ""),
        ("hello madam they pay us", ""),
    ],
)
def test_greetings_and_forms_of_address_around_an_answer_change_nothing(text, found):
    assert answer(text, "en").meaning == found


@pytest.mark.parametrize("language", languages())
def test_no_yes_of_a_lexicon_silences_an_alarm(language):
    lex = lexicon(language)
    graver = {"danger", "suicide", "child"}
    told = {**lex.alone, **lex.spoken}
    yes = {word for word, meant in told.items() if meant == "yes"}
    other = {word for word, meant in told.items() if meant in ("skip", "dont_know")}
    assert [w for w in yes if {*graver, "watched"} & {*hear(w, (language, "en"))}] == []
    assert [w for w in other if graver & {*hear(w, (language, "en"))}] == []


@pytest.mark.parametrize("language", languages())
def test_nothing_that_stands_around_an_answer_hides_an_alarm(language):
    graver = {"danger", "suicide", "child", "watched"}
    for around in lexicon(language).around:
        for said in (word_for("yes", language), word_for("no", language)):
            for text in (f"{around} {said}", f"{said} {around}"):
                assert not graver & {*hear(text, (language, "en"))}, text


def test_who_says_that_there_is_no_doctor_does_not_say_no():
    assert answer("no doctor", "en").confidence < SURE
    assert answer("no madam", "en").confidence == SURE
