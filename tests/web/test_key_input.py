"""What browsers send about keys: anything but a key is refused in one line, and nothing is lost."""

import pytest

from tests.keys import BrowserKeys, text_form
from tests.web.keyholders import ACTS, by_name, mine

NOT_BYTES = (None, 7, "", "no base64 at all", "QUJD", "QUJD" * 40, ["QUJD"], {"a": 1}, "\ud800")
NOT_NUMBERS = (None, -1, 0, 2**31, 2**70, "1", 1.5, [1])


def kept(somebody):
    """What the server keeps of keys; the box that opens a locked screen is made anew each time."""
    return {name: value for name, value in mine(somebody).items() if name != "lock_box"}


@pytest.mark.parametrize("wrong", NOT_BYTES)
def test_what_is_no_key_is_refused_and_nothing_is_lost(keyholder, wrong):
    sam, keys = keyholder("sam", "Sam")
    keyholder("noor", "Noor")
    before, seen = kept(sam), by_name(sam, "Noor")
    good = keys.enrolment()
    number = str(before["teams"][0]["keys"][0]["id"])
    sealed = good["teams"]["general"]["sealed"]
    bodies = [
        ("enrol", good | {"public_key": wrong}),
        ("enrol", good | {"teams": {"general": {"public_key": wrong, "sealed": sealed}}}),
        ("team", {"team": "general", "public_key": wrong, "sealed": sealed}),
        ("team", {"team": "general"} | good["teams"]["general"] | {"sealed": wrong}),
        ("let-in", {"staff": seen["id"], "public_key": wrong, "keys": {number: sealed}}),
        (
            "let-in",
            {"staff": seen["id"], "public_key": seen["public_key"], "keys": {number: wrong}},
        ),
        ("escrow", {"team_key": int(number), "needed": 2, "shares": {"1": wrong, "2": wrong}}),
    ]
    for act, body in bodies:
        answer = sam.post_json(f"/desk/keys/{act}", body)
        assert answer.status_code in (400, 409), act
        assert answer.json["refused"], act
        assert "\n" not in answer.json["refused"]
    assert kept(sam) == before


@pytest.mark.parametrize("wrong", NOT_NUMBERS)
def test_what_is_no_number_of_anything_is_refused(keyholder, wrong):
    sam, keys = keyholder("sam", "Sam")
    sealed = keys.new_team_key()["sealed"]
    for act, body in (
        ("let-in", {"staff": wrong, "public_key": text_form(keys.public), "keys": {}}),
        ("escrow", {"team_key": wrong, "needed": 2, "shares": {"1": sealed, "2": sealed}}),
        ("escrow", {"team_key": 1, "needed": wrong, "shares": {"1": sealed, "2": sealed}}),
        ("give", {"escrow": wrong, "to": 1, "public_key": sealed, "sealed": sealed}),
        ("give", {"escrow": 1, "to": wrong, "public_key": sealed, "sealed": sealed}),
        ("recovered", {"escrow": wrong, "sealed": sealed}),
    ):
        assert sam.post_json(f"/desk/keys/{act}", body).status_code == 400, act


def test_a_key_that_nothing_can_be_sealed_to_does_not_stop_the_line(keyholder, a_case):
    sam, keys = keyholder("sam", "Sam")
    for nobodys in (bytes(32), b"\1" + bytes(31)):
        body = {"team": "general"} | keys.new_team_key() | {"public_key": text_form(nobodys)}
        assert sam.post_json("/desk/keys/team", body).status_code == 400
    assert a_case()


def test_rows_that_are_not_there_are_refused(keyholder):
    sam, keys = keyholder("sam", "Sam")
    sealed, public = keys.new_team_key()["sealed"], text_form(keys.public)
    for act, body in (
        ("let-in", {"staff": 999, "public_key": public, "keys": {}}),
        ("let-in", {"staff": 1, "public_key": public, "keys": {"999": sealed}}),
        ("escrow", {"team_key": 999, "needed": 2, "shares": {"1": sealed, "2": sealed}}),
        ("give", {"escrow": 999, "to": 1, "public_key": public, "sealed": sealed}),
        ("recovered", {"escrow": 999, "sealed": sealed}),
        ("team", {"team": "nowhere"} | keys.new_team_key()),
        ("enrol", keys.enrolment(["nowhere"])),
    ):
        answer = sam.post_json(f"/desk/keys/{act}", body)
        assert answer.status_code == 409, act
        assert answer.json["refused"], act


def test_what_is_no_json_or_no_map_or_too_much_is_refused(keyholder):
    sam, _ = keyholder("sam", "Sam")
    before = kept(sam)
    headers = {"X-CSRFToken": sam.token}
    for act in ACTS:
        address = f"/desk/keys/{act}"
        for data in (b"", b"{", b"\xff\xfe", b"[]", b"7", b'"text"', b"null"):
            answer = sam.client.post(
                address, data=data, headers=headers, content_type="application/json"
            )
            assert answer.status_code == 400, (act, data)
            assert answer.json["refused"]
        assert sam.post_json(address, {"wrapped": "x" * 70_000}).status_code == 413
        assert sam.client.post(address, json={}).status_code == 400
    for wrapped in ("", "x" * 2001, 7, None, "\x00", "\ud800"):
        assert sam.post_json("/desk/keys/rewrap", {"wrapped": wrapped}).status_code == 400
    assert kept(sam) == before


def test_who_has_no_key_of_their_own_makes_none_for_a_team(another):
    noor = another().is_hired("noor", name="Noor")
    answer = noor.post_json("/desk/keys/team", {"team": "general"} | BrowserKeys().new_team_key())
    assert (answer.status_code, answer.json["refused"]) == (409, "Make your key first.")
