"""The form of assistance at the desk: who reads it, who fills it in, and what leaves the server."""

import json
import re
from base64 import b64decode

import pytest
from flask import render_template_string
from sqlalchemy import select

from hotline import casekeys, passing, teamkeys
from hotline.models import AssistanceForm, Staff
from tests.keys import open_words, seal_key, seal_words, text_form
from triage.assistance import Choice, Question, assistance_form
from web import assistance

SMALLEST = 4096
WORDS = "the two of them share a room"


def written(answers, version=1):
    return json.dumps({"form": "assistance", "version": version, "save": "1", "answers": answers})


def told(somebody, case_id):
    answer = somebody.get(f"/desk/cases/{case_id}/assistance/data", Accept="application/json")
    assert answer.status_code == 200
    return answer.json


def saves(somebody, case_id, version, answers):
    """What the page does: seals to the case's key and posts."""
    public = b64decode(told(somebody, case_id)["case"]["public_key"])
    box = text_form(seal_words(written(answers), public, SMALLEST))
    return somebody.post_json(
        f"/desk/cases/{case_id}/assistance/data", {"version": version, "form": box}
    )


def opened(keys, data):
    private = keys.case_key(data["case"])
    return json.loads(open_words(b64decode(data["form"]), private))["answers"]


@pytest.fixture
def sam(keyholder):
    return keyholder("sam", "Sam")


@pytest.fixture
def taken(sam, a_case):
    """The number of a case that Sam has taken."""
    case_id = a_case()
    sam[0].post(f"/desk/cases/{case_id}/take")
    return case_id


def test_what_is_filled_in_is_opened_by_who_has_the_cases_key_and_nobody_else(sam, taken, sessions):
    somebody, keys = sam
    answers = {"background_notes": {"value": WORDS, "by": "Sam"}}
    done = saves(somebody, taken, 0, answers)
    assert (done.status_code, done.json["version"], done.json["saved_by"]) == (200, 1, "Sam")
    answer = somebody.get(f"/desk/cases/{taken}/assistance/data", Accept="application/json")
    assert WORDS not in answer.text
    assert opened(keys, answer.json) == answers
    with sessions() as session:
        row = session.scalars(select(AssistanceForm)).one()
    assert WORDS.encode() not in row.form_sealed
    assert len(row.form_sealed) == SMALLEST + 48


def test_who_comes_second_is_given_what_the_first_saved(sam, taken, keyholder):
    somebody, keys = sam
    ana, _keys = keyholder("ana", "Ana", "supervisor")
    first = {"under_18": {"value": "yes"}}
    assert saves(somebody, taken, 0, first).status_code == 200
    second = saves(ana, taken, 0, {"under_18": {"value": "no"}})
    assert (second.status_code, second.json["version"], second.json["saved_by"]) == (409, 1, "Sam")
    now = told(somebody, taken)
    assert second.json["form"] == now["form"]
    assert opened(keys, now) == first


def test_the_form_is_for_who_may_read_the_case(sam, taken, another):
    somebody, _keys = sam
    saves(somebody, taken, 0, {})
    noor, ana, olga = (
        another().is_hired("noor"),
        another().is_hired("ana", "supervisor"),
        another().is_hired("olga", "campaign_officer"),
    )
    assert (told(noor, taken)["form"], told(noor, taken)["may_fill"]) == ("", False)
    assert saves(noor, taken, 1, {}).json == {"refused": "Take this case first."}
    assert told(ana, taken)["form"]
    assert told(ana, taken)["may_fill"]
    assert olga.get(f"/desk/cases/{taken}/assistance").status_code == 403
    assert olga.get(f"/desk/cases/{taken}/assistance/data").status_code == 403


@pytest.fixture
def passed_on(sam, taken, keyholder, sessions, vault, line_id, clock):
    """`passed_on(parts)`: Mona of a shelter has taken the case that Sam passed on with these parts."""
    somebody, keys = sam
    with sessions.begin() as session:
        teamkeys.add_team(session, line_id, "shelter", "Shelter North")

    def passed(*parts):
        mona, her_keys = keyholder("mona", "Mona", "partner", teams=("shelter",))
        assert mona.get(f"/desk/cases/{taken}/assistance").status_code == 404
        (number,) = her_keys.teams
        private = keys.case_key(told(somebody, taken)["case"])
        with sessions.begin() as session:
            public = casekeys.current(session, line_id, ["shelter"])["shelter"][1]
            box = {"shelter": (number, seal_key(private, public))}
            me = session.scalars(select(Staff).where(Staff.login == "sam")).one()
            passing.pass_on(
                session, vault, taken, me, "shelter", box, clock(), reason="danger", parts=parts
            )
        mona.post(f"/desk/cases/{taken}/take")
        return mona, her_keys

    return passed


def test_a_case_that_is_passed_on_takes_its_form_with_it(sam, taken, passed_on, another):
    somebody, _keys = sam
    answers = {"wants": {"value": ["shelter"]}}
    saves(somebody, taken, 0, answers)
    mona, her_keys = passed_on("summary", "form")
    assert opened(her_keys, told(mona, taken)) == answers
    assert saves(mona, taken, 1, answers).status_code == 200
    assert told(somebody, taken)["form"] == ""
    assert saves(somebody, taken, 2, {}).status_code == 409
    stranger = another().is_hired("pia", "partner", "Pia", teams=("elsewhere",))
    assert stranger.get(f"/desk/cases/{taken}/assistance/data").status_code == 404


def test_a_form_that_the_contact_did_not_agree_to_pass_on_is_destroyed(
    sam, taken, passed_on, sessions
):
    somebody, _keys = sam
    saves(somebody, taken, 0, {"wants": {"value": ["shelter"]}})
    mona, _her_keys = passed_on("summary")
    assert (told(mona, taken)["form"], told(mona, taken)["version"]) == ("", 0)
    with sessions() as session:
        assert session.scalars(select(AssistanceForm)).all() == []
    # The other team begins its own.
    assert saves(mona, taken, 0, {}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"version": 0},
        {"version": "0", "form": ""},
        {"version": True, "form": ""},
        {"version": 0, "form": "é"},
        {"version": 0, "form": "YQ"},
    ],
)
def test_what_is_no_form_is_refused(sam, taken, body):
    somebody, _keys = sam
    answer = somebody.post_json(f"/desk/cases/{taken}/assistance/data", body)
    assert answer.status_code == 400
    assert told(somebody, taken)["version"] == 0


def test_a_form_that_would_not_be_padded_is_refused_with_one_line(sam, taken):
    somebody, _keys = sam
    body = {"version": 0, "form": text_form(bytes(1000))}
    answer = somebody.post_json(f"/desk/cases/{taken}/assistance/data", body)
    assert (answer.status_code, answer.json) == (
        409,
        {"refused": "Not saved: the form is too long. Shorten the notes."},
    )


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_page_asks_every_question_in_every_language(another, a_case, language):
    case_id = a_case()
    somebody = another().is_hired("lina", language=language)
    page = somebody.get(f"/desk/cases/{case_id}/assistance").text
    for question in assistance_form().questions():
        assert f'data-question="{question.id}"' in page
    shown = re.sub(r"<[^>]*>", " ", page)
    assert "assistance." not in shown
    assert "indicator." not in shown
    assert f'<html lang="{language}"' in page
    # A country and a language, as the reader calls them.
    names = {"en": "Albania", "fr": "Albanie", "es": "Albania", "ar": "ألبانيا"}
    assert names[language] in shown


def test_every_answer_can_be_left_not_known_or_not_said(another, a_case):
    page = another().is_hired("sam").get(f"/desk/cases/{a_case()}/assistance").text
    for question in assistance_form().questions():
        if question.kind == "text":
            continue
        part = page.split(f'data-question="{question.id}"')[1].split("</fieldset>")[0]
        assert 'value="not_known"' in part
        assert 'value="not_said"' in part
        empty = 'value=""' in part or 'type="checkbox"' in part
        assert empty, question.id
    assert not re.search(
        r"<(input|select|textarea)[^>]* required", page.split("data-sheet")[1].split("</form>")[0]
    )


def test_a_question_and_an_answer_that_are_asked_no_more_stay_where_they_were_answered(app):
    gone = Choice("ships", "assistance.yes", retired=True)
    question = Question("children", "many", (gone,), retired=True)
    source = '{% from "desk/_question.html" import ask with context %}{{ ask(question) }}'
    with app.test_request_context():
        page = render_template_string(
            source, question=question, choices=assistance._choices, no_answer=()
        )
    assert 'data-question="children" data-kind="many" data-retired hidden' in page
    assert 'value="ships" data-answer data-retired' in page
    assert "This is no longer asked." in page


def test_the_case_says_whether_its_form_is_filled_in(sam, taken, clock):
    somebody, _keys = sam
    page = somebody.get(f"/desk/cases/{taken}").text
    assert "Nothing is filled in yet." in page
    saves(somebody, taken, 0, {})
    page = somebody.get(f"/desk/cases/{taken}").text
    assert f'href="/desk/cases/{taken}/assistance"' in page
    assert clock().isoformat() in page.split("Saved by Sam")[1]
