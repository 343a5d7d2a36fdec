"""`waypost staff`: what the page of people does, from a terminal."""

import re

from sqlalchemy import select

from hotline import audit, lines, signin
from hotline.models import Staff


def row(sessions, login):
    with sessions() as session:
        return session.scalar(select(Staff).where(Staff.login == login))


def test_somebody_is_added_with_all_that_they_are_and_signs_in(says, sessions, vault, now):
    said = says(
        *("add", "sam", "--name", "Sam", "--role", "caseworker", "--team", "child"),
        *("--speaks", "ar", "--speaks", "fr", "--for-children", "--most-cases", "5"),
    )
    password = re.search(r"of sam: (\S+)", said)[1]
    sam = row(sessions, "sam")
    assert (sam.teams, sam.speaks, sam.for_children) == (["child"], ["ar", "fr"], True)
    assert (sam.most_cases, sam.most_urgent) == (5, 3)
    with sessions.begin() as session:
        member, _ = signin.sign_in(session, vault, "sam", password, now)
    assert member.one_time
    assert "child  ar  fr  children" in says("list")
    assert "taken" in says("add", "sam", "--name", "S", "--role", "auditor", code=1)


def test_a_partner_needs_a_team_that_is_there(says, sessions):
    mia = ("add", "mia", "--name", "Mia", "--role", "partner")
    assert "exactly one partner" in says(*mia, code=1)
    assert row(sessions, "mia") is None
    says("team", "refuge", "--label", "The Refuge")
    says(*mia, "--team", "refuge")
    assert row(sessions, "mia").teams == ["refuge"]


def test_what_is_changed_is_what_is_named_and_the_rest_stays(says, sessions):
    says("add", "ana", "--name", "Ana", "--role", "supervisor")
    says(
        "add",
        "sam",
        "--name",
        "Sam",
        "--role",
        "caseworker",
        "--speaks",
        "ar",
        "--most-urgent",
        "1",
    )
    says("change", "sam", "--team", "child", "--not-for-children")
    says("change", "SAM", "--every-language")
    sam = row(sessions, "sam")
    assert (sam.teams, sam.speaks, sam.most_urgent, sam.role) == (["child"], [], 1, "caseworker")
    says("change", "sam", "--role", "auditor")
    assert row(sessions, "sam").role == "auditor"
    assert "make somebody else a supervisor" in says("change", "ana", "--role", "auditor", code=1)
    assert "make somebody else a supervisor" in says("disable", "ana", code=1)
    assert "no such login" in says("change", "nobody", "--name", "X", code=1)


def test_what_the_command_line_did_is_in_the_record_as_the_lines(says, sessions):
    says("add", "ana", "--name", "Ana", "--role", "supervisor")
    says("add", "sam", "--name", "Sam", "--role", "caseworker")
    says("reset", "sam")
    says("disable", "sam")
    with sessions() as session:
        found = audit.listed(session, lines.first(session).id)
        acts = [(row.act, row.staff_id) for row, _ in reversed(found)]
    assert acts == [
        ("staff.joined", None),
        ("staff.joined", None),
        ("staff.reset", None),
        ("staff.disabled", None),
    ]
    assert not row(sessions, "sam").active
