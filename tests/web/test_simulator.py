import pytest
from sqlalchemy import func, select

from hotline.models import Contact, SimulatedMessage
from web.app import make_app

NUMBER = "+12025550101"


def shown(browser, number=NUMBER, after=0):
    answer = browser.post_json(
        "/simulator/messages", {"phones": [{"number": number, "after": after}]}
    )
    assert answer.status_code == 200
    return answer.json["phones"][0]


def test_a_phone_shows_what_it_sent_and_the_line_hears_it(browser, sessions):
    assert browser.get("/simulator").status_code == 200
    assert (
        browser.post_json(
            "/simulator/send", {"number": "+1 (202) 555-0101", "text": "مرحبا"}
        ).status_code
        == 204
    )
    phone = shown(browser)
    assert phone["number"] == NUMBER
    assert phone["region"] == "US"
    assert [(m["text"], m["received"]) for m in phone["messages"]] == [("مرحبا", False)]
    assert shown(browser, after=phone["messages"][-1]["id"])["messages"] == []
    assert shown(browser, "+33639980101")["messages"] == []
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"number": NUMBER},
        {"number": "1234", "text": "x"},
        {"number": "hello", "text": "x"},
        {"number": 12, "text": "x"},
        {"number": NUMBER, "text": " "},
        {"number": NUMBER, "text": 7},
        {"number": NUMBER, "text": "x" * 1601},
    ],
)
def test_what_is_no_text_from_a_phone_is_refused(browser, sessions, body):
    answer = browser.post_json("/simulator/send", body)
    assert answer.status_code == 400
    assert answer.json["refused"]
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(SimulatedMessage)) == 0


@pytest.mark.parametrize("text", ["a\x00b", "\ud83d", "😀", "\u202eمرحبا", "x" * 1600])
def test_whatever_a_phone_writes_is_taken(browser, text):
    assert browser.post_json("/simulator/send", {"number": NUMBER, "text": text}).status_code == 204
    assert shown(browser)["messages"]


@pytest.mark.parametrize(
    "phones",
    [
        None,
        "x",
        [1],
        [{}],
        [{"number": NUMBER, "after": "x"}],
        [{"number": NUMBER, "after": 1 << 70}],
        [{"number": NUMBER, "after": -1}],
        [{"number": NUMBER}] * 30,
    ],
)
def test_nonsense_about_phones_is_refused(browser, phones):
    assert browser.post_json("/simulator/messages", {"phones": phones}).status_code == 400


def test_no_number_is_ever_part_of_an_address(browser):
    ring = shown(browser)["ring"]
    assert len(ring) == 40
    assert NUMBER.strip("+") not in ring


def test_with_a_real_provider_there_is_no_simulator(real):
    client = make_app(real).test_client()
    for path in ("/simulator", "/simulator/events"):
        assert client.get(path).status_code == 404
