"""Flows and questionnaires: everything that is wrong is said at once, each with its file and line."""

import re
import shutil

import pytest

from tests.triage.walk import hears
from triage import FlowError, State, load_flow, step
from triage.loader import HERE
from triage.policy import PolicyWrong, applied, read_policy


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
    assert len(flow.questionnaires["situation"].questions) == 13
    assert flow.questionnaires["situation"].scored
    assert flow.questionnaires["situation"].adaptive
    assert not flow.questionnaires["someone_else"].scored


FLOW_MISTAKES = [
    ('id = "yes", label = "answer.yes", next = "@resume"', 'id = "yes", label = "answer.yes", next = "nowhere"', 'leads to "nowhere", which is no step'),
    ('next = "situation" }', 'next = "situaton" }', 'leads to "situaton", which is no step'),
    ('kind = "relay"', 'kind = "chat"', '"kind" is one of'),
    ('kind = "cover"', 'kind = "rest"\nnext = "safe"', 'step "cover" must be of kind "cover"'),
    ("[steps.cover]", "[steps.covert]", 'the flow needs a step "cover"'),
    ('questionnaire = "situation"', 'questionnaire = "situations"', 'no questionnaire "situations"'),
    ("urgency = 1", "urgency = 9", '"urgency" is 1 to 4'),
    ("urgency = 1", 'urgency = "high"', '"urgency" is a whole number'),
    ("urgency = 1", "urgency = true", '"urgency" is a whole number'),
    ("version = 2", 'version = "one"', '"version" is a whole number'),
    ("shares = true", 'shares = "yes"', '"shares" is true or false'),
    ('path = "offer"', 'path = "offers"', '"path" is one of help_now, situation'),
    ('say = ["menu.ask"]', 'say = "menu.ask"', '"say" is a list'),
    ('say = ["menu.ask"]', "say = [5]", '"say" is a list of names'),
    ('say = ["menu.ask"]', "say = []", 'a choice needs "say" and "options"'),
    ('say = ["menu.ask"]', 'say = ["menu.ask"]\nsays = []', 'unknown key "says"'),
    ('id = "offer", label = "menu.offer",', 'id = "offer", labl = "menu.offer",', 'unknown key "labl"'),
    ('id = "offer", label = "menu.offer",', 'id = "offer",', '"label" is missing'),
    ('id = "offer", ', 'id = "help_now", ', 'option "help_now" stands there twice'),
    ('id = "offer", ', "id = [1], ", '"id" is a text'),
    ('next_advice = "advice"\n', "", '"next_advice" leads to ""'),
    ('next = "share"', 'next = "situation"', "a call goes on at a choice"),
    ('label = "answer.no", next = "not_safe"', 'label = "answer.no", next = "menu"', 'one option has to lead to "not_safe"'),
    ('id = "yes", label = "erase.yes"', 'id = "ok", label = "erase.yes"', 'the option that erases has the id "yes"'),
    ("[steps.ended]", '[steps.island]\nkind = "rest"\nsay = []\nnext = "safe"\n\n[steps.ended]', 'step "island" is never reached'),
    ("[steps.ended]", '[steps.end_of_it]\nkind = "rest"\nsay = []\nnext = "round"\n\n[steps.round]\nkind = "rest"\nsay = []\nnext = "end_of_it"\n\n[steps.ended]', "goes round without a way out: end_of_it → round → end_of_it"),
    ('needs = ["child"]', 'needs = ["kid"]', '"needs" has "kid", which is no need'),
    ("listens = true", 'listens = "yes"', '"listens" is true or false'),
    ("[steps.menu]", "[steps.menu", "not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "problem"), FLOW_MISTAKES)
def test_each_kind_of_mistake_in_a_flow_is_reported_with_its_line(folder, old, new, problem):
    spoil(folder / "helpline.toml", old, new)
    found = problems(folder)
    assert any(problem in line for line in found), found
    assert all(re.match(r"[a-z_]+\.toml:\d+: ", line) for line in found), found


SHEET_MISTAKES = [
    ('indicators = ["CD02"]', 'indicators = ["CD99"]', '"indicators" has "CD99", which is no indicator'),
    ('indicators = ["CD02"]', 'indicators = "CD02"', '"indicators" is a list'),
    ('indicators = ["CD02"]', "indicators = [2]", '"indicators" is a list of names'),
    ('needs = ["child"]', 'needs = ["youth"]', '"needs" has "youth", which is none of danger'),
    ('say = "question.debt"\n', "", 'question "debt": "say" needs a message id'),
    ('say = "question.debt"', 'sayz = "question.debt"', 'unknown key "sayz"'),
    ('interrupts = "child"', 'interrupts = "kid"', 'a yes leads to "kid", which is no step'),
    ("version = 2", "version = 1.5", '"version" is a whole number'),
    ("adaptive = true", 'adaptive = "yes"', '"adaptive" is true or false'),
    ("likely = 0.35", "likely = 1.5", '"likely" is a share from 0.0 to 1.0'),
    ("likely = 0.35", "likely = 1", '"likely" is a number with a point'),
    ('say = "question.debt"', 'say = "question.debt"\ncounts = "maybe"', '"counts" is one of yes, no'),
    ('say = "question.debt"', 'say = "question.debt"\nwhen = { gone = "yes" }', '"when" names "gone", which is no earlier question'),
    ('say = "question.debt"', 'say = "question.debt"\nwhen = { hurt = "often" }', '"often" is no answer to "hurt"'),
    ('say = "question.need"', 'say = "question.need"\nneeds = ["food"]', "each option says what it means"),
    ('{ id = "food", ', "{ ", '"id" is missing'),
    ('{ id = "food", ', '{ id = "shelter", ', 'option "shelter" stands there twice'),
    ('{ id = "food", ', '{ id = "skip", ', "is reserved"),
    ('label = "need.option.food", ', "", '"label" is missing'),
    ("options = [", "options = [\n  5,", "options are tables"),
    ("options = [", 'options = [\n  { id = "a", label = "a" },\n  { id = "b", label = "b" },', "more than 8 options"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "problem"), SHEET_MISTAKES)
def test_each_kind_of_mistake_in_a_questionnaire_is_reported_with_its_line(
    folder, old, new, problem
):
    spoil(folder / "questionnaires" / "situation.toml", old, new)
    found = problems(folder)
    assert any(problem in line for line in found), found
    assert all(re.match(r"[a-z_]+\.toml:\d+: ", line) for line in found), found


def test_all_mistakes_of_all_files_are_reported_at_once(folder):
    flow, sheet = folder / "helpline.toml", folder / "questionnaires" / "situation.toml"
    spoil(flow, 'next = "situation" }', 'next = "situaton" }')
    spoil(flow, 'kind = "relay"', 'kind = "chat"')
    spoil(sheet, 'needs = ["child"]', 'needs = ["youth"]')
    spoil(sheet, 'interrupts = "danger"', 'interrupts = "dangr"')
    found = problems(folder)
    for path, words in (
        (flow, '"situaton"'),
        (flow, 'kind = "chat"'),
        (sheet, '"youth"'),
        (sheet, '"dangr"'),
    ):
        where = f"{path.name}:{line_of(path, words)}: "
        assert any(line.startswith(where) for line in found), (where, found)


def test_two_questionnaires_of_one_name_are_refused(folder):
    sheets = folder / "questionnaires"
    shutil.copy(sheets / "situation.toml", sheets / "second.toml")
    assert any('two questionnaires "situation"' in line for line in problems(folder))


def test_a_file_that_cannot_be_read_is_named(folder):
    (folder / "helpline.toml").unlink()
    assert problems(folder) == ["helpline.toml:1: cannot be read: No such file or directory"]


def test_a_file_that_is_no_text_is_named(folder):
    (folder / "questionnaires" / "situation.toml").write_bytes(b"\xff\xfe")
    assert "situation.toml:1: is not UTF-8 text" in problems(folder)


def test_a_table_with_a_comment_behind_its_name_is_found(folder):
    sheet = folder / "questionnaires" / "situation.toml"
    spoil(sheet, "[questions.watched]", "[questions.watched]  # locked in, too")
    spoil(sheet, 'indicators = ["CD03"]', 'indicators = ["XX99"]')
    at = line_of(sheet, '"XX99"')
    assert any(line.startswith(f"situation.toml:{at}: ") for line in problems(folder))


def test_a_rest_that_leads_nowhere_is_told(folder):
    flow = folder / "helpline.toml"
    spoil(flow, 'say = ["pause.done"]\nnext = "safe"', 'say = ["pause.done"]')
    assert any('step "paused"' in line for line in problems(folder))


def test_an_answer_without_a_label_is_told_with_its_line(folder):
    sheet = folder / "questionnaires" / "situation.toml"
    spoil(sheet, '{ id = "food", label = "need.option.food",', '{ id = "food",')
    at = line_of(sheet, '"food"')
    assert any(
        line.startswith(f"situation.toml:{at}: ") and "label" in line for line in problems(folder)
    )


def test_what_counts_is_told_with_its_line(folder):
    sheet = folder / "questionnaires" / "someone_else.toml"
    spoil(sheet, 'counts = "no"', 'counts = "never"')
    at = line_of(sheet, 'counts = "never"')
    assert any(line.startswith(f"someone_else.toml:{at}: ") for line in problems(folder))


def test_a_questionnaire_that_no_step_asks_is_told(folder):
    sheets = folder / "questionnaires"
    forgotten = (
        (sheets / "someone_else.toml").read_text().replace('"someone_else"', '"forgotten"', 1)
    )
    (sheets / "forgotten.toml").write_text(forgotten)
    at = line_of(sheets / "forgotten.toml", 'id = "forgotten"')
    assert f'forgotten.toml:{at}: no step asks questionnaire "forgotten"' in problems(folder)


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
needs = ["child"]
interrupts = "child"
[questions.own_door]
say = "question.own_door"
indicators = ["CD03"]
"""
SECOND_STEP = """[steps.domestic]
kind = "questionnaire"
say = ["screening.intro"]
questionnaire = "domestic_work"
next = "consent"
next_advice = "advice"

[steps.menu]"""


@pytest.fixture
def second(folder):
    """A flow with a questionnaire more, that the menu leads to."""
    (folder / "questionnaires" / "domestic.toml").write_text(SECOND_SHEET)
    spoil(folder / "helpline.toml", "[steps.menu]", SECOND_STEP)
    spoil(
        folder / "helpline.toml",
        'path = "information", next = "information" },',
        'path = "information", next = "domestic" },',
    )
    return folder


def test_a_second_questionnaire_is_asked_and_assessed_on_its_own(second):
    flow = load_flow(second / "helpline.toml", second / "questionnaires")
    assert "question.own_door" in flow.message_ids()
    state = State(step="menu", language="en")
    for text in ("5", "no", "yes"):
        turn = step(flow, state, hears(text))
        state = turn.state
    assert [say.id for say in turn.messages] == ["consent.ask"]
    (opened,) = step(flow, state, hears("yes")).events
    assert (opened.urgency, opened.assessment.reasons) == (3, ("indicator.CD03",))


def test_texts_that_no_catalog_has_are_named_where_they_are_wanted(second):
    known = load_flow().message_ids()
    with pytest.raises(FlowError) as caught:
        load_flow(second / "helpline.toml", second / "questionnaires", known)
    assert caught.value.problems == [
        'domestic.toml:8: question "own_door": no catalog has the text "question.own_door"'
    ]
    spoil(second / "helpline.toml", 'say = ["menu.ask"]', 'say = ["menu.asked"]')
    with pytest.raises(FlowError) as caught:
        load_flow(second / "helpline.toml", second / "questionnaires", known)
    assert any('no catalog has the text "menu.asked"' in line for line in caught.value.problems)


class TestThePolicy:
    def test_the_shipped_one_names_no_owner(self):
        assert read_policy().owner == ""

    @pytest.mark.parametrize("child", ["may", "must", "agreed"])
    def test_a_child_is_told_what_the_policy_says(self, tmp_path, child):
        path = tmp_path / "policy.toml"
        path.write_text(f'owner = "A. Nyman"\nchild = "{child}"\ndanger = "may"\n')
        flow = applied(load_flow(), read_policy(path))
        assert flow.steps["child"].say == (f"child.honest.{child}",)
        assert flow.steps["danger"].say[-1] == "danger.honest.may"

    def test_what_is_wrong_with_it_is_said_at_once_with_lines(self, tmp_path):
        path = tmp_path / "policy.toml"
        path.write_text('owner = "X"\nchild = "always"\ndanger = 5\n')
        with pytest.raises(PolicyWrong) as wrong:
            read_policy(path)
        lines = str(wrong.value).splitlines()
        assert lines[0] == 'policy.toml:3: the policy: "danger" is a text'
        assert lines[1] == 'policy.toml:2: "child" is one of may, must, agreed'
