"""Keys over HTTP: what browsers send is kept, and given to whom it belongs."""

import threading
from base64 import b64decode

from sqlalchemy import func, select

from hotline.models import StaffKey, TeamKey, TeamMember
from hotline.rights import ROLES
from tests.keys import (
    BrowserKeys,
    combine,
    make_pair,
    open_words,
    seal_key,
    seal_words,
    split,
    text_form,
)
from tests.web.keyholders import ACTS, by_name, mine, team

SHARE = 1024


def count(sessions, model):
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_keys_are_for_who_works_at_the_desk(another):
    for role, permissions in ROLES.items():
        somebody = another().is_hired(f"one.{role}", role)
        allowed = "desk" in permissions
        for path in ("", "/mine", "/passphrase-words.json"):
            assert somebody.get(f"/desk/keys{path}").status_code == (200 if allowed else 403)
        for act in ACTS:
            answer = somebody.post_json(f"/desk/keys/{act}", {})
            assert answer.status_code == (400 if allowed else 403), (role, act)


def test_the_first_to_make_a_key_makes_those_of_the_teams(keyholder):
    sam, keys = keyholder("sam", "Sam")
    found = mine(sam)
    assert found["own"]["public_key"] == text_form(keys.public)
    assert [t["team"] for t in found["teams"]] == ["general", "child"]
    assert all(t["keys"][0]["current"] for t in found["teams"])
    assert set(keys.teams) == {t["keys"][0]["id"] for t in found["teams"]}


def test_who_comes_second_reads_nothing_until_let_in_and_then_the_case(keyholder, a_case):
    case_id = a_case()
    sam, keys = keyholder("sam", "Sam")
    noor, hers = keyholder("noor", "Noor")
    assert hers.teams == {}
    assert noor.get(f"/desk/cases/{case_id}/data").json["keys"] == []
    assert keys.let_in(sam.post_json, by_name(sam, "Noor")).status_code == 200
    hers.learns(mine(noor))
    assert hers.teams == keys.teams
    data = noor.get(f"/desk/cases/{case_id}/data").json
    assert hers.open(data)["summary"] == {"path": "person"}


def test_two_first_enrolments_at_once_both_count_and_a_team_has_one_key(app, another, sessions):
    people = [another().is_hired(login, name=login) for login in ("ana", "bea", "cleo", "dina")]
    keys = [BrowserKeys() for _ in people]
    bodies = [one.enrolment() for one in keys]
    for somebody in people:
        somebody.get("/desk")
    start, codes = threading.Barrier(len(people)), []

    def enrol(somebody, body):
        start.wait()
        codes.append(somebody.post_json("/desk/keys/enrol", body).status_code)

    threads = [
        threading.Thread(target=enrol, args=pair) for pair in zip(people, bodies, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * len(people)
    assert (count(sessions, StaffKey), count(sessions, TeamKey)) == (4, 2)
    assert count(sessions, TeamMember) == 2


def test_the_same_key_made_twice_at_once_is_kept_once(another, sessions):
    sam = another().is_hired("sam")
    bodies = [BrowserKeys().enrolment() for _ in range(4)]
    sam.get("/desk")
    start, codes = threading.Barrier(len(bodies)), []

    def enrol(body):
        browser = another()
        browser.client._cookies.update(sam.client._cookies)
        browser.token = sam.token
        start.wait()
        codes.append(browser.post_json("/desk/keys/enrol", body).status_code)

    threads = [threading.Thread(target=enrol, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(codes) <= {200, 409}
    assert 200 in codes
    assert count(sessions, StaffKey) == 1


def test_nobody_lets_in_where_they_are_not_in_themselves(keyholder):
    sam, _ = keyholder("sam", "Sam")
    noor, hers = keyholder("noor", "Noor")
    dina, _ = keyholder("dina", "Dina")
    number = team(sam)["keys"][0]["id"]
    hers.teams[number] = make_pair()[1]
    answer = hers.let_in(noor.post_json, by_name(noor, "Dina"), [number])
    assert (answer.status_code, answer.json["refused"]) == (
        409,
        "You do not hold this team's key yourself.",
    )
    assert team(dina)["keys"][0]["sealed"] is None


def test_what_was_sealed_to_an_exchanged_key_is_refused(keyholder, sessions):
    sam, keys = keyholder("sam", "Sam")
    keyholder("noor", "Noor")
    seen = by_name(sam, "Noor")
    exchanged = seen | {"public_key": text_form(make_pair()[0])}
    answer = keys.let_in(sam.post_json, exchanged)
    assert answer.status_code == 409
    assert "made a new key meanwhile" in answer.json["refused"]
    assert by_name(sam, "Noor")["holds"] == []


def test_each_session_has_a_key_of_its_own_and_none_is_given_without(another, keyholder, clock):
    sam, _ = keyholder("sam", "Sam")
    first = mine(sam)["session_key"]
    assert len(bytes.fromhex(first)) == 32
    assert mine(sam)["session_key"] == first
    sam.post("/logout")
    assert sam.get("/desk/keys/mine", Accept="application/json").status_code == 401
    sam.signs_in("sam", "five words nobody would guess")
    second = mine(sam)["session_key"]
    assert second != first
    clock.passes(minutes=31)
    assert sam.get("/desk/keys/mine", Accept="application/json").status_code == 401


def test_nobody_is_given_what_is_sealed_to_another(keyholder):
    sam, keys = keyholder("sam", "Sam", "supervisor")
    ana, _ = keyholder("ana", "Ana", "supervisor")
    noor, _ = keyholder("noor", "Noor")
    _make_escrow(sam, keys, ["Sam", "Ana"], 2)
    for somebody, count_of_shares in ((sam, 1), (ana, 1), (noor, 0)):
        told = mine(somebody)
        shares = [e["my_share"] for e in told["escrows"] if e["my_share"]]
        assert len(shares) == count_of_shares
        assert all("wrapped" not in colleague for colleague in told["colleagues"])
    assert all(key["sealed"] is None for t in mine(noor)["teams"] for key in t["keys"])


def test_a_new_passphrase_wraps_the_same_key(keyholder, sessions):
    sam, _ = keyholder("sam", "Sam")
    before = mine(sam)["own"]
    answer = sam.post_json("/desk/keys/rewrap", {"wrapped": '{"v":1}'})
    assert answer.json["own"] == before | {"wrapped": '{"v":1}'}
    assert answer.json["teams"] == mine(sam)["teams"]


def test_a_renewed_team_key_goes_to_who_made_it_and_to_who_is_still_there(keyholder):
    sam, keys = keyholder("sam", "Sam")
    noor, hers = keyholder("noor", "Noor")
    keys.let_in(sam.post_json, by_name(sam, "Noor"))
    public, private = make_pair()
    seen = by_name(sam, "Noor")
    body = {
        "team": "general",
        "public_key": text_form(public),
        "sealed": text_form(seal_key(private, keys.public)),
        "members": {
            str(seen["id"]): {
                "public_key": seen["public_key"],
                "sealed": text_form(seal_key(private, hers.public)),
            }
        },
    }
    assert sam.post_json("/desk/keys/team", body).status_code == 200
    new, old = team(noor)["keys"]
    assert (new["current"], old["current"]) == (True, False)
    hers.learns(mine(noor))
    assert hers.teams[new["id"]] == private
    assert old["id"] in hers.teams


def test_a_team_key_that_nobody_holds_any_more_is_made_anew_by_anybody(keyholder):
    sam, _ = keyholder("sam", "Sam")
    noor, hers = keyholder("noor", "Noor")
    body = {"team": "general"} | hers.new_team_key()
    assert noor.post_json("/desk/keys/team", body).status_code == 409
    # Sam starts again, and with that nobody is left who could let somebody in.
    assert BrowserKeys().enrol(sam.post_json).status_code == 200
    assert noor.post_json("/desk/keys/team", body).status_code == 200
    assert by_name(noor, "Noor")["holds"] == [team(noor)["keys"][0]["id"]]


def test_supervisors_bring_a_key_back_for_who_lost_theirs(keyholder):
    sam, keys = keyholder("sam", "Sam")
    people = {n: keyholder(n.lower(), n, "supervisor") for n in ("Ana", "Bea", "Cleo")}
    private = keys.teams[team(sam)["keys"][0]["id"]]
    _make_escrow(sam, keys, list(people), 2)
    fresh = BrowserKeys()
    fresh.enrol(sam.post_json)
    me = by_name(sam, "Sam")
    for name in ("Ana", "Cleo"):
        supervisor, theirs = people[name]
        (escrow,) = mine(supervisor)["escrows"]
        share = open_words(b64decode(escrow["my_share"]), theirs.private)
        gift = {
            "escrow": escrow["id"],
            "to": me["id"],
            "public_key": me["public_key"],
            "sealed": text_form(seal_words(share, fresh.public, SHARE)),
        }
        assert supervisor.post_json("/desk/keys/give", gift).status_code == 200
    told = mine(sam)
    shares = {g["from"]: open_words(b64decode(g["sealed"]), fresh.private) for g in told["gifts"]}
    assert combine(shares) == private
    body = {"escrow": escrow["id"], "sealed": text_form(seal_key(private, fresh.public))}
    answer = sam.post_json("/desk/keys/recovered", body)
    assert answer.json["gifts"] == []
    assert answer.json["escrows"][0]["drilled_at"]
    fresh.learns(answer.json)
    assert private in fresh.teams.values()


def test_who_was_given_too_few_shares_keeps_no_key(keyholder):
    sam, keys = keyholder("sam", "Sam")
    people = {n: keyholder(n.lower(), n, "supervisor") for n in ("Ana", "Bea")}
    _make_escrow(sam, keys, list(people), 2)
    noor, hers = keyholder("noor", "Noor")
    (escrow,) = mine(noor)["escrows"]
    body = {"escrow": escrow["id"], "sealed": text_form(seal_key(make_pair()[1], hers.public))}
    answer = noor.post_json("/desk/keys/recovered", body)
    assert (answer.status_code, answer.json["refused"]) == (
        409,
        "Too few shares were given so far.",
    )


def test_an_escrow_is_for_supervisors_and_needs_two_at_least(keyholder):
    sam, keys = keyholder("sam", "Sam")
    for name in ("Ana", "Bea"):
        keyholder(name.lower(), name, "supervisor")
    keyholder("noor", "Noor")
    assert _make_escrow(sam, keys, ["Ana", "Bea"], 2, asked=1).status_code == 409
    assert _make_escrow(sam, keys, ["Ana", "Bea"], 2, asked=3).status_code == 409
    assert _make_escrow(sam, keys, ["Ana", "Noor"], 2).status_code == 409
    assert mine(sam)["escrows"] == []


def test_somebody_who_waits_hears_that_they_were_let_in(keyholder):
    sam, keys = keyholder("sam", "Sam")
    noor, _ = keyholder("noor", "Noor")
    answer = noor.client.get(
        "/desk/keys/events", headers={"Accept": "text/event-stream"}, buffered=False
    )
    events = answer.iter_encoded()
    assert b"ready" in next(events)
    keys.let_in(sam.post_json, by_name(sam, "Noor"))
    assert next(events) == b"event: changed\ndata:\n\n"
    answer.close()


def _make_escrow(somebody, keys, names, needed, *, asked=None):
    """An escrow of the general team's key, split as a browser does it."""
    found = {c["name"]: c for c in mine(somebody)["colleagues"]}
    holders = [found[name] for name in names]
    number = team(somebody)["keys"][0]["id"]
    shares = split(keys.teams[number], [h["id"] for h in holders], needed)
    return somebody.post_json(
        "/desk/keys/escrow",
        {
            "team_key": number,
            "needed": needed if asked is None else asked,
            "shares": {
                str(h["id"]): text_form(
                    seal_words(shares[h["id"]], b64decode(h["public_key"]), SHARE)
                )
                for h in holders
            },
        },
    )
