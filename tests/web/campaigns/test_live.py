"""A campaign under way: its two halves, its curve, what holds it, and the series it is of."""

import re
from datetime import timedelta

import pytest

from campaigns.models import CampaignPoint
from campaigns.sending import dispatch
from hotline.models import Case
from tests.web.campaigns.forms import approves, form, submits
from tests.web.uploads import upload

MANY = "phone,language,consent_source,consent_date\n" + "".join(
    f"+4179{1000000 + n},en,fair,2026-02-01\n" for n in range(40)
)


@pytest.fixture
def sent(officer, supervisor, draft, clock):
    """A campaign that is scheduled; `sent(**fields)` gives its path."""

    def send(**more):
        assert upload(officer, MANY).status_code == 200
        assert officer.post(draft, **form(clock, **more)).status_code == 302
        submits(officer, draft)
        approves(supervisor, draft)
        assert officer.post(f"{draft}/schedule").status_code == 302
        return draft

    return send


def test_the_two_variants_of_a_split_stand_beside_each_other(officer, sent, works):
    path = sent(**{"text-en-B": "Text us. STOP to end.", "b_share": "50"})
    assert len(works()) == 40
    page = officer.get(path).text
    halves = dict(re.findall(r'data-half="(\w-\w+)">(\d+)', page))
    assert int(halves["A-planned"]) + int(halves["B-planned"]) == 40
    assert int(halves["B-accepted"]) > 5
    assert "0%" in page


def test_one_text_alone_is_compared_with_nothing(officer, sent, works):
    path = sent()
    works()
    assert "data-half" not in officer.get(path).text


def test_who_waits_for_their_morning_is_named_with_the_hour(officer, sent, works, clock):
    path = sent(window_from="13:00", window_to="21:00")
    assert works() == []
    page = officer.get(path).text
    # In Switzerland it is 13:00 then.
    assert "40 wait for their time of day" in page or "Who waits gets it by day" in page
    assert "12:00 (UTC)" in page


def test_the_curve_ends_at_what_the_numbers_beside_it_say(officer, sent, works, deps, clock):
    path = sent()
    works()
    with deps.sessions.begin() as session:
        for n in range(1000):
            session.merge(
                CampaignPoint(
                    campaign_id=1,
                    at=clock() + timedelta(seconds=n),
                    accepted=n % 40,
                    delivered=0,
                    waiting=3,
                    opted_out=0,
                )
            )
    clock.passes(minutes=17)
    told = officer.get(f"{path}/points").json
    assert len(told["at"]) <= 401
    assert told["at"] == sorted(told["at"])
    sent_ones = told["series"][0]
    assert (sent_ones["label"], sent_ones["values"][-1]) == ("Sent", 40)
    assert {len(each["values"]) for each in told["series"]} == {len(told["at"])}


@pytest.mark.parametrize(("waiting", "brake"), [(5, None), (6, "slow"), (11, "hold")])
def test_a_campaign_that_waits_for_the_helpline_says_so(officer, sent, deps, clock, waiting, brake):
    path = sent()
    with deps.sessions.begin() as session:
        dispatch.advance(session, deps.vault, 1, clock())
        for _ in range(waiting):
            session.add(
                Case(
                    line_id=deps.line_id,
                    channel="simulator",
                    language="en",
                    team="",
                    urgency=3,
                    state="waiting",
                    opened_at=clock(),
                    changed_at=clock(),
                )
            )
    found = re.search(r'data-brake="(\w+)"', officer.get(f"{path}/progress").text)
    assert (found and found[1]) == brake


def test_a_campaign_of_a_series_says_which_and_when_the_next_one_is(
    officer, sent, works, clock, deps
):
    path = sent(
        start="at",
        starts_at=f"{clock() + timedelta(minutes=20):%Y-%m-%dT%H:%M}",
        ends_at=f"{clock() + timedelta(hours=6):%Y-%m-%dT%H:%M}",
        repeats="daily",
    )
    page = officer.get(path).text
    assert "Every day" in page
    assert "Number 1" in page
    clock.passes(minutes=20)
    works()
    page = officer.get(path).text
    assert "next 3 Mar 2026" in page
    assert officer.post(f"{path}/end-series").status_code == 302
    page = officer.get(path).text
    assert "ended" in page
    assert officer.post(f"{path}/end-series").status_code == 409
