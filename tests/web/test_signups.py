"""Sign-up codes in a browser: made, counted, closed, and what their posters show."""

import re
from dataclasses import replace

import pytest

from campaigns.signup import codes
from campaigns.signup.optin import SignUps
from hotline.conversation import Conversation
from tests.web.conftest import Browser
from web.app import make_app


@pytest.fixture
def officer(browser):
    return browser.is_hired("olga", "campaign_officer", "Olga")


@pytest.fixture
def deps(deps):
    """With codes heard, as on a running line."""
    talk = deps.conversation
    hear = SignUps(deps.vault, deps.line_id).hear
    return replace(
        deps,
        conversation=Conversation(
            talk.vault, talk.flow, talk.line_id, talk.languages, signing_up=hear
        ),
    )


def opens_in(deps, sessions, line_id, **more):
    """An officer in front of a line that is set up in another way."""
    there = replace(deps, **more)
    browser = Browser(make_app(there), sessions, line_id)
    return browser.is_hired("olga", "campaign_officer", "Olga")


def makes(browser, code="RADIO7", label="Bus station", **more):
    return browser.post("/campaigns/codes", code=code, label=label, **more)


def drawn(page):
    return re.findall(r'data-carrier="(\w+)"', page.text)


def numbers(page, name):
    return re.findall(rf"data-{name}>([^<]*)<", page.text)


def test_a_code_is_made_listed_and_opened(officer):
    made = makes(officer, " radio 7 ", tag="north")
    assert made.location == "/campaigns/codes/RADIO7"
    page = officer.get(made.location)
    assert "Bus station" in page.text
    assert drawn(page) == ["simulator"]
    listed = officer.get("/campaigns/codes").text
    assert "RADIO7" in listed
    assert "north" in listed
    assert 'href="/campaigns/codes"' in officer.get("/campaigns").text


@pytest.mark.parametrize(
    ("code", "label", "why"),
    [
        ("help", "A poster", "understands this as something else"),
        ("ab", "A poster", "3 to 20 letters"),
        ("RADIO8", "Amina +41 79 123 45 67", "telephone number"),
    ],
)
def test_what_is_refused_comes_back_with_the_reason_and_what_was_typed(officer, code, label, why):
    page = makes(officer, code, label)
    assert page.status_code == 400
    assert why in page.text
    assert f'value="{code}"' in page.text
    assert "data-code" not in page.text


def test_asked_and_agreed_are_shown_but_fewer_than_ten_are_not_counted_out(
    officer, texts, deps, clock
):
    makes(officer)
    for n in range(12):
        texts("RADIO7", *(["1"] if n < 4 else []), address=f"tel:+4179123450{n}")
    page = officer.get("/campaigns/codes")
    assert numbers(page, "asked") == ["10"]
    assert numbers(page, "agreed") == ["fewer than 10"]
    page = officer.get("/campaigns/codes/RADIO7")
    assert (numbers(page, "asked"), numbers(page, "agreed")) == (["10"], ["fewer than 10"])


def test_a_closed_code_has_nothing_to_print_any_more(officer, texts, clock, sessions, deps):
    makes(officer)
    assert officer.post("/campaigns/codes/RADIO7/close").location == "/campaigns/codes"
    page = officer.get("/campaigns/codes/RADIO7")
    assert drawn(page) == []
    assert "Closed" in page.text
    assert officer.get("/campaigns/codes/RADIO7/simulator.svg").status_code == 404
    assert officer.post("/campaigns/codes/RADIO7/close").status_code == 409
    with sessions() as session:
        assert codes.open_ones(session, deps.line_id) == frozenset()


def test_on_a_real_line_there_is_a_code_for_text_messages_and_one_for_telegram(
    deps, real, sessions, line_id
):
    officer = opens_in(
        deps,
        sessions,
        line_id,
        simulated=False,
        twilio=real.twilio,
        sms_number="+41791112233",
        bot_name=lambda: "WaypostBot",
    )
    page = officer.get(makes(officer).location)
    assert drawn(page) == ["sms", "telegram"]
    assert "SMSTO:+41791112233:RADIO7" in page.text
    assert "https://t.me/WaypostBot?start=RADIO7" in page.text
    assert "Text RADIO7 to +41791112233." in page.text
    assert "Envoyez RADIO7 par SMS au +41791112233." in page.text
    for carrier in ("sms", "telegram"):
        svg = officer.get(f"/campaigns/codes/RADIO7/{carrier}.svg")
        png = officer.get(f"/campaigns/codes/RADIO7/{carrier}.png")
        assert (svg.mimetype, png.mimetype) == ("image/svg+xml", "image/png")
        assert svg.data.startswith(b"<?xml")
        assert png.data.startswith(b"\x89PNG")
    assert officer.get("/campaigns/codes/RADIO7/simulator.svg").status_code == 404
    assert officer.get("/campaigns/codes/RADIO7/sms.gif").status_code == 404


def test_what_is_not_known_of_the_line_is_said_and_not_drawn(deps, real, sessions, line_id):
    officer = opens_in(
        deps, sessions, line_id, simulated=False, twilio=real.twilio, bot_name=lambda: ""
    )
    page = officer.get(makes(officer).location)
    assert drawn(page) == []
    assert "is a service or a name" in page.text
    assert "Text RADIO7 to …." in page.text
    assert "could not be asked for the bot" in page.text


def test_the_simulators_code_opens_the_simulator_with_the_code_written(officer):
    page = officer.get(makes(officer).location)
    assert "http://localhost/simulator?text=RADIO7" in page.text
    assert officer.get("/simulator?text=RADIO7").status_code == 200


def test_only_who_plans_campaigns_opens_the_codes(another):
    caseworker = another().is_hired("sam")
    for path in ("/campaigns/codes", "/campaigns/codes/RADIO7", "/campaigns/codes/RADIO7/sms.svg"):
        assert caseworker.get(path).status_code == 403
    assert caseworker.post("/campaigns/codes", code="RADIO7", label="x").status_code == 403
    assert caseworker.post("/campaigns/codes/RADIO7/close").status_code == 403


@pytest.mark.parametrize("path", ["/campaigns/codes/NEVER1", "/campaigns/codes/NEVER1/sms.svg"])
def test_a_code_that_was_never_made_is_not_there(officer, path):
    assert officer.get(path).status_code == 404
