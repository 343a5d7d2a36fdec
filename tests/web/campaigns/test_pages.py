"""The campaign desk in a browser: import, plan, approve, send, watch."""

import re

import pytest

from campaigns.sending import dispatch
from locales import languages
from tests.web.campaigns.forms import approves, confirms, form, numbers, submits
from tests.web.uploads import CSV, upload


def test_a_campaign_goes_from_a_file_to_its_balance(officer, supervisor, draft, works):
    page = upload(officer, CSV)
    assert page.status_code == 200
    assert '<strong data-report="imported">2</strong>' in page.text
    assert submits(officer, draft).status_code == 302
    assert "Somebody else has to read and approve it." in officer.get(draft).text
    assert approves(supervisor, draft).status_code == 302
    assert "Approved by Sonia" in officer.get(draft).text
    assert officer.post(f"{draft}/schedule").status_code == 302
    assert sorted(works()) == ["Appelez-nous. STOP pour finir.", "Call us. STOP to end."]
    assert works() == []
    page = officer.get(f"{draft}/progress?state=done")
    assert numbers(page)["planned"] == numbers(page)["accepted"] == 2
    assert "HX-Refresh" not in page.headers
    assert "Done" in officer.get("/campaigns").text


def test_who_made_it_sees_no_button_to_approve_and_cannot_do_it_by_hand(officer, draft, clock):
    submits(officer, draft)
    page = officer.get(draft).text
    assert "/approve" not in page
    refused = officer.post(f"{draft}/approve", seen="00" * 20)
    assert refused.status_code == 409
    assert "Somebody else than who made or submitted it" in refused.text
    assert officer.post(f"{draft}/approve", seen="no hash").status_code == 400


def test_a_refused_plan_comes_back_with_what_was_typed(officer, draft, clock):
    page = officer.post(
        draft, **form(clock, window_from="21:00", window_to="08:00", **{"text-es": "Hola"})
    )
    assert page.status_code == 409
    assert "must span at least one hour" in page.text
    assert ">Hola</textarea>" in page.text
    assert 'value="21:00"' in page.text
    assert ">Hola</textarea>" not in officer.get(draft).text
    page = officer.post(draft, **form(clock, ends_at="soon"))
    assert "A date or time is missing." in page.text


def test_steering_is_refused_where_it_makes_no_sense(officer, draft):
    for move in ("pause", "resume", "schedule"):
        page = officer.post(f"{draft}/{move}")
        assert page.status_code == 409, move
        assert "cannot be done" in page.text
    assert officer.post(f"{draft}/cancel").status_code == 302
    assert "Cancelled" in officer.get(draft).text


def test_pausing_and_resuming_changes_the_page(officer, supervisor, draft, clock, works, deps):
    upload(officer, CSV)
    submits(officer, draft)
    approves(supervisor, draft)
    officer.post(f"{draft}/schedule")
    with deps.sessions.begin() as session:
        dispatch.advance(session, deps.vault, 1, clock())
    officer.post(f"{draft}/pause")
    page = officer.get(draft)
    assert "Paused: nothing more is sent." in page.text
    assert officer.get(f"{draft}/progress?state=running").headers["HX-Refresh"] == "true"
    assert works() == []
    officer.post(f"{draft}/resume")
    assert len(works()) == 2


def test_fewer_than_ten_subscribers_of_a_language_are_not_counted_out(officer, draft):
    upload(officer, CSV)
    assert "fewer than 10" in officer.get("/campaigns/subscribers").text
    assert officer.get(draft).text.count("fewer than 20") >= 3


@pytest.mark.parametrize(
    "path",
    ["/campaigns", "/campaigns/new", "/campaigns/subscribers", "/campaigns/1", "/campaigns/prices"],
)
def test_caseworkers_and_strangers_see_no_campaigns(another, draft, path):
    caseworker = another().is_hired("carl", "caseworker", "Carl")
    assert caseworker.get(path).status_code == 403
    assert another().get(path).status_code == 302


def test_a_campaign_that_is_not_there_is_not_there(officer):
    assert officer.get("/campaigns/999").status_code == 404
    assert officer.post("/campaigns/999/cancel").status_code == 404
    assert officer.get("/campaigns/999/progress").status_code == 404


@pytest.mark.parametrize("language", languages("staff"))
def test_every_page_is_worded_in_every_language(another, clock, works, language):
    officer = another().is_hired("lea", "campaign_officer", "Lea", language)
    supervisor = another().is_hired("sue", "supervisor", "Sue", language)
    pages = [
        officer.get("/campaigns/subscribers"),
        upload(officer, CSV),
        officer.get("/campaigns/new"),
    ]
    path = officer.post("/campaigns/new", name="Name").location
    officer.post(path, **form(clock))
    confirms(officer, path)
    pages += [officer.get(path), officer.get("/campaigns/prices")]
    submits(officer, path)
    pages += [officer.get(path), supervisor.get(path)]
    approves(supervisor, path)
    pages.append(officer.get(path))
    officer.post(f"{path}/schedule")
    pages.append(officer.get(path))
    works()
    works()
    pages += [officer.get(path), officer.get("/campaigns"), officer.get("/counts")]
    for page in pages:
        assert page.status_code == 200
        words = re.sub(r"<[^>]+>", " ", page.text)
        unworded = r"\b(?:campaign|plan|segments|audience|reach|trial|prices|series|repeats|halves|curve|placeholder|progress|balance|receipts|subscribers|import|row|counts|event|nav)\.[a-z_.]+\b"
        assert not re.findall(unworded, words), re.findall(unworded, words)
