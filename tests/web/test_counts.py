"""Counts: everybody of the staff sees how many, nobody sees who."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from hotline import counts, releases
from hotline.counts import EVENTS, Count
from locales import languages, translator
from web.app import make_app


@pytest.fixture
def counted(sessions, line_id, clock):
    def count(event, n, language="en", channel="sms", days_later=0):
        with sessions.begin() as session:
            at = clock() + timedelta(days=days_later)
            counts.increase(session, line_id, at, [Count(event, channel, language)] * n)

    return count


@pytest.fixture
def publish(sessions, line_id, clock):
    """What has ended by then is published."""

    def made(days_later=31, k=10, **more):
        with sessions.begin() as session:
            at = clock() + timedelta(days=days_later)
            return releases.publish(session, line_id, at, k, **more)

    return made


@pytest.fixture
def browser(browser):
    return browser.is_hired("olga", "campaign_officer", "Olga")


@pytest.fixture
def on_the_simulator(deps, another):
    person = another()
    person.app = make_app(replace(deps, suppress_below=1))
    person.client = person.app.test_client()
    return person.is_hired("ann", "supervisor")


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def row(answer, by, event):
    """The cells of an event in one of the tables, by value."""
    table = re.search(rf'data-by="{by}".*?</table>', answer.text, re.DOTALL)[0]
    found = re.search(rf'<tr data-event="{event}">.*?</tr>', table, re.DOTALL)[0]
    cells = re.findall(r'data-value="([^"]*)">(?:<span aria-hidden="true">)?([^<]*)<', found)
    return dict(cells)


def file_of(answer):
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


@pytest.mark.parametrize("role", ["caseworker", "campaign_officer", "supervisor"])
def test_every_role_sees_the_counts_and_a_stranger_does_not(another, role):
    for path in ("/counts", "/counts/data", "/counts/counts.csv"):
        assert another().get(path).status_code in (302, 401)
    assert another().is_hired("ann", role).get("/counts").status_code == 200


def test_the_running_period_is_not_shown_and_it_is_said_when_it_will_be_and_why(browser, counted):
    counted("contacts", 57)
    page = browser.get("/counts")
    assert "Nothing is published yet. Still running: March 2026" in words(page)
    assert "to be published on April 2, 2026" in words(page)
    assert "before and after one person writes" in words(page)
    assert not re.search(r"\b5\d\b", words(page))
    assert browser.get("/counts/data").status_code == 404
    assert browser.get("/counts/counts.csv").status_code == 404


def test_a_small_number_is_not_shown_and_others_are_rounded_down(browser, counted, publish):
    counted("contacts", 9)
    counted("screenings", 57, "ar")
    counted("screenings", 34)
    counted("screenings", 3, "fr")
    publish()
    page = browser.get("/counts")
    assert row(page, "language", "screenings") == {
        "en": "30",
        "ar": "–",
        "es": "–",
        "fr": "–",
        "": "–",
        "other": "60",
    }
    assert row(page, "channel", "screenings") == {"sms": "–", "telegram": "–", "other": "90"}
    assert row(page, "day", "screenings")["2026-03-02"] == "–"
    assert "57" not in words(page)
    assert "Numbers are rounded down to a multiple of 10" in words(page)
    assert re.search(r"Fewer than 10 in the period, or none: .*New contacts", words(page))


def test_the_rule_also_holds_for_the_chart_and_the_file(browser, counted, publish):
    counted("contacts", 9)
    for day in (1, 2, 3):
        counted("contacts", 23, days_later=day)
    publish()
    data = json.loads(browser.get("/counts/data").text)
    contacts = next(each for each in data["series"] if each["event"] == "contacts")
    assert dict(zip(data["days"], contacts["values"], strict=True)) == {
        day: 20 if day in ("2026-03-03", "2026-03-04") else None for day in data["days"]
    }
    file = browser.get("/counts/counts.csv")
    assert file.mimetype == "text/csv"
    found = {(each["table"], each["value"]): each["count"] for each in file_of(file)}
    assert found["day", "2026-03-03"] == "20"
    assert found["day", "2026-03-02"] == found["day", "2026-03-05"] == "hidden"
    assert found["day", "other"] == "30"
    assert found["total", ""] == "70"


def test_one_period_or_a_year_is_chosen(browser, counted, publish):
    counted("contacts", 25)
    counted("contacts", 41, days_later=31)
    publish(days_later=70)
    page = browser.get("/counts")
    assert re.findall(r'<option value="([^"]*)"', page.text) == ["2026-04-01", "2026-03-01", "2026"]
    assert "April 2026" in words(page)

    def total(period):
        found = browser.get(f"/counts?period={period}").text
        return re.search(r'data-event="contacts">\s*<strong>([^<]*)', found)[1]

    assert [total(each) for each in ("2026-04-01", "2026-03-01", "2026", "x")] == [
        "40",
        "20",
        "60",
        "40",
    ]
    data = json.loads(browser.get("/counts/data?period=2026").text)
    assert data["days"] == ["2026-03-01", "2026-04-01"]
    assert data["series"][0]["values"] == [20, 40]
    name = browser.get("/counts/counts.csv?period=2026").headers["Content-Disposition"]
    assert "counts-2026.csv" in name


def test_noise_says_how_much_it_is(browser, counted, publish):
    counted("contacts", 25)
    publish(epsilon=1.0)
    page = words(browser.get("/counts"))
    assert "95 of 100 numbers are within 9 of the truth (ε = 1)" in page
    assert "A dash stands for" not in page
    assert "Fewer than" not in page
    counted("contacts", 25, days_later=31)
    publish(days_later=70)
    year = words(browser.get("/counts?period=2026"))
    assert "Noise was added in some of these periods" in year
    assert "A dash stands for" in year


def test_invented_people_are_counted_out_exactly_and_at_once(on_the_simulator, counted):
    counted("contacts", 3, channel="simulator")
    counted("contacts", 5, channel="sms")
    page = on_the_simulator.get("/counts")
    assert row(page, "language", "contacts")["en"] == "3"
    assert row(page, "language", "contacts")["fr"] == "0"
    assert "March 2026, still running" in words(page)
    assert "invented" in words(page)


def test_a_page_is_read_in_every_language(another, counted, publish):
    counted("contacts", 57)
    publish()
    for language in languages("staff"):
        page = another().is_hired(f"ann-{language}", "supervisor", language=language).get("/counts")
        assert page.status_code == 200
        assert "counts." not in re.sub(r"/counts[^\"]*|counts\.(css|js)", "", words(page))


def test_every_event_and_channel_has_a_name_in_every_language():
    for language in languages("staff"):
        for event in EVENTS:
            assert translator(language, "staff").has(f"event.{event}"), (language, event)
        for channel in (*releases.REAL, *releases.INVENTED):
            assert translator(language, "staff").has(f"channel.{channel}"), (language, channel)
