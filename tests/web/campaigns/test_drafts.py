"""Writing a draft: every field comes back as it was saved, and what is told while writing is true."""

import io
import re

import pytest
from sqlalchemy import insert, select

from campaigns.models import Campaign, Subscriber
from campaigns.planning import plan
from hotline.models import Line, Outbox
from tests.web.campaigns.forms import confirms, form, form_of, submits


@pytest.fixture
def people(sessions, line_id):
    """`people(30, country="CH")`: so many subscribers more."""
    made = iter(range(1_000_000))

    def add(n, **more):
        row = {
            "line_id": line_id,
            "address_sealed": b"-",
            "language": "en",
            "channel": "simulator",
            "country": "CH",
            "time_zone": "",
            "consent_source": "fair",
        } | more
        rows = [row | {"address_hash": next(made).to_bytes(20, "big")} for _ in range(n)]
        with sessions.begin() as session:
            session.execute(insert(Subscriber), rows)

    return add


@pytest.fixture
def row(sessions):
    def read(path):
        with sessions() as session:
            return session.get_one(Campaign, int(path.rpartition("/")[2]))

    return read


def whole(clock):
    """A plan with something in every field."""
    return form(
        clock,
        **{
            "text-en-B": "Text us. STOP to end.",
            "b_share": "40",
            "fallback": "en",
            "start": "at",
            "starts_at": "2026-03-03T09:00",
            "ends_at": "2026-03-03T20:00",
            "window_from": "09:00",
            "window_to": "20:00",
            "quiet_weekday": ["5", "6"],
            "quiet_date": ["2026-12-25", "", "2026-05-01"],
            "repeats": "weekly",
            "repeat_until": "2026-06-30",
            "languages": ["en", "fr"],
            "countries": ["CH"],
            "tags": ["north"],
            "sources": ["fair"],
            "since": "2026-01-01",
            "until": "2026-06-30",
        },
    )


def test_every_field_of_a_plan_is_kept_and_comes_back(officer, draft, clock, people, row):
    people(30, tag="north")
    typed = whole(clock)
    assert officer.post(draft, **typed).status_code == 302
    kept = row(draft)
    assert kept.audience == {
        "languages": ["en", "fr"],
        "countries": ["CH"],
        "tags": ["north"],
        "sources": ["fair"],
        "since": "2026-01-01",
        "until": "2026-06-30",
    }
    assert (kept.quiet_weekdays, [str(day) for day in kept.quiet_dates]) == (
        [5, 6],
        ["2026-05-01", "2026-12-25"],
    )
    assert (kept.b_share, kept.fallback_language, kept.repeats) == (40, "en", "weekly")
    shown = form_of(officer.get(draft))
    for name, value in typed.items():
        wanted = sorted(each for each in ([value] if isinstance(value, str) else value) if each)
        assert sorted(each for each in shown[name] if each) == wanted, name


def test_saving_a_page_as_it_was_opened_changes_nothing(officer, draft, clock, people, sessions):
    people(30, tag="north")
    officer.post(draft, **whole(clock))
    confirms(officer, draft)

    def content():
        with sessions() as session:
            campaign = session.get_one(Campaign, 1)
            return plan.content_hash(session, campaign)

    before = content()
    assert officer.post(draft, **form_of(officer.get(draft))).status_code == 302
    assert content() == before
    assert "Nobody has confirmed" not in officer.get(draft).text


def test_two_who_write_at_once_do_not_undo_each_other_unawares(officer, supervisor, draft, clock):
    opened = form_of(supervisor.get(draft))
    officer.post(draft, **form_of(officer.get(draft)) | {"text-fr": "Écrivez-nous"})
    late = supervisor.post(draft, **opened | {"text-en": "Ring us"})
    assert late.status_code == 409
    assert "Somebody else changed it while you were writing" in late.text
    assert ">Ring us</textarea>" in late.text
    assert ">Écrivez-nous</textarea>" in officer.get(draft).text
    # Saved again, it is saved knowingly.
    again = supervisor.post(draft, **form_of(late))
    assert again.status_code == 302
    assert ">Ring us</textarea>" in officer.get(draft).text


def test_a_text_is_confirmed_by_who_read_it_and_anew_after_any_change(
    officer, supervisor, draft, clock
):
    assert submits_without_confirming(officer, draft).status_code == 409
    page = supervisor.get(draft)
    supervisor.post(f"{draft}/sign-off", **form_of(page, "sign-fr"))
    assert "Read and confirmed by Sonia" in officer.get(draft).text
    refused = submits_without_confirming(officer, draft)
    assert "has to confirm the text first: English." in refused.text
    stale = form_of(officer.get(draft), "sign-en")
    officer.post(draft, **form_of(officer.get(draft)) | {"text-en": "Ring us"})
    assert officer.post(f"{draft}/sign-off", **stale).status_code == 409
    assert submits(officer, draft).status_code == 302
    assert "Read and confirmed by Olga" in officer.get(draft).text


def submits_without_confirming(browser, path):
    return browser.post(path, submit="1", **form_of(browser.get(path)))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text-en": "Hello {name}"}, "{name} stands for nothing"),
        ({"text-en": "Hello }"}, "A } stands alone"),
        ({"since": "2026-05-01", "until": "2026-04-01"}, "ends before it begins"),
        ({"since": "soon"}, "A date or time is missing"),
        ({"days_after": "many"}, "A number is wrong"),
        ({"days_after": "999"}, "0 to 366"),
        ({"b_share": "100"}, "1 to 99 of 100"),
        ({"b_share": "-5"}, "A number is wrong"),
        ({"fallback": "xx"}, "does not speak that language"),
        ({"quiet_weekday": list("0123456")}, "must span"),
    ],
)
def test_what_cannot_be_planned_is_said_and_what_was_typed_comes_back(
    officer, draft, clock, typed, said
):
    page = officer.post(draft, **form(clock, **{"text-es": "Hola"} | typed))
    assert page.status_code == 409
    assert said in page.text.replace("&#39;", "'")
    assert ">Hola</textarea>" in page.text
    for name, value in typed.items():
        # A language that is none cannot be chosen again.
        if name != "fallback":
            assert form_of(page)[name] == ([value] if isinstance(value, str) else value)


def test_who_repeats_without_a_set_start_is_told_so(officer, draft, clock):
    page = officer.post(draft, **form(clock, repeats="daily"))
    assert page.status_code == 409


def test_the_length_of_a_text_is_told_while_it_is_written(officer):
    def said(language, words, variant="A"):
        field = f"text-{language}" + ("-B" if variant == "B" else "")
        query = f"language={language}&variant={variant}"
        return officer.post(f"/campaigns/segments?{query}", **{field: words})

    page = said("fr", "a" * 161)
    assert 'data-segments="2"' in page.text
    assert "GSM-7" in page.text
    assert page.text.count('class="cut"') == 1
    assert 'data-segments="1"' in said("fr", "Bonjour", "B").text
    page = said("ar", "<b>مرحبا</b>")
    assert 'dir="rtl"' in page.text
    assert "&lt;b&gt;" in page.text
    # Every letter of Arabic is outside the SMS alphabet: nothing the officer could mend.
    assert "<kbd>" not in page.text
    assert "<mark>" not in page.text
    assert officer.post("/campaigns/segments?language=xx").status_code == 404
    assert officer.post("/campaigns/segments?language=fr&variant=C").status_code == 404


def test_what_makes_a_text_dear_is_marked_where_it_stands_and_what_to_write_instead(officer):
    page = officer.post(
        "/campaigns/segments?language=fr", **{"text-fr": "L’aide est là, où êtes-vous ?"}
    )
    assert "UCS-2" in page.text
    assert "L<mark>’</mark>aide est là, où <mark>ê</mark>tes-vous" in page.text
    assert re.search(r"data-replace='\{\"(’|\\u2019)\": \"(\\u0027)\"\}'", page.text)
    assert "<kbd>ê</kbd>" in page.text


def test_a_preview_is_of_the_text_as_it_is_sent(officer, sessions, line_id):
    page = officer.post("/campaigns/segments?language=fr", **{"text-fr": "{line} {number} {stop}"})
    assert "Waypost demonstration line +12025550100 STOP" in page.text
    page = officer.post("/campaigns/segments?language=ar", **{"text-ar": "{stop}"})
    assert "توقف" in page.text
    page = officer.post("/campaigns/segments?language=fr", **{"text-fr": "{tel}"})
    assert "{tel} stands for nothing" in page.text
    page = officer.post(
        "/campaigns/segments?language=fr", **{"text-fr": "{number}", "channel": "sms"}
    )
    assert "Nobody has said yet where the helpline is reached" in page.text
    with sessions.begin() as session:
        session.get_one(Line, line_id).number = "+41791112233"
    page = officer.post(
        "/campaigns/segments?language=fr", **{"text-fr": "{number}", "channel": "sms"}
    )
    assert "+41791112233" in page.text


def reached(page):
    return re.search(r"<strong data-reached>([^<]*)</strong>", page.text)[1]


def test_the_size_follows_the_rule_while_it_is_written(officer, draft, clock, people, deps):
    people(500)
    people(300, language="fr", country="FR")
    page = officer.post(f"{draft}/reach", **form(clock))
    everybody = int(reached(page))
    assert 780 <= everybody <= 800
    page = officer.post(f"{draft}/reach", **form(clock, countries=["CH"]))
    assert 480 <= int(reached(page)) <= 500
    page = officer.post(f"{draft}/reach", **form(clock, countries=["FR"], **{"text-fr": ""}))
    assert reached(page) == "fewer than 20"
    assert "no text yet" in page.text
    page = officer.post(
        f"{draft}/reach", **form(clock, countries=["FR"], fallback="en", **{"text-fr": ""})
    )
    assert 280 <= int(reached(page)) <= 300
    assert "get English" in page.text


def test_the_size_of_few_is_not_told_and_says_so(officer, draft, clock, people):
    people(9)
    page = officer.post(f"{draft}/reach", **form(clock))
    assert reached(page) == "fewer than 20"
    assert "nobody can find a single person" in page.text
    assert "data-cost" not in page.text


def test_a_cost_is_told_from_the_price_table(officer, draft, clock, people):
    people(500)
    page = officer.post(f"{draft}/reach", **form(clock))
    assert "Without prices nobody can tell" in page.text
    officer.post("/campaigns/prices", **prices_file("country,price\nFR,1\n"))
    page = officer.post(f"{draft}/reach", **form(clock))
    assert "there is no price for: Switzerland" in page.text.replace("\n", " ")
    assert "data-cost" not in page.text
    officer.post("/campaigns/prices", **prices_file("country,price\nCH,0.1\n", currency="CHF"))
    page = officer.post(f"{draft}/reach", **form(clock))
    assert re.search(r"data-cost.*CHF\s*(48|49|50)\.00", page.text.replace("\xa0", " "))


def prices_file(text, **more):
    return {"file": (io.BytesIO(text.encode()), "prices.csv"), "currency": "USD"} | more


def test_prices_are_shown_by_country_and_a_wrong_file_changes_nothing(officer):
    assert "There are no prices yet." in officer.get("/campaigns/prices").text
    done = officer.post("/campaigns/prices", **prices_file("country,price\nCH,0.0625\n,0.1\n"))
    assert done.status_code == 302
    page = officer.get("/campaigns/prices").text
    assert "Switzerland" in page
    assert "0.0625" in page
    assert "Every other country" in page
    wrong = officer.post("/campaigns/prices", **prices_file("country,price\nCH,1\nXX,1\n"))
    assert wrong.status_code == 400
    assert "Row 3: no country has this code" in wrong.text
    assert "0.0625" in officer.get("/campaigns/prices").text
    assert officer.post("/campaigns/prices", currency="USD").status_code == 400


def test_values_that_few_share_are_not_named(officer, draft, people):
    people(12, tag="north")
    people(3, tag="the one farm", country="MT", consent_source="private")
    page = officer.get(draft).text
    assert "north" in page
    assert "the one farm" not in page
    assert "Malta" not in page
    assert "private" not in page


def test_a_test_goes_to_staff_phones_and_their_numbers_are_not_shown_again(
    officer, draft, sessions
):
    done = officer.post(f"{draft}/try", text="fr", numbers="+12025550101, +12025550102")
    assert done.status_code == 302
    page = officer.get(draft)
    assert "The test is on its way." in page.text
    assert "55501" not in page.text.replace("+12025550101, +12025550102", "")
    with sessions() as session:
        rows = session.scalars(select(Outbox)).all()
        assert [(row.priority, row.campaign_id, row.language) for row in rows] == [
            (0, None, "fr"),
            (0, None, "fr"),
        ]
    refused = officer.post(f"{draft}/try", text="fr", numbers="0791234567")
    assert refused.status_code == 409
    assert "write it as +41 79" in refused.text
    assert "0791234567" not in refused.text
    # The refusal is of the numbers: the plan is as it was.
    assert ">Appelez-nous. STOP pour finir.</textarea>" in refused.text
