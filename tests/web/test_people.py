"""The pages of people: inviting and joining, changing, shutting out."""

import re
from html import unescape

import pytest
from sqlalchemy import select, update

from hotline import audit, secondfactor, teamkeys
from hotline.models import Authenticator, Case, Staff
from tests.web.conftest import OWN_PASSWORD

FORM = {
    "display_name": "Noor",
    "role": "caseworker",
    "language": "fr",
    "most_cases": "6",
    "most_urgent": "2",
}


@pytest.fixture
def ana(another):
    return another().is_hired("ana", "supervisor", "Ana")


def token_in(page):
    """The link of an invitation is there, whole, once; gives what stands after its #."""
    links = re.findall(r'value="(http[^"]+/join#[^"]+)"', unescape(page))
    assert len(links) == 1
    return links[0].partition("#")[2]


def invited(by, **form):
    answer = by.post("/people/new", **(FORM | form))
    assert answer.status_code == 200
    return token_in(answer.text)


def joins(somebody, token, login="noor", **more):
    form = {"token": token, "login": login, "new": OWN_PASSWORD, "again": OWN_PASSWORD} | more
    return somebody.post("/join/account", **form)


def number(sessions, login):
    with sessions() as session:
        return session.scalar(select(Staff.id).where(Staff.login == login))


def acts(sessions, line_id, **asked):
    with sessions() as session:
        return [row.act for row, _ in reversed(audit.listed(session, line_id, **asked))]


def test_who_is_invited_joins_and_is_led_to_making_their_key(ana, another, sessions, line_id):
    token = invited(ana, speaks="fr", team="child")
    noor = another()
    page = noor.post("/join", token=token).text
    assert "Ana" in page
    assert 'value="noor"' in page
    answer = joins(noor, token, "noor.b")
    assert answer.location == "/desk/keys"
    assert 'lang="fr"' in noor.get("/desk/keys").text
    assert noor.get("/desk").status_code == 200
    with sessions() as session:
        row = session.scalar(select(Staff).where(Staff.login == "noor.b"))
        assert (row.display_name, row.teams, row.speaks) == ("Noor", ["child"], ["fr"])
        assert (row.most_cases, row.most_urgent, row.one_time) == (6, 2, False)
    assert "staff.joined" in acts(sessions, line_id)


def test_looking_at_the_link_uses_nothing_up_and_joining_does(ana, another):
    token = invited(ana)
    for _ in range(3):
        assert another().post("/join", token=token).status_code == 200
    assert joins(another(), token).status_code == 302
    late = another()
    for answer in (late.post("/join", token=token), joins(late, token, "thief")):
        assert answer.status_code == 400
        assert "used up, withdrawn, or older than 72 hours" in answer.text
    assert late.signs_in("thief", OWN_PASSWORD).status_code == 403


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "' OR 1=1 --", "\x00", "é" * 30])
def test_what_is_no_invitation_opens_nothing(another, token):
    answer = another().post("/join", token=token)
    assert answer.status_code == 400
    assert "used up" in answer.text


def test_an_invitation_ends_by_the_clock(ana, another, clock):
    token = invited(ana)
    clock.passes(hours=73)
    assert another().post("/join", token=token).status_code == 400


def test_what_cannot_be_taken_is_said_and_the_link_still_works(ana, another):
    token = invited(ana)
    noor = another()
    taken = joins(noor, token, "ana")
    assert taken.status_code == 400
    assert "This login is taken" in taken.text
    assert 'value="ana"' in taken.text
    assert joins(noor, token, again="something else entirely").status_code == 400
    short = joins(noor, token, new="short", again="short")
    assert short.status_code == 400
    assert joins(noor, token).status_code == 302


def test_who_is_signed_in_does_not_join_as_somebody_else(ana, sessions):
    token = invited(ana)
    page = ana.get("/join").text
    assert "Sign out first" in page
    assert joins(ana, token).location == "/join"
    assert number(sessions, "noor") is None


def test_the_link_is_shown_once_and_no_address_holds_it(ana):
    token = invited(ana)
    for path in ("/people", "/people/new"):
        assert token not in ana.get(path).text
    assert ana.get(f"/join/{token}").status_code == 404


def test_a_withdrawn_invitation_opens_nothing(ana, another, sessions, line_id):
    token = invited(ana)
    path = re.search(r'action="(/people/invitations/\d+/withdraw)"', ana.get("/people").text)[1]
    assert ana.post(path).status_code == 302
    assert another().post("/join", token=token).status_code == 400
    assert ana.post(path).status_code == 409
    assert acts(sessions, line_id)[-1] == "staff.invitation_withdrawn"


def test_a_partner_is_invited_into_a_team_that_was_added_before(ana, another, sessions):
    refused = ana.post("/people/new", **(FORM | {"role": "partner"}))
    assert refused.status_code == 400
    assert "exactly one partner" in unescape(refused.text)
    # What was filled in stays.
    assert 'value="Noor"' in refused.text
    assert ana.post("/people/teams", name="shelter", label="Shelter North").status_code == 302
    assert ana.post("/people/teams", name="shelter", label="Again").status_code == 409
    assert ana.post("/people/teams", name="Sh elter", label="Again").status_code == 409
    token = invited(ana, role="partner", partner_team="shelter", team="general")
    assert joins(another(), token).location == "/desk/keys"
    with sessions() as session:
        row = session.scalar(select(Staff).where(Staff.login == "noor"))
        assert (row.role, row.teams) == ("partner", ["shelter"])


def test_the_list_says_what_everybody_is_and_when_they_were_here_coarsely(
    ana, another, clock, sessions
):
    another().is_hired("sam", name="Sam")
    with sessions.begin() as session:
        session.execute(
            update(Staff)
            .where(Staff.login == "sam")
            .values(speaks=["ar"], teams=["child"], for_children=True, most_cases=3, most_urgent=1)
        )
    clock.passes(days=3)
    ana.signs_in("ana", OWN_PASSWORD)
    row = the_row_of(ana, "sam")
    assert "Caseworker" in row
    assert "Child team" in row
    assert "Arabic" in row
    assert "trained for children" in row
    assert "at most 3 cases, 1 urgent" in row
    assert "this week" in row
    assert "no second factor" in row
    assert "no key yet" in row
    assert "here today" in the_row_of(ana, "ana")
    # To the day, and no finer.
    assert not re.search(r"\d\d:\d\d", row)


def the_row_of(somebody, login):
    page = unescape(somebody.get("/people").text)
    start = page.index(f'data-login="{login}"')
    return page[start : page.index("</li>", start)]


def test_a_change_is_kept_and_noted(ana, another, sessions, line_id):
    another().is_hired("sam", name="Sam")
    sam = number(sessions, "sam")
    page = ana.get(f"/people/{sam}").text
    assert 'value="Sam"' in page
    form = FORM | {"display_name": "Samira", "language": "en", "for_children": "1"}
    assert ana.post(f"/people/{sam}", **form).location == "/people"
    with sessions() as session:
        row = session.get_one(Staff, sam)
        assert (row.display_name, row.for_children, row.most_cases) == ("Samira", True, 6)
    assert acts(sessions, line_id)[-4:] == ["staff.changed"] * 4
    bad = ana.post(f"/people/{sam}", **(form | {"most_cases": "many"}))
    assert bad.status_code == 400
    assert "whole numbers from 1 to 50" in bad.text


def test_a_new_role_counts_from_the_next_page_on(ana, another, sessions):
    sam = another().is_hired("sam", name="Sam")
    assert sam.get("/desk").status_code == 200
    form = FORM | {"role": "campaign_officer"}
    assert ana.post(f"/people/{number(sessions, 'sam')}", **form).status_code == 302
    assert sam.get("/desk").location.startswith("/login")
    sam.signs_in("sam", OWN_PASSWORD)
    assert sam.get("/desk").status_code == 403
    assert sam.get("/campaigns").status_code == 200


def test_shutting_out_says_which_keys_to_renew_and_frees_their_cases(
    ana, keyholder, a_case, sessions, line_id
):
    case_id = a_case()
    sam, _ = keyholder("sam", "Sam")
    sam.post(f"/desk/cases/{case_id}/take")
    with sessions.begin() as session:
        taker = number(sessions, "sam")
        session.execute(update(Case).values(state="taken", taken_by=taker))
    answer = ana.post(f"/people/{number(sessions, 'sam')}/disable")
    assert answer.status_code == 200
    assert "General team" in answer.text
    assert "Child team" in answer.text
    assert sam.get("/desk").location.startswith("/login")
    assert sam.signs_in("sam", OWN_PASSWORD).status_code == 403
    with sessions() as session:
        case = session.get_one(Case, case_id)
        assert (case.state, case.taken_by) == ("waiting", None)
    assert acts(sessions, line_id)[-2:] == ["staff.disabled", "case.returned"]
    assert ana.get(f"/people/{number(sessions, 'sam')}").status_code == 404
    assert "Sam" in ana.get("/people").text


def test_a_new_one_time_password_is_shown_once_and_ends_their_sessions(ana, another, sessions):
    sam = another().is_hired("sam", name="Sam")
    answer = ana.post(f"/people/{number(sessions, 'sam')}/reset")
    password = re.search(r'value="([a-z2-9]{4}(?:-[a-z2-9]{4}){3})"', answer.text)[1]
    assert sam.get("/desk").location.startswith("/login")
    assert sam.signs_in("sam", password).location == "/password"
    assert password not in ana.get("/people").text


@pytest.mark.parametrize("act", ["disable", "reset", "second-factor"])
def test_nobody_does_it_to_themselves(ana, sessions, act):
    mine = number(sessions, "ana")
    assert f"/people/{mine}/{act}" not in ana.get(f"/people/{mine}").text
    answer = ana.post(f"/people/{mine}/{act}")
    assert answer.status_code == 409
    assert "Not with your own account" in answer.text
    assert ana.get("/people").status_code == 200


def test_ones_own_role_stays_whatever_a_form_says(ana, another, sessions):
    another().is_hired("bea", "supervisor", "Bea")
    mine = number(sessions, "ana")
    answer = ana.post(f"/people/{mine}", **(FORM | {"role": "auditor"}))
    assert answer.status_code == 400
    assert "Nobody changes their own role" in answer.text
    assert ana.get("/people").status_code == 200


def test_a_lost_second_factor_is_taken_away_and_noted(ana, another, sessions, line_id, vault, now):
    sam = another().is_hired("sam", name="Sam")
    staff_id = number(sessions, "sam")
    with sessions.begin() as session:
        sealed = vault.seal("JBSWY3DPEHPK3PXP", "authenticator")
        session.add(Authenticator(staff_id=staff_id, secret_sealed=sealed, set_at=now, last_step=0))
    assert "no second factor" not in the_row_of(ana, "sam")
    assert ana.post(f"/people/{staff_id}/second-factor").location == "/people"
    with sessions() as session:
        assert not secondfactor.of(session, staff_id).any
    assert sam.get("/desk").location.startswith("/login")
    assert acts(sessions, line_id)[-1] == "account.second_factor_removed"


def test_a_line_asks_everybody_for_a_second_factor_and_says_when_screens_lock(
    ana, sessions, line_id
):
    for minutes in ("0", "31", "soon"):
        assert ana.post("/people/protection", idle_minutes=minutes).status_code == 409
    assert ana.post("/people/protection", idle_minutes="7").location == "/people"
    with sessions() as session:
        assert not secondfactor.is_required(session, line_id)
    assert 'value="7"' in ana.get("/people").text
    assert ana.post("/people/protection", idle_minutes="7", second_factor="1").status_code == 302
    with sessions() as session:
        assert secondfactor.is_required(session, line_id)
    assert acts(sessions, line_id)[-2:] == [
        "rights.idle_lock_changed",
        "rights.second_factor_required",
    ]
    # Who asked for it needs one, too.
    assert ana.get("/people").location == "/account/second-factor"


def test_the_pages_stand_in_every_language(another, sessions, line_id):
    with sessions.begin() as session:
        teamkeys.add_team(session, line_id, "shelter", "Shelter North")
    for language in ("en", "fr", "es", "ar"):
        login = f"ana.{language}"
        somebody = another().is_hired(login, "supervisor", "Ana", language)
        for path in ("/people", "/people/new", f"/people/{number(sessions, login)}"):
            page = somebody.get(path)
            assert page.status_code == 200
            # A message id in place of a text would show its dots.
            assert not re.search(r">\s*(people|role|team|nav)\.[a-z_.]+\s*<", page.text), path
