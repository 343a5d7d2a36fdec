"""The record on its page: found by case, person, act and day; taken out as a file; nothing of a contact."""

import csv
import io
import re
from html import unescape

import pytest
from sqlalchemy import text

from hotline import audit
from hotline.models import Line, Staff
from locales import languages, translator
from tests.hotline.office import Office
from tests.web.conftest import OWN_PASSWORD

WORDS = "I need to get out"


@pytest.fixture
def otto(another):
    return another().is_hired("otto", "auditor", "Otto")


@pytest.fixture
def office(sessions, line_id, now):
    return Office(sessions, line_id, now)


@pytest.fixture
def noted(sessions, line_id, clock):
    """Writes a row into the record: `noted("case.taken", by, 7)`."""

    def note(act, by=None, case_id=None, **about):
        with sessions.begin() as session:
            audit.note(session, line_id, by, act, clock(), case_id, **about)

    return note


def acts(page):
    return re.findall(r'<tr data-act="([^"]+)"', page.text)


def lines(answer):
    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(answer.text[1:])))


def test_who_opened_took_read_and_closed_a_case_is_there_and_when(otto, another, a_case):
    case_id = a_case()
    sam = another().is_hired("sam", "supervisor", "Sam")
    sam.post(f"/desk/cases/{case_id}/take")
    for _ in range(3):
        sam.get(f"/desk/cases/{case_id}/data")
    sam.post(f"/desk/cases/{case_id}/close")
    page = otto.get(f"/audit?case={case_id}")
    assert acts(page) == ["case.closed", "case.read", "case.taken", "case.opened"]
    assert "Sam" in page.text
    assert "2 Mar 2026" in page.text
    assert "<bdi>Normal</bdi>" in page.text


def test_only_who_is_handed_the_thread_has_read_it(otto, another, a_case):
    case_id = a_case()
    noor, ana = another().is_hired("noor"), another().is_hired("ana", "supervisor", "Ana")
    noor.get(f"/desk/cases/{case_id}/data")
    assert acts(otto.get("/audit?act=case.read")) == []
    ana.get(f"/desk/cases/{case_id}/data")
    page = otto.get("/audit?act=case.read")
    assert acts(page) == ["case.read"]
    assert "<bdi>Ana</bdi>" in page.text


def test_nothing_of_a_contact_is_in_it(otto, another, a_case, sessions):
    case_id = a_case()
    sam = another().is_hired("sam", "supervisor", "Sam")
    sam.post(f"/desk/cases/{case_id}/take")
    sam.post(f"/desk/cases/{case_id}/reply", text="are you safe?")
    called = sam.get(f"/desk/cases/{case_id}/data").json["handle"]
    everything = otto.get("/audit").text + otto.get("/audit/record.csv").text
    for secret in (WORDS, "are you safe", "2025550101", called):
        assert secret not in everything


def test_it_is_found_by_case_person_act_and_day(otto, office, noted, clock):
    sam, noor = office.hires("sam"), office.hires("noor")
    noted("case.taken", sam.id, 7)
    clock.passes(days=1)
    noted("case.closed", noor.id, 7)
    noted("case.taken", noor.id, 8)
    otto.signs_in("otto", OWN_PASSWORD)
    assert acts(otto.get("/audit?case=7")) == ["case.closed", "case.taken"]
    assert acts(otto.get("/audit?case=%237")) == ["case.closed", "case.taken"]
    assert acts(otto.get(f"/audit?who={sam.id}")) == ["case.taken", "staff.joined"]
    assert acts(otto.get(f"/audit?who={noor.id}&act=case.taken")) == ["case.taken"]
    assert acts(otto.get("/audit?since=2026-03-03&case=7")) == ["case.closed"]
    assert acts(otto.get("/audit?until=2026-03-02&case=7")) == ["case.taken"]
    page = otto.get(f"/audit?who={noor.id}&act=case.taken").text
    assert f'<option value="{noor.id}" selected>' in page


def test_a_day_is_the_lines_day(otto, noted, clock, sessions, line_id):
    with sessions.begin() as session:
        session.get_one(Line, line_id).time_zone = "Asia/Tokyo"
    clock.passes(hours=14, minutes=20)  # 23:50 in London, 08:50 of the next day in Tokyo
    noted("case.opened", None, 7)
    otto.signs_in("otto", OWN_PASSWORD)
    assert acts(otto.get("/audit?since=2026-03-03&until=2026-03-03&case=7")) == ["case.opened"]
    assert acts(otto.get("/audit?until=2026-03-02&case=7")) == []
    page = otto.get("/audit?case=7").text
    assert "08:50:00" in page
    assert "Asia/Tokyo" in page
    assert lines(otto.get("/audit/record.csv?case=7"))[1][0] == "2026-03-03T08:50:00+09:00"


@pytest.mark.parametrize(
    "asked",
    [
        "case=seven",
        "case=99999999999999999999999",
        "who=' OR 1=1",
        "act=contact.said",
        "since=yesterday",
        "since=0001-01-01",
        "until=9999-12-31",
        "before=x",
        "before=99999999999999999999999",
    ],
)
def test_what_makes_no_sense_asks_for_nothing(otto, noted, asked):
    noted("case.opened", None, 7)
    assert "case.opened" in acts(otto.get(f"/audit?{asked}"))
    assert len(lines(otto.get(f"/audit/record.csv?{asked}"))) > 1


def test_it_goes_on_to_older_pages_and_loses_and_repeats_no_row(otto, noted):
    for number in range(1, 251):
        noted("case.opened", None, number)
    seen, path, pages = [], "/audit?act=case.opened", 0
    while path:
        page = unescape(otto.get(path).text)
        seen += [int(n) for n in re.findall(r">Case (\d+)</a>", page)]
        older = re.search(r'href="([^"]+before=[^"]+)"', page)
        path, pages = older and older[1], pages + 1
    assert seen == list(range(250, 0, -1))
    assert pages == 3


def test_all_of_it_comes_as_a_file_however_long_and_that_is_noted(otto, sessions, line_id, clock):
    """More than is read at a time, twice over."""
    with sessions.begin() as session:
        session.execute(
            text(
                "INSERT INTO audit (line_id, at, act, case_id, about)"
                " SELECT :line, :at, 'case.opened', n, '{\"urgency\": 2}'"
                " FROM generate_series(1, 2500) AS n"
            ),
            {"line": line_id, "at": clock()},
        )
    head, *rows = lines(otto.get("/audit/record.csv?act=case.opened"))
    assert head == ["When", "Who", "What", "Act", "Case", "Details"]
    assert [int(row[4]) for row in rows] == list(range(2500, 0, -1))
    assert set(rows[0][1:4]) == {"The line itself", "Case opened", "case.opened"}
    assert acts(otto.get("/audit"))[0] == "audit.exported"


def test_no_name_is_taken_for_a_formula(otto, office, noted, sessions):
    sam = office.hires("sam")
    with sessions.begin() as session:
        session.get_one(Staff, sam.id).display_name = "=1+1"
    noted("case.taken", sam.id, 7)
    names = {row[1] for row in lines(otto.get("/audit/record.csv?case=7"))[1:]}
    assert names == {"'=1+1"}


def test_it_is_read_in_the_readers_language(another, noted):
    noted("staff.changed", None, None, kind="role", role="auditor")
    for language in languages("staff"):
        reader = another().is_hired(f"otto.{language}", "auditor", "Otto", language)
        texts = translator(language, "staff")
        page = unescape(reader.get("/audit?act=staff.changed").text)
        for words in ("audit.act.staff.changed", "audit.kind.role", "role.auditor", "audit.line"):
            assert texts.text(words) in page
        head, row = lines(reader.get("/audit/record.csv?act=staff.changed"))
        assert head[0] == texts.text("audit.when")
        assert row[2] == texts.text("audit.act.staff.changed")


@pytest.mark.parametrize("language", languages("staff"))
def test_every_act_is_called_something_in_every_language(language):
    texts = translator(language, "staff")
    assert sorted(act for act in audit.ACTS if not texts.has(f"audit.act.{act}")) == []
    assert (
        sorted(
            name
            for name in ("service", "reply", "kind", "reason", "urgency", "role")
            if not texts.has(f"audit.fact.{name}")
        )
        == []
    )


def test_nobody_but_an_auditor_opens_it_a_supervisor_neither(another):
    for role in ("supervisor", "caseworker", "partner", "campaign_officer"):
        somebody = another().is_hired(f"one.{role}", role)
        assert somebody.get("/audit").status_code == 403
        assert somebody.get("/audit/record.csv").status_code == 403
