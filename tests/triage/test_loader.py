"""Flows and questionnaires: everything that is wrong is said at once, each with its file and line."""

import re
import shutil

import pytest

from tests.triage.walk import hears
from triage import FlowError, State, load_flow, step
from triage.loader import HERE


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped flow and questionnaire, to be spoilt."""
    shutil.copy(HERE / "flows" / "helpline.toml", tmp_path / "helpline.toml")
    shutil.copytree(HERE / "questionnaires", tmp_path / "questionnaires")
    return tmp_path


def problems(folder):
    with pytest.raises(FlowError) as caught:
        load_flow(folder / "helpline.toml", folder / "questionnaires")
    return caught.value.problems


def spoil(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(path, words):
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_the_shipped_flow_loads():
    flow = load_flow()
    assert flow.id == "helpline"
    assert len(flow.questionnaires["first_contact"].questions) == 10


FLOW_MISTAKES = [
    ('id = "yes", label = "answer.yes", next = "@resume"', 'id = "yes", label = "answer.yes", next = "nowhere"', 'leads to "nowhere", which is no step'),
    ('next = "screening" }', 'next = "screning" }', 'leads to "screning", which is no step'),
    ('kind = "relay"', 'kind = "chat"', '"kind" is one of'),
    ('kind = "cover"', 'kind = "rest"\nnext = "safe"', 'step "cover" must be of kind "cover"'),
    ("[steps.cover]", "[steps.covert]", 'the flow needs a step "cover"'),
    ('questionnaire = "first_contact"', 'questionnaire = "second_contact"', 'no questionnaire "second_contact"'),
    ("urgency = 1", "urgency = 9", '"urgency" is 1 to 4'),
    ("urgency = 1", 'urgency = "high"', '"urgency" is a whole number'),
    ("urgency = 1", "urgency = true", '"urgency" is a whole number'),
    ("version = 1", 'version = "one"', '"version" is a whole number'),
    ("shares = true", 'shares = "yes"', '"shares" is true or false'),
    ('path = "offer"', 'path = "offers"', '"path" is one of help_now, offer'),
    ('say = ["menu.ask"]', 'say = "menu.ask"', '"say" is a list'),
    ('say = ["menu.ask"]', "say = [5]", '"say" is a list of message ids'),
    ('say = ["menu.ask"]', "say = []", 'a choice needs "say" and "options"'),
    ('say = ["menu.ask"]', 'say = ["menu.ask"]\nsays = []', 'unknown key "says"'),
    ('id = "offer", label = "menu.offer",', 'id = "offer", labl = "menu.offer",', 'unknown key "labl"'),
    ('id = "offer", label = "menu.offer",', 'id = "offer",', '"label" is missing'),
    ('id = "offer", ', 'id = "help_now", ', 'option "help_now" stands there twice'),
    ('id = "offer", ', "id = [1], ", '"id" is a text'),
    ('next_advice = "advice"\n', "", '"next_advice" leads to ""'),
    ('next = "share"', 'next = "screening"', "a call goes on at a choice"),
    ('label = "answer.no", next = "not_safe"', 'label = "answer.no", next = "menu"', 'one option has to lead to "not_safe"'),
    ('id = "yes", label = "erase.yes"', 'id = "ok", label = "erase.yes"', 'the option that erases has the id "yes"'),
    ("[steps.ended]", '[steps.island]\nkind = "rest"\nsay = []\nnext = "safe"\n\n[steps.ended]', 'step "island" is never reached'),
    ("[steps.menu]", "[steps.menu", "not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "problem"), FLOW_MISTAKES)
def test_each_kind_of_mistake_in_a_flow_is_reported_with_its_line(folder, old, new, problem):
    spoil(folder / "helpline.toml", old, new)
    found = problems(folder)
    assert any(problem in line for line in found), found
    assert all(re.match(r"[a-z_]+\.toml:\d+: ", line) for line in found), found


SHEET_MISTAKES = [
    ('element = "age"', 'element = "youth"', '"element" is one of age, danger'),
    ('element = "age"\n', "", '"element" is one of'),
    ('say = "question.debt"\n', "", 'question "debt": "say" needs a message id'),
    ('say = "question.debt"', 'says = "question.debt"', 'unknown key "says"'),
    ('interrupts = "child"', 'interrupts = "kid"', 'a yes leads to "kid", which is no step'),
    ("version = 1", "version = 1.5", '"version" is a whole number'),
]


@pytest.mark.parametrize(("old", "new", "problem"), SHEET_MISTAKES)
def test_each_kind_of_mistake_in_a_questionnaire_is_reported_with_its_line(
    folder, old, new, problem
):
    spoil(folder / "questionnaires" / "first_contact.toml", old, new)
    found = problems(folder)
    assert any(problem in line for line in found), found
    assert all(re.match(r"[a-z_]+\.toml:\d+: ", line) for line in found), found


def test_all_mistakes_of_all_files_are_reported_at_once(folder):
    flow, sheet = folder / "helpline.toml", folder / "questionnaires" / "first_contact.toml"
    spoil(flow, 'next = "screening" }', 'next = "screning" }')
    spoil(flow, 'kind = "relay"', 'kind = "chat"')
    spoil(sheet, 'element = "age"', 'element = "youth"')
    spoil(sheet, 'interrupts = "danger"', 'interrupts = "dangr"')
    found = problems(folder)
    for path, words in (
        (flow, '"screning"'),
        (flow, 'kind = "chat"'),
        (sheet, '"youth"'),
        (sheet, '"dangr"'),
    ):
        where = f"{path.name}:{line_of(path, words)}: "
        assert any(line.startswith(where) for line in found), (where, found)


def test_two_questionnaires_of_one_name_are_refused(folder):
    sheets = folder / "questionnaires"
    shutil.copy(sheets / "first_contact.toml", sheets / "second.toml")
    assert any('two questionnaires "first_contact"' in line for line in problems(folder))


def test_a_file_that_cannot_be_read_is_named(folder):
    (folder / "helpline.toml").unlink()
    assert problems(folder) == ["helpline.toml:1: cannot be read: No such file or directory"]


def test_a_file_that_is_no_text_is_named(folder):
    (folder / "questionnaires" / "first_contact.toml").write_bytes(b"\xff\xfe")
    assert "first_contact.toml:1: is not UTF-8 text" in problems(folder)


def test_an_empty_questionnaire_is_refused(folder):
    (folder / "questionnaires" / "empty.toml").write_text('id = "empty"\nversion = 1\n')
    assert problems(folder) == ["empty.toml:1: a questionnaire needs at least one [questions.NAME]"]


def test_tables_of_the_wrong_shape_are_refused(folder):
    (folder / "helpline.toml").write_text('id = "x"\nsteps = 5\n')
    assert any('needs a step "menu"' in line for line in problems(folder))
    (folder / "helpline.toml").write_text(
        '[steps.menu]\nkind = "choice"\nsay = ["a"]\noptions = [1]\n'
    )
    assert 'helpline.toml:4: step "menu": options are tables' in problems(folder)


SECOND_SHEET = """id = "domestic_work"
version = 1
[questions.under_18]
say = "question.under_18"
element = "age"
interrupts = "child"
[questions.own_door]
say = "question.own_door"
element = "means"
"""
SECOND_STEP = """[steps.domestic]
kind = "questionnaire"
say = ["screening.intro"]
questionnaire = "domestic_work"
next = "consent"
next_advice = "advice"

[steps.menu]"""


def test_a_second_questionnaire_is_asked_and_assessed_on_its_own(folder):
    (folder / "questionnaires" / "domestic.toml").write_text(SECOND_SHEET)
    spoil(folder / "helpline.toml", "[steps.menu]", SECOND_STEP)
    spoil(folder / "helpline.toml", 'next = "screening" }', 'next = "domestic" }')
    spoil(
        folder / "helpline.toml",
        'path = "someone_else", next = "someone_else"',
        'path = "someone_else", next = "screening"',
    )
    spoil(
        folder / "helpline.toml",
        'label = "option.more", next = "information"',
        'label = "option.more", next = "someone_else"',
    )
    flow = load_flow(folder / "helpline.toml", folder / "questionnaires")
    assert "question.own_door" in flow.message_ids()
    state = State(step="menu", language="en")
    for text in ("2", "no", "yes"):
        turn = step(flow, state, hears(text))
        state = turn.state
    assert [say.id for say in turn.messages] == ["consent.ask"]
    (opened,) = step(flow, state, hears("yes")).events
    assert (opened.urgency, opened.assessment.reasons) == (3, ("own_door",))
