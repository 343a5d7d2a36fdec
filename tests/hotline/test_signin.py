from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from hotline import audit, passwords, retention, rights, screenlock, signin, staff, teamkeys
from hotline.models import LoginFailure, StaffSession
from hotline.signin import SignInRefused
from hotline.staff import PasswordRefused, StaffRefused
from tests import keys

OWN = "a password of my own"


class Door:
    def __init__(self, sessions, vault, line_id, now):
        self.sessions, self.vault, self.line_id, self.now = sessions, vault, line_id, now

    def hires(self, login="sam", role="caseworker"):
        with self.sessions.begin() as session:
            return staff.add(
                session,
                line_id=self.line_id,
                login=login,
                display_name="Sam",
                role=role,
                language="fr",
            )

    def tries(self, login, password):
        with self.sessions.begin() as session:
            try:
                return signin.sign_in(session, self.vault, login, password, self.now)
            except SignInRefused as refused:
                return refused.reason

    def whose(self, token, **more):
        with self.sessions.begin() as session:
            visit = signin.visit(session, token, self.now, **more)
        return visit and visit.member

    def passes(self, **how_long):
        self.now += timedelta(**how_long)


@pytest.fixture
def door(sessions, vault, line_id, now):
    return Door(sessions, vault, line_id, now)


def test_a_one_time_password_signs_in_and_is_drawn_anew_each_time(door):
    first, second = door.hires("sam"), door.hires("noor")
    assert first != second
    assert len(passwords.ALPHABET) ** (passwords.GROUPS * passwords.GROUP_LENGTH) > 2**60
    member, token = door.tries(" Sam ", first)
    assert (member.login, member.role, member.language) == ("sam", "caseworker", "fr")
    assert member.one_time
    assert door.whose(token) == member


def test_neither_password_nor_token_stands_in_the_database(door, sessions):
    password = door.hires()
    _, token = door.tries("sam", password)
    with sessions() as session:
        rows = str(session.execute(text("SELECT * FROM staff")).all())
        rows += str(session.execute(text("SELECT * FROM staff_sessions")).all())
    assert password not in rows
    assert token not in rows
    assert "$argon2id$" in rows


def test_five_wrong_passwords_close_a_login_for_a_quarter_of_an_hour(door):
    password = door.hires()
    assert [door.tries("sam", "wrong") for _ in range(6)] == ["signin.wrong"] * 5 + [
        "signin.too_many"
    ]
    assert door.tries("sam", password) == "signin.too_many"
    door.passes(minutes=16)
    member, _ = door.tries("sam", password)
    assert member.login == "sam"


def test_a_login_that_does_not_exist_answers_like_one_that_does(door, sessions):
    assert [door.tries("nobody", "wrong") for _ in range(6)] == ["signin.wrong"] * 5 + [
        "signin.too_many"
    ]
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(LoginFailure)) == 5


def test_many_guesses_at_once_are_no_more_than_five(door):
    door.hires()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: door.tries("sam", "wrong"), range(24)))
    assert answers.count("signin.wrong") <= 5


def test_a_success_forgives_what_was_mistyped_before(door):
    password = door.hires()
    for _ in range(3):
        for _ in range(4):
            assert door.tries("sam", "wrong") == "signin.wrong"
        assert door.tries("sam", password)[0].login == "sam"


def test_a_session_ends_after_half_an_hour_of_nothing(door):
    _, token = door.tries("sam", door.hires())
    for _ in range(3):
        door.passes(minutes=29)
        assert door.whose(token)
    door.passes(minutes=31)
    assert door.whose(token) is None


def test_what_a_page_asks_by_itself_keeps_no_session_alive(door):
    _, token = door.tries("sam", door.hires())
    door.passes(minutes=20)
    assert door.whose(token, active=False)
    door.passes(minutes=11)
    assert door.whose(token) is None


def test_a_session_ends_after_twelve_hours_of_anything(door):
    _, token = door.tries("sam", door.hires())
    for _ in range(28):
        door.passes(minutes=25)
        assert door.whose(token)
    door.passes(minutes=25)
    assert door.whose(token) is None


def test_signing_out_ends_the_session_and_purging_removes_what_is_over(door, sessions):
    password = door.hires()
    member, token = door.tries("sam", password)
    _, other = door.tries("sam", password)
    door.tries("sam", "wrong")
    with sessions.begin() as session:
        signin.sign_out(session, member, token, door.now)
    assert door.whose(token) is None
    assert door.whose(other)
    door.passes(days=1, hours=1)
    with sessions.begin() as session:
        retention.purge(session, door.now)
        assert session.scalar(select(func.count()).select_from(StaffSession)) == 0
        assert session.scalar(select(func.count()).select_from(LoginFailure)) == 0


def test_who_is_disabled_or_reset_is_signed_out_at_once(door, sessions):
    old = door.hires()
    _, token = door.tries("sam", old)
    with sessions.begin() as session:
        new = staff.reset_password(session, "sam")
    assert door.whose(token) is None
    assert door.tries("sam", old) == "signin.wrong"
    _, token = door.tries("sam", new)
    with sessions.begin() as session:
        staff.disable(session, "sam")
    assert door.whose(token) is None
    assert door.tries("sam", new) == "signin.wrong"


def test_an_own_password_replaces_the_one_time_password_and_ends_other_sessions(door, sessions):
    first = door.hires()
    member, here = door.tries("sam", first)
    _, elsewhere = door.tries("sam", first)
    with sessions.begin() as session:
        staff.set_own_password(session, member.id, first, OWN, keep=signin.hashed(here))
    assert not door.whose(here).one_time
    assert door.whose(elsewhere) is None
    assert door.tries("sam", first) == "signin.wrong"
    assert not door.tries("sam", OWN)[0].one_time


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "password.too_short"),
        ("x" * 257, "password.too_long"),
        ("this is Sam at work", "password.not_new"),
        (None, "password.not_new"),
    ],
)
def test_a_poor_password_is_not_taken(door, sessions, password, reason):
    first = door.hires()
    member, _ = door.tries("sam", first)
    with sessions.begin() as session, pytest.raises(PasswordRefused) as refused:
        staff.set_own_password(session, member.id, first, password or first)
    assert refused.value.reason == reason


def test_a_new_password_needs_the_present_one(door, sessions):
    member, _ = door.tries("sam", door.hires())
    with sessions.begin() as session, pytest.raises(PasswordRefused) as refused:
        staff.set_own_password(session, member.id, "not it at all", OWN)
    assert refused.value.reason == "password.current_wrong"


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": "s"},
        {"login": "sam smith"},
        {"login": "سام"},
        {"display_name": " "},
        {"display_name": "x" * 61},
        {"role": "admin"},
        {"language": "xx"},
        {"login": "SAM"},
    ],
)
def test_what_cannot_be_a_staff_account_is_refused_with_one_line(door, sessions, wrong):
    door.hires("sam")
    good = {"login": "ana", "display_name": "Ana", "role": "supervisor", "language": "en"}
    with sessions.begin() as session, pytest.raises(StaffRefused) as refused:
        staff.add(session, line_id=door.line_id, **good | wrong)
    assert "\n" not in str(refused.value)


def test_a_login_nobody_has_cannot_be_reset(door, sessions):
    with sessions.begin() as session, pytest.raises(StaffRefused):
        staff.reset_password(session, "nobody")


def test_supervisors_may_do_all_that_others_may_but_read_the_record_of_what_they_did(door):
    assert rights.ROLES["supervisor"] == rights.PERMISSIONS - {"audit"}


def test_who_reads_the_record_does_nothing_that_it_records(door):
    able = {role for role, may in rights.ROLES.items() if "audit" in may}
    assert able == {"auditor"}
    assert rights.ROLES["auditor"] == {"self", "audit", "counts"}


def test_a_member_sees_where_they_are_signed_in_and_ends_one_or_all_others(door, sessions):
    password = door.hires()
    member, here = door.tries("sam", password)
    with sessions.begin() as session:
        tokens = [
            signin.sign_in(session, door.vault, "sam", password, door.now, browser)[1]
            for browser in ("Firefox, Android", "Chrome, Windows", "Safari, iPhone")
        ]
    door.passes(minutes=5)
    assert door.whose(tokens[1])
    with sessions.begin() as session:
        places = signin.places(session, member.id, here, door.now)
        assert [place.here for place in places] == [True, False, False, False]
        assert places[1].browser == "Chrome, Windows"
        assert places[1].seen_at == door.now
        signin.end(session, member, places[1].name, door.now)
    assert door.whose(tokens[1]) is None
    assert door.whose(tokens[0])
    with sessions.begin() as session:
        signin.end_others(session, member, here, door.now)
    assert door.whose(here)
    assert [door.whose(token) for token in tokens] == [None, None, None]


def test_nobody_ends_the_session_of_somebody_else(door, sessions):
    _, token = door.tries("sam", door.hires("sam"))
    noor, _ = door.tries("noor", door.hires("noor"))
    with sessions.begin() as session:
        for name in (signin.hashed(token).hex(), "zz", ""):
            signin.end(session, noor, name, door.now)
    assert door.whose(token)


def test_a_session_that_is_over_is_listed_no_more(door, sessions):
    password = door.hires()
    member, _ = door.tries("sam", password)
    door.passes(minutes=31)
    _, here = door.tries("sam", password)
    with sessions.begin() as session:
        assert len(signin.places(session, member.id, here, door.now)) == 1


def test_who_is_asked_for_the_password_again_has_five_guesses_too(door, sessions):
    password = door.hires()
    member, _ = door.tries("sam", password)

    def guess(word):
        with sessions.begin() as session:
            try:
                signin.confirm(session, door.vault, member.id, word, door.now)
            except SignInRefused as refused:
                return refused.reason
        return "right"

    assert guess(password) == "right"
    assert [guess("wrong") for _ in range(6)] == ["password.current_wrong"] * 5 + [
        "signin.too_many"
    ]
    assert guess(password) == "signin.too_many"
    assert door.tries("sam", password) == "signin.too_many"


def test_a_locked_session_is_there_and_is_not_kept_alive(door, sessions):
    _, token = door.tries("sam", door.hires())

    def visit():
        with sessions.begin() as session:
            return signin.visit(session, token, door.now)

    with sessions.begin() as session:
        screenlock.lock(session, token)
    assert visit().locked
    door.passes(minutes=20)
    assert visit().locked
    with sessions.begin() as session:
        screenlock.unlock(session, token, door.now)
    door.passes(minutes=20)
    assert not visit().locked
    with sessions.begin() as session:
        screenlock.lock(session, token)
    door.passes(minutes=31)
    assert visit() is None


def test_only_the_members_own_key_opens_what_unlocks_their_session(door, sessions, now):
    member, token = door.tries("sam", door.hires())
    _, elsewhere = door.tries("noor", door.hires("noor"))
    public, private = keys.make_pair()
    with sessions.begin() as session:
        teamkeys.enrol(session, door.vault, member, public, b"wrapped", {}, now)
        box = screenlock.box(door.vault, token, teamkeys.own(session, member.id))
    proof = keys.open_words(keys.b64decode(box), private)
    assert screenlock.proves(door.vault, token, proof)
    assert not screenlock.proves(door.vault, elsewhere, proof)
    assert not screenlock.proves(door.vault, token, "é")


def test_a_line_says_after_how_many_minutes_its_screens_lock(door, sessions):
    _, token = door.tries("sam", door.hires())
    with sessions.begin() as session:
        assert signin.visit(session, token, door.now).idle_minutes == 5
        screenlock.set_idle(session, door.line_id, 2, door.now)
        assert signin.visit(session, token, door.now).idle_minutes == 2
        for minutes in (0, 31):
            with pytest.raises(ValueError):
                screenlock.set_idle(session, door.line_id, minutes, door.now)


def test_signing_in_and_out_is_written_down(door, sessions):
    password = door.hires()
    member, token = door.tries("sam", password)
    _, other = door.tries("sam", password)
    with sessions.begin() as session:
        signin.end(session, member, signin.hashed(other).hex(), door.now)
        signin.end_others(session, member, token, door.now)
        signin.sign_out(session, member, token, door.now)
        said = [(row.act, name) for row, name in audit.listed(session, door.line_id)]
    assert [act for act, _ in said if act.startswith("account.")] == [
        "account.signed_out",
        "account.signed_out_everywhere",
        "account.session_ended",
        "account.signed_in",
        "account.signed_in",
    ]
    assert {name for _, name in said} == {"Sam"}
