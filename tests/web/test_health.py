from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from hotline.models import Heartbeat, Outbox, SenderHealth
from ops import database
from web.app import make_app

AWAY = "postgresql://nobody@127.0.0.1:1/nowhere?connect_timeout=1"


@pytest.fixture
def alive(deps, clock):
    with deps.sessions.begin() as session:
        session.add(Heartbeat(name="worker", at=clock()))


def ready(browser):
    answer = browser.get("/readyz")
    return answer.status_code, answer.json


def test_ready_once_a_worker_is_alive_and_replies_leave(browser, alive):
    assert browser.get("/healthz").status_code == 200
    assert ready(browser) == (
        200,
        {"ready": True, "database": "ok", "worker": "ok", "replies": "ok"},
    )


def test_not_ready_without_a_worker(browser, clock):
    assert ready(browser)[1]["worker"] == "no heartbeat"
    assert ready(browser)[0] == 503


def test_not_ready_when_the_worker_has_been_silent_for_half_a_minute(browser, alive, clock):
    clock.passes(seconds=31)
    assert ready(browser)[0] == 503


def test_not_ready_when_a_reply_has_been_due_for_five_minutes(
    browser, alive, texts, sessions, clock
):
    texts("hello")
    with sessions.begin() as session:
        session.execute(update(Outbox).values(due_at=clock() - timedelta(minutes=6)))
    assert ready(browser)[1]["replies"] == "late"


def test_without_a_database_it_says_so_and_shows_no_words_of_the_driver(deps):
    engine = database.make_engine(AWAY)
    client = make_app(replace(deps, sessions=database.make_sessions(engine))).test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["database"] == "not reachable"
    assert "127.0.0.1" not in answer.text
    assert client.get("/healthz").status_code == 200


def test_figures_name_no_contact(browser, alive, a_case, clock):
    a_case()
    browser.get("/nowhere/+12025550101")
    browser.post_json("/simulator/send", {"number": "+33639980101", "text": "canary words"})
    text = browser.get("/metrics").text
    assert 'waypost_outbox_queued{channel="simulator"}' in text
    assert 'waypost_cases_waiting{urgency="' in text
    assert "waypost_worker_heartbeat_age_seconds" in text
    assert 'waypost_inbound_total{channel="simulator",result="answered"} 1.0' in text
    for word in ("2025550101", "canary", "nowhere", "639980101"):
        assert word not in text


def test_figures_show_how_senders_fare_and_no_number(browser, alive, deps, clock):
    with deps.sessions.begin() as session:
        for name, label, rests, ago in (
            ("sms 1f", "sms helpline", None, 0),
            ("sms 2e", "sms campaigns 1", 40, 0),
            ("sms 3d", "sms campaigns 2", 40, 90),
        ):
            session.add(
                SenderHealth(
                    name=name,
                    label=label,
                    failures=5 if rests else 0,
                    reason="twilio 21611" if rests else "",
                    rests_until=clock() + timedelta(seconds=rests) if rests else None,
                    at=clock() - timedelta(seconds=ago),
                )
            )
    text = browser.get("/metrics").text
    assert 'waypost_sender_rest_seconds{sender="sms helpline"} 0.0' in text
    assert 'waypost_sender_rest_seconds{sender="sms campaigns 1"} 40.0' in text
    assert 'waypost_sender_failures{sender="sms campaigns 1"} 5.0' in text
    # Nobody has heard of it for a while: it is gone.
    assert "sms campaigns 2" not in text
