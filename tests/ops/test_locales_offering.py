"""`waypost locales enable` and `disable`: who offers a language that nobody has read is told so first."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from hotline import audit
from hotline.models import Case, Line
from locales import languages, translator
from locales.review import standing
from ops.commands.locales import locales
from tests.ops.commandline import environment, waypost


@pytest.fixture
def known(database_url, key_ring, tmp_path, line_id):
    return environment(
        WAYPOST_HOME=tmp_path, WAYPOST_DATABASE_URL=database_url, WAYPOST_KEYS=key_ring.to_text()
    )


@pytest.fixture
def types(known):
    """As somebody at a terminal runs it; nobody is there when nothing is typed."""

    def run(typed, *words):
        return CliRunner(env=known).invoke(locales, words, input=typed)

    return run


@pytest.fixture
def says(types):
    def run(*words, code=0):
        done = types("", *words)
        assert done.exit_code == code, done.output
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.output

    return run


@pytest.fixture
def offered(sessions, line_id):
    def ask():
        with sessions() as session:
            return session.scalar(select(Line.languages).where(Line.id == line_id))

    return ask


def test_a_language_of_drafts_is_offered_only_when_somebody_says_yes(says, offered):
    says("disable", "fr")
    stands = standing("fr")
    assert stands.reviewed < stands.texts
    said = says("enable", "fr", code=1)
    assert "Nobody who speaks French has read" in said
    unread = stands.critical - stands.critical_reviewed
    assert f"Not reviewed of the {stands.critical} that people's safety hangs on: {unread}." in said
    assert "The desk shows on every case in it: " in said
    assert "nothing was changed" in said
    assert "fr" not in offered()
    assert "French (fr) is offered" in says("enable", "fr", "--yes")
    assert offered()[-1] == "fr"


@pytest.mark.parametrize("typed", ["", "\n", "y\n", "no\n"])
def test_anything_but_a_typed_yes_offers_nothing(types, offered, typed):
    assert types("", "disable", "fr").exit_code == 0
    assert types(typed, "enable", "fr").exit_code == 1
    assert "fr" not in offered()


def test_a_typed_yes_offers_it_and_the_record_says_so(types, offered, sessions, line_id):
    types("", "disable", "fr")
    done = types("yes\n", "enable", "fr")
    assert done.exit_code == 0, done.output
    assert translator("en", "staff").text("reviewed.none") in done.output or standing("fr").reviewed
    assert "fr" in offered()
    with sessions() as session:
        found = [(row.act, row.about) for row, _ in audit.listed(session, line_id)]
    assert found == [
        ("languages.enabled", {"language": "fr"}),
        ("languages.disabled", {"language": "fr"}),
    ]


def test_without_a_language_it_says_what_is_offered_and_how_far_it_is_read(says):
    says("disable", "es")
    lines = says("enable").splitlines()
    rows = {line.split()[0]: line for line in lines[1:]}
    assert set(rows) == set(languages("contact"))
    stands = standing("fr")
    assert rows["fr"].split()[2:6] == ["yes", str(stands.reviewed), "of", str(stands.texts)]
    assert " no " in rows["es"]


def test_the_last_language_stays(says, offered):
    for code in offered()[1:]:
        says("disable", code)
    (last,) = offered()
    assert "is the last language" in says("disable", last, code=1)
    assert offered() == [last]


def test_what_cannot_be_offered_or_taken_away_is_refused_with_one_line(says, offered):
    before = offered()
    assert "is offered already" in says("enable", before[0])
    assert "tlh has no catalog" in says("enable", "tlh", "--yes", code=1)
    assert "tlh is not offered" in says("disable", "tlh", code=1)
    assert offered() == before


def test_cases_in_a_language_that_is_offered_no_more_are_counted(types, sessions, line_id, now):
    with sessions.begin() as session:
        session.add(
            Case(
                line_id=line_id, channel="sms", language="fr", team="adult", urgency=3,
                state="waiting", opened_at=now,
                changed_at=now,
            )
        )  # fmt: skip
    assert "Open cases in it, which go on in it: 1." in types("", "disable", "fr").output


def test_a_script_in_which_nobody_types_ends_with_one_clear_line(known):
    waypost(known, "locales", "disable", "fr")
    said = waypost(known, "locales", "enable", "fr", code=1)
    assert said.splitlines()[-1] == ("Error: nothing was changed: that needs a typed yes, or --yes")
