"""What a thief of a laptop or whoever controls the database may try with keys, and what becomes of it."""

import json
from base64 import b64encode, urlsafe_b64encode

import pytest
from sqlalchemy import select

from hotline.models import Staff, StaffKey, TeamKey
from tests.e2e.keyholder import PASSPHRASE
from tests.e2e.navigators import CasePage
from tests.keys import make_pair, unwrap

pytestmark = pytest.mark.timeout(180)


def wrapped_key(sessions, login):
    with sessions() as session:
        return session.scalar(
            select(StaffKey.private_sealed).join(Staff).where(Staff.login == login)
        )


def test_what_an_earlier_session_left_behind_opens_nothing(works):
    sam = works("sam", "Sam")
    left = sam.page.evaluate("sessionStorage.getItem('waypost-unlocked')")
    sam.signs_out()
    sam.signs_in()
    sam.page.evaluate("left => sessionStorage.setItem('waypost-unlocked', left)", left)
    sam.page.reload()
    sam.is_locked()


def test_no_key_lies_open_in_the_browser(works, sessions):
    sam = works("sam", "Sam")
    private = unwrap(wrapped_key(sessions, "sam"), PASSPHRASE)
    kept = sam.kept_in_browser()
    for form in (private.hex(), b64encode(private).decode(), urlsafe_b64encode(private).decode()):
        assert form.rstrip("=") not in kept
    # What it is shut away with is the server's to give, and not here either.
    key = sam.page.evaluate(
        "async () => (await (await fetch('/desk/keys/mine')).json()).session_key"
    )
    assert len(bytes.fromhex(key)) == 32
    assert key not in kept


def test_a_team_key_that_the_server_exchanged_is_noticed(joy, works, sessions):
    sam = works("sam", "Sam")
    sam.opens("Case").is_open()
    with sessions.begin() as session:
        key = session.scalars(select(TeamKey).where(TeamKey.team == "general")).one()
        key.public_key = make_pair()[0]
    sam.page.reload()
    sam.is_warned("General team")
    case = CasePage(sam.page)
    case.is_open(up=False)
    case.says_why_not("a key does not match")


def test_an_own_key_that_the_server_exchanged_is_noticed(works, sessions):
    sam = works("sam", "Sam")
    with sessions.begin() as session:
        session.scalars(select(StaffKey)).one().public_key = make_pair()[0]
    sam.page.reload()
    sam.is_locked()
    sam.is_told("If that was not you")
    sam.tries_to_unlock(PASSPHRASE)
    sam.is_warned("Sam")


def test_a_key_that_was_made_easy_to_guess_is_not_unlocked(works, sessions):
    sam = works("sam", "Sam")
    sam.locks()
    with sessions.begin() as session:
        key = session.scalars(select(StaffKey)).one()
        key.private_sealed = json.dumps(
            json.loads(key.private_sealed) | {"mem": 8192, "ops": 1}
        ).encode()
    sam.page.reload()
    sam.tries_to_unlock(PASSPHRASE)
    sam.is_told("Do not type your passphrase again")


def test_a_library_that_is_not_the_published_one_does_not_run(works):
    sam = works("sam", "Sam")

    def changed(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + "// changed")

    sam.page.route("**/libsodium-sumo.mjs", changed)
    sam.page.goto("/desk")
    sam.is_told("Your keys could not be loaded.")
