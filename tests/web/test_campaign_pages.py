"""The campaign desk in a browser: import, plan, approve, send, watch."""

import html
import io
import re
from datetime import timedelta

import pytest

from campaigns import dispatch
from hotline import outbox
from locales import languages

CSV = """phone,language,consent_source
+41791234567,en,fair
+41791234568,fr,fair
hello,en,fair
+41791234569,xx,fair
"""


def upload(browser, text, **form):
    data = text.encode() if isinstance(text, str) else text
    return browser.post("/campaigns/subscribers", file=(io.BytesIO(data), "list.csv"), **form)


def numbers(page):
    """What a progress page says, by name."""
    found = re.findall(r'data-balance="(\w+)">([^<]*)<', page.text)
    return {name: int(n.replace(",", "")) for name, n in found}


@pytest.fixture
def officer(browser):
    return browser.is_hired("olga", "campaign_officer", "Olga")


@pytest.fixture
def supervisor(another):
    return another().is_hired("sonia", "supervisor", "Sonia")


@pytest.fixture
def draft(officer, clock):
    """A draft with two texts, open to be changed; gives its path."""
    path = officer.post("/campaigns/new", name="Before you go").location
    officer.post(path, **form(clock))
    return path


def form(clock, **more):
    return {
        "name": "Before you go",
        "text-en": "Call us. STOP to end.",
        "text-fr": "Appelez-nous. STOP pour finir.",
        "start": "now",
        "ends_at": f"{clock() + timedelta(days=2):%Y-%m-%dT%H:%M}",
        "window_from": "00:00",
        "window_to": "00:00",
    } | more


@pytest.fixture
def works(deps, clock):
    """The worker's part: advance, deliver, receipts."""

    def work(campaign=1):
        more = True
        while more:
            with deps.sessions.begin() as session:
                more = dispatch.advance(session, deps.vault, campaign, clock())
        with deps.sessions.begin() as session:
            claimed = outbox.claim(session, deps.vault, "simulator", 100, clock())
            done = [outbox.Outcome(row, "accepted", f"p{row.id}", 1) for row in claimed]
            outbox.settle(session, deps.vault, done, clock())
        return [row.body.text for row in claimed]

    return work


def test_a_campaign_goes_from_a_file_to_its_balance(officer, supervisor, draft, works):
    page = upload(officer, CSV)
    assert page.status_code == 200
    assert '<strong data-report="imported">2</strong>' in page.text
    officer.post(draft, **{"submit": "1"} | form_of(officer.get(draft)))
    assert "Somebody else has to read and approve it." in officer.get(draft).text
    seen = re.search(r'name="seen" value="(\w+)"', supervisor.get(draft).text)[1]
    assert supervisor.post(f"{draft}/approve", seen=seen).status_code == 302
    assert "Approved by Sonia" in officer.get(draft).text
    assert officer.post(f"{draft}/schedule").status_code == 302
    assert sorted(works()) == ["Appelez-nous. STOP pour finir.", "Call us. STOP to end."]
    assert works() == []
    page = officer.get(f"{draft}/progress?state=done")
    assert numbers(page)["planned"] == numbers(page)["accepted"] == 2
    assert "HX-Refresh" not in page.headers
    assert "Done" in officer.get("/campaigns").text


def form_of(page):
    """The plan's form as the page shows it."""
    fields = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', page.text))
    texts = re.findall(r'<textarea id="([\w-]+)".*?>(.*?)</textarea>', page.text, re.DOTALL)
    fields |= {name: html.unescape(words) for name, words in texts}
    return {name: v for name, v in fields.items() if name != "csrf_token"} | {"start": "now"}


def test_a_file_with_bad_rows_keeps_the_good_ones_and_names_the_rest_by_number(officer):
    page = upload(officer, CSV)
    assert '<strong data-report="bad">2</strong>' in page.text
    assert "<td>4</td><td>what stands there is no phone number</td>" in page.text
    assert "<td>5</td><td>this line does not speak that language</td>" in page.text
    assert "79123456" not in page.text
    rows = re.search(r'name="rows" value="([^"]*)"', page.text)[1]
    listed = officer.post("/campaigns/subscribers/bad.csv", rows=rows)
    assert listed.headers["Content-Disposition"] == 'attachment; filename="bad-rows.csv"'
    assert listed.text.splitlines()[1] == "4,what stands there is no phone number"


def test_a_list_of_bad_rows_that_was_made_up_is_not_repeated(officer):
    rows = "1:row.date x:row.date 2:<script> 3: =1+1:row.date ٣:row.date 4:=cmd()"
    listed = officer.post("/campaigns/subscribers/bad.csv", rows=rows)
    assert len(listed.text.splitlines()) == 2


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n\x00", b"name\nx\n", b'phone,language\n"+41']
)
def test_a_file_that_is_no_list_is_refused_with_one_clear_line(officer, data):
    page = upload(officer, data)
    assert page.status_code == 400
    assert "Nothing was imported." in page.text
    assert page.text.count('class="notice bad"') == 1


def test_no_file_and_too_much_file_are_refused(officer):
    assert officer.post("/campaigns/subscribers").status_code == 400
    assert upload(officer, b"x" * (20 * 1024 * 1024 + 1)).status_code == 413


def test_a_country_and_a_source_hold_for_the_rows_that_do_not_say(officer):
    page = upload(officer, "phone,language\n079 123 45 67,en\n", region="CH", source="fair")
    assert '<strong data-report="imported">1</strong>' in page.text


def test_the_sample_file_can_be_imported(officer):
    sample = officer.get("/campaigns/subscribers/sample.csv")
    page = upload(officer, sample.data)
    assert '<strong data-report="bad">0</strong>' in page.text
    assert '<strong data-report="imported">8</strong>' in page.text


def test_the_length_of_a_text_is_told_while_it_is_written(officer):
    said = officer.post("/campaigns/segments?language=fr", **{"text-fr": "a" * 161})
    assert 'data-segments="2"' in said.text
    assert "GSM-7" in said.text
    said = officer.post("/campaigns/segments?language=fr", **{"text-fr": "Où êtes-vous ?"})
    assert "UCS-2" in said.text
    assert "<kbd>ê</kbd>" in said.text
    said = officer.post("/campaigns/segments?language=ar", **{"text-ar": "<b>مرحبا</b>"})
    assert 'dir="rtl"' in said.text
    assert "&lt;b&gt;" in said.text
    # Every letter of Arabic is outside the SMS alphabet: nothing the officer could mend.
    assert "<kbd>" not in said.text
    assert officer.post("/campaigns/segments?language=xx").status_code == 404


def test_who_made_it_sees_no_button_to_approve_and_cannot_do_it_by_hand(officer, draft, clock):
    officer.post(draft, submit="1", **form(clock))
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
    officer.post(draft, submit="1", **form(clock))
    seen = re.search(r'name="seen" value="(\w+)"', supervisor.get(draft).text)[1]
    supervisor.post(f"{draft}/approve", seen=seen)
    officer.post(f"{draft}/schedule")
    with deps.sessions.begin() as session:
        dispatch.advance(session, deps.vault, 1, clock())
    officer.post(f"{draft}/pause")
    page = officer.get(draft)
    assert "Paused: nothing is sent." in page.text
    assert officer.get(f"{draft}/progress?state=running").headers["HX-Refresh"] == "true"
    assert works() == []
    officer.post(f"{draft}/resume")
    assert len(works()) == 2


def test_fewer_than_ten_subscribers_of_a_language_are_not_counted_out(officer, draft):
    upload(officer, CSV)
    assert "fewer than 10" in officer.get("/campaigns/subscribers").text
    assert officer.get(draft).text.count("fewer than 10") >= 3


@pytest.mark.parametrize(
    "path", ["/campaigns", "/campaigns/new", "/campaigns/subscribers", "/campaigns/1"]
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
    pages.append(officer.get(path))
    officer.post(path, submit="1", **form(clock))
    pages += [officer.get(path), supervisor.get(path)]
    seen = re.search(r'name="seen" value="(\w+)"', pages[-1].text)[1]
    supervisor.post(f"{path}/approve", seen=seen)
    pages.append(officer.get(path))
    officer.post(f"{path}/schedule")
    pages.append(officer.get(path))
    works()
    works()
    pages += [officer.get(path), officer.get("/campaigns"), officer.get("/counts")]
    for page in pages:
        assert page.status_code == 200
        words = re.sub(r"<[^>]+>", " ", page.text)
        unworded = r"\b(?:campaign|plan|segments|progress|balance|receipts|subscribers|import|row|counts|event|nav)\.[a-z_.]+\b"
        assert not re.findall(unworded, words), re.findall(unworded, words)
