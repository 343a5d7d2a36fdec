"""The form of assistance as data."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from locales.translator import translator
from triage.assistance import FOLDER, FormWrong, assistance_form, load_form

# What version 1 asked: question → kind and answers. Never shortened; every later version gets one of its own.
EVER_ASKED = sorted(Path(__file__).parent.glob("assistance_version_*.json"))
STANDARD = tomllib.loads((FOLDER / "htcds.toml").read_text(encoding="utf-8"))
IDENTIFYING = re.compile(r"Name|Birthdate|Identity|Phone|Email|Mailing|Street|City|Postal|tude$")


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "assistance")


def spoil(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(folder, known_texts=None):
    with pytest.raises(FormWrong) as wrong:
        load_form(folder, known_texts)
    return str(wrong.value).splitlines()


def by_id(form):
    return {question.id: question for question in form.questions()}


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_shipped_form_has_words_for_everything_in_every_language(language):
    desk = translator(language, "staff")
    form = load_form(known_texts=desk)
    assert [section.id for section in form.sections] == [
        "background", "recruitment", "transport", "exploitation", "needs", "services",
    ]  # fmt: skip
    assert all(section.label in desk for section in form.sections)


def test_the_version_that_is_shipped_is_written_down_with_what_it_asks():
    assert EVER_ASKED[-1].name == f"assistance_version_{assistance_form().version}.json"
    now = {
        q.id: {"kind": q.kind, "choices": [choice.id for choice in q.choices]}
        for q in assistance_form().questions()
    }
    assert json.loads(EVER_ASKED[-1].read_text()) == now


@pytest.mark.parametrize("earlier", EVER_ASKED, ids=lambda path: path.stem)
def test_nothing_that_was_ever_asked_is_gone_or_means_something_else(earlier):
    now = by_id(assistance_form())
    for name, asked in json.loads(earlier.read_text()).items():
        assert now[name].kind == asked["kind"]
        assert set(asked["choices"]) <= {choice.id for choice in now[name].choices}


def test_every_answer_to_a_question_of_the_standard_becomes_one_of_its_codes():
    for question in assistance_form().questions():
        codes = STANDARD.get(question.htcds, [])
        for choice in question.choices if codes else ():
            assert choice.htcds in codes, (question.id, choice.id)


@pytest.mark.parametrize(
    "field", [name for name, codes in STANDARD.items() if codes and name != "spl_Type"]
)
def test_every_code_of_the_standard_can_be_chosen(field):
    (question,) = [q for q in assistance_form().questions() if q.htcds == field]
    # For a gender that is not known there are two answers, as everywhere.
    wanted = set(STANDARD[field]) - {"NonSpecifiedUnknown"}
    assert wanted == {choice.htcds for choice in question.choices}


def test_no_question_is_answered_with_what_finds_a_person():
    for question in assistance_form().questions():
        assert not IDENTIFYING.search(question.htcds), question.id


def test_every_text_says_what_not_to_write():
    for question in assistance_form().questions():
        if question.kind == "text":
            told = translator("en", "staff").text(f"{question.label}.help")
            assert "Not: names, places below a country, numbers, quotes." in told


def test_nothing_is_ever_filled_in_with_a_no():
    for question in assistance_form().questions():
        assert all(not choice.said for choice in question.choices if choice.id == "no")


def test_what_was_heard_fills_in_what_it_says_and_nothing_more():
    """Spot checks of the crosswalk against the standard's own definitions."""
    control = {c.id: set(c.said) for c in by_id(assistance_form())["control"].choices}
    assert control["WithholdsDocuments"] == {"indicator.CD01", "indicator.CR03"}
    assert control["DebtBondage"] == {"indicator.CD02", "indicator.CR04"}
    # Violence that was told of is not sexual violence, and poor food is not food withheld.
    assert control["SexualAbuse"] == control["WithholdsNecessities"] == set()


MISTAKES = [
    ("form.toml", "version = 1", 'version = "1"', '"version" is a whole number'),
    ("form.toml", '"needs"', '"wishes"', "wishes.toml:1: cannot be read"),
    ("background.toml", 'kind = "countries"', 'kind = "nations"', '"kind" is one of yes_no'),
    ("background.toml", "most = 20", 'most = "20"', '"most" is a whole number'),
    ("background.toml", "help = true", "hepl = true", 'unknown key "hepl"'),
    ("background.toml", 'said = ["need.child"]', 'said = ["need.kid"]', '"said" has "need.kid", which nobody says'),
    ("background.toml", 'kind = "number"', 'kind = "number"\nsaid = ["need.child"]', "here each option says what was said"),
    ("background.toml", '{ id = "0_8" }', '{ id = "9_17" }', 'option "9_17" stands there twice'),
    ("background.toml", '{ id = "0_8" }', '{ id = "not_known" }', 'option "not_known" stands there twice or is no id'),
    ("background.toml", 'kind = "yes_no"', 'kind = "one"', '"options" belong to the kinds one and many'),
    ("background.toml", "[questions.interpreter]", "[questions.interpreter]\noptions = [{ id = 'a' }]", '"options" belong'),
    ("background.toml", '{ id = "Feminine" }', '{ id = "Female" }', '"Female" is no code of the standard'),
    ("background.toml", 'htcds = "prs_Gender"', 'htcds = "prs_Sex"', 'htcds.toml has no field "prs_Sex"'),
    ("recruitment.toml", 'htcds = "Familial"', 'htcds = "Family"', '"Family" is no code of the standard'),
    ("transport.toml", "[questions.crossing]", "[questions.gender]", 'there are two questions "gender"'),
    ("needs.toml", "[questions.risks]", "[questions.risks", "not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "problem"), MISTAKES)
def test_each_kind_of_mistake_is_reported_with_its_line(folder, file, old, new, problem):
    spoil(folder / file, old, new)
    found = problems(folder)
    assert any(problem in line for line in found), found
    assert all(re.match(r"[a-z]+\.toml:\d+: ", line) for line in found), found


def test_a_question_without_words_is_reported(folder):
    spoil(folder / "background.toml", "[questions.interpreter]", "[questions.interpreting]")
    (found,) = problems(folder, translator("en", "staff"))
    assert 'no catalog has the text "assistance.q.interpreting"' in found
