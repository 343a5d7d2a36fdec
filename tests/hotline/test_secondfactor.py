"""What somebody proves besides their password, and how it is taken away again."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select, text

from hotline import audit, passkeys, retention, secondfactor, signin, staff
from hotline.attempts import SignInRefused
from hotline.models import Authenticator, RecoveryCode, SpentChallenge, StaffSession
from hotline.passkeys import Site
from hotline.signin import Half
from tests.device import Device

HERE = Site("localhost", "http://localhost")
PASSWORD = "five words nobody would guess"


class Account:
    """Somebody with an own password, and what they do to sign in."""

    def __init__(self, sessions, vault, line_id, now, login="sam"):
        self.sessions, self.vault, self.now, self.login = sessions, vault, now, login
        with sessions.begin() as session:
            one_time = staff.add(
                session,
                line_id=line_id,
                login=login,
                display_name="Sam",
                role="caseworker",
                language="en",
            )
        with sessions.begin() as session:
            self.member, self.token = signin.sign_in(session, vault, login, one_time, now)
            staff.set_own_password(
                session, self.member.id, one_time, PASSWORD, keep=signin.hashed(self.token)
            )

    def does(self, work, *arguments):
        """The work's answer, or the reason why it was refused; what failed is counted either way."""
        with self.sessions.begin() as session:
            try:
                return work(session, *arguments)
            except SignInRefused as refused:
                return refused.reason

    def sets_up_an_app(self):
        """Gives the codes on paper."""
        offer = secondfactor.offer(self.vault, self.member, "line.example")
        self.app = pyotp.TOTP(offer.secret)
        return self.does(
            secondfactor.set_app,
            self.vault,
            self.member,
            offer.sealed,
            self.app.at(self.now),
            self.now,
            signin.hashed(self.token),
        )

    def adds_a_passkey(self, device, name="my phone"):
        asked = self.does(passkeys.making, self.vault, HERE, self.member, self.now)
        answer = device.makes(asked)
        keep = signin.hashed(self.token)
        return self.does(passkeys.add, self.vault, HERE, self.member, name, answer, self.now, keep)

    def types_the_password(self, password=PASSWORD):
        return self.does(signin.sign_in, self.vault, self.login, password, self.now)

    def types_the_code(self, code, half=None):
        half = half or self.types_the_password()
        return self.does(signin.second_step, self.vault, half.token, code, self.now)

    def uses(self, device, asked=None, **lies):
        asked = asked or passkeys.asking(self.vault, HERE, self.now)
        answer = device.answers(asked, **lies)
        return self.does(signin.with_passkey, self.vault, HERE, answer, self.now)

    def visit(self, token):
        return self.does(signin.visit, token, self.now)

    def passes(self, **how_long):
        self.now += timedelta(**how_long)


@pytest.fixture
def account(sessions, vault, line_id, now):
    return Account(sessions, vault, line_id, now)


def count(sessions, table):
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table))


def acts(sessions, line_id):
    with sessions() as session:
        return [(row.act, row.about) for row, _ in reversed(audit.listed(session, line_id))]


def test_after_the_password_a_code_is_asked_for_and_nothing_opens_before(account, sessions):
    account.sets_up_an_app()
    account.passes(minutes=1)
    before = count(sessions, StaffSession)
    half = account.types_the_password()
    assert isinstance(half, Half)
    assert count(sessions, StaffSession) == before
    assert account.visit(half.token) is None
    assert half.token not in repr(half)
    member, token = account.types_the_code(account.app.at(account.now), half)
    assert member.login == "sam"
    assert account.visit(token).member == member


def test_a_code_works_once_and_neither_does_one_from_before_it(account):
    account.sets_up_an_app()
    account.passes(minutes=1)
    earlier, code = account.app.at(account.now - timedelta(seconds=30)), account.app.at(account.now)
    assert account.types_the_code(code)[0].login == "sam"
    assert account.types_the_code(code) == "signin.code_wrong"
    assert account.types_the_code(earlier) == "signin.code_wrong"
    account.passes(seconds=30)
    assert account.types_the_code(account.app.at(account.now))[0].login == "sam"


def test_the_code_that_set_the_app_up_does_not_sign_in(account):
    account.sets_up_an_app()
    assert account.types_the_code(account.app.at(account.now)) == "signin.code_wrong"


@pytest.mark.parametrize(
    ("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_be_half_a_minute_off_and_no_more(account, seconds, taken):
    account.sets_up_an_app()
    account.passes(minutes=5)
    answer = account.types_the_code(account.app.at(account.now + timedelta(seconds=seconds)))
    assert (answer != "signin.code_wrong") is taken


def test_a_code_is_taken_as_people_type_it(account):
    account.sets_up_an_app()
    account.passes(minutes=1)
    code = account.app.at(account.now)
    assert account.types_the_code(f" {code[:3]} {code[3:]} ")[0].login == "sam"
    account.passes(minutes=1)
    arabic = account.app.at(account.now).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert account.types_the_code(arabic)[0].login == "sam"


def test_of_two_who_see_the_same_code_one_comes_in(account):
    account.sets_up_an_app()
    account.passes(minutes=1)
    half, code = account.types_the_password(), account.app.at(account.now)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: account.types_the_code(code, half), range(4)))
    assert sum(isinstance(answer, tuple) for answer in answers) == 1


def test_five_wrong_codes_close_the_second_step_for_a_quarter_of_an_hour(account):
    account.sets_up_an_app()
    account.passes(minutes=1)
    tried = [account.types_the_code("000000") for _ in range(6)]
    assert tried == ["signin.code_wrong"] * 5 + ["signin.too_many"]
    # The right password in between forgives nothing.
    assert isinstance(account.types_the_password(), Half)
    assert account.types_the_code(account.app.at(account.now)) == "signin.too_many"
    account.passes(minutes=16)
    assert account.types_the_code(account.app.at(account.now))[0].login == "sam"


def test_the_way_to_the_second_step_is_short_and_for_one_person(account, sessions, vault, line_id):
    account.sets_up_an_app()
    half = account.types_the_password()
    account.passes(minutes=6)
    assert account.types_the_code(account.app.at(account.now), half) == "signin.half_over"
    half = account.types_the_password()
    number, rest = half.token.split(".", 1)
    other = Account(sessions, vault, line_id, account.now, "noor")
    other.sets_up_an_app()
    for forged in (f"{other.member.id}.{rest}", f"{number}.9.x", "", "..", "x", "٧.٧.x"):
        assert account.types_the_code("000000", Half(forged)) == "signin.half_over"


def test_a_new_password_closes_the_way_that_the_old_one_opened(account, sessions):
    account.sets_up_an_app()
    half = account.types_the_password()
    with sessions.begin() as session:
        staff.reset_password(session, "sam")
    account.passes(minutes=1)
    assert account.types_the_code(account.app.at(account.now), half) == "signin.half_over"


def test_a_wrong_password_tells_nothing_of_a_second_factor(account):
    account.sets_up_an_app()
    assert account.types_the_password("wrong") == "signin.wrong"


def test_a_code_on_paper_works_once_after_the_password(account, sessions, line_id):
    codes = account.sets_up_an_app()
    assert len(set(codes)) == 10
    assert account.types_the_code(codes[0].upper().replace("-", " "))[0].login == "sam"
    assert account.types_the_code(codes[0]) == "signin.code_wrong"
    assert account.types_the_code(codes[1])[0].login == "sam"
    assert count(sessions, RecoveryCode) == 8
    used = [act for act, _ in acts(sessions, line_id) if act == "account.recovery_code_used"]
    assert len(used) == 2


def test_codes_on_paper_are_nobody_elses(account, sessions, vault, line_id):
    codes = account.sets_up_an_app()
    other = Account(sessions, vault, line_id, account.now, "noor")
    other.sets_up_an_app()
    assert other.types_the_code(codes[0]) == "signin.code_wrong"


def test_new_codes_on_paper_end_the_old_ones(account):
    old = account.sets_up_an_app()
    new = account.does(secondfactor.make_recovery_codes, account.vault, account.member, account.now)
    assert account.types_the_code(old[0]) == "signin.code_wrong"
    assert account.types_the_code(new[0])[0].login == "sam"


def test_neither_secret_nor_codes_stand_in_the_database(account, sessions, vault):
    codes = account.sets_up_an_app()
    with sessions() as session:
        rows = str(session.execute(text("SELECT * FROM authenticators")).all())
        rows += str(session.execute(text("SELECT * FROM recovery_codes")).all())
        sealed = session.scalars(select(Authenticator.secret_sealed)).one()
    assert account.app.secret not in rows
    assert not any(code in rows or code.replace("-", "") in rows for code in codes)
    assert vault.open(sealed, "authenticator") == account.app.secret


def test_an_app_is_set_only_with_a_code_of_its_own_secret(account, sessions):
    offer = secondfactor.offer(account.vault, account.member, "line.example")
    assert offer.secret not in repr(offer)
    keep = signin.hashed(account.token)

    def tried(sealed, code):
        return account.does(
            secondfactor.set_app, account.vault, account.member, sealed, code, account.now, keep
        )

    assert tried(offer.sealed, "000000") == "signin.code_wrong"
    assert tried("AAAA", "000000") == tried("é", "000000") == "signin.offer_over"
    assert count(sessions, Authenticator) == 0


def test_an_offer_that_was_made_to_somebody_else_is_not_taken(account, sessions, vault, line_id):
    other = Account(sessions, vault, line_id, account.now, "noor")
    offer = secondfactor.offer(vault, other.member, "line.example")
    code = pyotp.TOTP(offer.secret).at(account.now)
    answer = account.does(
        secondfactor.set_app, vault, account.member, offer.sealed, code, account.now, b""
    )
    assert answer == "signin.offer_over"


def test_an_app_calls_the_account_by_its_login_and_the_lines_address(account):
    offer = secondfactor.offer(account.vault, account.member, "line.example")
    assert re.fullmatch(
        r"otpauth://totp/line\.example:sam\?secret=[A-Z2-7]{32}&issuer=line\.example", offer.address
    )


def test_the_first_factor_ends_sessions_that_a_password_alone_opened(account):
    _, elsewhere = account.types_the_password()
    account.sets_up_an_app()
    assert account.visit(account.token)
    assert account.visit(elsewhere) is None


def test_another_phone_takes_the_place_of_the_first_and_the_codes_on_paper_stay(account):
    codes = account.sets_up_an_app()
    first = account.app
    account.passes(minutes=1)
    assert account.sets_up_an_app() == []
    account.passes(minutes=1)
    assert account.types_the_code(first.at(account.now)) == "signin.code_wrong"
    assert account.types_the_code(account.app.at(account.now))[0].login == "sam"
    assert account.types_the_code(codes[0])[0].login == "sam"


def test_a_passkey_signs_in_without_password_and_code(account, sessions, line_id):
    device = Device()
    codes = account.adds_a_passkey(device)
    assert len(codes) == 10
    member, token = account.uses(device)
    assert member.login == "sam"
    assert account.visit(token)
    # The password alone opens no more; with a code on paper it does.
    assert isinstance(account.types_the_password(), Half)
    assert account.types_the_code(codes[3])[0].login == "sam"
    assert ("account.second_factor_set", {"kind": "passkey"}) in acts(sessions, line_id)


def test_somebody_has_several_passkeys_by_name_and_removes_one(account, sessions):
    phone, key = Device(), Device()
    account.adds_a_passkey(phone, "my phone")
    assert account.adds_a_passkey(key, " the blue key ") == []
    with sessions() as session:
        listed = passkeys.listed(session, account.member.id)
        assert [one.name for one in listed] == ["my phone", "the blue key"]
    account.does(passkeys.remove, account.member, listed[0].id, account.now)
    assert account.uses(phone) == "signin.passkey_wrong"
    assert account.uses(key)[0].login == "sam"


def test_nobody_removes_the_passkey_of_somebody_else(account, sessions, vault, line_id):
    device = Device()
    account.adds_a_passkey(device)
    other = Account(sessions, vault, line_id, account.now, "noor")
    with sessions() as session:
        number = passkeys.listed(session, account.member.id)[0].id
    assert other.does(passkeys.remove, other.member, number, other.now) is False
    assert account.uses(device)[0].login == "sam"


def test_the_same_passkey_is_not_kept_twice(account, sessions, vault, line_id):
    device = Device()
    account.adds_a_passkey(device)
    assert account.adds_a_passkey(device) == "signin.passkey_wrong"
    other = Account(sessions, vault, line_id, account.now, "noor")
    assert other.adds_a_passkey(device) == "signin.passkey_wrong"


def test_an_answer_is_taken_once(account):
    device = Device()
    account.adds_a_passkey(device)
    answer = device.answers(passkeys.asking(account.vault, HERE, account.now))
    come = [
        account.does(signin.with_passkey, account.vault, HERE, answer, account.now)
        for _ in range(2)
    ]
    assert come[0][0].login == "sam"
    assert come[1] == "signin.passkey_late"


def test_a_challenge_counts_for_five_minutes_and_for_what_it_was_made_for(account):
    device = Device()
    account.adds_a_passkey(device)
    late = passkeys.asking(account.vault, HERE, account.now)
    account.passes(minutes=6)
    assert account.uses(device, late) == "signin.passkey_late"
    made_for_another_use = account.does(
        passkeys.making, account.vault, HERE, account.member, account.now
    )
    challenge = re.search(r'"challenge": "([^"]+)"', made_for_another_use)[1]
    asked = f'{{"rpId": "localhost", "challenge": "{challenge}"}}'
    assert account.uses(device, asked) == "signin.passkey_late"
    ours = '{"rpId": "localhost", "challenge": "bm90IG91cnM"}'
    assert account.uses(device, ours) == "signin.passkey_late"


def test_a_device_that_does_not_look_whether_it_is_its_owner_is_refused(account):
    device = Device(looks=False)
    assert account.adds_a_passkey(device) == "signin.passkey_wrong"
    device.looks = True
    account.adds_a_passkey(device)
    device.looks = False
    assert account.uses(device) == "signin.passkey_wrong"


def test_what_another_site_or_another_key_signed_is_refused(account):
    device, other = Device(), Device()
    account.adds_a_passkey(device)
    device.origin = "http://evil.example"
    assert account.uses(device) == "signin.passkey_wrong"
    device.origin = "http://localhost"
    other.credential_id, other.owner = device.credential_id, device.owner
    assert account.uses(other) == "signin.passkey_wrong"
    assert account.uses(device)[0].login == "sam"


def test_a_passkey_that_was_copied_is_refused(account):
    device = Device()
    account.adds_a_passkey(device)
    assert account.uses(device)[0].login == "sam"
    device.used = 0
    assert account.uses(device) == "signin.passkey_wrong"


@pytest.mark.parametrize(
    "said",
    ["", "null", "[]", "{}", "x" * 100, '{"rawId": 7, "response": {}}', '{"response": "x"}'],
)
def test_whatever_a_browser_sends_as_a_passkey_is_refused_with_one_line(account, said):
    tried = account.does(signin.with_passkey, account.vault, HERE, said, account.now)
    assert tried == "signin.passkey_wrong"
    keep = signin.hashed(account.token)
    tried = account.does(
        passkeys.add, account.vault, HERE, account.member, "n", said, account.now, keep
    )
    assert tried == "signin.passkey_wrong"


@pytest.mark.parametrize("part", ["authenticatorData", "signature", "userHandle"])
def test_a_damaged_answer_is_refused_with_one_line(account, part):
    device = Device()
    account.adds_a_passkey(device)
    assert account.uses(device, **{part: "AAAA"}) == "signin.passkey_wrong"
    assert account.uses(device, **{part: None}) == "signin.passkey_wrong"


def test_a_passkey_of_who_was_disabled_opens_nothing(account, sessions):
    device = Device()
    account.adds_a_passkey(device)
    with sessions.begin() as session:
        staff.disable(session, "sam")
    assert account.uses(device) == "signin.passkey_wrong"


@pytest.mark.parametrize(
    ("public", "asked", "there"),
    [
        ("https://line.example", "http://10.0.0.1/", Site("line.example", "https://line.example")),
        ("https://line.example:8443", "", Site("line.example", "https://line.example:8443")),
        ("", "http://localhost:8000/", Site("localhost", "http://localhost:8000")),
        ("", "http://127.0.0.1:8000/", None),
        ("", "https://evil.example/", None),
        ("http://line.example", "http://line.example/", None),
        ("https://192.0.2.7", "", None),
        ("https://[2001:db8::7]", "", None),
    ],
)
def test_passkeys_are_for_the_lines_own_address_whatever_is_asked_for(public, asked, there):
    assert passkeys.site(public, asked) == there


def test_with_the_last_factor_the_codes_on_paper_go(account, sessions):
    device = Device()
    account.sets_up_an_app()
    account.adds_a_passkey(device)
    account.does(secondfactor.remove_app, account.member, account.now)
    assert count(sessions, RecoveryCode) == 10
    with sessions() as session:
        number = passkeys.listed(session, account.member.id)[0].id
    account.does(passkeys.remove, account.member, number, account.now)
    assert count(sessions, RecoveryCode) == 0
    assert account.types_the_password()[0].login == "sam"


def test_a_supervisor_takes_a_lost_factor_away_and_it_ends_the_sessions(account, sessions, line_id):
    device = Device()
    codes = account.sets_up_an_app()
    account.adds_a_passkey(device)
    with sessions.begin() as session:
        assert secondfactor.holders(session, line_id) == {account.member.id}
        secondfactor.remove(session, account.member.id, None, account.now)
        assert secondfactor.holders(session, line_id) == frozenset()
    assert account.visit(account.token) is None
    assert account.uses(device) == "signin.passkey_wrong"
    assert account.types_the_password()[0].login == "sam"
    assert acts(sessions, line_id)[-2] == (
        "account.second_factor_removed",
        {"staff": account.member.id, "kind": "all"},
    )
    assert codes


def test_a_line_that_requires_a_factor_asks_only_who_has_none(account, sessions, line_id):
    assert not account.visit(account.token).owes
    with sessions.begin() as session:
        secondfactor.require(session, line_id, True, account.now)
        secondfactor.require(session, line_id, True, account.now)
        assert secondfactor.is_required(session, line_id)
    assert account.visit(account.token).owes
    account.sets_up_an_app()
    assert not account.visit(account.token).owes
    with sessions.begin() as session:
        secondfactor.require(session, line_id, False, account.now)
    said = [fact for act, fact in acts(sessions, line_id) if act.startswith("rights.")]
    assert said == [{"kind": "required"}, {"kind": "optional"}]


def test_answered_challenges_are_forgotten_within_hours(account, sessions):
    device = Device()
    account.adds_a_passkey(device)
    account.uses(device)
    assert count(sessions, SpentChallenge) == 2
    with sessions.begin() as session:
        retention.purge(session, account.now + timedelta(hours=2))
    assert count(sessions, SpentChallenge) == 0
