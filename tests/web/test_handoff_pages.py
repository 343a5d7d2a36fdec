"""Passing a case on, at the desk's doors: none of them leads to another organisation without a ground."""

import re
from base64 import b64decode

import pytest
from sqlalchemy import select

from hotline import outbox, teamkeys
from hotline.models import Audit, Case, Handoff
from tests.keys import seal_key, text_form
from tests.web.keyholders import team as team_of

JSON = {"Accept": "application/json"}
WORDS = "I need to get out"


class House:
    """Sam has a case; Pia is of a shelter, Carl of a clinic, and the contact answers."""

    def __init__(self, keyholder, a_case, texts, sessions, line_id, vault, clock):
        self.texts, self.sessions, self.vault, self.clock = texts, sessions, vault, clock
        with sessions.begin() as session:
            teamkeys.add_team(session, line_id, "shelter", "Shelter North")
            teamkeys.add_team(session, line_id, "clinic", "The Clinic")
        self.sam, self.sam_keys = keyholder("sam", "Sam")
        self.pia, self.pia_keys = keyholder("pia", "Pia", "partner", ("shelter",))
        self.carl, self.carl_keys = keyholder("carl", "Carl", "partner", ("clinic",))
        self.case_id = a_case()
        self.sam.post(f"{self.path}/take")
        self.carrier_takes_it()

    @property
    def path(self):
        return f"/desk/cases/{self.case_id}"

    def carrier_takes_it(self):
        with self.sessions.begin() as session:
            claimed = outbox.claim(session, self.vault, "simulator", 50, self.clock())
            taken = [outbox.Outcome(c, "accepted", f"p{c.id}", 1) for c in claimed]
            outbox.settle(session, self.vault, taken, self.clock())
        return [row.body.text for row in claimed]

    def asks(self, team="shelter", parts=("summary", "thread")):
        answer = self.sam.post(
            f"{self.path}/handoff/ask", team=team, part=list(parts), headers=JSON
        )
        assert answer.json == {"refused": ""}
        return self.carrier_takes_it()[-1]

    def keys_for(self, somebody, keys, *teams):
        private = keys.case_key(told(somebody, self.case_id))
        there = [team_of(self.sam, name) for name in teams]
        current = [next(k for k in each["keys"] if k["current"]) for each in there]
        return [
            {
                "team": name,
                "team_key": key["id"],
                "sealed": text_form(seal_key(private, b64decode(key["public_key"]))),
            }
            for name, key in zip(teams, current, strict=True)
        ]

    def passes(self, team="shelter", **more):
        keys = self.keys_for(self.sam, self.sam_keys, team)
        return self.sam.client.post(
            f"{self.path}/pass",
            json={"team": team, "keys": keys} | more,
            headers={"X-CSRFToken": self.sam.token} | JSON,
        )

    def state(self, somebody=None):
        page = (somebody or self.sam).get(f"{self.path}/handoff")
        assert page.status_code == 200
        return re.sub(r"\s+", " ", page.text)


def told(somebody, case_id):
    return somebody.get(f"/desk/cases/{case_id}/data?after=0", **JSON).json


@pytest.fixture
def house(keyholder, a_case, texts, sessions, line_id, vault, clock):
    return House(keyholder, a_case, texts, sessions, line_id, vault, clock)


def test_a_case_goes_with_a_yes_and_opens_for_the_other_team_alone(house):
    asked = house.asks()
    preview = house.sam.get(
        f"{house.path}/handoff/question?team=shelter&part=thread&part=summary", **JSON
    )
    assert preview.json["text"] == asked
    assert "Sam asked the contact about Shelter North." in house.state()
    house.texts("yes")
    assert "The contact said yes: it may go to Shelter North." in house.state()
    assert house.passes().json == {"refused": ""}
    assert told(house.pia, house.case_id)["state"] == "waiting"
    house.pia.post(f"{house.path}/take")
    seen = told(house.pia, house.case_id)
    assert WORDS in house.pia_keys.open(seen)["messages"]
    assert house.pia_keys.open(seen)["summary"] == {"path": "person"}
    assert "Passed on by Sam of General team" in house.state(house.pia)
    assert "The contact said yes," in house.state(house.pia)
    assert told(house.sam, house.case_id)["keys"] == []
    for path in ("", "/data", "/handoff", "/services"):
        assert house.carl.get(f"{house.path}{path}").status_code == 404


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ((), {}),
        (("no",), {}),
        (("who are they",), {}),
        (("yes",), {"team": "clinic"}),
        (("no",), {"reason": "because"}),
        ((), {"reason": "inside", "parts": ["thread"]}),
        ((), {"reason": "danger", "parts": []}),
        ((), {"reason": "danger", "parts": ["everything"]}),
    ],
)
def test_without_one_it_does_not(house, said, more):
    house.asks()
    house.texts(*said)
    answer = house.passes(**more)
    assert answer.status_code == 409
    assert answer.json["refused"]
    with house.sessions() as session:
        assert session.scalar(select(Case.team).where(Case.id == house.case_id)) == "general"
    assert told(house.sam, house.case_id)["keys"]
    assert house.pia.get(house.path).status_code == 404


def test_for_a_reason_it_goes_and_who_receives_it_reads_the_reason(house):
    assert house.passes(reason="danger", parts=["thread"]).json == {"refused": ""}
    house.pia.post(f"{house.path}/take")
    page = house.state(house.pia)
    assert "Without the contact’s yes:" in page
    assert "danger to life" in page
    with house.sessions() as session:
        acts = session.execute(select(Audit.act, Audit.about)).all()
    assert ("case.consent_overridden", {"team": "shelter", "reason": "danger"}) in acts


def test_what_was_not_passed_on_is_not_handed_out(house):
    house.asks(parts=("form",))
    house.texts("yes")
    house.passes()
    house.pia.post(f"{house.path}/take")
    house.texts("are you there?")
    seen = told(house.pia, house.case_id)
    assert (seen["summary"], seen["answers"]) == ("", "")
    said = house.pia_keys.open(seen)["messages"]
    assert "are you there?" in said
    assert WORDS not in said
    assert all(int(number) >= seen["messages"][0]["id"] for number in seen["deliveries"])


def test_a_partner_gives_it_back_to_the_line_and_both_of_its_teams_can_open_it(house):
    house.asks()
    house.texts("yes")
    house.passes()
    house.pia.post(f"{house.path}/take")
    assert "Back to the line" in house.state(house.pia)
    keys = house.keys_for(house.pia, house.pia_keys, "general", "child")
    answer = house.pia.post_json(f"{house.path}/pass", {"team": "general", "keys": keys})
    assert answer.status_code in (200, 302)
    house.sam.post(f"{house.path}/take")
    assert WORDS in house.sam_keys.open(told(house.sam, house.case_id))["messages"]
    assert house.pia.get(house.path).status_code == 404


def test_a_question_is_let_be_and_asked_again(house):
    house.asks()
    house.sam.post(f"{house.path}/reply", text="Are you hungry?", headers=JSON)
    house.carrier_takes_it()
    assert "A yes counts once the question was sent" in house.state()
    house.texts("yes")
    with house.sessions() as session:
        assert session.scalars(select(Handoff.state)).all() == ["asked"]
    answer = house.sam.post(f"{house.path}/handoff/let-be", headers=JSON)
    assert answer.json == {"refused": ""}
    assert "Ask the contact" in house.state()


def test_a_day_later_the_page_says_so(house):
    house.asks()
    house.clock.passes(hours=25)
    house.sam.signs_in("sam", "five words nobody would guess")
    assert "No answer for a day." in house.state()


def test_a_colleague_goes_on(house, keyholder):
    noor, keys = keyholder("noor", "Noor")
    colleague = next(
        c
        for c in house.sam.get("/desk/keys/mine", **JSON).json["colleagues"]
        if c["name"] == "Noor"
    )
    house.sam_keys.let_in(house.sam.post_json, colleague)
    page = house.state()
    assert f'<option value="{colleague["id"]}">Noor' in page
    assert ">Pia" not in page
    answer = house.sam.post(
        f"{house.path}/handoff/colleague", colleague=colleague["id"], headers=JSON
    )
    assert answer.json == {"refused": ""}
    assert house.carrier_takes_it() == ["Noor will write to you here from now on."]
    assert told(noor, house.case_id)["may"]["write"]
    assert not told(house.sam, house.case_id)["may"]["write"]
    assert keys.public


@pytest.mark.parametrize(
    "body",
    [
        *(None, [], {}, {"team": "shelter"}, {"team": "shelter", "keys": {}}),
        {"team": "shelter", "keys": [1]},
        {"team": "shelter", "keys": [{"team": "shelter", "team_key": "x", "sealed": ""}]},
        {"team": "shelter", "keys": [{"team": "shelter", "team_key": 1, "sealed": "?"}]},
        {"team": ["shelter"], "keys": []},
        {"team": "shelter", "keys": [], "reason": 1},
        {"team": "shelter", "keys": [], "parts": "thread"},
    ],
)
def test_what_is_no_sealed_key_is_no_request(house, body):
    assert house.sam.post_json(f"{house.path}/pass", body).status_code == 400


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_it_speaks_the_readers_language_however_it_stands(house, another, language):
    lea = another().is_hired("lea", "supervisor", language=language)
    for said in ((), ("hm",), ("yes",), ("no",)):
        if said == ():
            house.asks()
        house.texts(*said)
        page = house.state(lea)
        assert not re.search(r"[> ](handoff|note|refused|case)\.[a-z_.]+", page)
    house.asks()
    house.texts("no")
    assert not re.search(r"[> ](handoff|note|refused)\.[a-z_.]+", house.state(lea))


def test_the_page_holds_no_words_of_anybody(house):
    house.asks()
    house.texts("yes", "my secret")
    for path in ("/handoff", "/services", ""):
        page = house.sam.get(f"{house.path}{path}").text
        assert "my secret" not in page
        assert WORDS not in page
