"""Attacks of a partner, with real cases behind every door: what is not their team's is not there."""

from base64 import b64encode

import pytest
from sqlalchemy import func, select, text, update

from hotline import teamkeys
from hotline.models import Audit, Case, CaseMessage, Outbox, Staff, TeamMember
from tests.keys import BrowserKeys, seal_key, text_form
from tests.web.keyholders import by_name, mine, team
from tests.web.routes import routes

SEALED = b64encode(b"x" * 80).decode()
# What scripts post to the doors that take no form, so that what refuses is the door and not the shape.
POSTED = {
    "team": "shelter",
    "keys": [{"team": "shelter", "team_key": 1, "sealed": SEALED}],
    "version": 0,
    "form": SEALED,
}
FILLED_IN = {"text": "hello", "team": "shelter", "part": "thread", "until": "2026-03-03T10:00"}


@pytest.fixture
def house(keyholder, a_case, sessions, line_id):
    """A line with a case that waits, one that is taken, one of another partner, and one of Pia's."""
    return House(keyholder, a_case, sessions, line_id)


class House:
    def __init__(self, keyholder, a_case, sessions, line_id):
        self.sessions = sessions
        with sessions.begin() as session:
            for name in ("shelter", "clinic"):
                teamkeys.add_team(session, line_id, name, name.title())
        self.ana, self.ana_keys = keyholder("ana", "Ana", "supervisor")
        self.sam, _ = keyholder("sam", "Sam")
        self.pia, self.pia_keys = keyholder("pia", "Pia", "partner", ("shelter",))
        self.carl, _ = keyholder("carl", "Carl", "partner", ("clinic",))
        self.waiting, self.taken, self.clinics, self.own = (
            a_case(f"tel:+1202555010{n}") for n in range(1, 5)
        )
        with sessions.begin() as session:
            taker = select(Staff.id).where(Staff.login == "sam").scalar_subquery()
            of_sam = update(Case).where(Case.id == self.taken)
            session.execute(of_sam.values(state="taken", taken_by=taker, taken_at=func.now()))
            for number, name in ((self.clinics, "clinic"), (self.own, "shelter")):
                session.execute(update(Case).where(Case.id == number).values(team=name))

    def others(self):
        return (self.waiting, self.taken, self.clinics)

    def as_it_is(self):
        """All that somebody could have changed."""
        with self.sessions() as session:
            return [
                session.execute(text(f"SELECT * FROM {table} ORDER BY id")).all()
                for table in ("cases", "case_messages", "case_keys", "outbox")
            ]


def knocks(somebody, app, route, case_id):
    path = route.path(app, case_id=case_id)
    headers = {"X-CSRFToken": somebody.token}
    if route.method == "GET":
        return {somebody.client.get(path, headers=headers).status_code}
    return {
        somebody.client.post(path, headers=headers, **way).status_code
        for way in ({"json": POSTED}, {"data": FILLED_IN})
    }


def test_behind_no_door_is_there_a_case_of_another_team(app, house):
    house.pia.get("/desk")
    before = house.as_it_is()
    doors = [route for route in routes(app) if "case_id" in route.arguments]
    found = [
        (route.method, route.rule, case_id, answered)
        for route in doors
        for case_id in house.others()
        # 400 for what has no shape, whichever case it is about.
        if (answered := knocks(house.pia, app, route, case_id)) - {400} != {404}
    ]
    assert found == []
    assert len(doors) >= 9
    assert house.as_it_is() == before
    with house.sessions() as session:
        noted = select(Audit.act).where(Audit.case_id.in_(house.others()))
        assert "case.read" not in session.scalars(noted).all()


def test_no_list_names_a_case_of_another_team_and_ones_own_is_there(house):
    for path in ("/desk", "/desk/list", "/desk/list?all=1", "/desk?closed=1"):
        page = house.pia.get(path).text
        for case_id in house.others():
            assert f"/desk/cases/{case_id}" not in page, path
    assert f"/desk/cases/{house.own}" in house.pia.get("/desk").text
    data = house.pia.get(f"/desk/cases/{house.own}/data").json
    assert data["state"] == "waiting"


def test_nobody_listens_to_a_case_that_is_not_theirs(house):
    """Pages of a browser share one stream, which is asked for them all."""
    wanted = [f"/desk/cases/{case_id}/events" for case_id in (*house.others(), house.own)]
    for somebody, heard in ((house.pia, "3"), (house.ana, "0 1 2 3")):
        answer = somebody.client.get("/listen", query_string={"to": wanted})
        assert next(answer.iter_encoded()).decode().endswith(f"event: ready\ndata: {heard}\n\n")
        answer.close()


def test_what_others_closed_is_not_named_either(house):
    with house.sessions.begin() as session:
        session.execute(update(Case).values(state="closed", closed_at=func.now()))
    page = house.pia.get("/desk?closed=1").text
    assert f"/desk/cases/{house.own}" in page
    assert all(f"/desk/cases/{case_id}" not in page for case_id in house.others())


def test_a_partner_is_told_of_their_own_key_and_of_whom_to_give_cases_back_to(house):
    told = mine(house.pia)
    assert [(t["team"], t["may_hold"]) for t in told["teams"]] == [
        ("general", False),
        ("child", False),
        ("shelter", True),
    ]
    held = {t["team"] for t in told["teams"] for key in t["keys"] if key["sealed"]}
    assert held == {"shelter"}
    assert {c["name"] for c in told["colleagues"]} == {"Ana", "Pia"}
    assert "clinic" not in str(told).lower()


@pytest.mark.parametrize("name", ["general", "child", "clinic", "nowhere"])
def test_a_partner_makes_no_key_but_their_own(house, another, name):
    before = keys_of(house)
    body = {"team": name} | house.pia_keys.new_team_key()
    assert house.pia.post_json("/desk/keys/team", body).status_code == 409
    zoe = another().is_hired("zoe", "partner", "Zoe", teams=("shelter",))
    answer = zoe.post_json("/desk/keys/enrol", BrowserKeys().enrolment((name,)))
    assert answer.status_code == 409
    assert mine(zoe)["own"] is None
    assert keys_of(house) == before


def test_nobody_is_let_in_across_the_line(house):
    """Neither a partner by the line, nor anybody of the line by a partner, nor by another partner."""
    before = keys_of(house)
    general = team(house.ana)["keys"][0]["id"]
    shelter = team(house.pia, "shelter")["keys"][0]["id"]
    answers = [
        house.ana_keys.let_in(house.ana.post_json, by_name(house.ana, "Pia"), [general]),
        house.pia_keys.let_in(house.pia.post_json, by_name(house.pia, "Ana"), [shelter]),
        house.pia_keys.let_in(house.pia.post_json, by_name(house.ana, "Carl"), [shelter]),
        house.pia_keys.let_in(house.pia.post_json, by_name(house.ana, "Sam"), [shelter]),
    ]
    assert [answer.status_code for answer in answers] == [409] * 4
    assert {answer.json["refused"][:32] for answer in answers} == {
        "This team’s key is not for them:"
    }
    assert keys_of(house) == before


def test_a_partner_renews_their_key_and_takes_no_stranger_along(house):
    before = keys_of(house)
    sam = by_name(house.ana, "Sam")
    body = {"team": "shelter"} | house.pia_keys.new_team_key()
    stranger = {"public_key": sam["public_key"], "sealed": SEALED}
    refused = house.pia.post_json("/desk/keys/team", body | {"members": {str(sam["id"]): stranger}})
    assert refused.status_code == 409
    assert keys_of(house) == before
    assert house.pia.post_json("/desk/keys/team", body).status_code == 200


def test_a_colleague_of_the_same_team_is_let_in_and_reads_their_cases(house, keyholder):
    house.pia_keys.learns(mine(house.pia))
    zoe, zoes = keyholder("zoe", "Zoe", "partner", ("shelter",))
    assert zoes.teams == {}
    answer = house.pia_keys.let_in(house.pia.post_json, by_name(house.pia, "Zoe"))
    assert answer.status_code == 200
    zoes.learns(mine(zoe))
    assert set(zoes.teams) == {team(zoe, "shelter")["keys"][0]["id"]}


def test_a_supervisor_holds_a_partners_share_and_cannot_open_with_it(house, keyholder):
    """An escrow of a partner's key: supervisors keep shares, and who gets the key is of the team."""
    bea, bea_keys = keyholder("bea", "Bea", "supervisor")
    number = team(house.pia, "shelter")["keys"][0]["id"]
    holders = [by_name(house.pia, name) for name in ("Ana", "Bea")]
    body = {"team_key": number, "needed": 2}
    shares = {str(holder["id"]): SEALED for holder in holders}
    made = house.pia.post_json("/desk/keys/escrow", body | {"shares": shares})
    assert made.status_code == 200
    (escrow,) = mine(house.ana)["escrows"]
    me = by_name(bea, "Bea")
    gift = {"escrow": escrow["id"], "to": me["id"], "public_key": me["public_key"]}
    answer = house.ana.post_json("/desk/keys/give", gift | {"sealed": SEALED})
    assert answer.status_code == 409
    kept = text_form(seal_key(b"k" * 32, bea_keys.public))
    recovered = {"escrow": escrow["id"], "sealed": kept}
    assert bea.post_json("/desk/keys/recovered", recovered).status_code == 409


def test_who_works_for_no_team_yet_sees_nothing(house, another):
    lost = another().is_hired("lost", "partner", "Lost")
    assert "/desk/cases/" not in lost.get("/desk").text
    assert lost.get(f"/desk/cases/{house.waiting}").status_code == 404


def keys_of(house):
    with house.sessions() as session:
        teams = session.execute(text("SELECT team, public_key, retired_at FROM team_keys")).all()
        members = session.execute(select(TeamMember.team_key_id, TeamMember.staff_id)).all()
        return sorted(map(str, teams)), sorted(map(tuple, members))


def test_what_is_looked_at_is_what_would_change(house):
    """The attacks above compare these: there is something in each of them."""
    cases, messages, keys, sent = house.as_it_is()
    assert all((cases, messages, keys, sent))
    with house.sessions() as session:
        assert session.scalar(select(func.count()).select_from(CaseMessage)) == len(messages)
        assert session.scalar(select(func.count()).select_from(Outbox)) == len(sent)
