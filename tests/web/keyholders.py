"""What tests ask about keys, as a browser would."""

ACTS = ("enrol", "rewrap", "team", "let-in", "escrow", "give", "recovered")


def mine(somebody):
    answer = somebody.get("/desk/keys/mine", Accept="application/json")
    assert answer.status_code == 200
    return answer.json


def by_name(somebody, name):
    return next(c for c in mine(somebody)["colleagues"] if c["name"] == name)


def team(somebody, name="general"):
    return next(t for t in mine(somebody)["teams"] if t["team"] == name)
