"""`waypost triage` as people and scripts use it: lines in, lines out, every bad one with its reason."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from locales import translator
from ops.commands.triage import triage
from triage.loader import FLOW, QUESTIONNAIRES, FlowError

ROOT = Path(__file__).parents[2]


def ran(*args, lines=()):
    """The command's result; of `lines`, whatever is no text is written as JSON."""
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    return CliRunner().invoke(triage, list(args), input="".join(f"{line}\n" for line in written))


def told(result):
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def test_a_question_without_a_name_for_the_desk_is_told(monkeypatch):
    known = translator

    def without_one(language, domain):
        return {} if domain == "staff" else known(language, domain)

    monkeypatch.setattr("ops.commands.triage.translator", without_one)
    refused = ran("check").exception
    assert isinstance(refused, FlowError)
    assert any('"question.danger_now" is missing' in line for line in refused.problems)


def test_answers_are_weighed_line_by_line():
    result = ran(
        "assess",
        lines=[
            {"population": "adult_labour", "answers": {"DR01": True, "DR08": True, "EX01": True, "EX04": True}, "age": "adult"},
            {"population": "child_labour", "answers": {"EX01": True, "EX04": True, "CD01": None}, "age": "unknown"},
            {"answers": {"CD03": False}, "needs": ["health"]},
        ],
    )  # fmt: skip
    assert result.exit_code == 0
    adult, child, need = told(result)
    assert adult["palermo"] == {"act": True, "means": True, "purpose": True, "met": True}
    assert adult["dimensions"]["deceptive_recruitment"]["positive"]
    assert not adult["dimensions"]["coercion_at_destination"]["positive"]
    assert (adult["outcome"], adult["urgency"]) == ("possible_trafficking", 2)
    assert (child["palermo"]["met"], child["palermo"]["means"], child["team"]) == (
        True,
        False,
        "child",
    )
    assert (need["outcome"], need["urgency"], need["needs"]) == ("not_enough_known", 2, ["health"])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not json", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"answers": [1]}', "answers is an object of indicator codes"),
        ('{"answers": {"ZZ": true}}', "no such indicator: ZZ"),
        ('{"answers": {"DR01": 1}}', "true, false or null is needed for DR01"),
        ('{"population": "adults"}', "population is one of adult_labour"),
        ('{"population": ["adult_labour"]}', "population is one of"),
        ('{"age": 15}', "age is one of adult, child, unknown"),
        ('{"age": {}}', "age is one of"),
        ('{"needs": ["love"]}', "needs is a list of danger"),
        ('{"needs": "danger"}', "needs is a list of"),
        ('{"answer": {}}', "unknown key: answer"),
        ('{"answers": null}', "answers is an object of indicator codes"),
        ('{"needs": [["danger"]]}', "needs is a list of"),
        ('"answers"', "not a JSON object"),
        ("\x00", "not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_line_gets_one_reason_and_loses_nothing_else(line, reason):
    result = ran("assess", lines=[{"answers": {}}, line, {"answers": {}}])
    assert result.exit_code == 1
    good, bad, after = told(result)
    assert good == after
    assert bad["line"] == 2
    assert bad["error"].startswith(reason)


def test_every_bad_line_is_counted_at_the_end():
    result = ran("assess", lines=["no", "", {"answers": {"DR01": None}}, {"age": "old"}])
    assert result.exit_code == 1
    assert [found.get("line") for found in told(result)] == [1, None, 4]
    assert "2 lines could not be weighed" in result.stderr


def test_bytes_that_are_no_text_are_a_bad_line():
    result = CliRunner().invoke(triage, ["assess"], input=b'\xff\xfe\n{"answers": {}}\n')
    bad, good = told(result)
    assert (bad["error"], bad["line"]) == ("not JSON", 1)
    assert good["outcome"] == "not_enough_known"


@pytest.mark.parametrize(
    "words", [("assess",), ("understand", "--language=en", "--expect=age", "--no-ear")]
)
def test_nothing_in_is_nothing_out(words):
    result = ran(*words)
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize(
    ("language", "expect", "text", "meaning", "alarm"),
    [
        ("en", "yesno", "yes they took it", "yes", None),
        ("es", "yesno", "no sé", "dont_know", None),
        ("fr", "age", "j'ai 15 ans", "child", "child"),
        ("en", "age", "34", "adult", None),
        ("ar", "digit", "٣", 3, None),
        ("en", "choice:menu", "Someone else", "someone_else", None),
        ("en", "choice:need", "2", "shelter", None),
        ("en", "yesno", "he is going to kill me", None, "danger"),
        ("en", "yesno", "STOP", None, "stop"),
        ("en", "yesno", "", None, None),
    ],
)
def test_an_utterance_is_understood(language, expect, text, meaning, alarm):
    result = ran("understand", "--language", language, "--expect", expect, "--no-ear", lines=[text])
    assert result.exit_code == 0
    (found,) = told(result)
    assert (found["meaning"], found["alarm"]) == (meaning, alarm)


def test_two_answers_at_once_are_both_told():
    result = ran(
        "understand", "--language", "en", "--expect", "choice:menu", "--no-ear", lines=["1 and 3"]
    )
    assert told(result)[0]["both"] == ["help_now", "offer"]


def test_the_ear_hears_what_no_phrase_has_and_can_be_left_out():
    # Turkish has examples for the ear, and no phrases.
    words = ("understand", "--language", "tr", "--expect", "yesno")
    said = ["pasaportumu aldılar ve beni dövüyorlar"]
    (heard,), (unheard,) = (told(ran(*words, *more, lines=said)) for more in ((), ("--no-ear",)))
    assert heard["alarm"] == "danger"
    assert unheard["alarm"] is None


def test_each_line_is_an_utterance_an_empty_one_too():
    result = ran(
        "understand", "--language=en", "--expect=yesno", "--no-ear", lines=["yes", "", "no", "\x00"]
    )
    assert [found["meaning"] for found in told(result)] == ["yes", None, "no", None]


@pytest.mark.parametrize(
    "expect", ["", "maybe", "choice", "choice:", "yesno:menu", "choice:nothing"]
)
def test_what_cannot_be_expected_is_misuse(expect):
    assert ran("understand", "--language", "en", "--expect", expect).exit_code == 2


def test_a_spoilt_questionnaire_is_reported_and_a_right_one_is_counted(tmp_path):
    assert ran("check").exit_code == 0
    shutil.copytree(QUESTIONNAIRES, tmp_path / "sheets")
    sheet = tmp_path / "sheets" / "offer.toml"
    sheet.write_text(
        sheet.read_text(encoding="utf-8").replace("flag.pay", "flag.pey"), encoding="utf-8"
    )
    result = ran("check", str(FLOW), "--questionnaires", str(tmp_path / "sheets"))
    assert 'no catalog has the text "flag.pey"' in str(result.exception)


def test_a_spoilt_flow_is_refused_with_its_lines_and_no_traceback(tmp_path):
    flow = tmp_path / "spoilt.toml"
    spoilt = FLOW.read_text(encoding="utf-8").replace('next = "situation" }', 'next = "nowhere" }')
    flow.write_text(spoilt, encoding="utf-8")
    line = next(n for n, text in enumerate(spoilt.splitlines(), 1) if '"nowhere"' in text)
    done = subprocess.run(
        [sys.executable, "-m", "ops", "triage", "check", str(flow)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"spoilt.toml:{line}" in done.stderr
    assert '"nowhere"' in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("written", ["", "steps = 1", "id = ", "\x00"])
def test_a_file_that_is_no_flow_is_refused(tmp_path, written):
    flow = tmp_path / "spoilt.toml"
    flow.write_text(written, encoding="utf-8")
    result = ran("check", str(flow))
    assert result.exit_code == 1
    assert isinstance(result.exception, FlowError)
    assert "spoilt.toml" in str(result.exception)
