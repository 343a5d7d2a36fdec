"""`waypost keys drill`: what browsers sealed comes out again by another program, or the drill says why not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text, update

from hotline import escrow, teamkeys
from hotline.models import Escrow, EscrowShare, TeamKey
from ops.commands.drill import drill
from tests.hotline.people import Caseworker
from tests.keys import make_pair, seal_words, split, wrap

ROOT = Path(__file__).parents[2]
NAMES = ("ana", "bea", "cleo")


@pytest.fixture(scope="module")
def pairs():
    """Key pairs of three supervisors, wrapped once: stretching a passphrase takes its time."""
    made = {}
    for name in NAMES:
        public, private = make_pair()
        made[name] = (public, wrap(private, f"the passphrase of {name}").encode())
    return made


@pytest.fixture
def escrowed(sessions, vault, line_id, now, pairs):
    """The general team's key in the hands of any two of three supervisors."""
    sam = Caseworker(sessions, vault, line_id, now)
    people = {name: Caseworker(sessions, vault, line_id, now, name) for name in NAMES}
    with sessions.begin() as session:
        session.execute(text("UPDATE staff SET role = 'supervisor' WHERE login <> 'reader'"))
        for name, (public, wrapped) in pairs.items():
            teamkeys.enrol(session, vault, people[name].member, public, wrapped, {}, now)
        number = next(
            h.id
            for h in teamkeys.held(session, sam.member)
            if (h.team, h.current) == ("general", True)
        )
        parts = split(sam.keys.teams[number], [p.member.id for p in people.values()], 2)
        shares = {
            people[name].member.id: seal_words(
                parts[people[name].member.id], pairs[name][0], smallest=1024
            )
            for name in NAMES
        }
        return escrow.make(session, sam.member, number, 2, shares, now)


@pytest.fixture
def drills(database_url, key_ring, tmp_path, monkeypatch):
    """The command, with what is typed at it."""
    for name, value in {
        "WAYPOST_HOME": str(tmp_path),
        "WAYPOST_DATABASE_URL": database_url,
        "WAYPOST_KEYS": key_ring.to_text(),
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *typed: CliRunner().invoke(drill, input="".join(f"{line}\n" for line in typed))


def drilled(sessions):
    with sessions() as session:
        return session.scalar(select(Escrow.drilled_at))


@pytest.mark.usefixtures("escrowed")
def test_two_of_three_bring_the_key_back_and_the_date_is_kept(drills, sessions):
    done = drills("cleo", "the passphrase of cleo", "ana", "the  passphrase of ana")
    assert done.exit_code == 0, done.output
    assert "The drill is passed" in done.output
    assert "passphrase of cleo" not in done.output
    assert drilled(sessions) is not None


@pytest.mark.usefixtures("escrowed")
def test_a_wrong_passphrase_can_be_typed_again_three_times(drills, sessions):
    done = drills("ana", "wrong", "the passphrase of ana", "nobody", "bea", *["wrong"] * 3)
    assert done.exit_code == 1
    assert done.output.count("not the right one") == 4
    assert "nobody with a key has this login" in done.output
    assert "bea: 3 times" in done.output
    assert drilled(sessions) is None


@pytest.mark.usefixtures("escrowed")
def test_who_holds_no_share_is_told_so(drills):
    assert "reader holds no share" in drills("reader", "ana").output


@pytest.mark.usefixtures("escrowed")
def test_shares_of_another_key_are_found_out(drills, sessions):
    with sessions.begin() as session:
        session.execute(update(TeamKey).values(public_key=make_pair()[0]))
    done = drills("ana", "the passphrase of ana", "bea", "the passphrase of bea")
    assert done.exit_code == 1
    assert "give another key" in done.output
    assert drilled(sessions) is None


@pytest.mark.usefixtures("escrowed")
def test_a_damaged_share_is_found_out(drills, sessions, pairs):
    with sessions.begin() as session:
        session.execute(
            update(EscrowShare).values(share_sealed=seal_words('{"1,2": 7}', pairs["ana"][0]))
        )
    done = drills("ana", *["the passphrase of ana"] * 3)
    assert done.exit_code == 1
    assert "does not open" in done.output


@pytest.mark.usefixtures("escrowed")
def test_too_few_shares_are_named_before_anybody_types(drills, sessions):
    with sessions.begin() as session:
        session.execute(
            text("DELETE FROM staff_keys USING staff WHERE staff_id = id AND login <> 'ana'")
        )
    done = drills()
    assert done.exit_code == 1
    assert "too few shares are left (1 of 3, 2 are needed)" in done.output


def test_without_an_escrow_it_says_what_that_means(drills, sessions, line_id):
    done = drills()
    assert done.exit_code == 1
    assert "a forgotten passphrase can be the end" in done.output


def test_it_is_a_command(tmp_path, database_url, key_ring):
    done = subprocess.run(
        [sys.executable, "-m", "ops", "keys", "drill"],
        env={
            "PATH": os.environ["PATH"],
            "WAYPOST_HOME": str(tmp_path),
            "WAYPOST_DATABASE_URL": database_url,
            "WAYPOST_KEYS": key_ring.to_text(),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "there is no escrow" in done.stderr
