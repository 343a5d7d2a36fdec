"""Counts: everybody of the staff sees how many, nobody sees who."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from hotline import counts
from hotline.counts import EVENTS, Count
from locales import languages, translator
from web import counts as pages
from web.app import make_app


@pytest.fixture
def counted(sessions, line_id, clock):
    def count(event, n, days_ago=0, language="en"):
        with sessions.begin() as session:
            at = clock() - timedelta(days=days_ago)
            counts.increase(session, line_id, at, [Count(event, "simulator", language)] * n)

    return count


@pytest.fixture
def browser(deps, sessions, line_id, browser):
    return browser.is_hired("olga", "campaign_officer", "Olga")


@pytest.mark.parametrize("role", ["caseworker", "campaign_officer", "supervisor"])
def test_every_role_sees_the_counts_and_a_stranger_does_not(another, role):
    assert another().is_hired("ann", role).get("/counts").status_code == 200
    assert another().get("/counts").status_code == 302


def test_a_small_number_is_not_shown_and_others_are_rounded_down(browser, counted):
    counted("contacts", 9)
    counted("screenings", 57, language="ar")
    page = browser.get("/counts").text
    assert "fewer than 10" in page
    assert re.search(r'<td class="n">50</td>', page)
    assert "57" not in re.sub(r"<[^>]+>", "", page)
    assert "Numbers under 10 are not shown" in page


def test_the_rule_also_holds_for_the_chart_and_the_file(browser, counted):
    counted("contacts", 9)
    counted("contacts", 23, days_ago=1)
    data = json.loads(browser.get("/counts/data").text)
    contacts = next(each for each in data["series"] if each["event"] == "contacts")
    assert contacts["values"][-2:] == [20, 0]
    assert len(contacts["values"]) == len(data["days"]) == pages.USUAL_DAYS
    file = browser.get("/counts/counts.csv")
    assert file.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(file.text.lstrip("\ufeff"))))
    assert [row["count"] for row in rows] == ["<10", "20"]
    assert rows[0]["event"] == "contacts"


def test_invented_people_are_counted_out_exactly(deps, sessions, line_id, another, counted):
    counted("contacts", 3)
    person = another()
    person.app = make_app(replace(deps, suppress_below=1))
    person.client = person.app.test_client()
    person.is_hired("ann", "supervisor")
    page = person.get("/counts").text
    assert re.search(r'<td class="n">3</td>', page)
    assert "invented" in page


def test_only_the_days_asked_for_are_shown(browser, counted, clock):
    counted("contacts", 20, days_ago=3)
    counted("screenings", 30)
    day = (clock() - timedelta(days=3)).date()
    data = json.loads(browser.get(f"/counts/data?since={day}&until={day}").text)
    assert data["days"] == [day.isoformat()]
    assert [each["values"] for each in data["series"]][:2] == [[20], [0]]


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-05-01&until=2026-01-01",
        "since=0001-01-01&until=9999-12-31",
        "since=x&until=%00",
        "since=2026-13-45",
        "since=1990-01-01",
        "until=2026-02-30",
    ],
)
def test_days_that_make_no_sense_are_answered_with_a_month(browser, query):
    data = json.loads(browser.get(f"/counts/data?{query}").text)
    assert len(data["days"]) == pages.USUAL_DAYS
    assert browser.get(f"/counts?{query}").status_code == 200


def test_every_event_has_a_name_in_every_language():
    for language in languages("staff"):
        for event in EVENTS:
            assert translator(language, "staff").has(f"event.{event}"), (language, event)
