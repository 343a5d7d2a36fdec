"""One's own account: a second factor, where one is signed in, and the locked screen."""

import html
import json
import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from hotline import audit, secondfactor
from tests.device import Device
from tests.keys import BrowserKeys, b64decode, open_words
from tests.web.conftest import OWN_PASSWORD, Browser
from web.app import make_app

FACTOR = "/account/second-factor"
FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0"
JSON = {"Accept": "application/json"}


@pytest.fixture
def sam(browser):
    return browser.is_hired("sam")


def sets_up_an_app(somebody, clock):
    """Gives the app and the codes on paper, as the pages show them."""
    page = somebody.post(f"{FACTOR}/app", password=OWN_PASSWORD).text
    offer = html.unescape(re.search(r'name="offer" value="([^"]+)"', page)[1])
    secret = re.search(r'class="fingerprint"[^>]*>([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    app = pyotp.TOTP(secret)
    page = somebody.post(f"{FACTOR}/app/set", offer=offer, code=app.at(clock())).text
    clock.passes(minutes=1)
    return app, re.findall(r"<li>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</li>", page)


def adds_a_passkey(somebody, device, name="my phone"):
    asked = somebody.post(f"{FACTOR}/passkeys/options", headers=JSON, password=OWN_PASSWORD)
    return somebody.post(f"{FACTOR}/passkeys", name=name, answer=device.makes(asked.text))


def uses(somebody, device):
    asked = somebody.get("/login/passkey").text
    return somebody.post("/login/passkey", answer=device.answers(asked), next="/desk?closed=1")


def acts(sessions, line_id):
    with sessions() as session:
        return [row.act for row, _ in reversed(audit.listed(session, line_id))]


def test_after_the_password_the_second_step_is_asked_for_and_leads_where_one_wanted(
    sam, another, clock
):
    app, _ = sets_up_an_app(sam, clock)
    again = another()
    answer = again.signs_in("sam", OWN_PASSWORD, next="/desk?closed=1")
    assert answer.location == "/login/code?next=/desk?closed%3D1"
    assert not again.client.get_cookie("waypost_session")
    assert again.get("/desk").location.startswith("/login?")
    page = again.get(answer.location)
    assert "Sam" not in page.text
    form = {"next": "/desk?closed=1"}
    assert again.post("/login/code", code="000000", **form).status_code == 403
    done = again.post("/login/code", code=app.at(clock()), **form)
    assert done.location == "/desk?closed=1"
    assert again.get("/desk").status_code == 200


def test_the_second_step_opens_to_nobody_who_has_not_given_the_password(browser, clock):
    assert browser.get("/login/code").location.startswith("/login")
    page = browser.post("/login/code", code="123456")
    assert page.status_code == 403
    assert "Type your password again." in page.text


def test_codes_on_paper_are_shown_once_and_each_signs_in_once(sam, another, clock):
    _, codes = sets_up_an_app(sam, clock)
    assert len(codes) == 10
    page = sam.get(FACTOR).text
    assert not any(code in page for code in codes)
    assert "10 of them are left." in page
    for tries, status in ((codes[0], 302), (codes[0], 403)):
        again = another()
        again.signs_in("sam", OWN_PASSWORD)
        assert again.post("/login/code", code=tries).status_code == status
    assert "9 of them are left." in sam.get(FACTOR).text


def test_who_mistypes_the_first_code_sees_the_same_picture_again(sam, clock):
    page = sam.post(f"{FACTOR}/app", password=OWN_PASSWORD).text
    offer = html.unescape(re.search(r'name="offer" value="([^"]+)"', page)[1])
    again = sam.post(f"{FACTOR}/app/set", offer=offer, code="000000")
    assert again.status_code == 400
    assert re.search(r'src="(data:image/svg[^"]+)"', page)[1] in again.text
    assert "This code is not right" in again.text
    assert sam.post(f"{FACTOR}/app/set", offer="x", code="1").status_code == 400


@pytest.mark.parametrize(
    "path", ["app", "app/remove", "codes", "passkeys/options", "passkeys/1/remove"]
)
def test_every_change_of_the_second_factor_needs_the_password_and_guesses_count(sam, clock, path):
    sets_up_an_app(sam, clock)
    for _ in range(5):
        answer = sam.post(f"{FACTOR}/{path}", password="wrong")
        assert answer.status_code == 400
        assert "The present password is not right." in answer.text
    assert "Too many attempts" in sam.post(f"{FACTOR}/{path}", password=OWN_PASSWORD).text


def test_a_passkey_signs_in_by_itself(sam, another, clock):
    device = Device()
    assert "Codes on paper" in adds_a_passkey(sam, device).text
    assert "my phone" in sam.get(FACTOR).text
    again = another()
    assert uses(again, device).location == "/desk?closed=1"
    assert again.get("/desk").status_code == 200
    refused = uses(another(), Device())
    assert refused.status_code == 403
    assert "This passkey is not known here." in refused.text


def test_what_a_passkey_is_asked_is_the_same_for_everybody(sam, another):
    adds_a_passkey(sam, Device())
    asked = [json.loads(one.get("/login/passkey").text) for one in (sam, another())]
    challenges = [one.pop("challenge") for one in asked]
    assert asked[0] == asked[1]
    assert challenges[0] != challenges[1]
    assert asked[0]["allowCredentials"] == []


def test_a_wrong_password_is_told_to_the_script_before_a_device_makes_a_passkey(sam):
    answer = sam.post(f"{FACTOR}/passkeys/options", headers=JSON, password="wrong")
    assert answer.status_code == 400
    assert answer.json == {"refused": "The present password is not right."}


def test_an_own_factor_is_removed_with_the_password(sam, another, clock):
    device = Device()
    sets_up_an_app(sam, clock)
    adds_a_passkey(sam, device)
    number = re.search(rf"{FACTOR}/passkeys/(\d+)/remove", sam.get(FACTOR).text)[1]
    for path in ("app", f"passkeys/{number}"):
        assert sam.post(f"{FACTOR}/{path}/remove", password=OWN_PASSWORD).location == FACTOR
    assert "Codes on paper" not in sam.get(FACTOR).text
    assert another().signs_in("sam", OWN_PASSWORD).location == "/"


def test_where_browsers_have_no_passkeys_none_are_offered(deps, sessions, line_id):
    plain = replace(deps, public_url="http://line.example")
    bare = Browser(make_app(plain), sessions, line_id)
    assert "/login/passkey" not in bare.get("/login").text
    assert bare.get("/login/passkey").status_code == 404
    bare.is_hired("sam")
    assert "by its https address" in bare.get(FACTOR).text


def test_who_has_no_second_factor_on_a_line_that_requires_one_opens_nothing_else(
    sam, another, sessions, line_id, clock
):
    with sessions.begin() as session:
        secondfactor.require(session, line_id, True, clock())
    for path in ("/desk", "/account", "/counts", "/password", "/"):
        assert sam.get(path).location == FACTOR, path
    assert sam.get("/desk/keys/mine", **JSON).status_code == 403
    assert "Set one up, then your pages open." in sam.get(FACTOR).text
    newcomer = another().is_hired("noor")
    assert newcomer.get("/desk").location == FACTOR
    sets_up_an_app(sam, clock)
    assert sam.get("/desk").status_code == 200


def test_who_owes_a_second_factor_may_sign_out(sam, sessions, line_id, clock):
    with sessions.begin() as session:
        secondfactor.require(session, line_id, True, clock())
    assert sam.post("/logout").location.startswith("/login")


def test_the_account_tells_where_one_is_signed_in_and_ends_it(sam, another, clock):
    phone = another()
    phone.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    phone.signs_in("sam", OWN_PASSWORD)
    page = sam.get("/account").text
    assert "Firefox, Android" in page
    assert "Gecko" not in page
    assert "127.0.0.1" not in page
    name = re.search(r'name="session" value="([0-9a-f]+)"', page)[1]
    sam.post("/account/sessions/end", session=name)
    assert phone.get("/desk").location.startswith("/login")
    assert sam.get("/desk").status_code == 200


def test_all_other_sessions_are_ended_at_once(sam, another):
    others = [another(), another()]
    for one in others:
        one.signs_in("sam", OWN_PASSWORD)
    sam.post("/account/sessions/end-others")
    assert "signed out everywhere else" in sam.get("/account").text
    assert all(one.get("/desk").location.startswith("/login") for one in others)


def test_what_somebody_does_with_their_account_is_written_down(sam, sessions, line_id, clock):
    sets_up_an_app(sam, clock)
    sam.post(f"{FACTOR}/codes", password=OWN_PASSWORD)
    sam.post(f"{FACTOR}/app/remove", password=OWN_PASSWORD)
    sam.post("/account/sessions/end-others")
    sam.post("/logout")
    assert acts(sessions, line_id) == [
        "account.signed_in",
        "account.password_changed",
        "account.second_factor_set",
        "account.recovery_codes_made",
        "account.second_factor_removed",
        "account.signed_out_everywhere",
        "account.signed_out",
    ]


def test_a_locked_session_opens_nothing_but_the_way_back(sam, a_case):
    number = a_case()
    assert sam.post("/lock", headers=JSON).status_code == 200
    for path in ("/desk", f"/desk/cases/{number}", "/account", "/counts", FACTOR):
        assert sam.get(path).location.startswith("/locked"), path
    for path in ("/desk/list", f"/desk/cases/{number}/data", "/desk/keys/mine"):
        assert sam.get(path, **JSON).status_code == 423, path
    assert sam.get("/desk/events", Accept="text/event-stream").status_code == 423
    assert sam.post(f"/desk/cases/{number}/take").location.startswith("/locked")
    page = sam.get("/locked?next=/desk").text
    assert "Test line" not in page
    assert "Sam" not in page


def test_the_password_brings_a_locked_session_back_to_where_it_was(sam):
    sam.post("/lock", headers=JSON)
    away = sam.get("/desk?closed=1").location
    assert away == "/locked?next=/desk?closed%3D1"
    wrong = sam.post("/unlock", password="wrong", next="/desk?closed=1")
    assert wrong.status_code == 403
    assert sam.get("/desk").status_code == 302
    back = sam.post("/unlock", password=OWN_PASSWORD, next="/desk?closed=1")
    assert back.location == "/desk?closed=1"
    assert sam.get("/desk").status_code == 200
    assert sam.get("/locked").location == "/"


def test_five_wrong_passwords_keep_a_screen_locked(sam):
    sam.post("/lock", headers=JSON)
    told = [sam.post("/unlock", headers=JSON, password="wrong").json["refused"] for _ in range(6)]
    assert told[0] == "The present password is not right."
    assert told[5].startswith("Too many attempts")
    assert sam.post("/unlock", headers=JSON, password=OWN_PASSWORD).status_code == 403


def test_what_the_members_own_key_opens_brings_their_session_back(sam, another):
    keys = BrowserKeys()
    keys.enrol(sam.post_json)
    sam.post("/lock", headers=JSON)
    box = html.unescape(re.search(r'data-box="([^"]+)"', sam.get("/locked").text)[1])
    proof = open_words(b64decode(box), keys.private)
    other = another()
    other.signs_in("sam", OWN_PASSWORD)
    other.post("/lock", headers=JSON)
    # Each session has a box of its own.
    assert other.post("/unlock", headers=JSON, proof=proof).status_code == 403
    assert sam.post("/unlock", headers=JSON, proof="").status_code == 403
    assert sam.post("/unlock", headers=JSON, proof=proof).json == {"refused": ""}
    assert sam.get("/desk").status_code == 200


def test_a_page_of_before_comes_back_for_who_signed_in_anew(sam):
    assert sam.post("/unlock", headers=JSON, proof="of a session that is over").status_code == 200
    sam.post("/lock", headers=JSON)
    assert sam.post("/unlock", headers=JSON, proof="of a session that is over").status_code == 403


def test_who_sits_at_a_locked_screen_may_sign_out(sam):
    sam.post("/lock", headers=JSON)
    assert sam.post("/logout").location.startswith("/login")
    assert sam.signs_in("sam", OWN_PASSWORD).location == "/"
    assert sam.get("/desk").status_code == 200


def test_every_page_of_who_is_signed_in_can_lock_and_only_the_desk_does_so_when_idle(sam):
    for path, minutes in (("/desk", 5), ("/desk/keys", 5), ("/account", 0), ("/counts", 0)):
        page = sam.get(path).text
        assert f'<template id="locked" data-idle="{minutes}"' in page, path
        assert "data-lock-screen" in page
    sam.post("/logout")
    assert 'id="locked"' not in sam.get("/login").text


def test_a_long_forgotten_second_step_leads_back_to_the_start(sam, another, clock):
    sets_up_an_app(sam, clock)
    again = another()
    again.signs_in("sam", OWN_PASSWORD)
    clock.now += timedelta(minutes=6)
    assert again.get("/login/code").location.startswith("/login")
